//! Which policies cannot be judged without an action of the customer's role.

use std::collections::BTreeMap;

/// `ACTION: POLICY POLICY`, a line an action; `*` for all policies about AWS. A test of `scan-account` takes one action
/// after another from an account that has something of everything, and holds the file to what it sees.
static TEXT: &str = include_str!("../../../policies/actions.txt");

/// For every action of the customer's role the built-in policies that are not evaluated without it, if the account has
/// what they are about; `*` alone where it is all of those about AWS.
#[must_use]
pub fn policies_by_action() -> BTreeMap<&'static str, Vec<&'static str>> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs
        .map(|(action, policies)| (action, policies.split(' ').collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_there_is_one() {
        let catalogue = crate::built_in().unwrap();
        let named = policies_by_action();
        assert_eq!(named["eks:ListClusters"], ["*"]);
        for (action, policies) in named {
            for policy in policies {
                let known = catalogue
                    .policies
                    .iter()
                    .any(|one| one.id.as_str() == policy);
                assert!(known || policy == "*", "{action}: {policy}");
            }
        }
    }
}
