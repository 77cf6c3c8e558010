//! The file of attestations of a scan by command, and of a tenant: read, and every mistake shown with its place.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use plimsoll_model::Attestation;
use plimsoll_policy::{AttestationRule, Catalogue, read_attestations};
use plimsoll_report::Diagnostic;

use super::catalogue;
use super::nearest::nearest;

/// The name of the file that is looked for.
const NAME: &str = "plimsoll.attestations.yaml";

/// The file, as it is called where it is mentioned, and what it says; empty when there is none.
#[derive(Debug, Default)]
pub(crate) struct AttestationsFile {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) rules: Vec<AttestationRule>,
}

impl AttestationsFile {
    /// What it says, without places.
    pub(crate) fn all(&self) -> Vec<Attestation> {
        let rules = self.rules.iter();
        rules.map(|rule| rule.attestation.clone()).collect()
    }
}

/// The nearest file of attestations.
pub(super) fn found() -> Option<PathBuf> {
    nearest(NAME)
}

/// Reads one.
///
/// # Errors
/// What is wrong with it, ready to be shown.
pub(crate) fn read(
    path: &Path,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<AttestationsFile, Vec<Diagnostic>> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("{name} cannot be read: {error}");
        vec![Diagnostic::error("attestations", message)]
    })?;
    let rules = read_attestations(&name, &text, catalogue, now).map_err(|errors| {
        let shown = |error| catalogue::placed("attestations", error, &text);
        errors.iter().map(shown).collect::<Vec<_>>()
    })?;
    Ok(AttestationsFile { name, text, rules })
}
