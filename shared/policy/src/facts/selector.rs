//! Label selectors (Kubernetes API, `LabelSelector` and the plain map of a Service).

use std::collections::BTreeMap;

use plimsoll_cel::Node;
use serde::{Deserialize, Serialize};

/// A selector, kept small.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Selector {
    labels: BTreeMap<String, String>,
    expressions: Vec<(String, Operator, Vec<String>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    /// Not one that the API knows: matches nothing.
    Other,
}

impl Selector {
    /// Of `matchLabels` and `matchExpressions`; an empty selector matches everything.
    pub(crate) fn of_label_selector(node: &Node<'_>) -> Self {
        let expressions = node
            .get("matchExpressions")
            .map_or(&[][..], |list| list.items());
        Self {
            labels: texts(&node.get("matchLabels").unwrap_or(Node::Null)),
            expressions: expressions.iter().map(expression).collect(),
        }
    }

    /// Of a plain map of labels.
    pub(crate) fn of_labels(node: &Node<'_>) -> Self {
        Self {
            labels: texts(node),
            expressions: Vec::new(),
        }
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// Whether `labels` satisfy it.
    pub(crate) fn matches(&self, labels: &Node<'_>) -> bool {
        let value = |key: &str| labels.get(key).and_then(|value| value.as_str());
        self.labels
            .iter()
            .all(|(key, wanted)| value(key) == Some(wanted))
            && self.expressions.iter().all(|(key, operator, values)| {
                let found = value(key);
                let among = || found.is_some_and(|found| values.iter().any(|v| v == found));
                match operator {
                    Operator::In => among(),
                    Operator::NotIn => !among(),
                    Operator::Exists => found.is_some(),
                    Operator::DoesNotExist => found.is_none(),
                    Operator::Other => false,
                }
            })
    }
}

fn expression(node: &Node<'_>) -> (String, Operator, Vec<String>) {
    let text = |key: &str| node.get(key).and_then(|value| value.as_str()).unwrap_or("");
    let operator = match text("operator") {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        _ => Operator::Other,
    };
    let values = node.get("values").map_or(&[][..], |list| list.items());
    (
        text("key").to_owned(),
        operator,
        values
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
    )
}

fn texts(node: &Node<'_>) -> BTreeMap<String, String> {
    node.entries()
        .iter()
        .filter_map(|entry| {
            entry
                .value
                .as_str()
                .map(|value| (entry.key.to_owned(), value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::{Bump, decode_json};

    #[test]
    fn each_operator_does_what_the_api_says() {
        let cases = [
            (r#"{}"#, true),
            (r#"{"matchLabels":{"app":"web"}}"#, true),
            (r#"{"matchLabels":{"app":"db"}}"#, false),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"In","values":["db","web"]}]}"#,
                true,
            ),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"In","values":["db"]}]}"#,
                false,
            ),
            (
                r#"{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["db"]}]}"#,
                true,
            ),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}"#,
                false,
            ),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"Exists"}]}"#,
                true,
            ),
            (
                r#"{"matchExpressions":[{"key":"tier","operator":"Exists"}]}"#,
                false,
            ),
            (
                r#"{"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}"#,
                true,
            ),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}"#,
                false,
            ),
            (
                r#"{"matchExpressions":[{"key":"app","operator":"Near"}]}"#,
                false,
            ),
        ];
        let arena = Bump::new();
        let labels = decode_json(&arena, br#"{"app":"web"}"#).unwrap();
        for (selector, expected) in cases {
            let node = decode_json(&arena, selector.as_bytes()).unwrap();
            assert_eq!(
                Selector::of_label_selector(&node).matches(&labels),
                expected,
                "{selector}"
            );
        }
    }
}
