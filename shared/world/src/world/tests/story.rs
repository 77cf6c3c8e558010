//! The story of the four weeks, told by the objects themselves.

use serde_json::Value;

use super::*;

async fn list(far: &Far, path: &str) -> Vec<Value> {
    far.json(path).await["items"].as_array().unwrap().clone()
}

fn names(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect()
}

fn find<'a>(items: &'a [Value], name: &str) -> &'a Value {
    items
        .iter()
        .find(|item| item["metadata"]["name"] == name)
        .unwrap()
}

/// How many objects of all kinds a reader sees, and their texts.
async fn everything(far: &Far) -> Vec<String> {
    let client = far.http();
    let mut all = Vec::new();
    for kind in crate::kinds::KINDS {
        let base = if kind.group.is_empty() {
            "api/v1"
        } else {
            &format!("apis/{}", kind.api_version())
        };
        let url = format!("{}/{base}/{}", far.endpoint, kind.plural);
        let answer = client
            .get(url)
            .bearer_auth(&far.token)
            .send()
            .await
            .unwrap();
        if answer.status() == 200 {
            let body: Value = answer.json().await.unwrap();
            all.extend(
                body["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(Value::to_string),
            );
        }
    }
    all
}

#[tokio::test]
async fn prod_changes_as_told() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, "eu-central-1", "prod-eu-1").await;
    let privileged = async || {
        let mut found = Vec::new();
        for kind in ["deployments", "daemonsets", "statefulsets"] {
            for item in list(&far, &format!("/apis/apps/v1/{kind}")).await {
                let containers = item.pointer("/spec/template/spec/containers").unwrap();
                if containers.to_string().contains("\"privileged\":true") {
                    found.push(item["metadata"]["name"].as_str().unwrap().to_owned());
                }
            }
        }
        found
    };
    let verbs = async || {
        let roles = list(&far, "/apis/rbac.authorization.k8s.io/v1/clusterroles").await;
        find(&roles, "ci-deployer")["rules"][0]["verbs"].clone()
    };
    assert!(privileged().await.is_empty(), "the first night has none");
    assert_eq!(verbs().await, serde_json::json!(["*"]));

    stage.world.set_week(1);
    assert_eq!(privileged().await, ["ledger", "agent"]);
    let ledger = far
        .json("/apis/apps/v1/namespaces/payments/deployments/ledger")
        .await;
    assert_eq!(
        ledger["metadata"]["managedFields"][0]["manager"],
        "ci-deployer"
    );

    stage.world.set_week(2);
    assert_ne!(verbs().await, serde_json::json!(["*"]));
    let roles = list(&far, "/apis/rbac.authorization.k8s.io/v1/clusterroles").await;
    assert!(!names(&roles).contains(&"debug"));
    let shop = list(&far, "/apis/networking.k8s.io/v1/namespaces/shop/ingresses").await;
    assert!(shop[0]["spec"]["tls"].is_array());

    stage.world.set_week(3);
    assert_eq!(verbs().await, serde_json::json!(["*"]), "it comes back");
    let deployments = list(&far, "/apis/apps/v1/namespaces/shop/deployments").await;
    assert!(names(&deployments).contains(&"search"));
    assert_eq!(
        privileged().await,
        ["ledger", "agent"],
        "nobody has mended it yet"
    );

    stage.world.set_week(4);
    assert!(privileged().await.is_empty());
    stage.world.set_week(9);
    assert!(privileged().await.is_empty(), "later weeks are as the last");
}

#[tokio::test]
async fn dev_never_changes() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, "eu-central-1", "dev-1").await;
    let before = everything(&far).await;
    assert!(before.len() > 60, "{}", before.len());
    stage.world.set_week(3);
    stage.wait(3 * 7 * 86_400);
    let far = stage.cluster(ACME, "eu-central-1", "dev-1").await;
    assert_eq!(everything(&far).await, before);
}

#[tokio::test]
async fn edge_loses_its_access_entry_in_week_three() {
    let stage = Stage::new().await;
    let far = stage.cluster(GLOBEX, "eu-central-1", "edge").await;
    for (week, status) in [(0, 200), (1, 200), (2, 200), (3, 401), (4, 401)] {
        stage.world.set_week(week);
        assert_eq!(
            far.get("/api/v1/pods").await.status(),
            status,
            "week {week}"
        );
    }
    let keys = stage.assume(GLOBEX).await;
    let eks = stage.eks(keys, "eu-central-1");
    let entries = eks.get("/clusters/edge/access-entries").await;
    assert_eq!(entries.read("accessEntries"), serde_json::json!([]));
}

#[tokio::test]
async fn prod_has_a_realistic_size_and_every_owner_exists() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, "eu-central-1", "prod-eu-1").await;
    for week in 0..=4 {
        stage.world.set_week(week);
        let all = everything(&far).await;
        assert!((150..350).contains(&all.len()), "{} objects", all.len());
        let all: Vec<Value> = all
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let uids: std::collections::HashSet<&str> = all
            .iter()
            .map(|o| o["metadata"]["uid"].as_str().unwrap())
            .collect();
        assert_eq!(uids.len(), all.len(), "uids are unique");
        for object in &all {
            for owner in object["metadata"]["ownerReferences"]
                .as_array()
                .into_iter()
                .flatten()
            {
                assert!(uids.contains(owner["uid"].as_str().unwrap()), "{owner}");
            }
        }
    }
}

#[tokio::test]
async fn tests_can_change_a_cluster_themselves() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, "eu-central-1", "dev-1").await;
    let world = &stage.world;
    let namespace = "{ apiVersion: v1, kind: Namespace, metadata: { name: extra } }";
    world.put("dev-1", namespace).unwrap();
    let has = async || names(&list(&far, "/api/v1/namespaces").await).contains(&"extra");
    assert!(has().await);
    world.set_week(2);
    assert!(has().await, "it stays when the weeks go on");
    world
        .change(
            "dev-1",
            "[{ object: Namespace extra, why: test, delete: true }]",
        )
        .unwrap();
    assert!(!has().await);
    assert!(
        world
            .change(
                "dev-1",
                "[{ object: Namespace extra, why: x, delete: true }]"
            )
            .is_err()
    );
    assert!(world.put("dev-1", "{ kind: Widget }").is_err());
    assert!(world.put("nowhere", namespace).is_err());
    assert!(!has().await, "what fails changes nothing");
}

#[test]
fn the_tenants_are_described() {
    let tenants = crate::tenants().unwrap();
    let clusters: Vec<&str> = tenants
        .iter()
        .flat_map(|tenant| &tenant.accounts)
        .flat_map(|account| &account.clusters)
        .map(|cluster| cluster.name.as_str())
        .collect();
    assert_eq!(clusters, ["prod-eu-1", "dev-1", "edge", "lab"]);
    assert!(
        tenants
            .iter()
            .all(|tenant| tenant.accounts.iter().all(|a| a.role == ROLE))
    );
}
