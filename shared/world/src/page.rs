//! Pages of a list: the continue token and the list's envelope.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cluster::Items;
use crate::kinds::Kind;

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Continue {
    /// The version the list began at; -1: whatever is there now.
    pub(crate) resource_version: i64,
    /// The last place shown, relative to the listed prefix.
    pub(crate) after: String,
}

impl Continue {
    /// The token, as an API server forms it.
    pub(crate) fn token(&self) -> String {
        let body = json!({
            "v": "meta.k8s.io/v1", "rv": self.resource_version, "start": format!("{}\0", self.after),
        });
        URL_SAFE_NO_PAD.encode(body.to_string())
    }

    /// Reads a token; `None` if it is not one of ours.
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let body = URL_SAFE_NO_PAD.decode(token).ok()?;
        let body: Value = serde_json::from_slice(&body).ok()?;
        let resource_version = body["rv"].as_i64().filter(|rv| *rv >= -1)?;
        let after = body["start"].as_str()?.strip_suffix('\0')?.to_owned();
        (body["v"] == "meta.k8s.io/v1").then_some(Self {
            resource_version,
            after,
        })
    }
}

/// The answer to a list request.
pub(crate) fn list(
    kind: &Kind,
    items: Option<&Items>,
    resource_version: u64,
    namespace: Option<&str>,
    after: Option<&str>,
    limit: usize,
    metadata_only: bool,
) -> String {
    let prefix = namespace.map_or_else(String::new, |namespace| format!("{namespace}/"));
    let from = match after {
        Some(after) => std::ops::Bound::Excluded(format!("{prefix}{after}")),
        None => std::ops::Bound::Included(prefix.clone()),
    };
    let found = items
        .into_iter()
        .flat_map(|items| items.range((from.clone(), std::ops::Bound::Unbounded)));
    let found: Vec<_> = found
        .take_while(|(place, _)| place.starts_with(&prefix))
        .collect();
    let shown = if limit == 0 {
        found.len()
    } else {
        limit.min(found.len())
    };
    let mut metadata = json!({ "resourceVersion": resource_version.to_string() });
    if shown < found.len() {
        let last = found[shown - 1].0.strip_prefix(&prefix).unwrap_or_default();
        let resource_version = i64::try_from(resource_version).unwrap_or(-1);
        metadata["continue"] = json!(
            Continue {
                resource_version,
                after: last.to_owned()
            }
            .token()
        );
        metadata["remainingItemCount"] = json!(found.len() - shown);
    }
    let items: Vec<String> = found[..shown]
        .iter()
        .map(|(_, item)| {
            if metadata_only {
                partial(item)
            } else {
                item.to_string()
            }
        })
        .collect();
    let (name, version) = if metadata_only {
        (
            "PartialObjectMetadata".to_owned(),
            "meta.k8s.io/v1".to_owned(),
        )
    } else {
        (kind.kind.to_owned(), kind.api_version())
    };
    format!(
        "{{\"kind\":\"{name}List\",\"apiVersion\":\"{version}\",\"metadata\":{metadata},\
         \"items\":[{}]}}\n",
        items.join(",")
    )
}

/// One object with its kind, as a single read returns it.
pub(crate) fn single(kind: &Kind, item: &str) -> String {
    let head = format!(
        "{{\"kind\":\"{}\",\"apiVersion\":\"{}\",",
        kind.kind,
        kind.api_version()
    );
    item.replacen('{', &head, 1) + "\n"
}

fn partial(item: &str) -> String {
    let item: Value = serde_json::from_str(item).unwrap_or_default();
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": item["metadata"],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;

    fn items() -> Items {
        ["a/x", "a/y", "ab/x", "b/x"]
            .map(|place| (place.to_owned(), format!("{{\"at\":\"{place}\"}}").into()))
            .into()
    }

    fn page(namespace: Option<&str>, after: Option<&str>, limit: usize) -> (Vec<String>, Value) {
        let pod = kinds::named("Pod").unwrap();
        let text = list(&pod, Some(&items()), 7, namespace, after, limit, false);
        let body: Value = serde_json::from_str(&text).unwrap();
        let shown = body["items"].as_array().unwrap().iter();
        (
            shown
                .map(|i| i["at"].as_str().unwrap().to_owned())
                .collect(),
            body["metadata"].clone(),
        )
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_repeat() {
        let (first, metadata) = page(None, None, 3);
        assert_eq!(first, ["a/x", "a/y", "ab/x"]);
        assert_eq!(metadata["remainingItemCount"], 1);
        let next = Continue::parse(metadata["continue"].as_str().unwrap()).unwrap();
        assert_eq!(
            next,
            Continue {
                resource_version: 7,
                after: "ab/x".to_owned()
            }
        );
        let (second, metadata) = page(None, Some(&next.after), 3);
        assert_eq!(second, ["b/x"]);
        assert!(metadata.get("continue").is_none() && metadata.get("remainingItemCount").is_none());
    }

    #[test]
    fn a_namespace_is_not_its_prefix() {
        assert_eq!(page(Some("a"), None, 0).0, ["a/x", "a/y"]);
        assert_eq!(page(Some("a"), Some("x"), 0).0, ["a/y"]);
        assert!(page(Some("c"), None, 0).0.is_empty());
    }

    #[test]
    fn foreign_tokens_are_refused() {
        for token in [
            "",
            "x",
            "e30",
            &URL_SAFE_NO_PAD.encode("{\"v\":\"meta.k8s.io/v1\"}"),
        ] {
            assert_eq!(Continue::parse(token), None, "{token}");
        }
    }
}
