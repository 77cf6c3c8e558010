//! EKS add-ons: what they are called, and how they are set.

use plimsoll_cel::{Bump, Node, decode_json};

use super::super::Joins;
use super::{Border, part_in, part_of, property};

/// Keeps name, and as a part the settings.
pub(super) fn gather(border: &mut Border, object: &Node<'_>) {
    border.addons.push(|out| {
        out.text(property(object, "AddonName"));
        out.text(&part_of(object, &["Properties", "ConfigurationValues"]));
    });
}

/// A list of `{name, configuration}`; the configuration is empty if none was given, and unknown where it cannot be read.
pub(in super::super) fn fact<'a>(joins: &Joins, arena: &'a Bump) -> Node<'a> {
    let nodes = joins.border.addons.all().map(|mut texts| {
        let name = Node::text_in(arena, texts.text());
        let configuration = match part_in(arena, texts.text()) {
            Node::Str(text) => settings(text, arena),
            lost @ Node::Unknown(_) => lost,
            _ => Node::Map(&[]),
        };
        Node::map_in(
            arena,
            vec![("configuration", configuration), ("name", name)],
        )
    });
    Node::list_in(arena, nodes.collect())
}

/// JSON or YAML (EKS API reference, `CreateAddon`).
fn settings<'a>(text: &str, arena: &'a Bump) -> Node<'a> {
    let json = serde_saphyr::from_str::<serde_json::Value>(text);
    let json = json.map(|value| value.to_string()).unwrap_or_default();
    match decode_json(arena, json.as_bytes()) {
        Ok(map @ Node::Map(_)) => map,
        Ok(Node::Null) => Node::Map(&[]),
        _ => Node::Unknown("malformedInput Properties.ConfigurationValues"),
    }
}
