//! `plimsoll scan` of a real cluster, as the restricted reader that `plimsoll access` describes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use http::Method;
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde::Deserialize as _;
use serde_json::{Value, json};

/// Enough for every kind of the generator to come several times.
const OBJECTS: usize = 400;

/// Enough for every kind to come twice, where the cluster is scanned again and again.
const OBJECTS_IN_TURN: usize = 160;

/// A change to a role counts within a second; a busy machine takes longer.
const ROLE_COUNTS_WITHIN: Duration = Duration::from_secs(30);

/// Verdicts with their paths, by policy and resource.
type Verdicts = BTreeMap<(String, String), Vec<(String, String)>>;

struct Cluster {
    server: KubeServer,
    admin: Api,
    folder: tempfile::TempDir,
    /// Kind, namespace and name of each object that was created.
    created: BTreeSet<String>,
}

pub(crate) fn plimsoll(arguments: &[&str]) -> String {
    let program = std::env::var_os("PLIMSOLL_BIN")
        .expect("PLIMSOLL_BIN is not set: run these tests as `tests/run kube`");
    let output = Command::new(program)
        .args(arguments)
        .env("XDG_CONFIG_HOME", "/none") // not the developer's own settings
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "plimsoll {arguments:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn documents(yaml: &str) -> Vec<Value> {
    yaml_serde::Deserializer::from_str(yaml)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

fn name_of(resource: &Value) -> String {
    let (kind, name) = (
        resource["kind"].as_str().unwrap_or_default(),
        resource["name"].as_str().unwrap_or_default(),
    );
    format!(
        "{kind} {}/{name}",
        resource["namespace"].as_str().unwrap_or_default()
    )
}

/// An object in the words of the report.
fn reference(object: &Value) -> Value {
    let metadata = &object["metadata"];
    json!({ "kind": object["kind"], "namespace": metadata["namespace"], "name": metadata["name"] })
}

impl Cluster {
    /// A server with so many generated objects, which lie as files in the folder too, and the printed role in place.
    async fn start(count: usize) -> Self {
        let server = KubeServer::start().await.unwrap();
        let admin = server.api(Caller::Admin).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let manifests = folder.path().join("manifests");
        let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("gen/manifests.py");
        let made = Command::new("python3")
            .arg(generator)
            .arg(&manifests)
            .args(["--count", &count.to_string()])
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );

        let mut files: Vec<PathBuf> = std::fs::read_dir(&manifests)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let mut objects: Vec<Value> = files
            .iter()
            .flat_map(|file| documents(&std::fs::read_to_string(file).unwrap()))
            .collect();
        objects.sort_by_key(|object| object["kind"] != "Namespace");
        let mut created = BTreeSet::new();
        for object in &objects {
            if name_of(&reference(object)) == "Namespace /default" {
                // It is always there; only its labels can be given.
                let kind = "application/merge-patch+json";
                let answer = admin
                    .send(
                        Method::PATCH,
                        "/api/v1/namespaces/default",
                        kind,
                        Some(object),
                    )
                    .await
                    .unwrap();
                assert_eq!(answer.status, 200, "{}", answer.message());
            } else {
                admin
                    .create(object)
                    .await
                    .unwrap_or_else(|error| panic!("{error:#}\n{object}"));
            }
            created.insert(name_of(&reference(object)));
        }
        for object in documents(&plimsoll(&["access", "cluster-role"])) {
            admin.create(&object).await.unwrap();
        }
        let cluster = Self {
            server,
            admin,
            folder,
            created,
        };
        cluster.reader_gets("/api/v1/pods", 200).await;
        cluster
    }

    /// Waits until the reader's request is answered with the status.
    async fn reader_gets(&self, path: &str, status: u16) {
        let reader = self.server.api(Caller::Reader).unwrap();
        let started = Instant::now();
        while reader.get(path).await.unwrap().status != status {
            assert!(
                started.elapsed() < ROLE_COUNTS_WITHIN,
                "{path} is not yet answered with {status}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Scans as the reader.
    fn scan_live(&self) -> Value {
        let kubeconfig = self.server.kubeconfig().to_str().unwrap();
        self.scan(&[
            "--kubeconfig",
            kubeconfig,
            "--context",
            Caller::Reader.name(),
        ])
    }

    /// Scans the files.
    fn scan_files(&self) -> Value {
        self.scan(&[self.folder.path().join("manifests").to_str().unwrap()])
    }

    fn scan(&self, what: &[&str]) -> Value {
        let mut arguments = vec!["scan"];
        arguments.extend(what);
        arguments.extend(["--verdicts", "all", "--format", "json"]);
        serde_json::from_str(&plimsoll(&arguments)).unwrap()
    }

    /// Gives the role these rules.
    async fn set_rules(&self, rules: &[Value]) {
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/plimsoll-readers";
        let patch = json!({ "rules": rules });
        let answer = self
            .admin
            .send(
                Method::PATCH,
                path,
                "application/merge-patch+json",
                Some(&patch),
            )
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.message());
    }
}

fn verdicts(report: &Value) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for verdict in report["verdicts"].as_array().unwrap() {
        let key = (
            verdict["policy"].as_str().unwrap().to_owned(),
            name_of(&verdict["resource"]),
        );
        let word = match verdict["verdict"].as_str().unwrap() {
            "notEvaluated" => format!(
                "notEvaluated {}",
                verdict["reason"]["code"].as_str().unwrap()
            ),
            word => word.to_owned(),
        };
        verdicts
            .entry(key)
            .or_default()
            .push((word, verdict["paths"][0].to_string()));
    }
    verdicts.values_mut().for_each(|list| list.sort());
    verdicts
}

fn worst(verdicts: &[(String, String)]) -> &str {
    let order = |word: &str| {
        ["fail", "notEvaluated", "manual", "pass"]
            .iter()
            .position(|w| word.starts_with(w))
    };
    verdicts
        .iter()
        .map(|(word, _)| word.as_str())
        .min_by_key(|word| order(word).unwrap_or(9))
        .unwrap_or_default()
}

/// For each list of the role, its path and the policies that read it, from `access cluster-role --explain`.
fn readers_of_lists() -> Vec<(String, String, BTreeSet<String>)> {
    let mut lists = Vec::new();
    let mut group = String::new();
    for line in plimsoll(&["access", "cluster-role", "--explain"]).lines() {
        if let Some(name) = line.trim().strip_prefix("- apiGroups: [\"") {
            name.trim_end_matches("\"]").clone_into(&mut group);
        } else if let Some((list, policies)) = line
            .trim()
            .strip_prefix("- ")
            .and_then(|rest| rest.split_once(" # "))
        {
            lists.push((
                group.clone(),
                list.to_owned(),
                policies.split(", ").map(str::to_owned).collect(),
            ));
        }
    }
    lists
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restricted_reader_sees_what_the_role_grants() {
    let cluster = Cluster::start(OBJECTS_IN_TURN).await;
    let full = cluster.scan_live();
    let complete = verdicts(&full);
    let denied = |verdicts: &Verdicts| -> BTreeSet<String> {
        let refused = |list: &[(String, String)]| {
            list.iter()
                .any(|(word, _)| word == "notEvaluated permissionMissing")
        };
        verdicts
            .iter()
            .filter(|(_, list)| refused(list))
            .map(|((policy, _), _)| policy.clone())
            .collect()
    };
    assert_eq!(
        denied(&complete),
        BTreeSet::new(),
        "with the whole role nothing is refused"
    );

    let role = documents(&plimsoll(&["access", "cluster-role"])).remove(0);
    let rules = role["rules"].as_array().unwrap();
    let lists = readers_of_lists();
    assert!(lists.len() > 5, "{lists:?}");
    let mut tried = 0;
    for (group, list, policies) in &lists {
        // What the server does not have, nobody needs a right for.
        let Some(path) = server_path(&cluster, group, list).await else {
            continue;
        };
        tried += 1;
        let without: Vec<Value> = rules
            .iter()
            .map(|rule| {
                let mut rule = rule.clone();
                if rule["apiGroups"][0] == group.as_str()
                    && let Some(resources) = rule["resources"].as_array_mut()
                {
                    resources.retain(|resource| resource != list.as_str());
                }
                rule
            })
            .filter(|rule| {
                rule["resources"]
                    .as_array()
                    .is_none_or(|resources| !resources.is_empty())
            })
            .collect();
        cluster.set_rules(&without).await;
        cluster.reader_gets(&path, 403).await;

        let partial = verdicts(&cluster.scan_live());
        // A policy that joins the list may have decided without it on everything that is there.
        let refused = denied(&partial);
        assert!(!refused.is_empty(), "nobody misses {list}");
        assert!(
            refused.is_subset(policies),
            "without {list}: {:?}",
            refused.difference(policies)
        );
        // The reader's own role differs from turn to turn.
        let own = |key: &&(String, String)| key.1 == "ClusterRole /plimsoll-readers";
        for (key, before) in complete.iter().filter(|(key, _)| !own(key)) {
            let Some(after) = partial.get(key) else {
                continue;
            };
            if !policies.contains(&key.0) {
                assert_eq!(before, after, "without {list}: {key:?}");
            } else if worst(before) == "fail" {
                assert_ne!(worst(after), "pass", "without {list}: {key:?}");
            }
        }
        for key in complete.keys().filter(|key| !policies.contains(&key.0)) {
            assert!(
                partial.contains_key(key),
                "without {list} the verdict on {key:?} is gone"
            );
        }
    }
    println!(
        "exercised: a live scan of {} resources as the printed ClusterRole's reader, then with each of {} lists refused in turn",
        full["summary"]["resources"], tried
    );
}

/// The path of a list in the version that the server prefers for its group; none if it does not have the list.
async fn server_path(cluster: &Cluster, group: &str, list: &str) -> Option<String> {
    if group.is_empty() {
        return Some(format!("/api/v1/{list}"));
    }
    let known = cluster.admin.get(&format!("/apis/{group}")).await.unwrap();
    let version = known.body["preferredVersion"]["groupVersion"].as_str()?;
    let path = format!("/apis/{version}");
    let resources = cluster.admin.get(&path).await.unwrap();
    let has = |resource: &Value| resource["name"] == list;
    let served = resources.body["resources"].as_array()?.iter().any(has);
    served.then(|| format!("{path}/{list}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_cluster_give_the_same_verdicts() {
    let cluster = Cluster::start(OBJECTS).await;
    let mut live = verdicts(&cluster.scan_live());
    for list in live.values_mut() {
        // Who wrote with which version is the server's own record.
        list.retain(|(_, path)| !path.contains("managedFields"));
    }
    let mut differences = Vec::new();
    let mut compared = 0;
    for (key, from_files) in verdicts(&cluster.scan_files()) {
        // What no file can hold, and what the server made itself.
        if worst(&from_files) == "notEvaluated needsCluster" || !cluster.created.contains(&key.1) {
            continue;
        }
        let from_cluster = live.get(&key);
        // Secrets of a cluster are left alone unless somebody asks for them.
        let by_choice = |(word, _): &(String, String)| word == "notEvaluated routeNotChosen";
        if from_cluster.is_some_and(|list| list.iter().any(by_choice)) {
            continue;
        }
        compared += 1;
        if from_cluster != Some(&from_files) {
            differences.push(format!(
                "{key:?}\n  files:   {from_files:?}\n  cluster: {from_cluster:?}"
            ));
        }
    }
    println!(
        "exercised: {compared} verdicts of a scan of files against those of a live scan of the same objects"
    );
    assert!(compared > OBJECTS, "{compared}");
    let sample = differences
        .iter()
        .take(10)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{sample}",
        differences.len()
    );
}
