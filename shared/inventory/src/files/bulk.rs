//! The fast reader: decodes whole stretches of documents into the arena, without positions.

use plimsoll_cel::{Bump, Node, NodeSeed};
use serde::de::{Deserialize, DeserializeSeed, IgnoredAny};

use super::load::narrow;
use super::marked::Mark;
use super::problem::Fault;
use super::wording;

/// Decodes all documents of `yaml` that are not empty; `None` if anything at all is wrong with one of them.
pub(crate) fn read<'a>(yaml: &str, arena: &'a Bump) -> Option<Vec<Node<'a>>> {
    let mut nodes = Vec::new();
    for document in yaml_serde::Deserializer::from_str(yaml) {
        match NodeSeed::without_nulls(arena).deserialize(document) {
            Ok(Node::Null) => {}
            Ok(node) => nodes.push(node),
            Err(_) => return None,
        }
    }
    Some(nodes)
}

/// What kubectl's parser (a port of the same C library) would refuse in a document beginning on line `first_line`.
pub(crate) fn refusal(document: &str, first_line: u32) -> Option<Fault> {
    let error = IgnoredAny::deserialize(yaml_serde::Deserializer::from_str(document)).err()?;
    let at = error.location().map_or(
        Mark {
            line: first_line,
            column: 1,
        },
        |place| Mark {
            line: first_line + narrow(place.line()).max(1) - 1,
            column: narrow(place.column()).max(1),
        },
    );
    let text = error.to_string();
    Some(wording::syntax(
        document,
        text.split(" at line ").next().unwrap_or(&text),
        at,
        first_line,
    ))
}
