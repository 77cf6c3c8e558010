//! Who is told about an incident: the way through the tenant's routing tree.

use std::collections::BTreeMap;

use plimsoll_model::{PolicyId, Severity, Stage};

use crate::document::{EscalationPolicy, Match, Route, RouteOptions};
use crate::pattern;

/// The name under which a route's `policy` matches a cluster that cannot be read, and a connection that does not work.
pub const UNREADABLE: &str = "cluster-unreadable";

/// What routes can ask about an incident.
#[derive(Debug, Clone, Copy)]
pub struct IncidentFacts<'a> {
    /// How bad.
    pub severity: Severity,
    /// The cluster's stage.
    pub stage: Stage,
    /// The cluster's name.
    pub cluster: &'a str,
    /// The policy; none for a cluster that cannot be read.
    pub policy: Option<&'a PolicyId>,
    /// The cluster's tags or labels.
    pub tags: &'a BTreeMap<String, String>,
}

/// A route that takes an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// The named policy to use.
    pub name: String,
    /// What the route and its ancestors say.
    pub options: RouteOptions,
    /// The way from the root, one entry a level, in words: `everything`, `1st child: severity critical, stage prod`.
    pub path: Vec<String>,
}

/// The routes that take an incident: one, unless a route that matched says `continue`. None for what is only worth
/// knowing: `info` is never sent to anybody.
#[must_use]
pub fn route(policy: &EscalationPolicy, facts: &IncidentFacts<'_>) -> Vec<RouteMatch> {
    let mut found = Vec::new();
    if facts.severity != Severity::Info {
        let path = vec!["everything".to_owned()];
        walk(
            &policy.route,
            &RouteOptions::default(),
            path,
            facts,
            &mut found,
        );
    }
    found
}

/// Goes down the tree; whether `node` took the incident.
fn walk(
    node: &Route,
    above: &RouteOptions,
    path: Vec<String>,
    facts: &IncidentFacts<'_>,
    found: &mut Vec<RouteMatch>,
) -> bool {
    if !holds(&node.matches, facts) {
        return false;
    }
    let options = inherit(above, &node.options);
    let mut taken = false;
    for (index, child) in node.children.iter().enumerate() {
        let mut deeper = path.clone();
        deeper.push(format!("child {}: {}", index + 1, in_words(&child.matches)));
        if walk(child, &options, deeper, facts, found) {
            taken = true;
            if !child.go_on {
                break;
            }
        }
    }
    if !taken && let Some(name) = options.uses.clone() {
        found.push(RouteMatch {
            name,
            options,
            path,
        });
    }
    true
}

fn inherit(above: &RouteOptions, own: &RouteOptions) -> RouteOptions {
    let own = own.clone();
    RouteOptions {
        uses: own.uses.or_else(|| above.uses.clone()),
        repeat: own.repeat.or(above.repeat),
        times_out: own.times_out.or_else(|| above.times_out.clone()),
        quiet: own.quiet.or_else(|| above.quiet.clone()),
    }
}

fn holds(wanted: &Match, facts: &IncidentFacts<'_>) -> bool {
    let policy = facts.policy.map_or(UNREADABLE, PolicyId::as_str);
    (wanted.severity.is_empty() || wanted.severity.contains(&facts.severity))
        && (wanted.stage.is_empty() || wanted.stage.contains(&facts.stage))
        && pattern::any_or_empty(&wanted.cluster, facts.cluster)
        && pattern::any_or_empty(&wanted.policy, policy)
        && pattern::tags(&wanted.tags, facts.tags)
}

fn in_words(wanted: &Match) -> String {
    let mut parts = Vec::new();
    let mut say = |what: &str, words: Vec<String>| {
        if !words.is_empty() {
            parts.push(format!("{what} {}", words.join(" or ")));
        }
    };
    say(
        "severity",
        wanted.severity.iter().map(ToString::to_string).collect(),
    );
    say(
        "stage",
        wanted.stage.iter().map(ToString::to_string).collect(),
    );
    say("cluster", wanted.cluster.clone());
    say("policy", wanted.policy.clone());
    say(
        "tag",
        wanted
            .tags
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
    );
    if parts.is_empty() {
        "everything".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests;
