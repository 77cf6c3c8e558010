//! Writes objects as YAML with each key on a line of its own, and remembers where: what a scan says of places is judged by
//! this and not by the reader that it used.

use std::collections::HashMap;

use serde_json::Value;

/// A text, and the line and column of every key and list item in its first document, by the steps that lead there.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) text: String,
    places: HashMap<Vec<String>, (usize, usize)>,
}

impl Written {
    /// The objects, a document each.
    pub(crate) fn of(objects: &[Value]) -> Self {
        let mut all = Self::default();
        for (number, object) in objects.iter().enumerate() {
            let mut one = Self::default();
            one.value(object, 0, &mut Vec::new());
            if number == 0 {
                all = one;
            } else {
                all.text.push_str("---\n");
                all.text.push_str(&one.text);
            }
        }
        all
    }

    /// Where a path leads: to its last step, or to the last one before it that is there; to the kind if none is.
    pub(crate) fn place(&self, path: &str) -> (usize, usize) {
        let steps = steps(path);
        let there = (1..=steps.len())
            .rev()
            .find_map(|many| self.places.get(&steps[..many]));
        *there.unwrap_or(&self.places[&vec!["kind".to_owned()]])
    }

    /// The line of the text, from 1.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or_default()
    }

    fn value(&mut self, value: &Value, column: usize, at: &mut Vec<String>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (i, (key, value)) in map.iter().enumerate() {
                    self.begin(
                        if i == 0 { self.gap(column) } else { column },
                        column,
                        at,
                        key,
                    );
                    self.text
                        .push_str(&format!("{}:", Value::from(key.as_str())));
                    self.below(value, column + 2, " ", at);
                }
            }
            Value::Array(list) if !list.is_empty() => {
                for (i, value) in list.iter().enumerate() {
                    let spaces = if i == 0 { self.gap(column) } else { column };
                    self.text.push_str(&format!("{:spaces$}- ", ""));
                    self.begin(0, column + 2, at, &i.to_string());
                    self.value(value, column + 2, at);
                    at.pop();
                }
            }
            scalar => self.text.push_str(&format!("{scalar}\n")),
        }
    }

    /// A value behind its key: on the same line if it is one word, else on the next.
    fn below(&mut self, value: &Value, column: usize, gap: &str, at: &mut Vec<String>) {
        let many = value.as_object().map_or(0, serde_json::Map::len)
            + value.as_array().map_or(0, Vec::len);
        self.text.push_str(if many > 0 { "\n" } else { gap });
        self.value(value, column, at);
        at.pop();
    }

    /// Spaces to a column: none where the line is already there, behind a dash.
    fn gap(&self, column: usize) -> usize {
        if self.text.ends_with("- ") { 0 } else { column }
    }

    fn begin(&mut self, spaces: usize, column: usize, at: &mut Vec<String>, step: &str) {
        self.text.push_str(&format!("{:spaces$}", ""));
        at.push(step.to_owned());
        let line = self.text.lines().count() + usize::from(self.text.ends_with('\n'));
        self.places.insert(at.clone(), (line.max(1), column + 1));
    }
}

/// The steps of `a.b[0].c` and `a["x.y/z"]`.
pub(crate) fn steps(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = if let Some(quoted) = rest.strip_prefix("[\"") {
            quoted.split_once("\"]").unwrap()
        } else if let Some(index) = rest.strip_prefix('[') {
            index.split_once(']').unwrap()
        } else {
            rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()))
        };
        steps.push(step.to_owned());
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    steps
}
