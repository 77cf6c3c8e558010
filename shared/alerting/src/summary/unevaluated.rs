//! What was not evaluated in a week, and what mends it: a line for each cluster and reason, but one for each account whose
//! role is refused calls, and one for each connection that does not work.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use plimsoll_model::{Cluster, Readable, Reason, ReasonCode, shown_account};

use super::{ClusterWeek, Week};
use crate::context::{UnevaluatedLine, When, one_line};

/// Refused calls by name; the rest is counted.
const NAMED: usize = 3;
/// What brings the customer's role up to date: the parameters of the stack stay.
const UPDATE: &str = "aws cloudformation deploy --stack-name plimsoll --template-file role.yaml --capabilities CAPABILITY_NAMED_IAM";
/// The call that the role allows only where its stack is told to.
const OF_SSM: &str = "ssm:GetInventory";

pub(super) fn lines(week: &Week<'_>, zone: &TimeZone) -> Vec<UnevaluatedLine> {
    let mut lines = Vec::new();
    let mut broken = BTreeSet::new();
    for one in week.clusters {
        let cluster = one.cluster;
        let line = |what: String, mend: Option<&String>| UnevaluatedLine {
            cluster: cluster.shown_name(),
            what,
            mend: mend.map(|mend| one_line(mend, 600)),
        };
        if let Readable::No { reason, since } = &cluster.readable {
            let since = When::of(*since, zone).day;
            let need = one_line(&reason.need, 200);
            let known = cluster.known_around().map_or(String::new(), |counts| {
                let (evaluated, all) = (counts.policies_evaluated, counts.policies_applicable);
                format!("; by what AWS says of it, {evaluated} of {all} policies are evaluated")
            });
            let said = line(
                format!("not read since {since}: {need}{known}"),
                reason.mend.as_ref(),
            );
            match (&cluster.account, reason.is_of_connection()) {
                (Some(account), true) => {
                    if broken.insert(&cluster.connection) {
                        let cluster = shown_account(account);
                        lines.push(UnevaluatedLine { cluster, ..said });
                    }
                }
                _ => lines.push(said),
            }
            continue;
        }
        let counts = &cluster.counts;
        let missing = counts
            .policies_applicable
            .saturating_sub(counts.policies_evaluated);
        if missing > 0 && one.missing.is_empty() {
            let all = counts.policies_applicable;
            lines.push(line(format!("{missing} of {all} policies"), None));
        }
        for reason in one.missing {
            if refused_call(cluster, reason).is_none() {
                lines.push(line(one_line(&reason.need, 200), reason.mend.as_ref()));
            }
        }
    }
    lines.extend(refusals(week.clusters));
    lines
}

/// One line for each account that refuses calls, whichever clusters and regions they are for.
fn refusals(clusters: &[ClusterWeek<'_>]) -> impl Iterator<Item = UnevaluatedLine> {
    let mut accounts: BTreeMap<(&str, Option<&str>), BTreeSet<&str>> = BTreeMap::new();
    for one in clusters {
        if matches!(one.cluster.readable, Readable::No { .. }) {
            continue;
        }
        for reason in one.missing {
            if let Some((account, call)) = refused_call(one.cluster, reason) {
                accounts
                    .entry((account, one.role))
                    .or_default()
                    .insert(call);
            }
        }
    }
    accounts.into_iter().map(|((account, role), calls)| {
        let mend = match calls.contains(OF_SSM) {
            true => format!("{UPDATE} --parameter-overrides NodeEvidence=ssm"),
            false => UPDATE.to_owned(),
        };
        let count = calls.len();
        let named: Vec<&str> = calls.into_iter().take(NAMED).collect();
        let more = match count - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (plural, them) = if count == 1 { ("", "it") } else { ("s", "them") };
        let role = role.unwrap_or("the role");
        let named = named.join(", ");
        UnevaluatedLine {
            cluster: shown_account(account),
            what: format!(
                "refused {role} {count} call{plural} ({named}{more}), and what needs {them} is not evaluated"
            ),
            mend: Some(mend),
        }
    })
}

/// The account and the action, if it is an AWS call that was refused: `ec2:DescribeVolumes`, not `list pods`.
fn refused_call<'a>(cluster: &'a Cluster, reason: &'a Reason) -> Option<(&'a str, &'a str)> {
    let account = cluster.account.as_deref()?;
    let (service, action) = reason.need.split_once(':')?;
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_call = word(service) && word(action);
    (reason.code == ReasonCode::PermissionMissing && is_call)
        .then_some((account, reason.need.as_str()))
}
