//! Values of policies' parameters as files of settings say them, and where they say them.

use std::collections::BTreeMap;
use std::ops::Range;

use plimsoll_policy::{Catalogue, ParameterError, ParameterValue, WrittenValue};
use plimsoll_report::Diagnostic;
use toml::Spanned;

use crate::mistake::Mistake;

/// `[….params."policy-id"]`: by policy, its parameters and their values.
pub(crate) type Table = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<toml::Value>>>;

/// The values that one file says.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    /// The file's name.
    file: String,
    /// What is in it.
    text: String,
    values: Vec<(ParameterValue, Range<usize>)>,
}

impl Parameters {
    /// Of a table in a file.
    pub(crate) fn of(file: &str, text: &str, table: &Table) -> Self {
        let values = table.iter().flat_map(|(policy, parameters)| {
            parameters.iter().map(|(name, value)| {
                let json = serde_json::to_value(value.get_ref()).unwrap_or_default();
                let wanted = ParameterValue {
                    policy: policy.get_ref().clone(),
                    name: name.get_ref().clone(),
                    value: WrittenValue::Value(json),
                };
                (wanted, name.span().start..value.span().end)
            })
        });
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            values: values.collect(),
        }
    }

    /// The values.
    pub(crate) fn values(&self) -> Vec<ParameterValue> {
        self.values.iter().map(|(value, _)| value.clone()).collect()
    }

    /// An error about one of the values, at its place.
    pub(crate) fn diagnostic(&self, error: &ParameterError) -> Diagnostic {
        let span = self
            .values
            .get(error.number)
            .map_or(0..0, |(_, span)| span.clone());
        Mistake::at(&self.text, span, &error.message, error.help.as_deref()).diagnostic(
            "parameter",
            &self.file,
            &self.text,
        )
    }
}

/// The catalogue with the values of files, the later ones winning, and of flags, which win over all.
///
/// # Errors
/// Every value that does not fit, ready to be shown.
pub(crate) fn set(
    mut catalogue: Catalogue,
    files: &[Parameters],
    flags: &[ParameterValue],
) -> Result<Catalogue, Vec<Diagnostic>> {
    for file in files {
        catalogue = catalogue
            .with_parameters(&file.values())
            .map_err(|errors| {
                let shown = errors.iter().map(|error| file.diagnostic(error));
                shown.collect::<Vec<_>>()
            })?;
    }
    catalogue.with_parameters(flags).map_err(|errors| {
        let shown = errors.into_iter().map(|error| {
            let diagnostic = Diagnostic::error("parameter", format!("--param: {}", error.message));
            match error.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        });
        shown.collect()
    })
}

/// `policy.name=value`, as a flag says it.
///
/// # Errors
/// What the form is.
pub(crate) fn parse(text: &str) -> Result<ParameterValue, String> {
    let parts = text.split_once('=').and_then(|(what, value)| {
        let (policy, name) = what.split_once('.')?;
        (!policy.is_empty() && !name.is_empty()).then_some((policy, name, value))
    });
    let Some((policy, name, value)) = parts else {
        return Err("is not POLICY.NAME=VALUE".to_owned());
    };
    Ok(ParameterValue {
        policy: policy.to_owned(),
        name: name.to_owned(),
        value: WrittenValue::Text(value.to_owned()),
    })
}
