//! Lists that a cluster did not give, as people see them on stderr.

use std::collections::BTreeMap;

use plimsoll_model::ReasonCode;
use plimsoll_report::{Coverage, Diagnostic, Header};
use scan_cluster::LiveScan;

use super::sink::Collect;

/// One warning for all lists refused to the same user, one for each list that failed otherwise.
pub(super) fn diagnostics(
    live: &LiveScan<'_, Collect<'_>>,
    header: &Header,
    cluster: &str,
) -> Vec<Diagnostic> {
    let mut by_user: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (plural, _, user) in &live.refused {
        let user = user.as_deref().unwrap_or("this user");
        by_user.entry(user).or_default().push(plural);
    }
    let mut all: Vec<Diagnostic> = by_user
        .iter()
        .map(|(user, lists)| refused(user, lists, header, cluster))
        .collect();
    for (plural, reason) in live.lists.gaps() {
        if reason.code != ReasonCode::PermissionMissing {
            let message = format!("{cluster}: {}", reason.need);
            let warning = Diagnostic::warning("list-incomplete", message);
            all.push(warning.effect(effect(header, &[plural])));
        }
    }
    all
}

fn refused(user: &str, lists: &[&str], header: &Header, cluster: &str) -> Diagnostic {
    let message = format!(
        "{cluster}: list {} refused (403) for {user}",
        lists.join(", ")
    );
    Diagnostic::warning("not-allowed", message)
        .effect(effect(header, lists))
        .help(format!(
            "plimsoll access cluster-role | kubectl --context {cluster} apply -f -"
        ))
}

/// What the missing lists do to coverage, and what it would be with them.
fn effect(header: &Header, lists: &[&str]) -> String {
    let coverage = &header.coverage;
    let wanted: Vec<String> = lists.iter().map(|list| format!("list {list}")).collect();
    let begins = |input: &str| {
        wanted
            .iter()
            .any(|list| input == list || input.starts_with(&format!("{list}:")))
    };
    let missing: u32 = coverage
        .unread
        .iter()
        .filter(|unread| begins(&unread.input))
        .map(|unread| unread.policies)
        .sum();
    let missing = missing.min(coverage.policies_applicable - coverage.policies_evaluated);
    let with = Coverage::percent_of(
        coverage.policies_evaluated + missing,
        coverage.policies_applicable,
    );
    let policies = if missing == 1 { "policy" } else { "policies" };
    format!(
        "{missing} {policies} not evaluated, coverage {:.0} % instead of {with:.0} %",
        coverage.percent
    )
}
