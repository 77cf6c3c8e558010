//! What a tenant vouches for and soon will not, or does not any more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_alerting::AttestationEnd;
use plimsoll_model::Attestation;
use plimsoll_policy::{ATTESTATION_ENDING, Catalogue};

/// Controls of one line that are named.
const NAMED: usize = 4;

/// A line for each framework, person and day of those that have ended or soon will; the first to end first.
pub(crate) fn ending(
    all: &[Attestation],
    catalogue: &Catalogue,
    now: Timestamp,
) -> Vec<AttestationEnd> {
    let mut lines: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for one in all
        .iter()
        .filter(|one| !one.counts(now + ATTESTATION_ENDING))
    {
        let cluster = one.cluster.as_deref();
        let same = (one.until, one.framework.as_str(), cluster, one.by.as_str());
        lines.entry(same).or_default().push(&one.control);
    }
    let line =
        |((until, framework, cluster, by), controls): ((Timestamp, &str, _, &str), Vec<&str>)| {
            let framework = catalogue
                .framework(framework)
                .map_or(framework, |known| &known.short);
            let cluster: Option<&str> = cluster;
            let cluster = cluster
                .map(|glob| format!(" in {glob}"))
                .unwrap_or_default();
            AttestationEnd {
                what: format!("{framework} {}{cluster}, by {by}", named(&controls)),
                until,
                ended: until <= now,
            }
        };
    lines.into_iter().map(line).collect()
}

fn named(controls: &[&str]) -> String {
    let first = controls.iter().take(NAMED).copied();
    let names = first.collect::<Vec<_>>().join(", ");
    match controls.len().checked_sub(NAMED) {
        None | Some(0) => names,
        Some(more) => format!("{names} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_is_said_by_person_and_day() {
        let one = |control: &str, by: &str, until: &str| Attestation {
            framework: "cis-eks-1.8.0".to_owned(),
            control: control.to_owned(),
            cluster: (by == "Ben").then(|| "prod-*".to_owned()),
            statement: "we looked".to_owned(),
            by: by.to_owned(),
            until: until.parse().unwrap(),
        };
        let mut all: Vec<Attestation> = (1..=6)
            .map(|number| one(&format!("3.2.{number}"), "Ana", "2026-12-01T23:59:59Z"))
            .collect();
        all.push(one("4.5.1", "Ben", "2026-11-01T23:59:59Z"));
        all.push(one("4.5.2", "Ben", "2027-03-01T23:59:59Z"));
        let now = "2026-11-23T07:00:00Z".parse().unwrap();
        let lines = ending(&all, &plimsoll_catalogue::built_in().unwrap(), now);
        let said: Vec<(&str, bool)> = lines
            .iter()
            .map(|line| (line.what.as_str(), line.ended))
            .collect();
        assert_eq!(
            said,
            [
                ("CIS EKS 4.5.1 in prod-*, by Ben", true),
                (
                    "CIS EKS 3.2.1, 3.2.2, 3.2.3, 3.2.4 and 2 more, by Ana",
                    false
                ),
            ]
        );
    }
}
