//! Label selectors (Kubernetes API, `LabelSelector` and the plain map of a Service), kept as texts of a record.

use std::collections::BTreeMap;

use plimsoll_cel::Node;

use super::table::{Record, Texts};

// How operators are kept; another than the API knows matches nothing.
const IN: &str = "i";
const NOT_IN: &str = "n";
const EXISTS: &str = "e";
const DOES_NOT_EXIST: &str = "d";
const OTHER: &str = "?";

/// Whether a `LabelSelector` asks for nothing, and so matches everything.
pub(super) fn is_empty(selector: &Node<'_>) -> bool {
    labels(&part(selector, "matchLabels")).is_empty()
        && part(selector, "matchExpressions").items().is_empty()
}

/// Writes `matchLabels` and `matchExpressions`, as the last of a record.
pub(super) fn write(selector: &Node<'_>, out: &mut Record) {
    let labels = labels(&part(selector, "matchLabels"));
    out.counted(&flat(&labels));
    for expression in part(selector, "matchExpressions").items() {
        let text = |key: &str| {
            expression
                .get(key)
                .and_then(|value| value.as_str())
                .unwrap_or("")
        };
        let operator = match text("operator") {
            "In" => IN,
            "NotIn" => NOT_IN,
            "Exists" => EXISTS,
            "DoesNotExist" => DOES_NOT_EXIST,
            _ => OTHER,
        };
        let values = part(expression, "values");
        let values: Vec<&str> = values.items().iter().filter_map(|v| v.as_str()).collect();
        out.texts([text("key"), operator]);
        out.counted(&values);
    }
}

/// Writes a selector that matches nothing.
pub(super) fn write_none(out: &mut Record) {
    out.counted(&[]);
    out.texts(["", OTHER]);
    out.counted(&[]);
}

/// Labels of an object, read or kept.
pub(super) trait Labels {
    /// The value of a key.
    fn value(&self, key: &str) -> Option<&str>;
}

impl Labels for Node<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }
}

/// Keys and values in turn, as [`Record::counted`] kept them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'t>(pub(super) Texts<'t>);

impl<'t> Kept<'t> {
    pub(super) fn pairs(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let mut texts = self.0;
        let mut flat = texts.counted();
        std::iter::from_fn(move || Some((flat.next()?, flat.next()?)))
    }
}

impl Labels for Kept<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        self.pairs()
            .find_map(|(known, value)| (known == key).then_some(value))
    }
}

/// Whether `labels` satisfy the selector that [`write`] wrote.
pub(super) fn matches(mut selector: Texts<'_>, labels: &impl Labels) -> bool {
    let value = |key: &str| labels.value(key);
    if !all_there(selector.counted(), labels) {
        return false;
    }
    while let Some(key) = selector.next() {
        let operator = selector.text();
        let mut values = selector.counted();
        let found = value(key);
        let mut among = || found.is_some_and(|found| values.any(|value| value == found));
        let satisfied = match operator {
            IN => among(),
            NOT_IN => !among(),
            EXISTS => found.is_some(),
            DOES_NOT_EXIST => found.is_none(),
            _ => false,
        };
        if !satisfied {
            return false;
        }
    }
    true
}

/// Whether each key of `pairs` (keys and values in turn) has its value in `labels`.
pub(super) fn all_there<'t>(pairs: impl Iterator<Item = &'t str>, labels: &impl Labels) -> bool {
    let mut pairs = pairs;
    while let (Some(key), Some(wanted)) = (pairs.next(), pairs.next()) {
        if labels.value(key) != Some(wanted) {
            return false;
        }
    }
    true
}

/// A map of labels; what is no text is left out.
pub(super) fn labels<'n>(node: &Node<'n>) -> BTreeMap<&'n str, &'n str> {
    node.entries()
        .iter()
        .filter_map(|entry| Some((entry.key, entry.value.as_str()?)))
        .collect()
}

/// Keys and values in turn.
pub(super) fn flat<'n>(labels: &BTreeMap<&'n str, &'n str>) -> Vec<&'n str> {
    labels
        .iter()
        .flat_map(|(key, value)| [*key, *value])
        .collect()
}

fn part<'a>(node: &Node<'a>, key: &str) -> Node<'a> {
    node.get(key).unwrap_or(Node::Null)
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;
    use plimsoll_cel::{Bump, decode_json};

    #[test]
    fn each_operator_does_what_the_api_says() {
        let expression = |rest: &str| format!(r#"{{"matchExpressions":[{{"key":{rest}}}]}}"#);
        let cases = [
            (r#"{}"#.to_owned(), true),
            (r#"{"matchLabels":{"app":"web"}}"#.to_owned(), true),
            (r#"{"matchLabels":{"app":"db"}}"#.to_owned(), false),
            (
                expression(r#""app","operator":"In","values":["db","web"]"#),
                true,
            ),
            (
                expression(r#""app","operator":"In","values":["db"]"#),
                false,
            ),
            (
                expression(r#""tier","operator":"NotIn","values":["db"]"#),
                true,
            ),
            (
                expression(r#""app","operator":"NotIn","values":["web"]"#),
                false,
            ),
            (expression(r#""app","operator":"Exists""#), true),
            (expression(r#""tier","operator":"Exists""#), false),
            (expression(r#""tier","operator":"DoesNotExist""#), true),
            (expression(r#""app","operator":"DoesNotExist""#), false),
            (expression(r#""app","operator":"Near""#), false),
            (
                r#"{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"app","operator":"In","values":["web"]},{"key":"tier","operator":"Exists"}]}"#.to_owned(),
                false,
            ),
        ];
        let arena = Bump::new();
        let labels = decode_json(&arena, br#"{"app":"web"}"#).unwrap();
        for (selector, expected) in cases {
            let node = decode_json(&arena, selector.as_bytes()).unwrap();
            let mut table = Table::default();
            table.push(|out| write(&node, out));
            let written = table.all().next().unwrap();
            assert_eq!(matches(written, &labels), expected, "{selector}");
            let mut kept = Table::default();
            kept.push(|out| out.counted(&flat(&super::labels(&labels))));
            let kept = Kept(kept.all().next().unwrap());
            assert_eq!(matches(written, &kept), expected, "{selector}");
            assert_eq!(is_empty(&node), selector == "{}", "{selector}");
        }
    }
}
