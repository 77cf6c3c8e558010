//! Parameters of policies as expressions see them.

use plimsoll_cel::{Bump, Node};

/// A parameter's value, its texts where they are.
pub(crate) fn node<'a>(value: &'a serde_json::Value, arena: &'a Bump) -> Node<'a> {
    use serde_json::Value as Json;
    match value {
        Json::Null => Node::Null,
        Json::Bool(value) => Node::Bool(*value),
        Json::Number(number) => number.as_i64().map_or_else(
            || Node::Double(number.as_f64().unwrap_or(f64::NAN)),
            Node::Int,
        ),
        Json::String(text) => Node::Str(text),
        Json::Array(items) => {
            Node::list_in(arena, items.iter().map(|item| node(item, arena)).collect())
        }
        Json::Object(map) => Node::map_in(
            arena,
            map.iter()
                .map(|(key, item)| (key.as_str(), node(item, arena)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::decode_json;

    #[test]
    fn a_value_is_the_tree_that_its_text_decodes_to() {
        let arena = Bump::new();
        let text = r#"{"b":[1,-2.5,"x",null],"a":{"k":true},"big":1e300}"#;
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            node(&value, &arena),
            decode_json(&arena, text.as_bytes()).unwrap()
        );
    }
}
