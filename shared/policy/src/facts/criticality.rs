//! How much a workload matters to those who rely on it, as far as objects say, and what says so.
//!
//! `high` is what comes before other pods by its priority, is part of the cluster, is reached from outside, or keeps
//! data. `low` is what none of this is true of, and what gives way by its priority or runs to an end and is run again.
//! All else is `normal`.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use plimsoll_cel::{Bump, Node};

use super::{Fact, Joins, exposure, items, name, namespace, pods, scheme, text, texts_in};

/// The list that says what priority classes are worth.
const CLASSES: &str = "priorityclasses";

/// The classes that every API server makes, worth more than any other may be (kubernetes.io, "Pod Priority and
/// Preemption" and "Guaranteed Scheduling For Critical Add-On Pods").
const BUILT_IN: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

/// How names of namespaces begin that are kept for what a cluster is made of (kubernetes.io, "Namespaces": `kube-`;
/// OpenShift, "Working with projects": `openshift-` besides).
const RESERVED: [&str; 2] = ["kube-", "openshift-"];

/// Kinds whose pods run to an end, and are run again where they were stopped before (kubernetes.io, "Jobs").
const ENDING: [&str; 2] = ["Job", "CronJob"];

/// Whether the input of this name was not read.
type IsMissing<'r> = &'r dyn Fn(&str) -> bool;

/// Where a table has the name of a class, for those that pods get which name none.
const DEFAULT: &str = "";

/// Keeps name and value of a priority class; of one that is the default the value once more.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let value = object.get("value").and_then(|value| value.as_int());
    let value = value.unwrap_or_default();
    let default = object.get("globalDefault");
    let default = default.and_then(|default| default.as_bool()) == Some(true);
    let names = [Some(name(object)), default.then_some(DEFAULT)];
    for name in names.into_iter().flatten() {
        joins.priorities.push(|out| {
            out.text(name);
            out.number(value);
        });
    }
}

/// `{level, because}` of a workload: `high`, `normal` or `low`, and what decided it in words; null of other objects.
///
/// # Errors
/// What was not read, or is named and not there: a list by its plural, or a priority class. What is known to make it
/// `high` does so without it.
pub(super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
    is_missing: IsMissing<'_>,
) -> Result<Node<'a>, &'a str> {
    let Some(spec) = pods::spec(kind, object) else {
        return Ok(Node::Null);
    };
    let home = namespace(object);
    let reserved = RESERVED.iter().any(|start| home.starts_with(start));
    let reserved = reserved.then(|| format!("part of the cluster, in namespace {home}"));
    let priority = priority(joins, &spec, arena, is_missing);
    let way_in = way_in(joins, kind, object, arena, is_missing);
    let (raised, lowered) = match &priority {
        Ok((Ordering::Greater, why)) => (Some(why.clone()), None),
        Ok((Ordering::Less, why)) => (None, Some(why.clone())),
        _ => (None, None),
    };
    let opened = way_in.as_ref().ok().cloned().flatten();
    let high = [raised, reserved, opened, kept(object, &spec)];
    let high: Vec<String> = high.into_iter().flatten().collect();
    if !high.is_empty() {
        return Ok(node("high", &high, arena));
    }
    priority?;
    way_in?;
    let ends = ENDING
        .contains(&kind)
        .then(|| format!("a {kind}, which is run again where it was stopped"));
    let low: Vec<String> = [lowered, ends].into_iter().flatten().collect();
    let level = if low.is_empty() { "normal" } else { "low" };
    Ok(node(level, &low, arena))
}

fn node<'a>(level: &'static str, because: &[String], arena: &'a Bump) -> Node<'a> {
    let because: Vec<&str> = because.iter().map(String::as_str).collect();
    let entries = vec![
        ("level", Node::Str(level)),
        ("because", texts_in(arena, &because)),
    ];
    Node::map_in(arena, entries)
}

/// Whether pods come before those that name no class, or after them, with the class that says so. Those that name none
/// are worth as much as the default class, of several the least, or 0 (Kubernetes API, `PriorityClass`).
fn priority<'a>(
    joins: &Joins,
    spec: &Node<'_>,
    arena: &'a Bump,
    is_missing: IsMissing<'_>,
) -> Result<(Ordering, String), &'a str> {
    let class = text(spec, "priorityClassName").unwrap_or_default();
    if class.is_empty() {
        return Ok((Ordering::Equal, String::new()));
    }
    if BUILT_IN.contains(&class) {
        return Ok((Ordering::Greater, format!("of priority class {class}")));
    }
    if is_missing(CLASSES) {
        return Err(CLASSES);
    }
    let values = |name| {
        let found = joins.priorities.beginning_with([name]);
        found.map(|mut kept| kept.number::<i64>())
    };
    let Some(value) = values(class).min() else {
        return Err(arena.alloc_str(&format!("PriorityClass {class}")));
    };
    let usual = values(DEFAULT).min().unwrap_or_default();
    let why = format!("of priority class {class} ({value}, where {usual} is usual)");
    Ok((value.cmp(&usual), why))
}

/// The first way in that counts as one for strangers. Address ranges on a load balancer do not make it the cluster's own;
/// an ingress or gateway that nobody says to be internal is taken to face the internet, a port of nodes is not.
fn way_in(
    joins: &Joins,
    kind: &str,
    object: &Node<'_>,
    arena: &Bump,
    is_missing: IsMissing<'_>,
) -> Result<Option<String>, &'static str> {
    // Without the gateways nobody knows which of them are internal.
    let silent = ["Ingress", "Gateway"];
    let silent = &silent[..if is_missing("gateways") { 1 } else { 2 }];
    let of = |way: &Node<'_>, key| match way.get(key) {
        Some(Node::Str(value)) => value.to_owned(),
        _ => String::new(),
    };
    let counts = |way: &&Node<'_>| match &*of(way, "scheme") {
        scheme::INTERNET | scheme::LIMITED => true,
        scheme::UNKNOWN => silent.contains(&&*of(way, "via")),
        _ => false,
    };
    let ways = exposure::fact(joins, kind, object, arena);
    if let Some(way) = ways.items().iter().find(counts) {
        let [via, space, name] = ["via", "namespace", "name"].map(|key| of(way, key));
        return Ok(Some(format!(
            "reached from outside through {via} {space}/{name}"
        )));
    }
    let mut lists = Fact::Exposure.lists().iter();
    match lists.find(|list| is_missing(list)) {
        Some(list) => Err(list),
        None => Ok(None),
    }
}

/// What outlives the pods and is not there a second time: a claim that they write to. Claims of ephemeral volumes go with
/// their pod (Kubernetes API, `EphemeralVolumeSource`).
fn kept(object: &Node<'_>, spec: &Node<'_>) -> Option<String> {
    let own = object.get("spec").unwrap_or(Node::Null);
    if !items(&own, "volumeClaimTemplates").is_empty() {
        return Some("keeps data in a claim of each pod".to_owned());
    }
    let claims = items(spec, "volumes").iter();
    let mut claims = claims.filter_map(|volume| volume.get("persistentVolumeClaim"));
    let written =
        claims.find(|claim| claim.get("readOnly").and_then(|only| only.as_bool()) != Some(true))?;
    let claim = text(&written, "claimName").unwrap_or_default();
    Some(format!("keeps data in claim {claim}"))
}
