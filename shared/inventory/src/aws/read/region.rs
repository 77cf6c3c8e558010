//! What a region of an account is set to, as one object.

use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::{Shape, list};
use super::{Lack, Reading, part, reason, unknown};
use crate::aws::error::AwsError;

const REGION: &str = "AwsRegion";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let all = || json!({});
    let account = json!({ "accountIds": [at.place.account] });
    let (ebs, imds, inspector, analyzers, recorders, hub) = tokio::join!(
        at.member(
            "ec2",
            "GetEbsEncryptionByDefault",
            all(),
            "EbsEncryptionByDefault"
        ),
        at.member("ec2", "GetInstanceMetadataDefaults", all(), "AccountLevel"),
        at.call("inspector2", "BatchGetAccountStatus", account),
        at.list("accessanalyzer", "ListAnalyzers", all()),
        at.list("config", "DescribeConfigurationRecorderStatus", all()),
        at.member("securityhub", "DescribeHub", all(), "HubArn"),
    );
    let analyzer = |from: &Value| Shape::of(from).alike(&["Name", "Status", "Type"]).done();
    let recorder = |from: &Value| {
        Shape::of(from)
            .alike(&["Name", "LastStatus", "Recording"])
            .done()
    };
    let lists = |answer: Result<Vec<Value>, AwsError>, shape: &dyn Fn(&Value) -> Value| {
        part(answer.map(|items| list(&items.into(), shape)))
    };
    let live = Shape::of(&Value::Null)
        .put("EbsEncryptionByDefault", part(ebs))
        .put("ImdsDefaults", part(imds.map(|from| imds_defaults(&from))))
        .put("Inspector", scanning(inspector))
        .put("Analyzers", lists(analyzers, &analyzer))
        .put("ConfigurationRecordersStatus", lists(recorders, &recorder))
        .put("HubArn", part(hub));
    let name = at.place.region.unwrap_or_default();
    let object = at
        .place
        .object(REGION, name, None, Value::Null, live.done());
    let mut reading = Reading::default();
    reading.take(REGION, Ok::<_, Lack>(vec![object]));
    reading
}

pub(super) fn imds_defaults(from: &Value) -> Value {
    let names = [
        "HttpEndpoint",
        "HttpPutResponseHopLimit",
        "HttpTokens",
        "InstanceMetadataTags",
    ];
    match from {
        // Nothing was ever set.
        Value::Null => json!({}),
        from => Shape::of(from).alike(&names).done(),
    }
}

/// What Inspector scans. It answers whole for accounts that do not use it, too.
pub(super) fn scanning(answer: Result<Value, AwsError>) -> Value {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return unknown(&reason(&error)),
    };
    let state = &answer["accounts"][0]["resourceState"];
    if state.is_null() {
        let failed = &answer["failedAccounts"][0];
        let words = failed["errorMessage"].as_str();
        return unknown(&reason(&AwsError::Other {
            call: "inspector2:BatchGetAccountStatus".to_owned(),
            message: words
                .unwrap_or("the answer does not hold the account")
                .to_owned(),
        }));
    }
    Shape::of(state)
        .named("Ec2", "ec2.status")
        .named("Ecr", "ecr.status")
        .done()
}
