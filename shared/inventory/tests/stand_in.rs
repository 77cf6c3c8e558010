//! The readers against a stand-in for AWS that `tests/aws/readers.py` starts and fills. What is read is printed, a line of
//! JSON for each kind; that program looks at it.

use std::collections::BTreeMap;
use std::env::var;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use plimsoll_inventory::aws::discover_clusters;
use plimsoll_inventory::aws::read::{Place, global, region};
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_model::NodeRoute;
use serde_json::{Value, json};

#[tokio::test]
#[ignore = "tests/aws/readers.py starts what is read"]
async fn everything_is_read() {
    let (endpoint, number) = (var("STAND_IN").unwrap(), var("STAND_IN_ACCOUNT").unwrap());
    let name = "eu-central-1";
    let keys = Credentials::new(&number, "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(name))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .build();
    let account = Account::new(config, &number, Arc::new(Pace::unlimited()));
    let here = Place {
        account: &number,
        region: Some(name),
    };
    let clusters = discover_clusters(&account).await.unwrap();
    let mut reading = region(&account, here, &clusters, Some(NodeRoute::Ssm)).await;
    let everywhere = Place {
        region: None,
        ..here
    };
    reading.append(global(&account, everywhere).await);
    let mut kinds: BTreeMap<&str, (usize, Option<String>)> = BTreeMap::new();
    for (kind, gap) in &reading.gaps {
        kinds.insert(kind, (0, gap.as_ref().map(|gap| gap.line())));
    }
    for object in &reading.objects {
        let kind = object["kind"].as_str().unwrap();
        kinds.get_mut(kind).unwrap().0 += 1;
    }
    for (kind, (objects, gap)) in kinds {
        println!(
            "{}",
            json!({ "kind": kind, "objects": objects, "gap": gap })
        );
    }
    let mut unknown = BTreeMap::new();
    for object in &reading.objects {
        note_unknown(object, &mut unknown);
    }
    println!("{}", json!({ "unknown": unknown }));
}

/// Counts what could not be read of objects, by why.
fn note_unknown(value: &Value, into: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(members) => {
            if let Some(why) = members.get("$unknown").and_then(Value::as_str) {
                *into.entry(why.to_owned()).or_default() += 1;
            }
            members
                .values()
                .for_each(|member| note_unknown(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| note_unknown(item, into)),
        _ => {}
    }
}
