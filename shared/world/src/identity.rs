//! Who may call: the operator's own principal and the sessions that AssumeRole handed out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::sigv4::to_hex;

/// The operator's AWS account in the example world. It has no clusters.
pub const VENDOR_ACCOUNT: &str = "471100000001";

/// The principal that scans for the operator; what a tenant's trust policy names.
pub const VENDOR_PRINCIPAL: &str = "arn:aws:iam::471100000001:user/plimsoll-scanner";

/// Someone who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    /// As GetCallerIdentity shows it: a user, or an assumed role with its session name.
    pub(crate) arn: String,
    /// The user or role itself, without session: what trust policies and access entries name.
    pub(crate) principal: String,
    pub(crate) user_id: String,
}

impl Identity {
    /// The name of the session, empty for a user.
    pub(crate) fn session_name(&self) -> &str {
        self.user_id.split_once(':').map_or("", |(_, name)| name)
    }

    /// The role session of `role` in `account`.
    pub(crate) fn session(account: &str, role: &str, session: &str) -> Self {
        let digest = to_hex(&Sha256::digest(format!("{account}/{role}"))).to_uppercase();
        Self {
            account: account.to_owned(),
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            principal: format!("arn:aws:iam::{account}:role/{role}"),
            user_id: format!("AROA{}:{session}", &digest[..17]),
        }
    }
}

/// A key pair and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) access_key: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) identity: Identity,
}

/// All key pairs of the world, by access key.
#[derive(Debug)]
pub(crate) struct Credentials(Mutex<HashMap<String, Credential>>);

impl Credentials {
    /// Only the operator's own pair, which never expires.
    pub(crate) fn new() -> Self {
        let vendor = Credential {
            access_key: "AKIA4711PLIMSOLLDEMO".to_owned(),
            secret: derive("vendor", "secret", 40),
            session_token: None,
            expires: None,
            identity: Identity {
                account: VENDOR_ACCOUNT.to_owned(),
                arn: VENDOR_PRINCIPAL.to_owned(),
                principal: VENDOR_PRINCIPAL.to_owned(),
                user_id: "AIDA4711PLIMSOLLDEMO".to_owned(),
            },
        };
        Self(Mutex::new(HashMap::from([(
            vendor.access_key.clone(),
            vendor,
        )])))
    }

    /// The operator's own pair.
    pub(crate) fn vendor(&self) -> Option<Credential> {
        self.get("AKIA4711PLIMSOLLDEMO")
    }

    pub(crate) fn get(&self, access_key: &str) -> Option<Credential> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.get(access_key).cloned()
    }

    /// Issues a session. The same identity at the same time gets the same pair, so that a repeated
    /// run of the demo is the same to the byte.
    pub(crate) fn issue(&self, identity: Identity, now: Timestamp, seconds: i64) -> Credential {
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let seed = format!("{} {now} {seconds}", identity.arn);
        let access = derive(&seed, "access", 16)
            .to_uppercase()
            .replace(['+', '/'], "X");
        let credential = Credential {
            access_key: format!("ASIA{access}"),
            secret: derive(&seed, "secret", 40),
            session_token: Some(derive(&seed, "token", 356)),
            expires: now.checked_add(SignedDuration::from_secs(seconds)).ok(),
            identity,
        };
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.insert(credential.access_key.clone(), credential.clone());
        credential
    }
}

/// `length` characters of base64 that depend on nothing but the seed and the label.
fn derive(seed: &str, label: &str, length: usize) -> String {
    use base64::Engine as _;
    let mut out = String::new();
    for block in 0.. {
        if out.len() >= length {
            break;
        }
        let digest = Sha256::digest(format!("plimsoll-world {label} {block} {seed}"));
        out += &base64::engine::general_purpose::STANDARD_NO_PAD.encode(digest);
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_repeat_and_differ_by_name_and_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let issue = |name: &str, second| {
            let identity = Identity::session("471100000815", "PlimsollScanner", name);
            Credentials::new()
                .issue(identity, at(second), 900)
                .session_token
        };
        assert_eq!(issue("a", 1), issue("a", 1));
        assert_ne!(issue("a", 1), issue("b", 1));
        assert_ne!(issue("a", 1), issue("a", 2));
    }

    #[test]
    fn a_session_knows_its_name_and_its_role() {
        let identity = Identity::session("471100000815", "PlimsollScanner", "t-acme.s-1");
        assert_eq!(identity.session_name(), "t-acme.s-1");
        assert_eq!(
            identity.principal,
            "arn:aws:iam::471100000815:role/PlimsollScanner"
        );
    }
}
