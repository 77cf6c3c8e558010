//! Writes a tree back as JSON or any other serde format.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::node::Node;

/// The only key of what stands for [`Node::Unknown`].
pub const UNKNOWN_KEY: &str = "$unknown";

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => to.serialize_unit(),
            Node::Bool(value) => to.serialize_bool(*value),
            Node::Int(value) => to.serialize_i64(*value),
            Node::Double(value) => to.serialize_f64(*value),
            Node::Str(text) => to.serialize_str(text),
            Node::List(items) => to.collect_seq(*items),
            Node::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for entry in *entries {
                    map.serialize_entry(entry.key, &entry.value)?;
                }
                map.end()
            }
            Node::Unknown(reason) => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry(UNKNOWN_KEY, reason)?;
                map.end()
            }
        }
    }
}
