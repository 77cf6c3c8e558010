//! `plimsoll.attestations.yaml`: a list, each of one control in the clusters it names.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use plimsoll_model::Attestation;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::is_attestable;
use crate::catalogue::{Catalogue, Framework};
use crate::error::{LoadError, nearest};
use crate::exception::end_of;

/// Attestations of one file at most.
const MOST: usize = 1_000;
/// Characters of a statement at most: it is stored with each attestation and shown in reports.
const STATEMENT: usize = 2_000;
/// Characters of a name or of a cluster's glob at most: the glob is part of a key.
const NAME: usize = 200;

/// One attestation of a file, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRule {
    /// What it says.
    pub attestation: Attestation,
    /// Line and column of its control in the file, from 1.
    pub place: (u32, u32),
}

/// A person's word that a control holds which nobody measures; it counts apart from what is measured.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct AttestationFile {
    /// The framework, like cis-eks-1.8.0.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    framework: Spanned<String>,
    /// Its control, like 4.5.1: a manual one, or one that has attestation among its routes.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    control: Spanned<String>,
    /// Only clusters of this name or id; `*` stands for any letters. Every cluster if left out.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    cluster: Option<Spanned<String>>,
    /// The evidence, as a text or a link.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    statement: Spanned<String>,
    /// Who says so and answers for it.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    by: Spanned<String>,
    /// The last day on which it counts, like 2027-01-31, a year ahead at most.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    until: Spanned<String>,
}

/// Reads the attestations of a file, which is called `name` where it is mentioned.
///
/// # Errors
/// Everything wrong in it, with positions: also frameworks and controls that do not exist, controls that are scored by what
/// is measured, and days more than a year after `now`.
pub fn read_attestations(
    name: &str,
    text: &str,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<Vec<AttestationRule>, Vec<LoadError>> {
    let written: Option<Vec<AttestationFile>> =
        serde_saphyr::from_str(text).map_err(|error| vec![LoadError::of_yaml(name, &error)])?;
    let written = written.unwrap_or_default();
    if written.len() > MOST {
        let message = format!(
            "has {} attestations; {MOST} are read at most",
            written.len()
        );
        return Err(vec![LoadError::of_file(name, message)]);
    }
    let mut reader = Reader {
        name,
        catalogue,
        now,
        lines: BTreeMap::new(),
        errors: Vec::new(),
    };
    let rules: Vec<_> = written
        .into_iter()
        .filter_map(|one| reader.rule(one))
        .collect();
    match reader.errors.is_empty() {
        true => Ok(rules),
        false => Err(reader.errors),
    }
}

struct Reader<'r> {
    name: &'r str,
    catalogue: &'r Catalogue,
    now: Timestamp,
    /// Where each control is attested, by what it is attested for.
    lines: BTreeMap<String, u32>,
    errors: Vec<LoadError>,
}

impl Reader<'_> {
    fn rule(&mut self, written: AttestationFile) -> Option<AttestationRule> {
        match self.catalogue.framework(&written.framework.value) {
            Some(framework) => self.control(framework, &written.control),
            None => self.no_framework(&written.framework),
        }
        self.text(&written.statement, "gives no evidence", STATEMENT);
        self.text(&written.by, "names nobody who answers for it", NAME);
        if let Some(cluster) = &written.cluster {
            self.text(cluster, "names no cluster", NAME);
        }
        let until = self.until(&written.until);
        let place = LoadError::at(self.name, &written.control, "");
        let trimmed = |text: &Spanned<String>| text.value.trim().to_owned();
        let attestation = Attestation {
            framework: trimmed(&written.framework),
            control: trimmed(&written.control),
            cluster: written.cluster.as_ref().map(trimmed),
            statement: trimmed(&written.statement),
            by: trimmed(&written.by),
            until: until?,
        };
        let before = self.lines.insert(attestation.subject(), place.line);
        if let Some(line) = before {
            let message = format!(
                "{} is attested twice for the same clusters",
                attestation.control
            );
            let help = format!("line {line} says it first; take one of them out");
            self.wrong(&written.control, message, Some(help));
        }
        Some(AttestationRule {
            attestation,
            place: (place.line, place.column),
        })
    }

    fn no_framework(&mut self, framework: &Spanned<String>) {
        let id = &framework.value;
        let help = match self.catalogue.framework_like(id) {
            Some(near) => format!("did you mean {near}?"),
            None => "plimsoll policy list --frameworks names them".to_owned(),
        };
        self.wrong(framework, format!("no framework {id}"), Some(help));
    }

    fn control(&mut self, framework: &Framework, control: &Spanned<String>) {
        let id = &control.value;
        let ids = || framework.controls.iter().map(|known| known.id.as_str());
        match framework.controls.iter().find(|known| known.id == *id) {
            Some(known) if is_attestable(known) => {}
            Some(_) => {
                let message = format!("{id} is scored by what is measured; it cannot be attested");
                let help = "accept its findings one by one in plimsoll.exceptions.yaml";
                self.wrong(control, message, Some(help.to_owned()));
            }
            None => {
                let help = match (nearest(id, ids()), ids().next(), ids().next_back()) {
                    (Some(near), ..) => Some(format!("did you mean {near}?")),
                    (None, Some(first), Some(last)) => Some(format!("it has {first} to {last}")),
                    _ => None,
                };
                self.wrong(
                    control,
                    format!("{} has no control {id}", framework.id),
                    help,
                );
            }
        }
    }

    fn text(&mut self, text: &Spanned<String>, nothing: &str, most: usize) {
        let length = text.value.chars().count();
        if text.value.trim().is_empty() {
            self.wrong(text, nothing.to_owned(), None);
        } else if length > most {
            let message = format!("has {length} characters; {most} are kept at most");
            self.wrong(text, message, Some("link to what is longer".to_owned()));
        } else if text
            .value
            .chars()
            .any(|one| one.is_control() && one != '\n')
        {
            self.wrong(text, "has characters that cannot be shown".to_owned(), None);
        }
    }

    fn until(&mut self, until: &Spanned<String>) -> Option<Timestamp> {
        let date = until.value.trim();
        let end = match end_of(date) {
            Ok(end) => end,
            Err(message) => {
                self.wrong(until, message, None);
                return None;
            }
        };
        let last = self
            .now
            .to_zoned(TimeZone::UTC)
            .date()
            .saturating_add(1.year());
        if end.to_zoned(TimeZone::UTC).date() > last {
            let help =
                format!("the last day may be {last}; somebody looks at the evidence again by then");
            let message = format!("{date} is more than a year ahead");
            self.wrong(until, message, Some(help));
            return None;
        }
        Some(end)
    }

    fn wrong(&mut self, at: &Spanned<String>, message: String, help: Option<String>) {
        let error = LoadError::at(self.name, at, message);
        self.errors.push(LoadError { help, ..error });
    }
}
