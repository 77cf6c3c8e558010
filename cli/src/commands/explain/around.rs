//! What stands around a policy: what has to be read for it, when nobody can tell, and how a finding is accepted.

use std::io;

use plimsoll_model::kind::{self, KindSource};
use plimsoll_policy::{Policy, Rule, kinds};

use super::layout::Page;

/// What has to be read.
pub(super) fn needs(policy: &Policy, rule: &Rule) -> String {
    let mut lists: Vec<&str> = policy
        .kinds
        .iter()
        .filter(|kind| source(kind) != Some(KindSource::MadeUp))
        .filter_map(|kind| kinds::list_read(kind))
        .collect();
    lists.extend(policy.needs.iter().map(String::as_str));
    lists.sort_unstable();
    lists.dedup();
    if policy.kinds.iter().all(|kind| kind::is_of_aws(kind)) {
        return format!(
            "{} of the cluster's AWS account, or a template that describes it",
            lists.join(", ")
        );
    }
    let (of_aws, lists): (Vec<&str>, Vec<&str>) =
        lists.into_iter().partition(|list| kind::is_of_aws(list));
    let mut needs = match lists.as_slice() {
        [] => "the cluster's version".to_owned(),
        lists => format!("list {}", lists.join(", ")),
    };
    if !of_aws.is_empty() {
        needs.push_str(&format!(
            "; {} of the cluster's AWS account",
            of_aws.join(", ")
        ));
    }
    if lists.contains(&"secrets") {
        needs.push_str(
            "; secrets of a cluster are read --with secrets only, and of them the metadata",
        );
    }
    if policy.kinds.iter().any(|kind| is_of_nodes(kind)) {
        needs
            .push_str("; what nodes say of themselves, by a route that is chosen: --node-evidence");
    }
    if rule.facts.is_empty() {
        needs.push_str("; each object is judged by itself");
    }
    needs.push_str(&format!(
        "; as a role: plimsoll access cluster-role --only {}",
        policy.id
    ));
    needs
}

fn is_of_nodes(kind: &str) -> bool {
    source(kind) == Some(KindSource::NodeEvidence)
}

fn source(kind: &str) -> Option<KindSource> {
    kind::named(kind).map(|kind| kind.source)
}

/// When nobody can tell.
pub(super) fn unknown(page: &mut Page<'_>, policy: &Policy, rule: &Rule) -> io::Result<()> {
    let live = |kind: &String| {
        matches!(
            source(kind),
            Some(KindSource::ClusterOnly | KindSource::MadeUp | KindSource::NodeEvidence)
        )
    };
    let mut label = "unknown";
    for (condition, reason) in &rule.unknown {
        page.text(label, &format!("{reason}; that is, if"))?;
        page.code("", condition)?;
        label = "";
    }
    let live_list = |list: &String| {
        kind::of_plural(list).is_some_and(|kind| kind.source == KindSource::ClusterOnly)
    };
    if policy.kinds.iter().all(live) || policy.needs.iter().any(live_list) {
        page.text(label, "in files, which cannot hold it: scan a cluster")?;
        label = "";
    }
    if policy.kinds.iter().all(|kind| kind::is_of_aws(kind)) {
        let reads = "where the account could not be read to the end, a call for what the rule reads was refused, or a template's value is known only after deployment";
        return page.text(label, reads);
    }
    let lists = match rule.facts.is_empty() && policy.needs.is_empty() {
        true => {
            "where its list could not be read to the end, or a value is none that the rule can read"
        }
        false => {
            "where one of the lists could not be read to the end, or a value is none that the rule can read"
        }
    };
    page.text(label, lists)
}

/// How somebody says that a finding is as it should be.
pub(super) fn except(page: &mut Page<'_>, policy: &Policy) -> io::Result<()> {
    let prefix = plimsoll_policy::ANNOTATION_PREFIX;
    let kind = policy.kinds.first().map_or("Pod", String::as_str);
    let (how, resource) = match kind::named(kind) {
        Some(known)
            if known.is_of_aws()
                || matches!(known.source, KindSource::MadeUp | KindSource::NodeEvidence) =>
        {
            (
                "by plimsoll.exceptions.yaml:".to_owned(),
                format!("{{ kind: {kind} }}"),
            )
        }
        known => {
            let lies = match known {
                Some(known) if !known.namespaced => "",
                _ => ", namespace: shop",
            };
            let annotation = format!("{prefix}{}: 'why, until 2027-01-31'", policy.id);
            let how = format!(
                "one object by an annotation, {annotation}, or several by plimsoll.exceptions.yaml:"
            );
            (how, format!("{{ kind: {kind}{lies}, name: 'web-*' }}"))
        }
    };
    page.text("except", &how)?;
    page.lines(
        "",
        &[
            format!("  - policy: {}", policy.id),
            format!("    resource: {resource}"),
            "    reason: why this is acceptable".to_owned(),
            "    approvedBy: ana@acme.example".to_owned(),
            "    until: 2027-01-31".to_owned(),
        ],
    )
}
