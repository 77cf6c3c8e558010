//! The roles that we take for granted are those that the server makes.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_tests::kube_server::{Caller, KubeServer};
use serde_json::Value;

const FILE: &str = "../shared/policy/src/facts/default_roles.tsv";
const AGGREGATES: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// A ClusterRole that collects others has no rules before a controller ran, and none runs here.
fn rules(roles: &BTreeMap<String, Value>, name: &str) -> Vec<Value> {
    let role = &roles[name];
    if role["aggregationRule"].is_null() {
        return role["rules"].as_array().cloned().unwrap_or_default();
    }
    let label = format!("{AGGREGATES}{name}");
    roles
        .iter()
        .filter(|(_, other)| other["metadata"]["labels"][&label] == "true")
        .flat_map(|(other, _)| rules(roles, other))
        .collect()
}

#[tokio::test]
async fn the_default_roles_are_those_of_the_server() {
    let server = KubeServer::start().await.unwrap();
    let admin = server.api(Caller::Admin).unwrap();
    let group = "/apis/rbac.authorization.k8s.io/v1";
    let mut lines = Vec::new();
    for (kind, list) in [("ClusterRole", "clusterroles"), ("Role", "roles")] {
        let answer = admin.get(&format!("{group}/{list}")).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.message());
        let key = |role: &Value| {
            let metadata = &role["metadata"];
            let text = |field: &str| metadata[field].as_str().unwrap_or_default();
            format!("{}\t{}", text("namespace"), text("name"))
        };
        let roles = answer.body["items"].as_array().unwrap();
        if kind == "Role" {
            lines.extend(
                roles
                    .iter()
                    .map(|role| format!("{kind}\t{}\t{}", key(role), role["rules"])),
            );
            continue;
        }
        let roles: BTreeMap<String, Value> = roles
            .iter()
            .map(|role| {
                (
                    role["metadata"]["name"].as_str().unwrap().to_owned(),
                    role.clone(),
                )
            })
            .collect();
        for (name, role) in &roles {
            let rules = Value::Array(rules(&roles, name));
            lines.push(format!("{kind}\t{}\t{rules}", key(role)));
        }
    }
    lines.sort();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let server = lines.join("\n") + "\n";
    if std::env::var_os("PLIMSOLL_WRITE_DEFAULT_ROLES").is_some() {
        std::fs::write(&ours, &server).unwrap();
    }
    let same = std::fs::read_to_string(&ours).unwrap() == server;
    assert!(
        same,
        "the server's default roles are others: write them with PLIMSOLL_WRITE_DEFAULT_ROLES=1 and read the difference"
    );
    println!(
        "exercised: {} default roles as the server makes them",
        lines.len()
    );
}
