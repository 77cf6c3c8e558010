//! An object as bytes, with the place of everything in it and without what may be secret: what a second look at it
//! needs, at a fraction of the cost of reading the file again.

use std::io;

use plimsoll_cel::{Bump, DecodeError, decode_json};
use plimsoll_model::SourceRef;

use super::object::typed_item;
use super::read::ObjectIn;
use crate::redact::redacted_json;

mod reader;
mod writer;

/// An object that was read without places, as JSON.
const JSON: u8 = 0;
/// An object with places.
const MARKED: u8 = 1;
/// An item of a typed list with places: before it, its API version and kind, which are the list's.
const TYPED: u8 = 2;

impl<'a> ObjectIn<'a> {
    /// Appends the object to `out`, for [`ObjectIn::from_bytes`].
    ///
    /// # Errors
    /// None in practice: writing to memory.
    pub fn to_bytes(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let Some(marked) = &self.marked else {
            out.push(JSON);
            return Ok(redacted_json(&self.node, out)?);
        };
        let text = |key| {
            let value = self.node.get(key);
            value.and_then(|value| value.as_str()).unwrap_or_default()
        };
        let mut writer = writer::Writer::new(out, text("kind"));
        if marked.node.get("kind").is_none() {
            writer.head(TYPED);
            writer.text(text("apiVersion"));
            writer.text(text("kind"));
        } else {
            writer.head(MARKED);
        }
        writer.value(marked);
        Ok(())
    }

    /// The object that [`ObjectIn::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes that it did not write.
    pub fn from_bytes(
        bytes: &[u8],
        source: SourceRef,
        arena: &'a Bump,
    ) -> Result<Self, DecodeError> {
        let (head, rest) = bytes.split_first().ok_or_else(broken)?;
        if *head == JSON {
            let node = decode_json(arena, rest)?;
            let marked = None;
            return Ok(Self {
                node,
                source,
                marked,
            });
        }
        let mut reader = reader::Reader::new(rest, arena);
        let of_list = match *head == TYPED {
            true => Some((
                reader.text().ok_or_else(broken)?,
                reader.text().ok_or_else(broken)?,
            )),
            false => None,
        };
        let marked = reader.value().ok_or_else(broken)?;
        let node = of_list.map_or(marked.node, |(api_version, kind)| {
            typed_item(arena, marked.node, api_version, &format!("{kind}List"))
        });
        let marked = Some(marked);
        Ok(Self {
            node,
            source,
            marked,
        })
    }
}

fn broken() -> DecodeError {
    DecodeError {
        message: "not an object as it was kept".to_owned(),
        line: 0,
        column: 0,
    }
}

/// What a value is, in one byte.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const INT: u8 = 3;
    pub(super) const DOUBLE: u8 = 4;
    pub(super) const TEXT: u8 = 5;
    pub(super) const LIST: u8 = 6;
    pub(super) const MAP: u8 = 7;
    pub(super) const UNKNOWN: u8 = 8;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_cel::Bump;
    use plimsoll_model::SourceRef;

    use super::super::read::{ObjectIn, read};
    use super::super::tests::entry;

    const MANY: &str = "\
# a comment
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {\"a.b/c\": 'x'}, managedFields: [1]}
spec:
  hostNetwork: true
  replicas: null
  big: 12345678901234567
  small: -7
  part: 0.25
  text: |
    two
    lines
  containers:
  - &one
    name: ä
    env:
    - {name: A, value: s3cret}
  - *one
---
apiVersion: v1
kind: ConfigMapList
items:
- metadata: {name: b}
  data: {k: s3cret}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: c}, data: {k: s3cret}}
";

    /// Reads `text`, keeps each object and reads it back.
    fn each(file: &str, text: &str, then: &mut dyn FnMut(&ObjectIn<'_>, &ObjectIn<'_>)) -> u32 {
        let entry = entry(file);
        let mut objects = 0;
        read(&entry, text, &mut Bump::new(), &mut |object| {
            let mut bytes = Vec::new();
            object.to_bytes(&mut bytes).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
            let arena = Bump::new();
            let source = SourceRef {
                file: Arc::from(file),
                document: 0,
                item: None,
            };
            let back = ObjectIn::from_bytes(&bytes, source.clone(), &arena).unwrap();
            then(&object, &back);
            for length in 0..bytes.len() {
                let cut = ObjectIn::from_bytes(&bytes[..length], source.clone(), &arena);
                assert!(cut.is_err(), "{length} of {} bytes", bytes.len());
            }
            objects += 1;
        });
        objects
    }

    fn json(object: &ObjectIn<'_>) -> String {
        let mut out = Vec::new();
        crate::redact::redacted_json(&object.node, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_object_comes_back_with_its_places_and_without_what_may_be_secret() {
        let paths = [
            "kind",
            "metadata.labels.a.b/c",
            "spec.hostNetwork",
            "spec.replicas",
            "spec.text",
            "spec.containers[1].env[0].name",
            "spec.containers[0].securityContext.privileged",
            "data.k",
            "nothing",
        ];
        let objects = each("x.yaml", MANY, &mut |object, back| {
            assert_eq!(json(object), json(back));
            for path in paths {
                assert_eq!(object.place(path), back.place(path), "{path}");
                assert!(back.place(path).is_some());
            }
        });
        assert_eq!(objects, 3);
    }

    #[test]
    fn an_object_without_places_comes_back_without() {
        let text = r#"{"apiVersion":"v1","kind":"Secret","data":{"k":"s3cret"}}"#;
        let objects = each("x.json", text, &mut |object, back| {
            assert_eq!(json(object), json(back));
            assert_eq!(back.place("kind"), None);
        });
        assert_eq!(objects, 1);
    }
}
