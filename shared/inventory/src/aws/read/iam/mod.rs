//! IAM: roles, users and policies, all by one list, and the report on users' credentials.

mod report;

use serde_json::{Map, Value, json};

use self::report::credential_report;
use super::reader::Reader;
use super::shape::{Shape, encoded_document, list, plucked, tags, word};
use super::{Place, Reading, part};

const ROLE: &str = "AWS::IAM::Role";
const USER: &str = "AWS::IAM::User";
const POLICY: &str = "AWS::IAM::ManagedPolicy";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let filter = json!({ "Filter": ["Role", "User", "LocalManagedPolicy", "AWSManagedPolicy"] });
    let (mut roles, mut users, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    // Page by page: with all documents, an account's list may be large.
    let each = |page: Value| {
        let items = |member: &str| {
            page[member]
                .as_array()
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        };
        roles.extend(
            items("RoleDetailList")
                .into_iter()
                .map(|from| role(at.place, from)),
        );
        users.extend(items("UserDetailList").into_iter().cloned());
        let used = items("Policies")
            .into_iter()
            .filter(|policy| matters(policy));
        policies.extend(used.map(|from| managed_policy(at.place, from)));
    };
    let pages = at
        .account
        .each_page("iam", "GetAccountAuthorizationDetails", &filter, each);
    let (pages, report) = tokio::join!(pages, credential_report(at));
    let report = part(report).unwrap_or_default();
    let users = users
        .iter()
        .map(|from| user(at.place, from, &report))
        .collect();
    let mut reading = Reading::default();
    for (kind, objects) in [(ROLE, roles), (USER, users), (POLICY, policies)] {
        reading.take(kind, pages.clone().map(|()| objects));
    }
    reading
}

fn is_aws_managed(policy: &Value) -> bool {
    // `arn:PARTITION:iam::aws:policy/…`
    word(policy, "Arn").split(':').nth(4) == Some("aws")
}

/// AWS has more than a thousand policies of its own; those that nobody has are nobody's.
fn matters(policy: &Value) -> bool {
    let count = |member: &str| policy[member].as_u64().unwrap_or(1);
    !is_aws_managed(policy) || count("AttachmentCount") + count("PermissionsBoundaryUsageCount") > 0
}

fn inline_policies(from: &Value) -> Value {
    list(from, |from| {
        let document = encoded_document(&from["PolicyDocument"]);
        Shape::of(from)
            .alike(&["PolicyName"])
            .put("PolicyDocument", document)
            .done()
    })
}

/// `AWS::IAM::Role` of an item of `RoleDetailList`.
pub(super) fn role(place: Place<'_>, from: &Value) -> Value {
    let trust = encoded_document(&from["AssumeRolePolicyDocument"]);
    let profile = |from: &Value| {
        Shape::of(from)
            .alike(&["Arn", "InstanceProfileName"])
            .done()
    };
    let properties = Shape::of(from)
        .alike(&["Arn", "Path", "RoleId", "RoleName"])
        .named(
            "PermissionsBoundary",
            "PermissionsBoundary.PermissionsBoundaryArn",
        )
        .put("AssumeRolePolicyDocument", trust)
        .put(
            "ManagedPolicyArns",
            plucked(&from["AttachedManagedPolicies"], "PolicyArn"),
        )
        .put("Policies", inline_policies(&from["RolePolicyList"]))
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from)
        .named("LastUsed", "RoleLastUsed.LastUsedDate")
        .put(
            "InstanceProfileList",
            list(&from["InstanceProfileList"], profile),
        );
    let (name, arn) = (word(from, "RoleName"), from["Arn"].as_str());
    place.object(ROLE, name, arn, properties.done(), live.done())
}

/// `AWS::IAM::User` of an item of `UserDetailList`. `report` holds the lines of the credential report by user, or is
/// unknown.
pub(super) fn user(place: Place<'_>, from: &Value, report: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["Arn", "Path", "UserName"])
        .named("Groups", "GroupList")
        .named(
            "PermissionsBoundary",
            "PermissionsBoundary.PermissionsBoundaryArn",
        )
        .put(
            "ManagedPolicyArns",
            plucked(&from["AttachedManagedPolicies"], "PolicyArn"),
        )
        .put("Policies", inline_policies(&from["UserPolicyList"]))
        .put("Tags", tags(&from["Tags"]));
    let name = word(from, "UserName");
    let line = report::line(report, name);
    let truth = |column: &str| match line[column].as_str() {
        Some(word) => (word == "true").into(),
        None => line.clone(),
    };
    let live = Map::from_iter([
        ("MfaActive".to_owned(), truth("mfa_active")),
        ("PasswordEnabled".to_owned(), truth("password_enabled")),
        ("CredentialReport".to_owned(), line.clone()),
    ]);
    place.object(
        USER,
        name,
        from["Arn"].as_str(),
        properties.done(),
        live.into(),
    )
}

/// `AWS::IAM::ManagedPolicy` of an item of `Policies`; its document is that of the default version.
pub(super) fn managed_policy(place: Place<'_>, from: &Value) -> Value {
    let versions = from["PolicyVersionList"].as_array().into_iter().flatten();
    let default = versions.filter(|version| version["IsDefaultVersion"] == true);
    let document = default
        .map(|version| encoded_document(&version["Document"]))
        .next();
    let properties = Shape::of(from)
        .alike(&[
            "AttachmentCount",
            "CreateDate",
            "DefaultVersionId",
            "IsAttachable",
            "Path",
            "PermissionsBoundaryUsageCount",
            "PolicyId",
            "UpdateDate",
        ])
        .named("ManagedPolicyName", "PolicyName")
        .named("PolicyArn", "Arn")
        .put("PolicyDocument", document);
    let live = Shape::of(from)
        .alike(&["AttachmentCount"])
        .put("AwsManaged", is_aws_managed(from));
    let (name, arn) = (word(from, "PolicyName"), from["Arn"].as_str());
    place.object(POLICY, name, arn, properties.done(), live.done())
}
