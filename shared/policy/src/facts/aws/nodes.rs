//! The roles of nodes, which pods have as well where they reach the metadata service of the instance.

use plimsoll_cel::{Bump, Node};

use super::super::Joins;
use super::super::table::Texts;
use super::trust::{Answer, any};
use super::{Border, part_in, part_of, roles};

/// Keeps whether the metadata service answers, whether it asks for a token, and over how many hops it gives one. Instances that
/// are alike count once.
pub(super) fn gather(border: &mut Border, object: &Node<'_>) {
    let part = |key| part_of(object, &["Properties", "MetadataOptions", key]);
    border.metadata.push(|out| {
        out.text(&part("HttpEndpoint"));
        out.text(&part("HttpTokens"));
        out.text(&part("HttpPutResponseHopLimit"));
    });
}

/// A list of `{via: node, roleArn, name, exists, admitted, grants}`: a pod may run on any node, so that `admitted` says whether
/// there is one whose metadata service it reaches. One on the host's network reaches all that answer.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let spec = crate::kinds::pod_spec_keys(kind).and_then(|keys| object.at(keys));
    let on_host = spec.and_then(|spec| spec.get("hostNetwork"));
    let on_host = on_host.and_then(|is| is.as_bool()).unwrap_or(false);
    let nodes = joins.border.metadata.all();
    let admitted = match any(nodes.map(|texts| reaches(texts, on_host, arena))) {
        Ok(is) => Node::Bool(is),
        Err(reason) => Node::Unknown(arena.alloc_str(&reason)),
    };
    let mut routes = Vec::new();
    for mut texts in joins.border.roles.all() {
        let (arn, _, grants) = (texts.text(), texts.text(), texts.text());
        let used = part_in(arena, texts.text());
        let of_nodes = match used {
            Node::Unknown(_) => return used,
            used => used
                .items()
                .iter()
                .any(|word| word.as_str() == Some("nodes")),
        };
        if of_nodes {
            let name = Node::text_in(arena, arn);
            let fields = vec![
                ("admitted", admitted),
                ("exists", Node::Bool(true)),
                ("grants", roles::grants_in(arena, grants)),
                ("name", name),
                ("roleArn", name),
                ("via", Node::Str("node")),
            ];
            routes.push(Node::map_in(arena, fields));
        }
    }
    Node::list_in(arena, routes)
}

/// Without a token no hop is counted; with one, a pod is a hop further than its node (Amazon EC2 user guide, "Instance metadata
/// options"). What is not set is as EC2 has it by default.
fn reaches(mut texts: Texts<'_>, on_host: bool, arena: &Bump) -> Answer {
    let mut part = || match part_in(arena, texts.text()) {
        Node::Unknown(reason) => Err(reason.to_owned()),
        known => Ok(known),
    };
    let (endpoint, tokens, hops) = (part(), part(), part());
    let answers = endpoint.map(|endpoint| endpoint.as_str() != Some("disabled"));
    let asks_none = tokens.map(|tokens| tokens.as_str() != Some("required"));
    let far = hops.map(|hops| hops.as_int().is_some_and(|hops| hops > 1));
    super::trust::all([answers, any([Ok(on_host), asks_none, far])])
}
