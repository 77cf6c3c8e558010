//! From our expressions to an API server's: names are replaced at their places in the syntax tree.

use std::cell::RefCell;
use std::collections::BTreeSet;

use plimsoll_cel::Reading;

use super::NotExportable;
use super::constant::literal;
use super::nulls;
use super::shape::Shape;
use super::sources::{LIMITS, Source, Sources, variable};

/// Words that CEL keeps for itself. Kubernetes gives fields of these names others in its declared types (`__namespace__`), while the values it evaluates
/// have them as they are (Kubernetes, "Common Expression Language", escaping).
pub(super) const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Where an expression will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among `validations` and `variables`, where variables may be read.
    Validation,
    /// Among `matchConditions`, which see the object alone.
    Condition,
}

/// An expression as a server takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether a selection or call may follow it without brackets.
    primary: bool,
}

impl Text {
    /// In brackets where something is to follow it.
    pub(super) fn operand(&self) -> String {
        match self.primary {
            true => self.text.clone(),
            false => format!("({})", self.text),
        }
    }
}

/// Rewrites the expressions of one policy for one shape.
pub(super) struct Rewriter<'p> {
    pub(super) sources: &'p Sources,
    pub(super) shape: &'p Shape,
    /// The variables that stay variables, of those rewritten so far.
    used: RefCell<BTreeSet<String>>,
}

impl<'p> Rewriter<'p> {
    pub(super) fn new(sources: &'p Sources, shape: &'p Shape) -> Self {
        Self {
            sources,
            shape,
            used: RefCell::default(),
        }
    }

    /// Whether something that was rewritten reads the variable.
    pub(super) fn uses(&self, name: &str) -> bool {
        self.used.borrow().contains(name)
    }

    /// Rewrites one expression.
    pub(super) fn rewrite(&self, source: &Source, place: Place) -> Result<Text, NotExportable> {
        let mut text = String::with_capacity(source.text.len());
        let mut done = 0;
        for reading in &source.readings.names {
            if let Some(written) = self.reading(source, reading, place)? {
                text.push_str(&source.text[done..reading.start]);
                text.push_str(&written);
                done = reading.ends[reading.ends.len() - 1];
            }
        }
        text.push_str(&source.text[done..]);
        Ok(Text {
            text,
            primary: source.readings.primary,
        })
    }

    /// How a reading is written for a server; none if as it is.
    fn reading(
        &self,
        source: &Source,
        reading: &Reading,
        place: Place,
    ) -> Result<Option<String>, NotExportable> {
        let (replaced, mut text) = match reading.is_free() {
            true => self.replace(reading, place)?,
            false => (0, String::new()),
        };
        let mut changed = replaced > 0;
        if replaced == 0 {
            text.push_str(&source.text[reading.start..reading.ends[0]]);
        }
        let mut typed = true;
        for step in replaced.max(1)..reading.path.len() {
            if typed && self.untyped(reading, step) {
                text = format!("dyn({text})");
                (typed, changed) = (false, true);
            }
            text.push_str(&source.text[reading.ends[step - 1]..reading.ends[step]]);
            if let Some(nulls) = nulls::without(self.shape, reading, step, &text) {
                (text, changed) = (nulls, true);
            }
        }
        Ok(changed.then_some(text))
    }

    /// Whether a step leads to what the declared type does not have.
    fn untyped(&self, reading: &Reading, step: usize) -> bool {
        let field = reading.path[step].as_str();
        let of_some_kinds = || {
            let known = ["apiVersion", "kind", "metadata"].contains(&field);
            let first = step == 1 && reading.is_free() && reading.begins(&["object"]);
            self.shape.untyped && first && !known
        };
        RESERVED.contains(&field) || of_some_kinds()
    }

    /// How many steps of a reading are replaced, and by what.
    fn replace(&self, reading: &Reading, place: Place) -> Result<(usize, String), NotExportable> {
        let kept = (0, String::new());
        if reading.begins(&["cluster", "version"]) {
            return Ok((2, literal(&self.sources.kubernetes.as_str().into())));
        }
        if reading.begins(&["params"]) {
            let value = reading
                .path
                .get(1)
                .and_then(|name| self.sources.params.get(name));
            return Ok(value.map_or(kept, |value| (2, literal(value))));
        }
        let Some(name) = variable(reading) else {
            return Ok(kept);
        };
        let Some(source) = self.sources.variable(name) else {
            return match place {
                Place::Validation => {
                    self.used.borrow_mut().insert(name.to_owned());
                    Ok(kept)
                }
                Place::Condition => Ok((2, self.pod_variable(name, place))),
            };
        };
        if place == Place::Validation && self.sources.stays(name, source) {
            self.used.borrow_mut().insert(name.to_owned());
            return Ok(kept);
        }
        let roots = self.sources.roots(source);
        if let Some(captured) = reading.bound.iter().find(|bound| roots.contains(*bound)) {
            return Err(NotExportable::Unsupported(format!(
                "its variable `{name}` means another `{captured}` than the macro around it"
            )));
        }
        let inner = self.rewrite(source, place)?;
        Ok((2, format!("({})", inner.text)))
    }

    /// One of the variables that every policy has, spelt out. What has no pod has an empty one, as with us.
    pub(super) fn pod_variable(&self, name: &str, place: Place) -> String {
        let (Some(spec), Some(metadata)) = (&self.shape.pod_spec, &self.shape.pod_metadata) else {
            let empty = if name == "containers" {
                "dyn([])"
            } else {
                "dyn({})"
            };
            return empty.to_owned();
        };
        let of = match place {
            Place::Condition => spec,
            Place::Validation => "variables.podSpec",
        };
        // The three lists hold values of different declared types, which cannot be added.
        let list = |field: &str| format!("dyn({of}.?{field}.orValue([]))");
        match name {
            "podSpec" => spec.clone(),
            "podMetadata" => metadata.clone(),
            _ => {
                let lists = ["containers", "initContainers", "ephemeralContainers"].map(list);
                format!("({})", lists.join(" + "))
            }
        }
    }

    /// A source of our own making.
    pub(super) fn text(text: String) -> Result<Text, NotExportable> {
        let readings = plimsoll_cel::Readings::of(&text, LIMITS)
            .map_err(|error| NotExportable::Unsupported(error.message))?;
        Ok(Text {
            text,
            primary: readings.primary,
        })
    }
}
