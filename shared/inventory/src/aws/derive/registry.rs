//! What is derived of ECR repositories.

use serde_json::{Value, json};

use super::lists::Lists;
use super::look::{self, Known};

const SCANNING: &str = "AWS::ECR::RegistryScanningConfiguration";
/// How often images are scanned, the most often last. `MANUAL` is what no rule is about.
const FREQUENCIES: [&str; 3] = ["MANUAL", "SCAN_ON_PUSH", "CONTINUOUS_SCAN"];

/// How the registry scans the repository: the most often that a rule says which has it.
pub(super) fn scan(repository: &Value, lists: &Lists<'_>) -> Known<Value> {
    let mut most = 0;
    for registry in lists.all(SCANNING)? {
        for rule in look::items(registry, "Properties.Rules")? {
            let mut has = false;
            for filter in look::items(rule, "RepositoryFilters")? {
                let pattern = look::text(filter, "Filter")?.unwrap_or_default();
                has |= filter_has(pattern, look::name(repository));
            }
            let frequency = look::text(rule, "ScanFrequency")?;
            let rank = FREQUENCIES
                .iter()
                .position(|known| Some(*known) == frequency);
            most = most.max(rank.filter(|_| has).unwrap_or(0));
        }
    }
    Ok(FREQUENCIES[most].into())
}

/// Whether a filter has a name: without a star it is any part of it. Source: ECR's guide, "Filters to choose which
/// repositories are scanned".
fn filter_has(filter: &str, name: &str) -> bool {
    let mut parts = filter.split('*');
    let (Some(first), true) = (parts.next(), filter.contains('*')) else {
        return name.contains(filter);
    };
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// The findings, by severity, in the image that was pushed last of those that were scanned; none where none was.
pub(super) fn latest_findings(repository: &Value) -> Known<Option<Value>> {
    let mut latest: Option<(&str, &Value)> = None;
    for image in look::items(repository, "Live.ImageDetails")? {
        let pushed = look::text(image, "ImagePushedAt")?.unwrap_or_default();
        if let Some(summary) = look::at(image, "ImageScanFindingsSummary")?
            && latest.is_none_or(|(known, _)| known < pushed)
        {
            latest = Some((pushed, summary));
        }
    }
    let Some((_, summary)) = latest else {
        return Ok(None);
    };
    let counts = look::at(summary, "FindingSeverityCounts")?;
    Ok(Some(counts.cloned().unwrap_or_else(|| json!({}))))
}
