//! What is refused is a gap or unknown at its place, and stops nothing else.

use std::sync::Arc;

use plimsoll_model::ReasonCode;
use serde_json::Value;

use super::samples::PLACE;
use crate::aws::read::{Place, Reading, global, region};
use crate::aws::wire::tests::server::{Asked, Reply, Server, ok};
use crate::aws::wire::{Account, Pace};

async fn account(
    answer: impl Fn(&Asked) -> Option<&'static str> + Send + Sync + 'static,
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
    let mut reading = region(&account, PLACE, &["prod".to_owned()]).await;
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
        if matches!(kind.name, "AwsRegion" | "AwsAccount") {
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
    assert_eq!(reading.objects.len(), 2, "{:?}", reading.objects);
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
            .then_some(systems)
    })
    .await;
    let reading = region(&account, PLACE, &[]).await;
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
