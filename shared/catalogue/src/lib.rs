//! The policies of `policies/` in the program: checked and compiled when it was built, so that loading them costs a few
//! milliseconds at start.

mod actions;

use plimsoll_policy::{Catalogue, StoredError};

pub use actions::policies_by_action;

static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/compiled"));
static TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts"));

/// The built-in policies and frameworks.
///
/// # Errors
/// Never in a tested build: a test loads them.
pub fn built_in() -> Result<Catalogue, StoredError> {
    Catalogue::from_stored(COMPILED, TEXTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_what_the_folder_holds() {
        let stored = built_in().unwrap();
        let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
        assert!(stored.policies.len() > 100);
        for policy in &stored.policies {
            let text = std::fs::read_to_string(format!("{policies}/{}", policy.file)).unwrap();
            assert_eq!(policy.text, text, "{}", policy.id);
            assert!(policy.cases.is_some(), "{}", policy.id);
        }
        assert!(stored.framework("cis-eks-1.8.0").is_some());
    }
}
