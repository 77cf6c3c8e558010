//! Ways of writing the same objects, with comments that say what they stand at, so that it can be told which may go.

use serde_json::Value;

/// One way of writing.
pub(crate) struct Style {
    pub(crate) name: &'static str,
    form: Form,
    around: Around,
    newline: &'static str,
}

enum Form {
    /// Indented: columns for maps, columns for dashes, columns behind dashes.
    Block(usize, usize, usize),
    /// Blocks down to a depth, brackets below.
    Flow(usize),
    JsonLines,
    Json,
}

/// What stands beside the object.
#[derive(PartialEq)]
enum Around {
    Nothing,
    /// Another document before it.
    Document,
    /// The object is an item of a `List`.
    List,
}

const fn style(name: &'static str, form: Form, around: Around, newline: &'static str) -> Style {
    Style {
        name,
        form,
        around,
        newline,
    }
}

pub(crate) const STYLES: [Style; 11] = [
    style(
        "two columns, flush lists",
        Form::Block(2, 0, 2),
        Around::Nothing,
        "\n",
    ),
    style(
        "two columns, indented lists",
        Form::Block(2, 2, 2),
        Around::Document,
        "\n",
    ),
    style("four columns", Form::Block(4, 4, 4), Around::Nothing, "\n"),
    style(
        "four columns, flush lists",
        Form::Block(4, 0, 2),
        Around::List,
        "\n",
    ),
    style(
        "carriage returns",
        Form::Block(2, 2, 2),
        Around::Nothing,
        "\r\n",
    ),
    style(
        "one line of brackets",
        Form::Flow(0),
        Around::Document,
        "\n",
    ),
    style(
        "brackets below the object",
        Form::Flow(1),
        Around::List,
        "\r\n",
    ),
    style("brackets inside", Form::Flow(4), Around::Nothing, "\n"),
    style("JSON in lines", Form::JsonLines, Around::Nothing, "\n"),
    style("JSON in a list", Form::JsonLines, Around::List, "\r\n"),
    style("JSON in one line", Form::Json, Around::Nothing, "\n"),
];

impl Style {
    pub(crate) fn file(&self) -> &'static str {
        match self.form {
            Form::JsonLines | Form::Json => "case.json",
            _ => "case.yaml",
        }
    }

    /// Where the first object stands.
    pub(crate) fn place(&self) -> (u32, Option<u32>) {
        match self.around {
            Around::Nothing => (0, None),
            Around::Document => (1, None),
            Around::List => (0, Some(0)),
        }
    }

    /// Writes objects into one text.
    pub(crate) fn write(&self, objects: &[Value]) -> String {
        let mut documents = Vec::new();
        if self.around == Around::List {
            let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": objects});
            documents.push(self.document(&list));
        } else {
            documents.extend(objects.iter().map(|object| self.document(object)));
        }
        let text = match self.form {
            Form::JsonLines | Form::Json => documents.join("\n"),
            _ => {
                let before = match self.around {
                    Around::Document => "# not ours\nx: 1\n---\n",
                    _ => "# first line\n",
                };
                format!("{before}{}# last line\n", documents.join("---\n"))
            }
        };
        text.replace('\n', self.newline)
    }

    fn document(&self, value: &Value) -> String {
        let mut out = String::new();
        match self.form {
            Form::JsonLines => out = format!("{}\n", serde_json::to_string_pretty(value).unwrap()),
            Form::Json => out = value.to_string(),
            Form::Flow(0) => out = format!("{}\n", flow(value)),
            Form::Block(..) | Form::Flow(_) => self.block(value, 0, 0, "", &mut out),
        }
        out
    }

    fn columns(&self) -> (usize, usize, usize) {
        match self.form {
            Form::Block(step, list, dash) => (step, list, dash),
            _ => (2, 0, 2),
        }
    }

    /// Writes the lines of a map or list that is not empty, the first at the end of what is already written.
    fn block(&self, value: &Value, column: usize, depth: usize, pointer: &str, out: &mut String) {
        let (_, _, dash) = self.columns();
        match value {
            Value::Object(map) => {
                for (i, (key, value)) in map.iter().enumerate() {
                    let pointer =
                        format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    if i > 0 || column == 0 {
                        out.push_str(&format!("{:column$}# before {pointer}\n{:column$}", "", ""));
                    }
                    out.push_str(&format!("{}:", text(key)));
                    self.value(value, column, depth + 1, &pointer, out);
                }
            }
            Value::Array(list) => {
                for (i, value) in list.iter().enumerate() {
                    let pointer = format!("{pointer}/{i}");
                    if i > 0 {
                        out.push_str(&format!("{:column$}", ""));
                    }
                    if self.is_block(value, depth + 1) {
                        out.push_str(&format!("-{:1$}", "", dash - 1));
                        self.block(value, column + dash, depth + 1, &pointer, out);
                    } else {
                        out.push_str(&format!("-{:1$}", "", dash - 2));
                        self.value(value, column, depth + 1, &pointer, out);
                    }
                }
            }
            _ => {}
        }
    }

    fn is_block(&self, value: &Value, depth: usize) -> bool {
        let filled = match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => false,
        };
        filled && !matches!(self.form, Form::Flow(deepest) if depth >= deepest)
    }

    fn value(&self, value: &Value, column: usize, depth: usize, pointer: &str, out: &mut String) {
        let (step, list, _) = self.columns();
        if !self.is_block(value, depth) {
            out.push_str(&format!(" {}   # at {pointer}\n", flow(value)));
            return;
        }
        out.push_str(&format!("   # at {pointer}\n"));
        let column = column + if value.is_array() { list } else { step };
        out.push_str(&format!("{:column$}", ""));
        self.block(value, column, depth, pointer, out);
    }

    /// What is not as it was though nothing asked for it.
    pub(crate) fn complaint(
        &self,
        old: &str,
        new: &str,
        before: &Value,
        after: &Value,
    ) -> Option<String> {
        if self.newline == "\r\n" && new.replace("\r\n", "").contains(['\r', '\n']) {
            return Some("a line does not end as the others".to_owned());
        }
        if !matches!(self.form, Form::Block(..)) {
            return None;
        }
        let prefix = if self.around == Around::List {
            "/items/0"
        } else {
            ""
        };
        let kept: Vec<&str> = new.lines().collect();
        let mut at = 0;
        for line in old.lines() {
            if let Some(found) = kept[at..].iter().position(|kept| *kept == line) {
                at += found + 1;
                continue;
            }
            let tag = line
                .rsplit_once("# ")
                .and_then(|(_, tag)| tag.split_once(" /"));
            let Some((what, pointer)) = tag else {
                return Some(format!("lost `{line}`"));
            };
            let pointer = format!("/{pointer}");
            let pointer = pointer.strip_prefix(prefix).unwrap_or(&pointer);
            let reason = match what {
                // A comment goes only with the map that it stands in, or when nothing of that stays.
                "before" => {
                    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                    let keys = |tree: &Value| Some(tree.pointer(parent)?.as_object()?.clone());
                    let old = keys(before).unwrap_or_default();
                    !keys(after).is_some_and(|new| new.keys().any(|key| old.contains_key(key)))
                }
                // A line differs only if its value does, or if it moved behind a dash.
                _ => before.pointer(pointer) != after.pointer(pointer),
            };
            let moved = kept[at..].iter().any(|kept| {
                kept.trim_start_matches([' ', '-']) == line.trim_start_matches([' ', '-'])
            });
            if !reason && !moved {
                return Some(format!("lost `{line}`"));
            }
        }
        None
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{}: {}", text(k), flow(v)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// A text without quotes where that is surely safe, with one kind or the other elsewhere.
fn text(text: &str) -> String {
    let word = text.len() > 5 && text.bytes().all(|b| b.is_ascii_alphabetic());
    if word || matches!(text, "spec" | "kind" | "name" | "Pod" | "app") {
        text.to_owned()
    } else if text.contains(['\'', '\n', '\\', '\t']) || text.len().is_multiple_of(2) {
        Value::from(text).to_string()
    } else {
        format!("'{text}'")
    }
}
