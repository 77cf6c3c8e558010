//! What an account is set to, as one object.

use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::Shape;
use super::{Lack, Reading, part};

const ACCOUNT: &str = "AwsAccount";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let account = json!({ "AccountId": at.place.account });
    let block = "PublicAccessBlockConfiguration";
    let (passwords, block, summary) = tokio::join!(
        at.member(
            "iam",
            "GetAccountPasswordPolicy",
            json!({}),
            "PasswordPolicy"
        ),
        at.member("s3control", "GetPublicAccessBlock", account, block),
        at.member("iam", "GetAccountSummary", json!({}), "SummaryMap"),
    );
    let live = Shape::of(&Value::Null)
        .put(
            "PasswordPolicy",
            part(passwords.map(|from| password_policy(&from))),
        )
        .put(
            "PublicAccessBlock",
            part(block.map(|from| public_access_block(&from))),
        )
        .put("Summary", part(summary.map(|from| counts(&from))));
    let name = at.place.account;
    let object = at
        .place
        .object(ACCOUNT, name, None, Value::Null, live.done());
    let mut reading = Reading::default();
    reading.take(ACCOUNT, Ok::<_, Lack>(vec![object]));
    reading
}

pub(super) fn password_policy(from: &Value) -> Value {
    let names = [
        "HardExpiry",
        "MaxPasswordAge",
        "MinimumPasswordLength",
        "PasswordReusePrevention",
        "RequireLowercaseCharacters",
        "RequireNumbers",
        "RequireSymbols",
        "RequireUppercaseCharacters",
    ];
    Shape::of(from).alike(&names).done()
}

pub(super) fn public_access_block(from: &Value) -> Value {
    let names = [
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ];
    Shape::of(from).alike(&names).done()
}

pub(super) fn counts(from: &Value) -> Value {
    Shape::of(from)
        .alike(&["AccountAccessKeysPresent", "AccountMFAEnabled"])
        .done()
}
