//! Decodes one object of a list: of managed fields the versions alone, with the kind that items of typed lists lack.

use std::fmt;

use plimsoll_cel::{Bump, Node, NodeSeed};
use plimsoll_model::kind::Kind;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

/// Decodes an item of a list of `spec`.
pub(crate) fn decode<'a>(arena: &'a Bump, json: &str, spec: &Kind) -> serde_json::Result<Node<'a>> {
    let mut source = serde_json::Deserializer::from_str(json);
    source.disable_recursion_limit();
    let mut entries = MapSeed {
        arena,
        inside: Some("metadata"),
        skip: "",
    }
    .deserialize(&mut source)?;
    entries.retain(|(key, _)| !matches!(*key, "apiVersion" | "kind"));
    entries.push(("apiVersion", Node::text_in(arena, &spec.api_version())));
    entries.push(("kind", Node::Str(spec.name)));
    Ok(Node::map_in(arena, entries))
}

/// Reads a map's entries, leaving out `skip`; the entry named `inside` is a map in which managed fields are cut short.
struct MapSeed<'a> {
    arena: &'a Bump,
    inside: Option<&'static str>,
    skip: &'static str,
}

/// What is kept of a managed field: the version of the API that somebody used. Which fields they set is most of the object
/// over again.
#[derive(Debug, Deserialize)]
struct Managed {
    #[serde(default, rename = "apiVersion")]
    api_version: String,
}

fn managed<'a>(written: &[Managed], arena: &'a Bump) -> Option<Node<'a>> {
    let versions = written.iter().map(|m| m.api_version.as_str());
    let mut versions: Vec<&str> = versions.filter(|version| !version.is_empty()).collect();
    versions.sort_unstable();
    versions.dedup();
    let entry = |version| Node::map_in(arena, vec![("apiVersion", Node::text_in(arena, version))]);
    let kept = || Node::list_in(arena, versions.iter().copied().map(entry).collect());
    (!versions.is_empty()).then(kept)
}

type Entries<'a> = Vec<(&'a str, Node<'a>)>;

impl<'de, 'a> DeserializeSeed<'de> for MapSeed<'a> {
    type Value = Entries<'a>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Entries<'a>, D::Error> {
        source.deserialize_map(self)
    }
}

impl<'de, 'a> Visitor<'de> for MapSeed<'a> {
    type Value = Entries<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Entries<'a>, A::Error> {
        let mut entries = Vec::with_capacity(16);
        while let Some(key) = source.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == self.skip {
                let written: Vec<Managed> = source.next_value()?;
                entries.extend(managed(&written, self.arena).map(|kept| (self.skip, kept)));
            } else if self.inside == Some(key.as_ref()) {
                let inner = MapSeed {
                    arena: self.arena,
                    inside: None,
                    skip: "managedFields",
                };
                let inner = source.next_value_seed(inner)?;
                entries.push((
                    &*self.arena.alloc_str(&key),
                    Node::map_in(self.arena, inner),
                ));
            } else {
                let value = source.next_value_seed(NodeSeed::without_nulls(self.arena))?;
                if value != Node::Null {
                    entries.push((&*self.arena.alloc_str(&key), value));
                }
            }
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::kind::named as kind_named;

    #[test]
    fn managed_fields_are_cut_short_and_the_kind_is_filled_in() {
        let arena = Bump::new();
        let json = r#"{"metadata":{"managedFields":[{"a":1}],"name":"x","labels":null},"spec":{"n":1,"z":null},"status":null}"#;
        let node = decode(&arena, json, kind_named("Deployment").unwrap()).unwrap();
        let expected = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"},"spec":{"n":1}}"#;
        assert_eq!(serde_json::to_string(&node).unwrap(), expected);
        let partial = r#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"s"}}"#;
        let node = decode(&arena, partial, kind_named("Secret").unwrap()).unwrap();
        assert_eq!(node.get("kind").unwrap().as_str(), Some("Secret"));
        assert!(decode(&arena, "[]", kind_named("Secret").unwrap()).is_err());
    }
}
