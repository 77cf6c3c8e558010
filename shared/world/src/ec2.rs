//! EC2: the regions, from one file.

use crate::data;
use crate::refusal::Refusal;

/// Answers `DescribeRegions`; nothing else is there.
pub(crate) fn answer(operation: &str) -> Result<String, Refusal> {
    match operation {
        "DescribeRegions" => {
            data::text("shared/aws/describe-regions.xml").map_err(|_| Refusal::Broken)
        }
        other => Err(Refusal::UnknownOperation(other.to_owned())),
    }
}
