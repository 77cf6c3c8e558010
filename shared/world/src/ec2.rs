//! EC2's regions, which all accounts have alike, from one file.

use crate::data;
use crate::refusal::Refusal;

/// Answers `DescribeRegions`.
pub(crate) fn regions() -> Result<String, Refusal> {
    data::text("shared/aws/describe-regions.xml").map_err(|_| Refusal::Broken)
}
