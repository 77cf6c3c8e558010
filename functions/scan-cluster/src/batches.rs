//! Writes what a scan changes, a transaction's findings at a time: the first scan of a large cluster changes everything.

use std::collections::HashMap;
use std::io;

use plimsoll_model::{Change, ChangeKind, Fingerprint, Judgement, Verdict};
use plimsoll_policy::diff::Difference;
use plimsoll_store::FINDINGS_AT_ONCE;

use crate::budget::Budget;
use crate::excepted;
use crate::findings::{Scene, changes};
use crate::kept::Judgements;
use crate::{ScanError, Work};

impl Work<'_> {
    /// Writes the findings of a difference, and says what is to be announced: what is open in the order of fingerprints,
    /// then what is resolved. Of every change only its announcement stays in memory, and not even that of what is new to a
    /// first scan. None when the time is over before: what is written then is as if this attempt had died.
    pub(crate) async fn write_changes(
        &self,
        scene: Scene<'_>,
        difference: &Difference,
        judgements: &mut Judgements,
        budget: Budget<'_>,
    ) -> Result<Option<Vec<Change>>, ScanError> {
        let mut opened = Unseen::of(&difference.opened);
        let mut changed = Unseen::of(&difference.changed);
        let mut announce = Vec::new();
        let mut part = Difference::default();
        let mut failing: Vec<Judgement> = Vec::new();
        for judgement in judgements.read() {
            let judgement = judgement.map_err(machine)?;
            let fingerprint = judgement.fingerprint;
            if judgement.verdict != Verdict::Fail {
                continue;
            }
            if opened.take(fingerprint) {
                part.opened.push(fingerprint);
            } else if changed.take(fingerprint) {
                part.changed.push(fingerprint);
            } else {
                continue;
            }
            failing.push(judgement);
            if failing.len() == FINDINGS_AT_ONCE {
                if budget.is_over() {
                    return Ok(None);
                }
                announce.extend(self.write_batch(scene, &part, &failing).await?);
                part = Difference::default();
                failing.clear();
            }
        }
        announce.extend(self.write_batch(scene, &part, &failing).await?);
        // What a dead attempt wrote and nobody can tell of now.
        let untold: Vec<Fingerprint> = opened.left().collect();
        let opened = untold.chunks(FINDINGS_AT_ONCE).map(|part| Difference {
            opened: part.to_vec(),
            ..Difference::default()
        });
        let resolved = difference.resolved.chunks(FINDINGS_AT_ONCE);
        let resolved = resolved.map(|part| Difference {
            resolved: part.to_vec(),
            ..Difference::default()
        });
        let undone = difference.undone.chunks(FINDINGS_AT_ONCE);
        let undone = undone.map(|part| Difference {
            undone: part.to_vec(),
            ..Difference::default()
        });
        for part in opened.chain(resolved).chain(undone) {
            if budget.is_over() {
                return Ok(None);
            }
            announce.extend(self.write_batch(scene, &part, &[]).await?);
        }
        announce.extend(excepted::changes(difference));
        announce.sort_by_key(|change| (change.what == ChangeKind::Resolved, change.fingerprint));
        Ok(Some(announce))
    }

    async fn write_batch(
        &self,
        scene: Scene<'_>,
        part: &Difference,
        failing: &[Judgement],
    ) -> Result<Vec<Change>, ScanError> {
        let gone = part.resolved.iter().chain(&part.undone);
        let gone = gone.map(|entry| entry.fingerprint);
        let seen = part.opened.iter().chain(&part.changed).copied();
        // Before the first pending manifest nothing is written, so that there is none to compare with.
        let is_blank = self.cluster.manifest.is_none() && self.cluster.pending_manifest.is_none();
        let stored = match is_blank {
            true => HashMap::new(),
            false => {
                let stored = self.tenant.get_findings(&self.cluster.id, seen.chain(gone));
                stored.await?
            }
        };
        let changes = changes(scene, part, failing, &stored);
        self.tenant
            .write_findings(self.lease, &changes.write)
            .await?;
        Ok(changes.announce)
    }
}

/// Sorted fingerprints, of each of which is known whether it was seen.
struct Unseen<'a> {
    all: &'a [Fingerprint],
    seen: Vec<bool>,
}

impl<'a> Unseen<'a> {
    fn of(all: &'a [Fingerprint]) -> Self {
        let seen = vec![false; all.len()];
        Self { all, seen }
    }

    /// Whether it is one of them that was not seen before.
    fn take(&mut self, fingerprint: Fingerprint) -> bool {
        match self.all.binary_search(&fingerprint) {
            Ok(at) => !std::mem::replace(&mut self.seen[at], true),
            Err(_) => false,
        }
    }

    fn left(&self) -> impl Iterator<Item = Fingerprint> {
        let left = self.all.iter().zip(&self.seen).filter(|(_, seen)| !**seen);
        left.map(|(fingerprint, _)| *fingerprint)
    }
}

/// The disk of this machine failed: whatever is missing must not look like what passes.
pub(crate) fn machine(error: io::Error) -> ScanError {
    ScanError::Machine(format!("what was found cannot be kept: {error}"))
}
