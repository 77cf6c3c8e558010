//! GuardDuty's detectors, and how much they have found.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::{Shape, list, tags};
use super::{Lack, Place, Reading, part};
use crate::aws::error::AwsError;

const DETECTOR: &str = "AWS::GuardDuty::Detector";

/// From here on GuardDuty calls a finding high. Source: GuardDuty's guide, "Severity levels".
const HIGH: u32 = 7;

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    reading.take(DETECTOR, detectors(at).await);
    reading
}

async fn detectors(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let ids = at.list("guardduty", "ListDetectors", json!({})).await?;
    let asked = ids.iter().filter_map(Value::as_str).map(|id| async move {
        let own = json!({ "DetectorId": id });
        let (detail, findings) = tokio::join!(
            at.call("guardduty", "GetDetector", own),
            high_findings(at, id)
        );
        Ok(detector(at.place, id, &detail?, part(findings)))
    });
    let all: Result<Vec<_>, AwsError> = join_all(asked).await.into_iter().collect();
    Ok(all?)
}

async fn high_findings(at: Reader<'_>, id: &str) -> Result<Value, AwsError> {
    let input = json!({
        "DetectorId": id,
        "FindingCriteria": { "Criterion": {
            "severity": { "GreaterThanOrEqual": HIGH },
            "service.archived": { "Equals": ["false"] },
        } },
        "GroupBy": "SEVERITY",
    });
    let answer = at.call("guardduty", "GetFindingsStatistics", input).await?;
    Ok(counted(&answer["FindingStatistics"]))
}

/// How many there are in all groups. GuardDuty answers in one of two forms.
pub(super) fn counted(statistics: &Value) -> Value {
    let groups = statistics["GroupedBySeverity"]
        .as_array()
        .into_iter()
        .flatten();
    let groups = groups.filter_map(|group| group["TotalFindings"].as_u64());
    let counts = statistics["CountBySeverity"]
        .as_object()
        .into_iter()
        .flatten();
    let counts = counts.filter_map(|(_, count)| count.as_u64());
    if statistics["GroupedBySeverity"].is_array() {
        groups.sum::<u64>().into()
    } else {
        counts.sum::<u64>().into()
    }
}

/// `findings` is the number of high ones, or unknown.
pub(super) fn detector(place: Place<'_>, id: &str, from: &Value, findings: Option<Value>) -> Value {
    let additional = |from: &Value| Shape::of(from).alike(&["Name", "Status"]).done();
    let feature = |from: &Value| {
        let additional = list(&from["AdditionalConfiguration"], additional);
        Shape::of(from)
            .alike(&["Name", "Status"])
            .put("AdditionalConfiguration", additional)
            .done()
    };
    let properties = Shape::of(from)
        .alike(&["FindingPublishingFrequency"])
        .put("Id", id)
        .put(
            "Enable",
            from["Status"].as_str().map(|status| status == "ENABLED"),
        )
        .put("Features", list(&from["Features"], feature))
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from).put("HighFindings", findings);
    let region = place.region.unwrap_or_default();
    let arn = format!(
        "arn:{}:guardduty:{region}:{}:detector/{id}",
        super::partition(region),
        place.account
    );
    place.object(DETECTOR, id, Some(&arn), properties.done(), live.done())
}
