//! The expressions of a policy as they are written, with what each reads.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Limits, Reading, Readings, Type};
use serde_json::Value;

use super::rewrite::RESERVED;
use super::shape::POD_VARIABLES;
use super::{ExportOptions, NotExportable};
use crate::catalogue::Policy;
use crate::file::PolicyFile;

/// One expression.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    pub(super) readings: Readings,
}

/// What is said of an object that fails.
#[derive(Debug)]
pub(super) enum MessageSource {
    Fixed(String),
    Expression(Source),
}

/// All expressions of a policy.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) when: Vec<Source>,
    /// With the reason.
    pub(super) unknown: Vec<(Source, String)>,
    pub(super) variables: Vec<(String, Source)>,
    pub(super) each: Vec<(String, Source)>,
    pub(super) expression: Source,
    pub(super) message: MessageSource,
    pub(super) params: BTreeMap<String, Value>,
    pub(super) kubernetes: String,
    /// Variables that hold optionals: an admission policy's variables cannot.
    optional: BTreeSet<String>,
}

/// Exported expressions are longer than written ones.
pub(super) const LIMITS: Limits = Limits {
    source_bytes: 100 * 1024,
    depth: Limits::MAX_DEPTH,
};

/// Functions that we have and API servers have not.
const OURS_ALONE: &[&str] = &["cel.bind"];

impl Source {
    fn of(text: &str) -> Result<Self, NotExportable> {
        let text = text.trim().to_owned();
        let readings = Readings::of(&text, LIMITS)
            .map_err(|error| NotExportable::Unsupported(error.message))?;
        Ok(Self { text, readings })
    }
}

impl Sources {
    pub(super) fn of(policy: &Policy, options: &ExportOptions) -> Result<Self, NotExportable> {
        let unreadable = |error: &dyn std::fmt::Display| {
            NotExportable::Unsupported(format!("its file cannot be read: {error}"))
        };
        let file: PolicyFile =
            serde_saphyr::from_str(&policy.text).map_err(|error| unreadable(&error))?;
        let named = |(name, text): (&String, &String)| Ok((name.clone(), Source::of(text)?));
        let message = match (&file.message, &file.message_expression) {
            (Some(fixed), _) => MessageSource::Fixed(fixed.value.trim().to_owned()),
            (None, Some(source)) => MessageSource::Expression(Source::of(&source.value)?),
            (None, None) => MessageSource::Fixed(policy.title.clone()),
        };
        let unknown = file.unknown.iter();
        let unknown = unknown.map(|one| Ok((Source::of(&one.when.value)?, one.reason.clone())));
        Ok(Self {
            when: file
                .when
                .iter()
                .map(|when| Source::of(&when.value))
                .collect::<Result<_, _>>()?,
            unknown: unknown.collect::<Result<_, _>>()?,
            variables: file
                .variables
                .iter()
                .map(|one| named((&one.name.value, &one.expression.value)))
                .collect::<Result<_, _>>()?,
            each: file
                .each
                .0
                .iter()
                .map(|(name, source)| named((name, &source.value)))
                .collect::<Result<_, _>>()?,
            expression: Source::of(&file.expression.value)?,
            message,
            params: params(policy, options),
            optional: optional(policy, &file),
            kubernetes: options.kubernetes.clone(),
        })
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Source> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, source)| source)
    }

    /// Every expression.
    pub(super) fn all(&self) -> impl Iterator<Item = &Source> {
        let message = match &self.message {
            MessageSource::Expression(source) => Some(source),
            MessageSource::Fixed(_) => None,
        };
        self.when
            .iter()
            .chain(self.unknown.iter().map(|(source, _)| source))
            .chain(self.variables.iter().map(|(_, source)| source))
            .chain(self.each.iter().map(|(_, source)| source))
            .chain([&self.expression])
            .chain(message)
    }

    /// Whether something of them asks for a pod spec, wherever the object keeps it.
    pub(super) fn reads_pods(&self) -> bool {
        POD_VARIABLES
            .iter()
            .any(|name| self.reads(&["variables", name]))
    }

    /// Whether some expression reads what these steps lead to.
    pub(super) fn reads(&self, steps: &[&str]) -> bool {
        let mut readings = self.all().flat_map(|source| &source.readings.names);
        readings.any(|reading| reading.is_free() && reading.begins(steps))
    }

    /// Whether some expression names a field, for example `ephemeralContainers`.
    pub(super) fn names(&self, field: &str) -> bool {
        let mut readings = self.all().flat_map(|source| &source.readings.names);
        readings.any(|reading| reading.path.iter().any(|step| step == field))
    }

    /// Refuses what no admission policy can read.
    pub(super) fn check(&self) -> Result<(), NotExportable> {
        let all = self.all().flat_map(|source| &source.readings.names);
        let facts: BTreeSet<String> = all
            .filter(|reading| reading.is_free() && reading.begins(&["facts"]))
            .map(|reading| reading.path[..reading.path.len().min(2)].join("."))
            .collect();
        if !facts.is_empty() {
            return Err(NotExportable::Facts(facts.into_iter().collect()));
        }
        if self.reads(&["cluster", "gitVersion"]) {
            return Err(NotExportable::GitVersion);
        }
        if self.reads(&["object", "status"]) {
            return Err(NotExportable::Status);
        }
        if self.reads(&["object", "apiVersion"])
            || self.reads(&["object", "metadata", "managedFields"])
        {
            return Err(NotExportable::WrittenForm);
        }
        let mut functions = self.all().flat_map(|source| &source.readings.functions);
        if let Some(name) = functions.find(|name| OURS_ALONE.contains(&name.as_str())) {
            let why = format!("it calls `{name}`, which API servers do not have");
            return Err(NotExportable::Unsupported(why));
        }
        Ok(())
    }

    /// The names that a source's value depends on, through variables: elements and whatever else is not ours.
    pub(super) fn roots(&self, source: &Source) -> BTreeSet<String> {
        let mut roots = BTreeSet::new();
        for reading in source.readings.names.iter().filter(|r| r.is_free()) {
            match variable(reading).and_then(|name| self.variable(name)) {
                Some(inner) => roots.extend(self.roots(inner)),
                None => roots.extend(reading.path.first().cloned()),
            }
        }
        roots
    }

    /// Whether a variable can be one of the admission policy's.
    pub(super) fn stays(&self, name: &str, source: &Source) -> bool {
        !self.optional.contains(name) && !RESERVED.contains(&name) && !self.of_elements(source)
    }

    /// Whether a source's value differs from element to element.
    pub(super) fn of_elements(&self, source: &Source) -> bool {
        let roots = self.roots(source);
        self.each.iter().any(|(name, _)| roots.contains(name))
    }
}

/// The variable of a policy that a reading reads.
pub(super) fn variable(reading: &Reading) -> Option<&str> {
    match reading.path.as_slice() {
        [first, name, ..] if first == "variables" && reading.is_free() => Some(name),
        _ => None,
    }
}

/// A selection from a variable of an API server finds nothing if the variable is an optional, whatever it holds.
fn optional(policy: &Policy, file: &PolicyFile) -> BTreeSet<String> {
    let mut env = policy.compiled.env.clone();
    let mut optional = BTreeSet::new();
    for variable in &file.variables {
        let Ok(program) = env.compile(&variable.expression.value) else {
            continue;
        };
        let name = &variable.name.value;
        if matches!(program.result_type(), Type::Optional(_)) {
            optional.insert(name.clone());
        }
        env.declare(&format!("variables.{name}"), program.result_type().clone());
    }
    optional
}

/// The parameters' values.
fn params(policy: &Policy, options: &ExportOptions) -> BTreeMap<String, Value> {
    let compiled = &policy.compiled;
    let mut params = BTreeMap::new();
    for (slot, value) in &compiled.params {
        let variable = compiled.env.variable(*slot);
        if let Some(name) = variable.and_then(|(name, _)| name.strip_prefix("params.")) {
            let value = options.params.get(name).unwrap_or(value);
            params.insert(name.to_owned(), value.clone());
        }
    }
    params
}
