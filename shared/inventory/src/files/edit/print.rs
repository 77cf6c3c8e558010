//! New values as text, in blocks or in brackets.

use serde_json::Value;

use super::super::scalar::{Plain, resolve};
use super::style::{Flow, Style};

/// Where entries in brackets stand on lines of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Indent {
    /// The column of the entries.
    pub(super) column: usize,
    /// How much deeper those are that lie in them.
    pub(super) step: usize,
}

impl Indent {
    pub(super) fn deeper(self) -> Self {
        Self {
            column: self.column + self.step,
            ..self
        }
    }
}

impl Style {
    /// `key: value`, the lines after the first indented; `column` is the key's.
    pub(super) fn entry(&self, key: &str, value: &Value, column: usize) -> String {
        let key = plain_or_quoted(key, false);
        match inline(value) {
            Some(value) => format!("{key}: {value}"),
            None => format!("{key}:{}", self.below(value, column)),
        }
    }

    /// A map or list that is not empty, below the key at `column`: begins with a line break.
    pub(super) fn below(&self, value: &Value, column: usize) -> String {
        let column = match value {
            Value::Array(_) => column + self.list,
            _ => column + self.step,
        };
        format!(
            "{}{:column$}{}",
            self.newline,
            "",
            self.block(value, column)
        )
    }

    /// A value at `column`, where its first line is already indented.
    pub(super) fn block(&self, value: &Value, column: usize) -> String {
        let lines: Vec<String> = match value {
            Value::Object(map) if !map.is_empty() => {
                let entry = |(key, value): (&String, &Value)| self.entry(key, value, column);
                map.iter().map(entry).collect()
            }
            Value::Array(list) if !list.is_empty() => {
                list.iter().map(|item| self.item(item, column)).collect()
            }
            other => return inline(other).unwrap_or_default(),
        };
        lines.join(&format!("{}{:column$}", self.newline, ""))
    }

    /// `- value`, the lines after the first indented; `column` is the dash's.
    pub(super) fn item(&self, value: &Value, column: usize) -> String {
        let gap = self.dash - 1;
        let value = inline(value).unwrap_or_else(|| self.block(value, column + self.dash));
        format!("-{:gap$}{value}", "")
    }
}

/// What stands on one line in a block: scalars, and what is empty.
pub(super) fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) => map.is_empty().then(|| "{}".to_owned()),
        Value::Array(list) => list.is_empty().then(|| "[]".to_owned()),
        Value::String(text) => Some(plain_or_quoted(text, false)),
        other => Some(other.to_string()),
    }
}

impl Flow {
    /// A value in brackets; `lines` is where the entries of it stand if each has a line of its own.
    pub(super) fn value(&self, value: &Value, lines: Option<Indent>, newline: &str) -> String {
        let (open, close, entries): (&str, &str, Vec<String>) = match value {
            Value::Object(map) => {
                let entry =
                    |(key, value): (&String, &Value)| self.entry(key, value, lines, newline);
                ("{", "}", map.iter().map(entry).collect())
            }
            Value::Array(list) => {
                let deeper = lines.map(Indent::deeper);
                let items = list.iter().map(|item| self.value(item, deeper, newline));
                ("[", "]", items.collect())
            }
            Value::String(text) if !self.quoted => return plain_or_quoted(text, true),
            other => return other.to_string(),
        };
        if entries.is_empty() {
            return format!("{open}{close}");
        }
        match lines {
            None => {
                let pad = if value.is_object() { self.pad } else { "" };
                format!("{open}{pad}{}{pad}{close}", entries.join(&self.comma))
            }
            Some(Indent { column, step }) => {
                let separator = format!(",{newline}{:column$}", "");
                let outer = column.saturating_sub(step);
                format!(
                    "{open}{newline}{:column$}{}{newline}{:outer$}{close}",
                    "",
                    entries.join(&separator),
                    ""
                )
            }
        }
    }

    /// `key: value`; `lines` is where it stands itself.
    pub(super) fn entry(
        &self,
        key: &str,
        value: &Value,
        lines: Option<Indent>,
        newline: &str,
    ) -> String {
        let key = if self.quoted {
            Value::from(key).to_string()
        } else {
            plain_or_quoted(key, true)
        };
        let value = self.value(value, lines.map(Indent::deeper), newline);
        format!("{key}{}{value}", self.colon)
    }
}

/// A text as YAML, without quotes if nobody could take it for something else.
pub(super) fn plain_or_quoted(text: &str, in_flow: bool) -> String {
    let first = text.chars().next().unwrap_or(' ');
    let plain = resolve_is_text(text)
        && (first.is_alphanumeric() || matches!(first, '/' | '.' | '_' | '$' | '('))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !text.chars().any(char::is_control)
        && !(in_flow && text.contains([',', '[', ']', '{', '}', ':']));
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// Whether it is text without quotes for every reader: kubectl's, and those that follow newer rules.
fn resolve_is_text(text: &str) -> bool {
    !text.is_empty() && resolve(text) == Plain::Text && text.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn style(step: usize, list: usize, dash: usize) -> Style {
        Style {
            step,
            list,
            dash,
            newline: "\n",
            flow: flow(false),
        }
    }

    fn flow(quoted: bool) -> Flow {
        Flow {
            quoted,
            colon: ": ".to_owned(),
            comma: ", ".to_owned(),
            pad: " ",
        }
    }

    #[test]
    fn blocks_follow_the_habits_of_the_document() {
        let value = json!({"drop": ["ALL"], "map": {"a": 1, "b": [{"x": 1, "z": {}}]}});
        assert_eq!(
            style(2, 0, 2).entry("caps", &value, 4),
            "caps:\n      drop:\n      - ALL\n      map:\n        a: 1\n        b:\n        - x: 1\n          z: {}"
        );
        assert_eq!(
            style(4, 2, 4).entry("caps", &value, 0),
            "caps:\n    drop:\n      -   ALL\n    map:\n        a: 1\n        b:\n          -   x: 1\n              z: {}"
        );
    }

    #[test]
    fn brackets_are_filled_on_one_line_or_on_several() {
        let value = json!({"type": "RuntimeDefault", "x": [true, "no"]});
        assert_eq!(
            flow(false).value(&value, None, "\n"),
            "{ type: RuntimeDefault, x: [true, \"no\"] }"
        );
        let lines = Some(Indent { column: 4, step: 2 });
        assert_eq!(
            flow(true).value(&value, lines, "\n"),
            "{\n    \"type\": \"RuntimeDefault\",\n    \"x\": [\n      true,\n      \"no\"\n    ]\n  }"
        );
    }

    #[test]
    fn texts_that_could_be_something_else_are_quoted() {
        for text in [
            "yes", "0x1F", "1e3", "", " a", "a: b", "a #b", "- a", "*", "null", "~", "a:",
        ] {
            assert!(plain_or_quoted(text, false).starts_with('"'), "{text}");
        }
        for text in ["ALL", "10.0.0.1", "nginx:1.25", "a b", "1Gi"] {
            assert_eq!(plain_or_quoted(text, false), text);
        }
        assert_eq!(plain_or_quoted("a,b", true), "\"a,b\"");
    }
}
