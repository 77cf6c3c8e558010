//! The load balancers of AWS through which a workload, a Service or an Ingress is reached.

use std::collections::BTreeSet;

use plimsoll_cel::{Bump, Node};

use super::super::{Joins, name, namespace, services};
use super::{Border, part_in, part_of, property, said, unread};

/// Keeps DNS name, ARN or name, then as parts scheme, security groups, whether a rule lets everybody in.
pub(super) fn gather(border: &mut Border, object: &Node<'_>) {
    let part = |key| part_of(object, &["Properties", key]);
    let arn = match said(object, &["metadata", "arn"]) {
        "" => name(object),
        arn => arn,
    };
    border.balancers.push(|out| {
        out.texts([&*property(object, "DNSName").to_ascii_lowercase(), arn]);
        out.text(&part("Scheme"));
        out.text(&part("SecurityGroups"));
        out.text(&part_of(object, &["Derived", "OpenIngress"]));
    });
}

/// A list of `{via, name, host, arn, scheme, securityGroups, open}` of a Service, an Ingress or a Gateway, or of those that lead
/// to a workload. One that is not found in the region's account has only `via`, `name` and `host`; the rest is unknown.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let home = namespace(object);
    let mut by: BTreeSet<(&str, String)> = BTreeSet::new();
    match kind {
        "Service" | "Ingress" | "Gateway" => drop(by.insert((kind, name(object).to_owned()))),
        _ => {
            for service in services::selecting(joins, kind, object) {
                let ingresses = joins.ingresses.beginning_with([home, service.name]);
                by.extend(ingresses.map(|texts| ("Ingress", texts.first().to_owned())));
                by.insert(("Service", service.name.to_owned()));
            }
        }
    }
    let mut nodes = Vec::new();
    for (via, name) in &by {
        for texts in joins.border.balanced.beginning_with([*via, home, name]) {
            nodes.push(node(joins, (via, name, texts.first()), arena));
        }
    }
    Node::list_in(arena, nodes)
}

fn node<'a>(joins: &Joins, (via, name, host): (&str, &str, &str), arena: &'a Bump) -> Node<'a> {
    let found = joins.border.balancers.beginning_with([host]).last();
    let unknown = unread(arena, "load balancer of that name in the account");
    let mut parts = [unknown; 4];
    if let Some(mut texts) = found {
        parts[0] = Node::text_in(arena, texts.text());
        for (part, text) in parts[1..].iter_mut().zip(texts) {
            *part = part_in(arena, text);
        }
    }
    let [arn, scheme, groups, open] = parts;
    let fields = vec![
        ("arn", arn),
        ("host", Node::text_in(arena, host)),
        ("name", Node::text_in(arena, name)),
        ("open", open),
        ("scheme", scheme),
        ("securityGroups", groups),
        ("via", Node::text_in(arena, via)),
    ];
    Node::map_in(arena, fields)
}
