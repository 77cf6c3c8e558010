//! Attestations: a person's word that a manual control holds, or one that nobody measures. They change no verdict and no proven or possible
//! score; they stand beside the verdict, by name and for a time.

mod file;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Attestation, Reason, ReasonCode, Verdict};

use crate::file::Control;
use crate::outcome::ControlResult;
use crate::plan::matches_glob;

#[cfg(feature = "schema")]
pub(crate) use file::AttestationFile;
pub use file::{AttestationRule, read_attestations};

/// The route of a control whose evidence may be somebody's word.
const ROUTE: &str = "attestation";

/// How long before its end it is said that an attestation ends.
pub const ATTESTATION_ENDING: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The attestations about what is scanned, and the time at which they have to count.
#[derive(Debug, Clone, Default)]
pub struct Attestations {
    list: Vec<Attestation>,
    now: Timestamp,
}

impl Attestations {
    /// Of all those of a tenant or of a file, the ones about a cluster that goes by these names. Without a name, as for
    /// files, those that are about every cluster.
    #[must_use]
    pub fn about(all: &[Attestation], names: &[&str], now: Timestamp) -> Self {
        let list = all.iter().filter(|one| is_about(one, names));
        Self {
            list: list.cloned().collect(),
            now,
        }
    }

    /// The one that counts for a control with this verdict and these reasons; of several the one that lasts longest.
    /// None does for a control that fails, or is scored and measured, or could not be measured although there was a way.
    pub(crate) fn of(
        &self,
        framework: &str,
        control: &Control,
        verdict: Verdict,
        reasons: &[Reason],
    ) -> Option<&Attestation> {
        if !admits(control, verdict, reasons) {
            return None;
        }
        let about = |one: &&Attestation| one.framework == framework && one.control == control.id;
        let counting = self.list.iter().filter(|one| one.counts(self.now));
        // Of equals the first in order, in whatever order they were given.
        counting
            .filter(about)
            .min_by_key(|one| (std::cmp::Reverse(one.until), *one))
    }
}

/// What is to be said of an attestation after a scan of what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationStanding {
    /// It counts, or the control does not apply.
    InForce,
    /// It counts, and ends within [`ATTESTATION_ENDING`].
    Ending,
    /// Its last day has passed.
    Ended,
    /// What is measured has this verdict, beside which it counts for nothing.
    Measured(Verdict),
}

/// How an attestation stands beside what a scan says of its control; none if it is about another control or cluster.
#[must_use]
pub fn attestation_standing(
    attestation: &Attestation,
    framework: &str,
    result: &ControlResult,
    names: &[&str],
    now: Timestamp,
) -> Option<AttestationStanding> {
    let about = attestation.framework == framework && attestation.control == result.control.id;
    if !about || !is_about(attestation, names) {
        return None;
    }
    Some(match result.verdict {
        Verdict::NotApplicable => AttestationStanding::InForce,
        verdict if !admits(&result.control, verdict, &result.reasons) => {
            AttestationStanding::Measured(verdict)
        }
        _ if !attestation.counts(now) => AttestationStanding::Ended,
        _ if !attestation.counts(now + ATTESTATION_ENDING) => AttestationStanding::Ending,
        _ => AttestationStanding::InForce,
    })
}

/// Whether somebody's word may stand for a control: it is manual, or that is one of the routes to its evidence.
#[must_use]
pub fn is_attestable(control: &Control) -> bool {
    !control.scored || control.routes.iter().any(|route| route == ROUTE)
}

fn is_about(attestation: &Attestation, names: &[&str]) -> bool {
    let glob = attestation.cluster.as_deref();
    glob.is_none_or(|glob| names.iter().any(|name| matches_glob(glob, name)))
}

/// Whether a word counts beside a verdict. A manual control that passes is one that a person looked at as well. Where
/// something was to be read and could not be, no word counts: evidence that is lost is not replaced.
fn admits(control: &Control, verdict: Verdict, reasons: &[Reason]) -> bool {
    let without_source = |reason: &Reason| {
        matches!(
            reason.code,
            ReasonCode::RouteNotChosen | ReasonCode::NeedsAccount | ReasonCode::NeedsCluster
        )
    };
    is_attestable(control)
        && match verdict {
            Verdict::Manual => true,
            Verdict::Pass => !control.scored,
            Verdict::NotEvaluated => !reasons.is_empty() && reasons.iter().all(without_source),
            Verdict::Fail | Verdict::NotApplicable => false,
        }
}
