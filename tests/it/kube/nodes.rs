//! Evidence of nodes, by a real API server: what `plimsoll collector` and `plimsoll access` print is taken, and enough.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use http::Method;
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::scan::plimsoll;

const NAMESPACE: &str = "plimsoll-collector";

/// Policies that read nodes and namespaces, so that the role for them shows no ConfigMap.
const ONLY: &str = "kubelet-read-only-port-open,psa-not-enforced";

/// An admission policy and a role count within a second; a busy machine takes longer.
const COUNTS_WITHIN: Duration = Duration::from_secs(30);

fn documents(yaml: &str) -> Vec<Value> {
    yaml_serde::Deserializer::from_str(yaml)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

async fn apply(admin: &Api, yaml: &str) -> Vec<Value> {
    let objects = documents(yaml);
    for object in &objects {
        admin
            .create(object)
            .await
            .unwrap_or_else(|error| panic!("{error:#}\n{object}"));
    }
    objects
}

async fn add_node(admin: &Api, name: &str) {
    let node = json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": name } });
    admin.create(&node).await.unwrap();
}

/// A pod as the DaemonSet among some objects would make it.
fn pod_of(objects: &[Value], namespace: &str) -> Value {
    let daemon_set = objects
        .iter()
        .find(|one| one["kind"] == "DaemonSet")
        .unwrap();
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": "collector", "namespace": namespace },
        "spec": daemon_set["spec"]["template"]["spec"],
    })
}

#[tokio::test]
async fn the_collector_is_taken_and_needs_no_privilege_unless_it_looks_at_files() {
    let server = KubeServer::start().await.unwrap();
    let admin = server.api(Caller::Admin).unwrap();
    let objects = apply(
        &admin,
        &plimsoll(&["collector", "--image", "registry.example/plimsoll:1"]),
    )
    .await;
    admin.create(&pod_of(&objects, NAMESPACE)).await.unwrap();

    let with_files = documents(&plimsoll(&["collector", "--files"]));
    let refused = admin
        .create(&pod_of(&with_files, NAMESPACE))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("hostPath"), "{refused:#}");
    let mut namespace = with_files[0].clone();
    namespace["metadata"]["name"] = "other".into();
    admin.create(&namespace).await.unwrap();
    admin.create(&pod_of(&with_files, "other")).await.unwrap();
    println!(
        "exercised: {} objects of the collector applied",
        objects.len()
    );
}

/// A node's program, its token and the API server that it leaves its evidence with.
struct Collector<'s> {
    server: &'s KubeServer,
    folder: &'s Path,
}

impl Collector<'_> {
    /// Runs it for a node. There is no kubelet, so that is what it leaves.
    fn run(&self, node: &str) -> Output {
        let file = |name: &str| self.folder.join(name).display().to_string();
        Command::new(std::env::var_os("PLIMSOLL_BIN").unwrap())
            .args(["collect-node", "--once", "--node", node])
            .args(["--host-ip", "127.0.0.1", "--port", "1"])
            .args(["--api-server", self.server.url()])
            .args(["--authority", &file("ca.crt"), "--token", &file("token")])
            .env("XDG_CONFIG_HOME", "/none")
            .output()
            .unwrap()
    }
}

/// A token of the collector's account for a pod of a node.
async fn token(admin: &Api, node: &str) -> String {
    let path = format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts/plimsoll-collector/token");
    let asked = json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": { "boundObjectRef": { "apiVersion": "v1", "kind": "Node", "name": node } },
    });
    let answer = admin.post(&path, &asked).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.message());
    answer.body["status"]["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_node_speaks_for_itself_and_readers_read_it_with_the_printed_role() {
    let server = KubeServer::start().await.unwrap();
    let admin = server.api(Caller::Admin).unwrap();
    apply(&admin, &plimsoll(&["collector"])).await;
    for node in ["a", "b", "c"] {
        add_node(&admin, node).await;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.crt"), server.ca_pem()).unwrap();
    std::fs::write(folder.path().join("token"), token(&admin, "a").await).unwrap();
    let collector = Collector {
        server: &server,
        folder: folder.path(),
    };
    let left = collector.run("a");
    let said = String::from_utf8_lossy(&left.stderr).into_owned();
    assert!(left.status.success(), "{said}");
    let of = |node: &str| format!("/api/v1/namespaces/{NAMESPACE}/configmaps/{node}");
    let stored = admin.get(&of("a")).await.unwrap();
    let text = stored.body["data"]["evidence.json"].as_str().unwrap();
    let mut evidence: Value = serde_json::from_str(text).unwrap();
    assert!(
        evidence["kubelet"]["unknown"]
            .as_str()
            .unwrap()
            .starts_with("apiError"),
        "{text}"
    );

    // The token of a says that it is a's.
    let started = Instant::now();
    while collector.run("b").status.success() {
        assert!(
            started.elapsed() < COUNTS_WITHIN,
            "b's evidence is taken from a"
        );
        admin.delete(&of("b")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    // What a kubelet would have said.
    evidence["node"] = "b".into();
    evidence["kubelet"] = json!({ "known": { "readOnlyPort": 10255 } });
    let config_map = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": "b", "namespace": NAMESPACE, "labels": { "plimsoll.io/evidence": "node" } },
        "data": { "evidence.json": evidence.to_string() },
    });
    admin.create(&config_map).await.unwrap();

    let scan = || verdicts(&server, "collector");
    apply(
        &admin,
        &plimsoll(&["access", "cluster-role", "--only", ONLY]),
    )
    .await;
    let without = settled(scan, "nodeconfigs");
    assert_eq!(without, [("-".to_owned(), "permissionMissing".to_owned())]);
    let rights = plimsoll(&["access", "cluster-role", "--node-evidence", "collector"]);
    let of_namespace = |object: &Value| object["metadata"]["namespace"] == NAMESPACE;
    for object in documents(&rights)
        .iter()
        .filter(|object| of_namespace(object))
    {
        admin.create(object).await.unwrap();
    }
    let with = settled(scan, "a");
    let expected = [("a", "apiError"), ("b", "fail"), ("c", "inputUnread")];
    assert_eq!(
        with,
        expected.map(|(node, word)| (node.to_owned(), word.to_owned()))
    );
}

#[tokio::test]
async fn without_nodes_proxy_kubelets_are_not_asked_and_a_dead_one_says_so() {
    let server = KubeServer::start().await.unwrap();
    let admin = server.api(Caller::Admin).unwrap();
    apply(&admin, &plimsoll(&["access", "cluster-role"])).await;
    let scan = || verdicts(&server, "nodes-proxy");
    assert_eq!(settled(scan, ""), [], "there is no node");
    add_node(&admin, "a").await;
    let refused = [("-".to_owned(), "permissionMissing".to_owned())];
    assert_eq!(settled(scan, "nodeconfigs"), refused);
    let role = documents(&plimsoll(&[
        "access",
        "cluster-role",
        "--node-evidence",
        "nodes-proxy",
    ]))
    .remove(0);
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/plimsoll-readers";
    let kind = "application/merge-patch+json";
    let answer = admin
        .send(Method::PATCH, path, kind, Some(&role))
        .await
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.message());
    let dead = [("a".to_owned(), "apiError".to_owned())];
    assert_eq!(settled(scan, "a"), dead);
}

/// What a scan says of the read-only port of each node, `-` where the list as a whole is meant.
fn verdicts(server: &KubeServer, route: &str) -> Vec<(String, String)> {
    let report = plimsoll(&[
        "scan",
        "--kubeconfig",
        server.kubeconfig().to_str().unwrap(),
        "--context",
        Caller::Reader.name(),
        "--node-evidence",
        route,
        "--only",
        ONLY,
        "--verdicts",
        "all",
        "--format",
        "json",
    ]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let all = report["verdicts"].as_array().unwrap().iter();
    let mut found: Vec<(String, String)> = all
        .filter(|one| one["policy"] == "kubelet-read-only-port-open")
        .map(|one| {
            let name = one["resource"]["name"].as_str().unwrap_or("-");
            let code = one["reason"]["code"].as_str();
            let word = code.or(one["verdict"].as_str()).unwrap();
            (name.to_owned(), word.to_owned())
        })
        .collect();
    found.sort();
    found
}

/// Roles count after a moment: scans until the first row is about `first` (the whole list, a node, or nothing).
fn settled(scan: impl Fn() -> Vec<(String, String)>, first: &str) -> Vec<(String, String)> {
    let started = Instant::now();
    loop {
        let found = scan();
        let about = match found.first() {
            None => "",
            Some((name, code)) if name == "-" && code == "permissionMissing" => "nodeconfigs",
            Some((name, _)) => name,
        };
        if about == first {
            return found;
        }
        assert!(started.elapsed() < COUNTS_WITHIN, "{found:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}
