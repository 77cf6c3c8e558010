//! What people do with an export: apply it, and be refused.

use http::Method;
use plimsoll_policy::{Action, ExportOptions};
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::export::server::Server;
use crate::scan::plimsoll;

/// The documents of `plimsoll policy export-vap`.
fn export(arguments: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["policy", "export-vap"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let yaml = plimsoll(&all);
    let documents = yaml_serde::Deserializer::from_str(&yaml);
    documents
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

fn pod_spec(privileged: bool) -> Value {
    let context = json!({ "privileged": privileged });
    json!({ "restartPolicy": "Never", "containers": [
        { "name": "app", "image": "registry.invalid/app:1", "securityContext": context },
        { "name": "side", "image": "registry.invalid/side:1", "securityContext": context },
    ] })
}

fn object(kind: &str, version: &str, spec: Value) -> Value {
    let metadata = json!({ "name": "shop", "namespace": "default" });
    json!({ "apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec })
}

/// The server's answer to creating it: nothing, or why not.
async fn refusal(api: &Api, object: &Value) -> Option<String> {
    let kind = plimsoll_model::kind::named(object["kind"].as_str().unwrap()).unwrap();
    let path = format!("{}?dryRun=All", kind.list_path(Some("default")));
    let answer = api.post(&path, object).await.unwrap();
    assert_eq!(answer.warnings, Vec::<String>::new());
    (answer.status != 201).then(|| format!("{} {}", answer.status, answer.message()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_workload_is_refused_in_every_shape() {
    let kube = KubeServer::start().await.unwrap();
    let api = kube.api(Caller::Admin).unwrap();
    let pod = object("Pod", "v1", pod_spec(false));
    api.create(&pod).await.unwrap();
    let server = Server::new(&kube).await.unwrap();
    let documents = export(&["privileged-container", "--action", "deny,audit"]);
    assert_eq!(
        documents[1]["spec"]["validationActions"],
        json!(["Deny", "Audit"])
    );
    server.install(&documents).await.unwrap();

    let message = "denied request: container app runs privileged; container side runs privileged";
    let template = |privileged| json!({ "spec": pod_spec(privileged) });
    for privileged in [true, false] {
        let job = json!({ "template": template(privileged) });
        let shapes = [
            object("Pod", "v1", pod_spec(privileged)),
            object("Job", "batch/v1", job.clone()),
            object(
                "CronJob",
                "batch/v1",
                json!({ "schedule": "0 0 * * *", "jobTemplate": { "spec": job } }),
            ),
        ];
        for mut object in shapes {
            object["metadata"]["name"] = "another".into();
            let refusal = refusal(&api, &object).await;
            match &refusal {
                Some(why) => assert!(
                    privileged && why.starts_with("422 ") && why.ends_with(message),
                    "{why}"
                ),
                None => assert!(!privileged, "{object}"),
            }
        }
    }
    let debug = json!({ "spec": { "ephemeralContainers": [
        { "name": "debug", "image": "registry.invalid/debug:1", "securityContext": { "privileged": true } },
    ] } });
    let path = "/api/v1/namespaces/default/pods/shop/ephemeralcontainers?dryRun=All";
    let content = "application/strategic-merge-patch+json";
    let answer = api
        .send(Method::PATCH, path, content, Some(&debug))
        .await
        .unwrap();
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .message()
            .ends_with("denied request: container debug runs privileged")
    );
    println!(
        "exercised: 7 requests against privileged-container exported with --action deny, 4 refused with our message"
    );
}

#[tokio::test]
async fn audit_lets_everything_through_without_a_word() {
    let kube = KubeServer::start().await.unwrap();
    let api = kube.api(Caller::Admin).unwrap();
    let documents = export(&["privileged-container"]);
    Server::new(&kube)
        .await
        .unwrap()
        .install(&documents)
        .await
        .unwrap();
    assert_eq!(
        refusal(&api, &object("Pod", "v1", pod_spec(true))).await,
        None
    );
}

#[test]
fn what_is_printed_is_what_was_judged() {
    let printed = export(&["--all", "--action", "warn"]);
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let options = ExportOptions {
        actions: vec![Action::Warn],
        ..ExportOptions::default()
    };
    let exported = catalogue
        .policies
        .iter()
        .filter_map(|policy| policy.export(&options).ok());
    let exported: Vec<Value> = exported
        .flatten()
        .flat_map(|pair| {
            [
                serde_json::to_value(pair.policy).unwrap(),
                serde_json::to_value(pair.binding).unwrap(),
            ]
        })
        .collect();
    let differs = printed
        .iter()
        .zip(&exported)
        .find(|(printed, exported)| printed != exported);
    assert!(differs.is_none(), "{differs:?}");
    assert_eq!(printed.len(), exported.len());
    println!(
        "exercised: {} exported documents read back from their YAML unchanged",
        printed.len()
    );
}
