//! Exceptions that came with a scan: nobody is told of the findings they cover, so the audit trail says which there are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{AuditEntry, Change, ChangeKind, ManifestEntry, PolicyId};
use plimsoll_policy::diff::Difference;

use crate::{ScanError, Work};

/// What is announced of findings that were known before: their exception came, or it ended.
pub(crate) fn changes(difference: &Difference) -> Vec<Change> {
    let opened =
        |entry: &&ManifestEntry| difference.opened.binary_search(&entry.fingerprint).is_ok();
    let came = difference.excepted.iter().filter(|entry| !opened(entry));
    let came = came.map(|entry| (entry, ChangeKind::Excepted));
    let ended = difference.counted.iter();
    let ended = ended.map(|entry| (entry, ChangeKind::ExceptionEnded));
    let change = |(entry, what): (&ManifestEntry, ChangeKind)| Change {
        fingerprint: entry.fingerprint,
        policy: entry.about.policy.clone(),
        severity: entry.about.severity,
        what,
    };
    came.chain(ended).map(change).collect()
}

/// One line of the audit trail for each policy that annotations except findings of since this scan, or no longer.
///
/// # Errors
/// When the store fails.
pub(crate) async fn tell(
    work: &Work<'_>,
    difference: &Difference,
    now: Timestamp,
) -> Result<(), ScanError> {
    for (entries, action, words) in [
        (
            &difference.excepted,
            "findingsExcepted",
            "excepted by annotations",
        ),
        (&difference.counted, "exceptionsEnded", "excepted no longer"),
    ] {
        let mut by_policy: BTreeMap<&PolicyId, usize> = BTreeMap::new();
        for entry in entries {
            *by_policy.entry(&entry.about.policy).or_default() += 1;
        }
        for (policy, count) in by_policy {
            let findings = if count == 1 { "finding" } else { "findings" };
            let name = work.cluster.shown_name();
            let entry = AuditEntry {
                at: now,
                actor: "plimsoll".to_owned(),
                action: action.to_owned(),
                subject: work.cluster.id.to_string(),
                text: format!("{name}: {count} {findings} of {policy} {words}; still failing"),
            };
            work.tenant.append_audit(&entry).await?;
        }
    }
    Ok(())
}
