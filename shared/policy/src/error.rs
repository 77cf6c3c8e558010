//! Why a policy, its cases or a framework was refused, and where.

use std::fmt;

/// One thing wrong in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file as it was named to us.
    pub file: String,
    /// Line from 1; 0 when the whole file is meant.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// How many characters are meant.
    pub length: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl LoadError {
    pub(crate) fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            length: 0,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn of_yaml(file: &str, error: &serde_saphyr::Error) -> Self {
        let (line, column) = error
            .location()
            .map_or((0, 0), |at| (narrow(at.line()), narrow(at.column())));
        let message = error.without_snippet().to_string();
        let message = message
            .split(" at line ")
            .next()
            .unwrap_or(&message)
            .to_owned();
        let mut placed = Self {
            line,
            column,
            length: 1,
            ..Self::of_file(file, message)
        };
        placed.name_field();
        placed
    }

    /// Says which field was meant where one is not known: `unknown field `a`, expected one of b, c`.
    fn name_field(&mut self) {
        let rest = self.message.strip_prefix("unknown field `");
        let Some((wrong, rest)) = rest.and_then(|rest| rest.split_once("`, expected ")) else {
            return;
        };
        let known = rest.trim_start_matches("one of ").split(", ");
        let known: Vec<&str> = known.map(|name| name.trim_matches('`')).collect();
        self.length = wrong.chars().count() as u32;
        self.help = Some(match nearest(wrong, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        });
        self.message = format!("unknown field `{wrong}`");
    }

    /// Places an error of an expression in the file that holds the expression: `at` is where its YAML value begins.
    pub(crate) fn of_expression(
        file: &str,
        text: &str,
        at: &serde_saphyr::Spanned<String>,
        error: &plimsoll_cel::CompileError,
    ) -> Self {
        let wanted = at
            .value
            .lines()
            .nth(error.line.saturating_sub(1) as usize)
            .unwrap_or_default();
        let start = narrow(at.referenced.line());
        let found = text
            .lines()
            .enumerate()
            .skip(start.saturating_sub(1) as usize)
            .find_map(|(i, line)| {
                let byte = line
                    .find(wanted.trim())
                    .filter(|_| !wanted.trim().is_empty())?;
                let indent = wanted.chars().take_while(|c| c.is_whitespace()).count();
                Some((i + 1, line[..byte].chars().count(), indent))
            });
        let (line, column) = match found {
            Some((line, before, indent)) => (
                line as u32,
                (before as u32 + error.column).saturating_sub(indent as u32),
            ),
            None => (start, narrow(at.referenced.column())),
        };
        Self {
            line,
            column,
            length: error.length,
            help: error.help.clone(),
            ..Self::of_file(file, error.message.clone())
        }
    }

    pub(crate) fn at(
        file: &str,
        at: &serde_saphyr::Spanned<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            length: at.value.chars().count() as u32,
            ..Self::at_place(file, &at.referenced, message)
        }
    }

    pub(crate) fn at_place(
        file: &str,
        at: &serde_saphyr::Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            line: narrow(at.line()),
            column: narrow(at.column()),
            length: 1,
            ..Self::of_file(file, message)
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}", self.message)?;
        self.help
            .as_ref()
            .map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

/// The name in `known` nearest to `wrong`, if any is near.
pub(crate) fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name)
}
