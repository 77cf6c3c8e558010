//! Writes what a scan changes, some hundred findings at a time: the first scan of a large cluster changes everything.

use std::collections::HashSet;
use std::io;

use plimsoll_model::{Change, Fingerprint, Judgement, ManifestEntry, Verdict};
use plimsoll_policy::diff::Difference;

use crate::excepted;
use crate::findings::{Scene, changes};
use crate::kept::Judgements;
use crate::{ScanError, Work};

/// Findings that are in memory at once: what a few requests to the store read and write.
const BATCH: usize = 500;

impl Work<'_> {
    /// Writes the findings of a difference, and says what is to be announced: what is open in the order of fingerprints,
    /// then what is resolved. Of every change only its announcement stays in memory.
    pub(crate) async fn write_changes(
        &self,
        scene: Scene<'_>,
        difference: &Difference,
        judgements: &mut Judgements,
    ) -> Result<Vec<Change>, ScanError> {
        let mut opened: HashSet<Fingerprint> = difference.opened.iter().copied().collect();
        let mut changed: HashSet<Fingerprint> = difference.changed.iter().copied().collect();
        let mut announce = Vec::new();
        let mut part = Difference::default();
        let mut failing: Vec<Judgement> = Vec::new();
        for judgement in judgements.read() {
            let judgement = judgement.map_err(machine)?;
            let fingerprint = judgement.fingerprint;
            if judgement.verdict != Verdict::Fail {
                continue;
            }
            if opened.remove(&fingerprint) {
                part.opened.push(fingerprint);
            } else if changed.remove(&fingerprint) {
                part.changed.push(fingerprint);
            } else {
                continue;
            }
            failing.push(judgement);
            if failing.len() == BATCH {
                announce.extend(self.write_batch(scene, &part, &failing).await?);
                part = Difference::default();
                failing.clear();
            }
        }
        announce.extend(self.write_batch(scene, &part, &failing).await?);
        // What a dead attempt wrote and nobody can tell of now.
        let mut untold: Vec<Fingerprint> = opened.into_iter().collect();
        untold.sort_unstable();
        for opened in untold.chunks(BATCH) {
            let part = Difference {
                opened: opened.to_vec(),
                ..Difference::default()
            };
            announce.extend(self.write_batch(scene, &part, &[]).await?);
        }
        announce.extend(excepted::changes(difference));
        announce.sort_by_key(|change| change.fingerprint);
        for (entries, announced) in [(&difference.resolved, true), (&difference.undone, false)] {
            for entries in entries.chunks(BATCH) {
                let part = gone(entries, announced);
                announce.extend(self.write_batch(scene, &part, &[]).await?);
            }
        }
        Ok(announce)
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
        let stored = self
            .tenant
            .get_findings(&self.cluster.id, seen.chain(gone))
            .await?;
        let changes = changes(scene, part, failing, &stored);
        self.tenant
            .write_findings(self.lease, &changes.write)
            .await?;
        Ok(changes.announce)
    }
}

fn gone(entries: &[ManifestEntry], announced: bool) -> Difference {
    let (resolved, undone) = if announced {
        (entries.to_vec(), Vec::new())
    } else {
        (Vec::new(), entries.to_vec())
    };
    Difference {
        resolved,
        undone,
        ..Difference::default()
    }
}

/// The disk of this machine failed: whatever is missing must not look like what passes.
pub(crate) fn machine(error: io::Error) -> ScanError {
    ScanError::Machine(format!("what was found cannot be kept: {error}"))
}
