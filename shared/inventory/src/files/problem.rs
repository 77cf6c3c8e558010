//! What can be wrong with a file, said so that a person can mend it.

use std::sync::Arc;

use plimsoll_model::Place;

/// One thing that kept a file, or a document in it, from being read. The rest of the file is still read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The kind of problem.
    pub code: ProblemCode,
    /// The file as people know it.
    pub file: Arc<str>,
    /// The headline, for example `k8s/web.yaml is not YAML`.
    pub message: String,
    /// What to write under the marked place, where there is one.
    pub label: String,
    /// The place: one line, columns in characters.
    pub place: Option<Place>,
    /// The document, from 0, where one document alone is concerned.
    pub document: Option<u32>,
    /// What to do, where that can be said.
    pub help: Option<String>,
}

/// The kinds of problem; their names are part of what people see and search for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCode {
    /// The text breaks YAML's rules.
    NotYaml,
    /// The text breaks JSON's rules.
    NotJson,
    /// A map has a key twice.
    DuplicateKey,
    /// The file is larger than [`crate::files::MAX_BYTES`].
    TooLarge,
    /// Maps and lists are nested deeper than any Kubernetes object.
    TooDeep,
    /// Not a text file.
    Binary,
    /// Text in an encoding other than UTF-8 or marked UTF-16.
    Encoding,
    /// A Helm template that has not been rendered.
    ChartNotRendered,
    /// Aliases that would grow beyond [`crate::files::MAX_EXPANSION`] values.
    AliasBomb,
    /// Looks like a Kubernetes object, but has no `apiVersion` or no `kind`.
    NoKind,
    /// A `List` in a `List`.
    NestedList,
    /// Terraform's JSON in a version of its format that is not known.
    PlanFormat,
    /// A plan of Terraform's that does not hold all resources.
    PlanIncomplete,
    /// The operating system would not give it.
    Unreadable,
}

impl ProblemCode {
    /// The name in messages, for example `not-yaml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ProblemCode::NotYaml => "not-yaml",
            ProblemCode::NotJson => "not-json",
            ProblemCode::DuplicateKey => "duplicate-key",
            ProblemCode::TooLarge => "too-large",
            ProblemCode::TooDeep => "too-deep",
            ProblemCode::Binary => "binary",
            ProblemCode::Encoding => "encoding",
            ProblemCode::ChartNotRendered => "chart-not-rendered",
            ProblemCode::AliasBomb => "alias-bomb",
            ProblemCode::NoKind => "no-kind",
            ProblemCode::NestedList => "nested-list",
            ProblemCode::PlanFormat => "plan-format",
            ProblemCode::PlanIncomplete => "plan-incomplete",
            ProblemCode::Unreadable => "unreadable",
        }
    }
}

impl FileProblem {
    /// A problem of the file as a whole.
    pub(crate) fn of_file(code: ProblemCode, file: &Arc<str>, message: String) -> Self {
        Self {
            code,
            file: file.clone(),
            message,
            label: String::new(),
            place: None,
            document: None,
            help: None,
        }
    }

    /// The same with the command or change that mends it.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A problem at a place in one document.
    pub(crate) fn at(file: &Arc<str>, document: u32, fault: Fault) -> Self {
        let message = match fault.code {
            ProblemCode::NotYaml => format!("{file} is not YAML"),
            ProblemCode::NotJson => format!("{file} is not JSON"),
            ProblemCode::ChartNotRendered => {
                format!("{file} is a Helm template that has not been rendered")
            }
            _ => format!("{file}: {}", fault.label),
        };
        Self {
            code: fault.code,
            file: file.clone(),
            message,
            label: fault.label,
            place: Some(fault.place),
            document: Some(document),
            help: fault.help,
        }
    }
}

/// A problem in a document, before it is known which file the document is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: ProblemCode,
    pub(crate) label: String,
    pub(crate) place: Place,
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn new(code: ProblemCode, label: impl Into<String>, place: Place) -> Self {
        Self {
            code,
            label: label.into(),
            place,
            help: None,
        }
    }
}

/// `length` characters of one line, from 1.
pub(crate) fn on_line(line: u32, column: u32, length: u32) -> Place {
    Place {
        line,
        column,
        end_line: line,
        end_column: column.saturating_add(length.max(1)),
    }
}
