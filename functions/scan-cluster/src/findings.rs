//! From a difference of two scans to the findings to write and the changes to announce.

use std::collections::HashMap;

use jiff::Timestamp;
use plimsoll_model::{
    Change, ChangeKind, ClusterId, Finding, FindingState, Fingerprint, Judgement, ManifestEntry,
    ScanId, Severity, Verdict,
};
use plimsoll_policy::Catalogue;
use plimsoll_policy::diff::Difference;

/// What is to be written and said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) write: Vec<Finding>,
    pub(crate) announce: Vec<Change>,
}

/// The facts of the scan under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) cluster: &'a ClusterId,
    pub(crate) scan: &'a ScanId,
    pub(crate) now: Timestamp,
    /// When the last scan was published: what is stored as open since is the work of a dead attempt.
    pub(crate) last: Option<Timestamp>,
    /// Whether people are told of what is new as a whole, and not finding by finding.
    pub(crate) is_first: bool,
}

/// `stored` holds the stored findings of every fingerprint in the difference, where there is one.
pub(crate) fn changes(
    scene: Scene<'_>,
    difference: &Difference,
    judgements: &[Judgement],
    stored: &HashMap<Fingerprint, Finding>,
) -> Changes {
    let failing: HashMap<Fingerprint, &Judgement> = judgements
        .iter()
        .filter(|j| j.verdict == Verdict::Fail)
        .map(|j| (j.fingerprint, j))
        .collect();
    let mut out = Changes::default();
    for fingerprint in &difference.opened {
        let old = stored.get(fingerprint);
        let what = match old {
            Some(old) if old.state == FindingState::Resolved => ChangeKind::Reopened,
            Some(old) if old.reopened > scene.last => ChangeKind::Reopened,
            _ => ChangeKind::New,
        };
        let finding = match (failing.get(fingerprint), old) {
            (Some(judgement), _) => fresh(scene, judgement, old, what),
            // Written by a dead attempt, and nobody can tell now whether it still fails: it stays as that wrote it.
            (None, Some(old)) => old.clone(),
            (None, None) => continue,
        };
        if !scene.is_first || what != ChangeKind::New {
            out.announce.push(Change {
                fingerprint: *fingerprint,
                policy: finding.policy.clone(),
                severity: finding.severity,
                what,
            });
        }
        if old != Some(&finding) {
            out.write.push(finding);
        }
    }
    for fingerprint in &difference.changed {
        let (Some(judgement), old) = (failing.get(fingerprint), stored.get(fingerprint)) else {
            continue;
        };
        let finding = again(scene, judgement, old);
        if old.is_none_or(|old| !same_words(old, &finding)) {
            out.write.push(finding);
        }
    }
    for entry in &difference.resolved {
        out.announce.push(Change {
            fingerprint: entry.fingerprint,
            policy: entry.about.policy.clone(),
            severity: entry.about.severity,
            what: ChangeKind::Resolved,
        });
    }
    let gone: Vec<&ManifestEntry> = difference
        .resolved
        .iter()
        .chain(&difference.undone)
        .collect();
    for entry in gone {
        if let Some(old) = stored
            .get(&entry.fingerprint)
            .filter(|old| old.state == FindingState::Open)
        {
            let state = FindingState::Resolved;
            out.write.push(Finding {
                state,
                resolved: Some(scene.now),
                scan: scene.scan.clone(),
                ..old.clone()
            });
        }
    }
    out
}

/// Open findings by severity, worst first, none left out but those that are excepted.
pub(crate) fn by_severity(entries: &[ManifestEntry]) -> Vec<(Severity, u32)> {
    let count = |severity| {
        entries
            .iter()
            .filter(|entry| entry.about.severity == severity && !entry.excepted)
            .count()
    };
    Severity::ALL
        .into_iter()
        .map(|severity| (severity, u32::try_from(count(severity)).unwrap_or(u32::MAX)))
        .collect()
}

fn fresh(
    scene: Scene<'_>,
    judgement: &Judgement,
    old: Option<&Finding>,
    what: ChangeKind,
) -> Finding {
    let mut finding = again(scene, judgement, old);
    finding.first_seen = old.map_or(scene.now, |old| old.first_seen);
    if what == ChangeKind::Reopened {
        let dead_attempt = old
            .and_then(|old| old.reopened)
            .filter(|at| Some(*at) > scene.last);
        finding.reopened = dead_attempt.or(Some(scene.now));
    }
    finding
}

fn again(scene: Scene<'_>, judgement: &Judgement, old: Option<&Finding>) -> Finding {
    let policy = scene.catalogue.policy(judgement.policy.as_str());
    Finding {
        fingerprint: judgement.fingerprint,
        cluster: scene.cluster.clone(),
        policy: judgement.policy.clone(),
        title: policy.map_or_else(
            || judgement.policy.to_string(),
            |policy| policy.title.clone(),
        ),
        severity: judgement.severity,
        resource: judgement.resource.clone(),
        element: judgement.element.clone(),
        paths: judgement.paths.clone(),
        observed: judgement.observed.clone(),
        message: judgement.message.clone(),
        state: FindingState::Open,
        excepted: judgement.exception.clone(),
        first_seen: old.map_or(scene.now, |old| old.first_seen),
        reopened: old.and_then(|old| old.reopened),
        resolved: None,
        scan: scene.scan.clone(),
    }
}

fn same_words(a: &Finding, b: &Finding) -> bool {
    (a.state, &a.message, &a.paths, &a.observed, a.severity)
        == (b.state, &b.message, &b.paths, &b.observed, b.severity)
        && a.excepted == b.excepted
}
