//! What is never stored: values that may be secret are judged in memory and left out of everything kept.
//!
//! Replaced by [`REDACTED`]: literal values of environment variables, annotations that hold whole manifests, data of
//! ConfigMaps and Secrets, user data of machines, the URL that a kubelet fetches pods from. Left out: `metadata.managedFields`.

use std::io::{self, Write};

use plimsoll_cel::Node;
use plimsoll_model::kind;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// What stands in the place of a value that may be secret.
pub const REDACTED: &str = "(redacted)";

/// Ends of annotation names under which tools keep a copy of the whole manifest, environment included: kubectl,
/// Rancher's fleet and k3s, Kapp, and what follows kubectl's example.
const MANIFEST_ANNOTATIONS: [&str; 4] = [
    "last-applied-configuration",
    "/last-applied",
    "objectset.rio.cattle.io/applied",
    "kapp.k14s.io/original",
];

/// Writes an object as one JSON document without what may be secret.
///
/// # Errors
/// The writer's own.
pub fn redacted_json(object: &Node<'_>, to: impl Write) -> serde_json::Result<()> {
    let kind = object
        .get("kind")
        .and_then(|kind| kind.as_str())
        .unwrap_or_default();
    serde_json::to_writer(
        to,
        &Part {
            node: *object,
            kind,
            at: None,
        },
    )
}

/// The JSON text, or its first `bytes` bytes, of the value at `path` (dotted, lists with `[0]`) of an object of `kind`,
/// fit to be shown: what may be secret below it is replaced. `None` when the value itself may be secret, or lies in
/// something that is.
#[must_use]
pub fn redacted_value(kind: &str, path: &str, value: &Node<'_>, bytes: usize) -> Option<String> {
    let mut text = Beginning {
        text: Vec::new(),
        bytes,
    };
    with_keys(path, None, &mut |at| {
        let withheld = is_withheld(kind, at);
        if !withheld {
            let node = *value;
            // Fails when there is enough.
            let _ = serde_json::to_writer(&mut text, &Part { node, kind, at });
        }
        !withheld
    })
    .then(|| {
        let valid = text.text.utf8_chunks().next();
        valid.map_or_else(String::new, |chunk| chunk.valid().to_owned())
    })
}

/// Takes as many bytes as it may, and then no more.
struct Beginning {
    text: Vec<u8>,
    bytes: usize,
}

impl Write for Beginning {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let fits = more.len().min(self.bytes - self.text.len());
        self.text.extend_from_slice(&more[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a value of an object of `kind` is replaced, or lies in something that is.
fn is_withheld(kind: &str, at: Option<&At<'_>>) -> bool {
    std::iter::successors(at, |step| step.up).any(|step| step.is_replaced(kind))
}

/// A map key on the way from the root, and the ones above it. List indexes leave no trace.
#[derive(Clone, Copy)]
pub(crate) struct At<'k> {
    pub(crate) key: &'k str,
    pub(crate) up: Option<&'k At<'k>>,
}

/// Calls `then` with the keys of a path.
fn with_keys<T>(path: &str, at: Option<&At<'_>>, then: &mut dyn FnMut(Option<&At<'_>>) -> T) -> T {
    let path = path.trim_start_matches('.');
    if path.is_empty() {
        return then(at);
    }
    if let Some(inner) = path.strip_prefix('[') {
        let (is_key, end) = match inner.as_bytes().first() {
            Some(b'"') => (true, "\"]"),
            Some(b'\'') => (true, "']"),
            _ => (false, "]"),
        };
        let name = &inner[usize::from(is_key)..];
        let (name, rest) = name.split_once(end).unwrap_or((name, ""));
        return match is_key {
            true => with_keys(rest, Some(&At { key: name, up: at }), then),
            false => with_keys(rest, at, then),
        };
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    with_keys(
        &path[end..],
        Some(&At {
            key: &path[..end],
            up: at,
        }),
        then,
    )
}

impl At<'_> {
    /// Whether the value of this key, in an object of `kind`, may be secret.
    pub(crate) fn is_replaced(&self, kind: &str) -> bool {
        let parent = self.up.map(|up| up.key);
        match (self.key, parent) {
            ("value", Some("env")) | ("userData" | "UserData", _) => true,
            ("staticPodURL" | "staticPodURLHeader", _) if kind == kind::NODE_CONFIG.name => true,
            // A key with dots, given without brackets, arrives in pieces: look at the whole of it.
            (_, Some("data" | "stringData" | "binaryData"))
                if matches!(kind, "ConfigMap" | "Secret") =>
            {
                self.up.is_some_and(|up| up.up.is_none())
            }
            (key, _) => MANIFEST_ANNOTATIONS
                .iter()
                .filter(|end| end.as_bytes().last() == key.as_bytes().last())
                .any(|end| key.ends_with(end) || piecewise(self, end)),
        }
    }

    /// Whether this key is left out.
    pub(crate) fn is_dropped(&self) -> bool {
        self.key == "managedFields" && self.up.is_some_and(|up| up.key == "metadata")
    }
}

/// Whether the last keys, joined by dots, end with `end`.
fn piecewise(at: &At<'_>, end: &str) -> bool {
    let whole = end.ends_with(at.key) && end.contains('.');
    whole
        && at.up.is_some_and(|up| {
            end.strip_suffix(at.key)
                .and_then(|e| e.strip_suffix('.'))
                .is_some_and(|e| up.key.ends_with(e) || piecewise(up, e))
        })
}

/// A value on the way to being written.
struct Part<'n, 'k> {
    node: Node<'n>,
    kind: &'n str,
    at: Option<&'k At<'k>>,
}

impl Serialize for Part<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.at.is_some_and(|at| at.is_replaced(self.kind)) {
            return to.serialize_str(REDACTED);
        }
        match self.node {
            Node::List(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Part {
                        node: *item,
                        ..*self
                    })?;
                }
                list.end()
            }
            Node::Map(entries) => {
                let mut map = to.serialize_map(None)?;
                for entry in entries {
                    let at = At {
                        key: entry.key,
                        up: self.at,
                    };
                    if !at.is_dropped() {
                        map.serialize_entry(
                            entry.key,
                            &Part {
                                node: entry.value,
                                kind: self.kind,
                                at: Some(&at),
                            },
                        )?;
                    }
                }
                map.end()
            }
            scalar => scalar.serialize(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_cel::{Bump, decode_json};
    use serde_json::{Value, json};

    use super::*;

    fn redacted(object: &Value) -> Value {
        let arena = Bump::new();
        let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        let mut out = Vec::new();
        redacted_json(&node, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn environment_values_are_replaced_wherever_a_pod_template_stands() {
        let env = json!([{"name": "A", "value": "s3cret"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "value"}}}]);
        let spec =
            json!({"containers": [{"name": "c", "env": env}], "initContainers": [{"env": env}]});
        let cron = json!({"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}});
        let text = redacted(&cron).to_string();
        assert!(
            !text.contains("s3cret") && text.matches(REDACTED).count() == 2,
            "{text}"
        );
        assert!(
            text.contains("\"key\":\"value\""),
            "references stay: {text}"
        );
    }

    #[test]
    fn data_annotations_user_data_and_managed_fields_go() {
        let annotations = json!({"kubectl.kubernetes.io/last-applied-configuration": "{s3cret}", "note": "kept", "objectset.rio.cattle.io/applied": "s3cret"});
        let map = json!({"kind": "ConfigMap", "metadata": {"annotations": annotations, "managedFields": ["s3cret"]}, "data": {"k": "s3cret"}, "binaryData": {"b": "s3cret"}});
        let text = redacted(&map).to_string();
        assert!(
            !text.contains("s3cret") && !text.contains("managedFields"),
            "{text}"
        );
        assert!(text.contains("kept") && text.contains("\"k\""), "{text}");
        let secret = redacted(
            &json!({"kind": "Secret", "data": {"k": "s3cret"}, "stringData": {"t": "s3cret"}}),
        );
        assert!(!secret.to_string().contains("s3cret"));
        let node = redacted(
            &json!({"kind": "EC2NodeClass", "spec": {"userData": "s3cret", "data": {"x": "kept"}}}),
        );
        assert_eq!(
            node,
            json!({"kind": "EC2NodeClass", "spec": {"userData": REDACTED, "data": {"x": "kept"}}})
        );
        let aws = redacted(
            &json!({"kind": "AWS::EC2::LaunchTemplate", "LaunchTemplateData": {"UserData": "s3cret"}}),
        );
        assert!(!aws.to_string().contains("s3cret"));
    }

    fn is_withheld_at(kind: &str, path: &str) -> bool {
        redacted_value(kind, path, &Node::Null, 0).is_none()
    }

    #[test]
    fn paths_that_are_withheld_are_known() {
        for (kind, path) in [
            (
                "Deployment",
                "spec.template.spec.containers[0].env[3].value",
            ),
            ("ConfigMap", "data.key"),
            ("ConfigMap", "data[\"a.b\"]"),
            ("ConfigMap", "data.tls.crt"),
            (
                "Pod",
                "metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"]",
            ),
            (
                "Pod",
                "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
            ),
            (
                "Pod",
                "metadata.annotations.objectset.rio.cattle.io/applied",
            ),
            ("EC2NodeClass", "spec.userData"),
        ] {
            assert!(is_withheld_at(kind, path), "{path}");
        }
        for (kind, path) in [
            ("Deployment", "spec.template.spec.containers[0].env[3].name"),
            ("Deployment", "data.key"),
            ("ConfigMap", "data"),
            ("Pod", "metadata.annotations.applied"),
            ("Pod", ""),
        ] {
            assert!(!is_withheld_at(kind, path), "{path}");
        }
    }

    #[test]
    fn a_parent_of_a_secret_is_shown_without_it() {
        let arena = Bump::new();
        let container = decode_json(
            &arena,
            br#"{"env":[{"name":"A","value":"s3cret"}],"tty":true}"#,
        )
        .unwrap();
        let shown = redacted_value("Pod", "spec.containers[0]", &container, 1000).unwrap();
        assert_eq!(
            shown,
            r#"{"env":[{"name":"A","value":"(redacted)"}],"tty":true}"#
        );
        for bytes in 0..shown.len() {
            let cut = redacted_value("Pod", "spec.containers[0]", &container, bytes).unwrap();
            assert_eq!(cut, shown[..bytes]);
        }
        let variables = container.get("env").unwrap();
        assert!(
            !redacted_value("Pod", "spec.containers[0].env", &variables, 1000)
                .unwrap()
                .contains("s3cret")
        );
        let value = Node::Str("s3cret");
        assert_eq!(
            redacted_value("Pod", "spec.containers[0].env[0].value", &value, 1000),
            None
        );
    }
}
