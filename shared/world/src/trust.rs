//! Trust policies of the tenants' roles.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::identity::Identity;

#[derive(Debug, Clone)]
struct Trust {
    principal: String,
    external_id: Option<String>,
}

/// The roles that exist, by account and name.
#[derive(Debug, Default)]
pub(crate) struct Roles(Mutex<HashMap<(String, String), Trust>>);

impl Roles {
    /// Makes the role, or gives it another trust policy.
    pub(crate) fn put(
        &self,
        account: &str,
        role: &str,
        principal: &str,
        external_id: Option<&str>,
    ) {
        let trust = Trust {
            principal: principal.to_owned(),
            external_id: external_id.map(str::to_owned),
        };
        let mut roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        roles.insert((account.to_owned(), role.to_owned()), trust);
    }

    /// Deletes the role.
    pub(crate) fn remove(&self, account: &str, role: &str) {
        let mut roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        roles.remove(&(account.to_owned(), role.to_owned()));
    }

    /// Whether the role exists, its policy names the caller (or the caller's account) and its
    /// condition, if it has one, holds.
    pub(crate) fn admits(
        &self,
        account: &str,
        role: &str,
        caller: &Identity,
        external_id: Option<&str>,
    ) -> bool {
        let roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(trust) = roles.get(&(account.to_owned(), role.to_owned())) else {
            return false;
        };
        let root = format!("arn:aws:iam::{}:root", caller.account);
        let named = trust.principal == caller.principal || trust.principal == root;
        let condition = trust.external_id.is_none() || trust.external_id.as_deref() == external_id;
        named && condition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principal_and_external_id_must_both_fit() {
        let roles = Roles::default();
        let caller = Identity::session("471100000001", "scan", "s");
        let admits = |external_id| roles.admits("471100000815", "R", &caller, external_id);
        assert!(!admits(Some("plm-1")), "no such role");
        roles.put("471100000815", "R", &caller.principal, Some("plm-1"));
        assert!(admits(Some("plm-1")));
        assert!(!admits(Some("plm-2")));
        assert!(!admits(None));
        roles.put("471100000815", "R", "arn:aws:iam::471100000001:root", None);
        assert!(admits(None) && admits(Some("anything")));
        roles.put("471100000815", "R", "arn:aws:iam::471100000002:root", None);
        assert!(!admits(None));
        roles.put(
            "471100000815",
            "R",
            "arn:aws:iam::471100000001:root",
            Some("plm-1"),
        );
        roles.remove("471100000815", "R");
        assert!(!admits(Some("plm-1")), "the role is gone");
    }
}
