//! Builders that the tests of this crate share.
use std::sync::Arc;

use plimsoll_model::{Fingerprint, FingerprintParts, PolicyId, ResourceRef, Severity, Verdict};

use crate::{Row, Sorted, Sorter};

/// A failing row.
pub(crate) fn row(
    policy: &str,
    severity: &str,
    kind: &str,
    namespace: &str,
    name: &str,
    path: &str,
) -> Row {
    Row {
        policy: PolicyId::new(policy),
        title: "Title".into(),
        verdict: Verdict::Fail,
        severity: Severity::parse(severity).unwrap(),
        resource: Arc::new(ResourceRef {
            api_version: "v1".into(),
            kind: kind.into(),
            namespace: (!namespace.is_empty()).then(|| namespace.into()),
            name: Some(name.into()),
            ..Default::default()
        }),
        file: None,
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        document: None,
        item: None,
        paths: vec![path.into()],
        observed: Some("true".into()),
        redacted: false,
        message: "it is so".into(),
        reason: None,
        controls: [].into_iter().collect(),
        fingerprint: Fingerprint::of(&FingerprintParts {
            policy,
            scope: "",
            group: "",
            kind,
            namespace,
            name,
            element: path,
        }),
        first_seen: None,
        exception: None,
        fix: None,
    }
}

/// Those rows, sorted with a sorter of that limit.
pub(crate) fn sorted(rows: &[Row], limit: usize) -> Sorted {
    let mut sorter = Sorter::with_limit(limit);
    rows.iter().for_each(|row| sorter.push(row).unwrap());
    sorter.finish()
}
