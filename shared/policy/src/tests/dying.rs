//! Attempts that died between writing and publishing leave nothing behind that nobody resolves or announces.

use plimsoll_model::{Judgement, Manifest, Verdict};

use super::sessions::scan;
use crate::diff::{Before, Difference, difference};
use crate::{Catalogue, Lists};

fn judgements(privileged: &[bool]) -> (Catalogue, Vec<Judgement>) {
    let catalogue = super::built_in();
    let containers: Vec<_> = privileged
        .iter()
        .enumerate()
        .map(|(i, on)| serde_json::json!({"name": format!("c{i}"), "securityContext": {"privileged": on}}))
        .collect();
    let case = serde_json::json!({"name": "x", "expect": "fail", "given": {"kind": "Pod", "spec": {"containers": containers}}});
    let case = serde_json::from_value(case).unwrap();
    let found = scan(
        &catalogue,
        "privileged-container",
        &case,
        &Lists::of_files(),
        |_| true,
    )
    .judgements;
    (
        catalogue,
        found
            .into_iter()
            .filter(|j| j.verdict == Verdict::Fail)
            .collect(),
    )
}

fn compare(published: &Manifest, pending: Option<&Manifest>, now: &[bool]) -> Difference {
    let (catalogue, now) = judgements(now);
    difference(
        &catalogue,
        "",
        Before {
            published: Some(published),
            pending,
        },
        &now,
        &Lists::of_files(),
    )
}

fn manifest(privileged: &[bool]) -> Manifest {
    compare(&Manifest::default(), None, privileged).manifest
}

#[test]
fn what_a_dead_attempt_opened_is_still_announced_when_it_fails_and_undone_when_it_does_not() {
    let published = manifest(&[true, false]);
    let pending = manifest(&[true, true]);
    let still = compare(&published, Some(&pending), &[true, true]);
    assert_eq!(
        (
            still.opened.len(),
            still.changed.len(),
            still.resolved.len(),
            still.undone.len()
        ),
        (1, 1, 0, 0)
    );
    let gone = compare(&published, Some(&pending), &[true, false]);
    assert_eq!(
        (gone.opened.len(), gone.undone.len(), gone.resolved.len()),
        (0, 1, 0)
    );
    assert_eq!(gone.manifest, published);
}

#[test]
fn what_a_dead_attempt_resolved_is_written_again_when_it_fails_after_all() {
    let published = manifest(&[true, false]);
    let pending = manifest(&[false, false]);
    let back = compare(&published, Some(&pending), &[true, false]);
    assert_eq!(
        (back.opened.len(), back.changed.len(), back.resolved.len()),
        (0, 1, 0)
    );
    let gone = compare(&published, Some(&pending), &[false, false]);
    assert_eq!((gone.changed.len(), gone.resolved.len()), (0, 1));
}

#[test]
fn an_unchanged_scan_changes_nothing() {
    let published = manifest(&[true, true]);
    let same = compare(&published, None, &[true, true]);
    assert_eq!(
        same,
        Difference {
            manifest: published,
            ..Difference::default()
        }
    );
}
