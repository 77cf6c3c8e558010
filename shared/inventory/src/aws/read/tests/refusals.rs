//! What is refused is a gap or unknown at its place, and stops nothing else.

use std::sync::Arc;

use plimsoll_model::ReasonCode;
use serde_json::{Value, json};

use super::samples::PLACE;
use crate::aws::DiscoveredCluster;
use crate::aws::read::reader::{MOST_SINGLES, Reader};
use crate::aws::read::waf;
use crate::aws::read::{Place, Reading, global, region};
use crate::aws::wire::tests::server::{Asked, Reply, Server, ok};
use crate::aws::wire::{Account, Pace};

async fn account(
    answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static,
) -> (Server, Account) {
    let server = Server::start(move |_, asked| match answer(asked) {
        Some(body) => ok(body),
        None => Reply::Whole(403, "", String::new()),
    });
    let server = server.await;
    let account = Account::new(server.config(), PLACE.account, Arc::new(Pace::default()));
    (server, account)
}

fn object<'a>(reading: &'a Reading, kind: &str) -> &'a Value {
    reading
        .objects
        .iter()
        .find(|object| object["kind"] == kind)
        .unwrap()
}

#[tokio::test]
async fn whoever_may_nothing_learns_why() {
    let (_server, account) = account(|_| None).await;
    let cluster = DiscoveredCluster {
        name: "prod".to_owned(),
        region: "eu-central-1".to_owned(),
        described: json!({"name": "prod"}),
    };
    let mut reading = region(&account, PLACE, &[cluster], None).await;
    let place = Place {
        region: None,
        ..PLACE
    };
    reading.append(global(&account, place).await);
    for kind in plimsoll_model::aws::KINDS {
        let gap = reading
            .gaps
            .get(kind.name)
            .unwrap_or_else(|| panic!("{} is not read", kind.name));
        // Clusters were described before.
        if matches!(kind.name, "AwsRegion" | "AwsAccount" | "AWS::EKS::Cluster") {
            assert_eq!(*gap, None);
            continue;
        }
        let gap = gap
            .as_ref()
            .unwrap_or_else(|| panic!("{} is whole", kind.name));
        assert_eq!(gap.code, ReasonCode::PermissionMissing, "{gap:?}");
        let (service, operation) = gap.need.split_once(':').unwrap();
        assert!(!service.is_empty() && !operation.contains(' '), "{gap:?}");
    }
    assert_eq!(reading.objects.len(), 3, "{:?}", reading.objects);
    let live = &object(&reading, "AwsRegion")["Live"];
    let said = "permissionMissing ec2:GetEbsEncryptionByDefault";
    assert_eq!(live["EbsEncryptionByDefault"]["$unknown"], said);
    assert_eq!(
        live["Inspector"]["$unknown"],
        "permissionMissing inspector2:BatchGetAccountStatus"
    );
    let live = &object(&reading, "AwsAccount")["Live"];
    let said = "permissionMissing s3:GetAccountPublicAccessBlock";
    assert_eq!(live["PublicAccessBlock"]["$unknown"], said);
}

#[tokio::test]
async fn a_part_that_is_refused_is_unknown_at_its_place() {
    let systems = r#"{"FileSystems": [{"FileSystemId": "fs-1", "Encrypted": true, "KmsKeyId": "arn:aws:kms:eu-central-1:471100000815:key/k-1"}]}"#;
    let (_server, account) = account(move |asked| {
        asked
            .line
            .starts_with("GET /2015-02-01/file-systems?")
            .then(|| systems.to_owned())
    })
    .await;
    let reading = region(&account, PLACE, &[], None).await;
    assert_eq!(reading.gaps["AWS::EFS::FileSystem"], None);
    let system = object(&reading, "AWS::EFS::FileSystem");
    assert_eq!(system["Properties"]["Encrypted"], true);
    let said = "permissionMissing elasticfilesystem:DescribeFileSystemPolicy";
    assert_eq!(system["Properties"]["FileSystemPolicy"]["$unknown"], said);
    assert!(reading.gaps["AWS::EFS::AccessPoint"].is_some());
    assert!(
        reading.gaps["AWS::KMS::Key"].is_some(),
        "other lists may name keys"
    );
}

#[tokio::test]
async fn beyond_the_budget_a_part_is_unknown() {
    let ids = 0..MOST_SINGLES + 2;
    let systems: Vec<_> = ids
        .map(|id| json!({"FileSystemId": format!("fs-{id}")}))
        .collect();
    let systems = json!({"FileSystems": systems}).to_string();
    let (server, account) = account(move |asked| match asked.line.as_str() {
        line if line.contains("/policy") => Some(r#"{"Policy": "{}"}"#.to_owned()),
        line if line.contains("/file-systems") => Some(systems.clone()),
        _ => None,
    })
    .await;
    let reading = region(&account, PLACE, &[], None).await;
    let parts = reading
        .objects
        .iter()
        .filter(|object| object["kind"] == "AWS::EFS::FileSystem");
    let parts = parts.map(|object| &object["Properties"]["FileSystemPolicy"]);
    let (known, unknown): (Vec<_>, Vec<_>) = parts.partition(|part| **part == json!({}));
    assert_eq!((known.len(), unknown.len()), (MOST_SINGLES, 2));
    let why = unknown[0]["$unknown"].as_str().unwrap();
    assert!(
        why.starts_with("costLimit elasticfilesystem:DescribeFileSystemPolicy"),
        "{why}"
    );
    let asked = server.asked();
    assert_eq!(
        asked
            .iter()
            .filter(|asked| asked.line.contains("/policy"))
            .count(),
        MOST_SINGLES
    );
}

#[tokio::test]
async fn web_acls_that_tell_nothing_leave_the_rest_unknown() {
    for (many, refused, others) in [
        (2, "", Value::Null),
        (
            2,
            "acl-1",
            json!({"$unknown": "permissionMissing wafv2:ListResourcesForWebACL"}),
        ),
        (
            MOST_SINGLES + 1,
            "",
            json!({"$unknown": "costLimit wafv2:ListResourcesForWebACL: more than 200 calls of one region"}),
        ),
    ] {
        let (server, account) = account(move |asked| {
            let body: Value = serde_json::from_str(&asked.body).ok()?;
            let Some(acl) = body["WebACLArn"].as_str() else {
                let acls: Vec<_> = (0..many)
                    .map(|n| json!({"ARN": format!("acl-{n}")}))
                    .collect();
                return Some(json!({ "WebACLs": acls }).to_string());
            };
            let arns = json!({ "ResourceArns": [format!("lb of {acl}")] });
            (acl != refused).then(|| arns.to_string())
        })
        .await;
        let acls = waf::read(Reader {
            account: &account,
            place: PLACE,
        })
        .await;
        assert_eq!(acls.of("lb of acl-0"), "acl-0");
        assert_eq!(acls.of("lb of none"), others);
        let calls = server.asked().len();
        assert_eq!(calls, 1 + many.min(MOST_SINGLES));
    }
}
