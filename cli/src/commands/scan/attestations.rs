//! Attestations of a scan: those in force, and what is said of those that end, ended or count for nothing.

use jiff::Timestamp;
use plimsoll_model::Verdict;
use plimsoll_policy::outcome::{self, ControlResult};
use plimsoll_policy::{
    AttestationRule, AttestationStanding, Catalogue, Plan, Tally, attestation_standing,
};
use plimsoll_report::{Diagnostic, Excerpt};
use plimsoll_runtime::Clock;

use crate::args::ScanArgs;
use crate::commands::attestations::{self, AttestationsFile};

/// What people say, and the time at which it has to count.
#[derive(Debug)]
pub(super) struct Attested {
    pub(super) file: AttestationsFile,
    pub(super) now: Timestamp,
}

impl Attested {
    /// Those about a cluster of these names; about files, without a name.
    pub(super) fn about(&self, names: &[&str]) -> plimsoll_policy::Attestations {
        plimsoll_policy::Attestations::about(&self.file.all(), names, self.now)
    }
}

/// Reads the file named, or the nearest; none where nothing is to be attested.
///
/// # Errors
/// What is wrong with the file, ready to be shown.
pub(super) fn load(args: &ScanArgs, catalogue: &Catalogue) -> Result<Attested, Vec<Diagnostic>> {
    let now = Clock::machine().now();
    let wanted = &args.attestations;
    let path = wanted.attestations.clone().or_else(attestations::found);
    let file = match path.filter(|_| !wanted.no_attestations) {
        Some(path) => attestations::read(&path, catalogue, now)?,
        None => AttestationsFile::default(),
    };
    Ok(Attested { file, now })
}

/// What is to be said after a scan of a cluster of these names.
pub(super) fn diagnostics(
    plan: &Plan<'_>,
    tally: &Tally,
    attested: &Attested,
    names: &[&str],
) -> Vec<Diagnostic> {
    let file = &attested.file;
    if file.rules.is_empty() {
        return Vec::new();
    }
    let frameworks = outcome::frameworks(plan, tally);
    let mut all = Vec::new();
    for rule in &file.rules {
        for framework in &frameworks {
            let known = &plan.catalogue().frameworks[framework.index];
            let said = framework.controls.iter().find_map(|result| {
                let of = &rule.attestation;
                let standing = attestation_standing(of, &known.id, result, names, attested.now)?;
                about(rule, standing, result, &known.short, file)
            });
            all.extend(said);
        }
    }
    all
}

fn about(
    rule: &AttestationRule,
    standing: AttestationStanding,
    result: &ControlResult,
    framework: &str,
    file: &AttestationsFile,
) -> Option<Diagnostic> {
    let control = format!("{framework} {}", result.control.id);
    let end = rule.attestation.until.strftime("%-d %b %Y");
    let (code, message, label, help) = match standing {
        AttestationStanding::InForce => return None,
        AttestationStanding::Ending => (
            "attestation-ending",
            format!("the attestation of {control} ends on {end}"),
            "the control is open again after that day",
            "look at the evidence again, and give a new day",
        ),
        AttestationStanding::Ended => (
            "attestation-ended",
            format!("the attestation of {control} ended on {end}"),
            "the control is open again",
            "look at the evidence again, and give a new day",
        ),
        AttestationStanding::Measured(Verdict::Fail) => (
            "attestation-contradicted",
            format!("{control} is attested and fails"),
            "what is measured counts",
            "mend what fails, and take this out of the file",
        ),
        AttestationStanding::Measured(Verdict::NotEvaluated) => (
            "attestation-unused",
            format!("{control} is attested, and policies decide it that could not be evaluated"),
            "it counts for nothing",
            "see what was not evaluated, and what mends it",
        ),
        AttestationStanding::Measured(_) => (
            "attestation-unused",
            format!("{control} is attested and measured: it passes"),
            "what is measured counts",
            "take it out of the file",
        ),
    };
    let length = rule.attestation.control.chars().count() as u32;
    let excerpt = Excerpt::of(&file.text, rule.place.0, length, label);
    let warning = Diagnostic::warning(code, message).at(file.name.as_str(), Some(rule.place));
    Some(warning.showing(excerpt).help(help))
}
