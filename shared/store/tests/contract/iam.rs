//! What AWS would say to the store's requests: every request of the suite's stores is held against the session policy that
//! is sent for its tenant, which must allow it, and against that of other tenants, which must not.

mod evaluate;
mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use plimsoll_model::TenantId;
use plimsoll_store::{DataRole, Watch};
use serde_json::Value;

use evaluate::{Decision, Request, decide};
use requests::{Asked, asked};

pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const ACCOUNT: &str = "111111111111";
/// As embedded stores call it.
const TABLE: &str = "core";

pub(crate) fn role() -> DataRole {
    DataRole {
        arn: format!("arn:aws:iam::{ACCOUNT}:role/plimsoll-TenantDataRole"),
        region: REGION.to_owned(),
        table: TABLE.to_owned(),
        bucket: "objects".to_owned(),
    }
}

/// Actions and the resources they are about.
pub(crate) type Seen = Arc<Mutex<BTreeSet<(String, String)>>>;

/// Fails on the first request that a tenant's own policy does not allow or another's does; notes all in `seen`.
pub(crate) fn watch(seen: &Seen) -> Watch {
    let seen = Arc::clone(seen);
    Arc::new(move |operation, body| {
        let body: Value = serde_json::from_slice(body).unwrap();
        // The tables are made, and what is due of all is looked for, with the credentials of the store itself.
        let of_tables = ["CreateTable", "DescribeTable", "UpdateTimeToLive"];
        let asked = asked(operation, &body).into_iter();
        let of_handles = asked.filter(|one| {
            let items = [table(""), table("/index/open")].contains(&one.resource);
            items && !of_tables.contains(&operation)
        });
        for one in of_handles {
            check(&one);
            let all = &mut *seen.lock().unwrap();
            all.insert((one.action, one.resource));
        }
    })
}

/// The ARN of the tenants' table, or of what is below it.
fn table(below: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}{below}")
}

/// What the session policy says of items: its actions, and what they may be about.
pub(crate) fn allowed() -> (BTreeSet<String>, BTreeSet<String>) {
    let policy = role().session_policy(&TenantId::of(&["one"]));
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let items = &policy["Statement"][0];
    let all = |name: &str| {
        let texts = items[name].as_array().unwrap().iter();
        texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    (all("Action"), all("Resource"))
}

fn check(one: &Asked) {
    let own = tenant_of(&one.leading_keys[0]);
    let policy = role().session_policy(&own);
    assert_eq!(decision(&policy, one), Decision::Allow, "{own}: {one:?}");
    for other in ["other", "acme-2", ""].map(|name| TenantId::of(&[name])) {
        if other != own {
            let policy = role().session_policy(&other);
            assert_eq!(
                decision(&policy, one),
                Decision::NotAllowed,
                "{other}: {one:?}"
            );
        }
    }
    // What hides the keys is refused to everybody.
    let hidden = Asked {
        leading_keys: Vec::new(),
        ..one.clone()
    };
    assert_eq!(decision(&policy, &hidden), Decision::NotAllowed, "{one:?}");
}

fn decision(policy: &str, one: &Asked) -> Decision {
    let mut context = BTreeMap::new();
    if !one.leading_keys.is_empty() {
        context.insert("dynamodb:leadingkeys".to_owned(), one.leading_keys.clone());
    }
    let request = Request {
        action: &one.action,
        resource: &one.resource,
        context: &context,
    };
    decide(&serde_json::from_str(policy).unwrap(), &request)
}

/// The tenant that a partition key names.
fn tenant_of(key: &str) -> TenantId {
    let id = key
        .strip_prefix("T#")
        .and_then(|rest| rest.split('#').next());
    TenantId::parse(id.unwrap_or_default()).unwrap_or_else(|_| panic!("{key} is no tenant's"))
}

#[test]
fn what_no_handle_asks_for_is_refused() {
    let own = TenantId::of(&["acme"]);
    let policy = role().session_policy(&own);
    let keys = [
        format!("T#{own}"),
        format!("T#{}", TenantId::of(&["other"])),
    ];
    let all = |action: &str, resource: String, keys: &[String]| {
        let one = Asked {
            action: action.to_owned(),
            resource,
            leading_keys: keys.to_vec(),
        };
        decision(&policy, &one)
    };
    assert_eq!(
        all("dynamodb:GetItem", table(""), &keys[..1]),
        Decision::Allow
    );
    // One key of another's among one's own.
    assert_eq!(
        all("dynamodb:BatchGetItem", table(""), &keys),
        Decision::NotAllowed
    );
    // Ids have one length; one that begins with another would not be let in either.
    let longer = [format!("T#{own}x"), format!("T#{own}x#OUT")];
    assert_eq!(
        all("dynamodb:GetItem", table(""), &longer[..1]),
        Decision::NotAllowed
    );
    assert_eq!(
        all("dynamodb:GetItem", table(""), &longer[1..]),
        Decision::NotAllowed
    );
    for (action, below) in [
        ("dynamodb:Scan", ""),
        ("dynamodb:PartiQLSelect", ""),
        ("dynamodb:DescribeTable", ""),
        ("dynamodb:Query", "/index/due"),
        ("dynamodb:Query", "2"),
    ] {
        assert_eq!(
            all(action, table(below), &keys[..1]),
            Decision::NotAllowed,
            "{action} {below}"
        );
    }
}

#[tokio::test]
async fn objects_are_a_tenants_own() {
    let (_, own) = crate::support::tenant_store().await;
    let key = own.put_object("snapshots/a.zst", vec![1]).await.unwrap();
    let other = TenantId::of(&["other"]);
    let object = |key: &str| format!("arn:aws:s3:::objects/{key}");
    let longer = key.replacen(own.tenant().as_str(), &format!("{}x", own.tenant()), 1);
    for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] {
        let decide = |tenant: &TenantId, key: &str| {
            let one = Asked {
                action: action.to_owned(),
                resource: object(key),
                leading_keys: Vec::new(),
            };
            decision(&role().session_policy(tenant), &one)
        };
        assert_eq!(decide(own.tenant(), &key), Decision::Allow);
        assert_eq!(decide(&other, &key), Decision::NotAllowed);
        assert_eq!(decide(own.tenant(), &longer), Decision::NotAllowed);
    }
}
