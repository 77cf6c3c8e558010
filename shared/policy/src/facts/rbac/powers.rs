//! What of the rights that lead to others a rule text gives, worked out once for each text.

use std::collections::BTreeSet;

use plimsoll_cel::Bump;

use super::asks::{ASKS, Named, Power};
use super::rule::{self, Rule};

/// Powers over all objects, and over named ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Powers {
    whole: u64,
    named: BTreeSet<(Power, String)>,
}

impl Powers {
    /// What the rules in a JSON text give together.
    pub(super) fn of(json: &str) -> Self {
        let arena = Bump::new();
        let mut powers = Self::default();
        for rule in rule::parse(json, &arena) {
            powers.take(&rule);
        }
        powers
    }

    fn take(&mut self, rule: &Rule<'_>) {
        let any = |list: &[&str]| list.contains(&"*");
        if any(&rule.verbs) && any(&rule.groups) && any(&rule.resources) && rule.names.is_empty() {
            self.whole |= bit(Power::Everything);
        }
        for (power, verbs, group, resource, named) in ASKS {
            if !verbs.iter().any(|verb| rule.allows(verb, group, resource)) {
                continue;
            }
            if rule.names.is_empty() || *named == Named::Whole {
                self.whole |= bit(*power);
            } else if *named == Named::Kept {
                let names = rule.names.iter().map(|name| (*power, (*name).to_owned()));
                self.named.extend(names);
            }
        }
    }

    /// Adds what other rules give.
    pub(super) fn add(&mut self, other: &Powers) {
        self.whole |= other.whole;
        if !other.named.is_empty() {
            self.named.extend(other.named.iter().cloned());
        }
    }

    /// Whether nothing here leads anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.whole == 0 && self.named.is_empty()
    }

    /// Whether it is held over all objects.
    pub(super) fn has(&self, power: Power) -> bool {
        self.whole & bit(power) != 0
    }

    /// Whether it is held over the object of this name.
    pub(super) fn has_over(&self, power: Power, name: &str) -> bool {
        self.has(power) || self.over(power).any(|known| known == name)
    }

    /// The names of objects that it is held over, if not over all.
    pub(super) fn over(&self, power: Power) -> impl Iterator<Item = &str> {
        let named = self.named.iter().filter(move |(known, _)| *known == power);
        named.map(|(_, name)| name.as_str())
    }
}

fn bit(power: Power) -> u64 {
    1 << power as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(verbs: &str, group: &str, resources: &str, names: &str) -> Powers {
        let list = |text: &str| {
            serde_json::to_string(&text.split_whitespace().collect::<Vec<_>>()).unwrap()
        };
        let names = list(names);
        Powers::of(&format!(
            r#"[{{"verbs":{},"apiGroups":["{group}"],"resources":{},"resourceNames":{names}}}]"#,
            list(verbs),
            list(resources)
        ))
    }

    #[test]
    fn every_ask_gives_its_power_and_neither_its_neighbours() {
        for (power, verbs, group, resource, named) in ASKS {
            for verb in *verbs {
                assert!(
                    powers(verb, group, resource, "").has(*power),
                    "{power:?} by {verb}"
                );
                let over = powers(verb, group, resource, "x");
                assert_eq!(
                    over.has(*power),
                    *named == Named::Whole,
                    "{power:?} by {verb} of one name"
                );
                assert_eq!(
                    over.over(*power).eq(["x"]),
                    *named == Named::Kept,
                    "{power:?} by {verb} of one name"
                );
            }
            assert!(!powers("fly", group, resource, "").has(*power));
            assert!(!powers(verbs[0], "example.org", resource, "").has(*power));
            assert!(!powers(verbs[0], group, "kites", "").has(*power));
        }
        assert!(powers("get list watch", "", "pods configmaps services", "").is_empty());
    }

    #[test]
    fn everything_is_all_powers_and_not_made_of_parts() {
        let all = powers("*", "*", "*", "");
        assert!(ASKS.iter().all(|(power, ..)| all.has(*power)) && all.has(Power::Everything));
        for (verbs, group, resources, names) in [
            ("get create", "*", "*", ""),
            ("*", "", "*", ""),
            ("*", "*", "pods", ""),
            ("*", "*", "*", "x"),
        ] {
            assert!(!powers(verbs, group, resources, names).has(Power::Everything));
        }
    }

    #[test]
    fn powers_of_several_rules_add_up() {
        let mut both = powers("create", "", "pods", "");
        both.add(&powers("impersonate", "", "users", "ana ben"));
        assert!(both.has(Power::CreatePods) && !both.has(Power::ImpersonateUsers));
        assert!(
            both.has_over(Power::ImpersonateUsers, "ben")
                && !both.has_over(Power::ImpersonateUsers, "eve")
        );
        assert!(both.has_over(Power::CreatePods, "any"));
    }
}
