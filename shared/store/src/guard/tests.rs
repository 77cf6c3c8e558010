//! Forged keys: each request that could leave a tenant is refused, by rule and through a real handle.

use plimsoll_model::TenantId;
use serde_json::{Value, json};

use super::*;

fn tenants() -> (String, String) {
    let (ours, theirs) = (TenantId::of(&["ours"]), TenantId::of(&["theirs"]));
    (format!("T#{ours}"), format!("T#{theirs}"))
}

fn guard() -> Guard {
    Guard::new("core", &TenantId::of(&["ours"]))
}

/// One request of every operation about a partition.
fn requests(pk: &str) -> Vec<(&'static str, Value)> {
    let key = json!({ "PK": { "S": pk }, "SK": { "S": "META" } });
    let action = json!({ "TableName": "core", "Key": key });
    let put = json!({ "TableName": "core", "Item": key });
    let query = |index: &str, name: &str| {
        json!({
            "TableName": "core", "IndexName": index,
            "KeyConditionExpression": format!("{name} = :pk AND begins_with(SK, :p)"),
            "ExpressionAttributeValues": { ":pk": { "S": pk }, ":p": { "S": "x" } },
        })
    };
    let mut main = query("", "PK");
    main.as_object_mut().unwrap().remove("IndexName");
    vec![
        ("GetItem", action.clone()),
        ("UpdateItem", action.clone()),
        ("DeleteItem", action.clone()),
        ("PutItem", put.clone()),
        ("Query", main),
        ("Query", query("open", "OPK")),
        (
            "BatchGetItem",
            json!({ "RequestItems": { "core": { "Keys": [key] } } }),
        ),
        (
            "BatchWriteItem",
            json!({ "RequestItems": { "core": [{ "PutRequest": { "Item": key } }] } }),
        ),
        (
            "BatchWriteItem",
            json!({ "RequestItems": { "core": [{ "DeleteRequest": { "Key": key } }] } }),
        ),
        (
            "TransactGetItems",
            json!({ "TransactItems": [{ "Get": action }] }),
        ),
        (
            "TransactWriteItems",
            json!({ "TransactItems": [{ "Put": put }] }),
        ),
        (
            "TransactWriteItems",
            json!({ "TransactItems": [{ "Update": action }] }),
        ),
        (
            "TransactWriteItems",
            json!({ "TransactItems": [{ "Delete": action }] }),
        ),
        (
            "TransactWriteItems",
            json!({ "TransactItems": [{ "ConditionCheck": action }] }),
        ),
    ]
}

#[test]
fn own_keys_pass_and_foreign_ones_do_not_in_every_operation() {
    let (ours, theirs) = tenants();
    for pk in [ours.clone(), format!("{ours}#S#clu")] {
        for (operation, body) in requests(&pk) {
            assert_eq!(
                guard().check(operation, &body),
                Ok(()),
                "{operation} {body}"
            );
        }
    }
    for pk in [
        theirs.clone(),
        format!("{theirs}#OUT"),
        format!("{ours}x"),
        "DUE#scan".to_owned(),
        String::new(),
    ] {
        for (operation, body) in requests(&pk) {
            assert!(
                guard().check(operation, &body).is_err(),
                "{operation} {body}"
            );
        }
    }
}

#[test]
fn one_foreign_key_among_own_ones_is_enough() {
    let (ours, theirs) = tenants();
    let put = |pk: &str| json!({ "Put": { "TableName": "core", "Item": { "PK": { "S": pk }, "SK": { "S": "a" } } } });
    let body = json!({ "TransactItems": [put(&ours), put(&theirs)] });
    assert!(guard().check("TransactWriteItems", &body).is_err());
    let keys = json!([{ "PK": { "S": ours } }, { "PK": { "S": theirs } }]);
    assert!(
        guard()
            .check(
                "BatchGetItem",
                &json!({ "RequestItems": { "core": { "Keys": keys } } })
            )
            .is_err()
    );
}

#[test]
fn what_reads_across_keys_is_refused() {
    for operation in [
        "Scan",
        "ExecuteStatement",
        "BatchExecuteStatement",
        "ExecuteTransaction",
        "UpdateTable",
        "",
    ] {
        assert!(
            guard()
                .check(operation, &json!({ "TableName": "core" }))
                .is_err(),
            "{operation}"
        );
    }
}

#[test]
fn other_tables_and_indexes_are_refused() {
    let (ours, _) = tenants();
    for (operation, body) in requests(&ours) {
        let elsewhere: Value =
            serde_json::from_str(&body.to_string().replace("\"core\"", "\"control\"")).unwrap();
        assert!(guard().check(operation, &elsewhere).is_err(), "{operation}");
    }
    let due = json!({
        "TableName": "core", "IndexName": "due", "KeyConditionExpression": "DPK = :pk",
        "ExpressionAttributeValues": { ":pk": { "S": ours } },
    });
    assert!(guard().check("Query", &due).is_err());
}

#[test]
fn key_conditions_that_name_something_else_first_are_refused() {
    let (ours, theirs) = tenants();
    for condition in [
        "SK = :pk AND PK = :other",
        "PK > :pk",
        "#x = :pk",
        "PK = :other",
        "PK = :pk OR SK = :pk",
        "",
    ] {
        let body = json!({
            "TableName": "core", "KeyConditionExpression": condition,
            "ExpressionAttributeNames": { "#x": "SK" },
            "ExpressionAttributeValues": { ":pk": { "S": ours }, ":other": { "S": theirs } },
        });
        assert!(guard().check("Query", &body).is_err(), "{condition}");
    }
}

#[test]
fn an_index_key_of_another_tenant_is_refused_in_puts_and_updates() {
    let (ours, theirs) = tenants();
    let open = format!("{theirs}#OPEN#critical#0");
    let item = json!({ "PK": { "S": ours }, "SK": { "S": "a" }, "OPK": { "S": open } });
    assert!(
        guard()
            .check("PutItem", &json!({ "TableName": "core", "Item": item }))
            .is_err()
    );
    let update = json!({
        "TableName": "core", "Key": { "PK": { "S": ours }, "SK": { "S": "a" } },
        "UpdateExpression": "SET OPK = :o", "ExpressionAttributeValues": { ":o": { "S": open } },
    });
    assert!(guard().check("UpdateItem", &update).is_err());
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn a_forged_key_does_not_get_through_a_real_handle() {
    use crate::keys::Keys;
    use crate::{Store, StoreError, item};

    let store = Store::embedded(None).await.unwrap();
    let (ours, theirs) = (TenantId::of(&["ours"]), TenantId::of(&["theirs"]));
    let handle = store.of(&ours);
    let forged = Keys(&theirs).meta();
    let refused = |outcome: Result<(), StoreError>| matches!(outcome, Err(StoreError::CrossTenant(key)) if key == forged.pk);
    assert!(refused(handle.get(&forged).await.map(drop)));
    assert!(refused(
        handle
            .put(
                item::key_item(&forged),
                &crate::expression::Expression::new()
            )
            .await
    ));
    assert!(refused(handle.all(&forged.pk, "").await.map(drop)));
    assert!(refused(
        handle
            .get_many(std::slice::from_ref(&forged))
            .await
            .map(drop)
    ));
    assert!(refused(handle.delete(&forged).await));
    let mut transaction = handle.transaction();
    transaction
        .put(
            item::key_item(&forged),
            &crate::expression::Expression::new(),
        )
        .unwrap();
    let aborted = transaction.run(handle.client()).await.unwrap_err();
    assert!(refused(Err(aborted.or_conflict("it"))));
    // Nothing arrived.
    assert!(store.of(&theirs).get(&forged).await.unwrap().is_none());
    // And the same handle may scan nothing.
    let scan = handle
        .client()
        .scan()
        .table_name("core")
        .send()
        .await
        .map(drop)
        .map_err(StoreError::from);
    assert!(matches!(scan, Err(StoreError::CrossTenant(_))));
}
