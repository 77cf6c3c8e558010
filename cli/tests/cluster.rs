//! `plimsoll scan --context`: a live cluster, and the ways it may refuse.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/api.rs"]
mod api;
mod support;

use serde_json::{Value, json};
use support::{Folder, Run};

const VERSION: &str = r#"{"major":"1","minor":"34+","gitVersion":"v1.34.2-eks-abc1234"}"#;

/// Two pods of one deployment, and the deployment, privileged; everything else is empty.
fn cluster(path: &str) -> (u16, String) {
    let container = json!({ "name": "app", "image": "a:1", "env": [{ "name": "PASSWORD", "value": "hunter2hunter2" }], "securityContext": { "privileged": true } });
    let metadata = |name: &str| json!({ "name": name, "namespace": "payments", "uid": format!("u-{name}"), "resourceVersion": "88" });
    let items = match path.split('?').next().unwrap() {
        "/version" => return (200, VERSION.to_owned()),
        "/apis/apps/v1/deployments" => json!([{
            "metadata": metadata("ledger"),
            "spec": { "template": { "metadata": { "labels": { "app": "ledger" } }, "spec": { "containers": [container] } } },
        }]),
        "/api/v1/namespaces" => json!([{ "metadata": { "name": "payments" } }]),
        _ => json!([]),
    };
    (
        200,
        json!({ "kind": "List", "metadata": {}, "items": items }).to_string(),
    )
}

fn forbidden(what: &str) -> (u16, String) {
    let message = format!(
        "{what} is forbidden: User \"dev-readonly\" cannot list resource \"{what}\" at the cluster scope"
    );
    (403, json!({ "kind": "Status", "status": "Failure", "reason": "Forbidden", "message": message, "code": 403 }).to_string())
}

fn scan(kubeconfig: &str, more: &[&str]) -> Run {
    let folder = Folder::new();
    folder.write("config", kubeconfig);
    let arguments: Vec<&str> = ["scan", "--kubeconfig", "config", "--context"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    folder.run(&arguments)
}

#[test]
fn a_cluster_is_shown_by_policy() {
    let config = api::serve(cluster);
    let run = scan(
        &config,
        &[
            "prod-eu-1",
            "--only",
            "privileged-container,host-pid",
            "--format",
            "table",
            "--fail-on",
            "high",
        ],
    );
    insta::assert_snapshot!(run.steady(), @r"
    prod-eu-1 · EKS 1.34 · 1 object in N ms
    SEVERITY  POLICY                CONTROL  RESOURCES  WORST
    critical  privileged-container  4.2.1            1  Deployment payments/ledger
    critical 1 · high 0 · medium 0 · low 0
    coverage 100 % (2 of 2 policies)
    gate --fail-on high: 1 finding reaches it, exit 1
    ");
    assert_eq!((run.code, run.err.as_str()), (1, ""));
}

#[test]
fn json_of_a_cluster_names_it_and_keeps_secrets_to_itself() {
    let config = api::serve(cluster);
    let run = scan(&config, &["--format", "json", "--verdicts", "all"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["source"]["type"], "cluster");
    assert_eq!(report["source"]["context"], "prod-eu-1");
    assert_eq!(report["source"]["kubernetesVersion"], "1.34");
    assert_eq!(report["coverage"]["files"]["read"], 0);
    let rows = report["verdicts"].as_array().unwrap();
    let found = rows
        .iter()
        .find(|row| row["policy"] == "privileged-container")
        .unwrap();
    assert_eq!(found["resource"]["uid"], "u-ledger");
    assert_eq!(found["file"], Value::Null);
    let plaintext = rows
        .iter()
        .find(|row| row["policy"] == "env-plaintext-credential" && row["verdict"] == "fail");
    assert_eq!(plaintext.unwrap()["redacted"], true);
    assert!(!run.out.contains("hunter2"), "a literal value never leaves");
}

#[test]
fn a_refused_list_turns_its_policies_and_only_them_not_evaluated() {
    let whole = scan(&api::serve(cluster), &["--format", "json"]);
    let config = api::serve(|path| {
        if path.contains("/clusterroles?") {
            forbidden("clusterroles")
        } else {
            cluster(path)
        }
    });
    let run = scan(&config, &["--format", "json", "--fail-on", "critical"]);
    assert_eq!(run.code, 4, "a gate never passes on missing data");
    assert!(
        run.err.contains(
            "warning[not-allowed]: prod-eu-1: list clusterroles refused (403) for dev-readonly"
        ),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("policies not evaluated, coverage "),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains("plimsoll access cluster-role | kubectl --context prod-eu-1 apply -f -"),
        "{}",
        run.err
    );
    let fails = |run: &Run| -> Vec<String> {
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let rows = report["verdicts"].as_array().unwrap().clone();
        rows.iter()
            .filter(|row| row["verdict"] == "fail")
            .map(|row| row["fingerprint"].to_string())
            .collect()
    };
    assert_eq!(fails(&run), fails(&whole), "nothing else changes");
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        report["coverage"]["unread"][0]["input"],
        "list clusterroles"
    );
    let rows = report["verdicts"].as_array().unwrap();
    // Secrets are left alone unless somebody asks for them.
    let by_choice = |row: &&Value| row["reason"]["code"] == "routeNotChosen";
    let open: Vec<&Value> = rows
        .iter()
        .filter(|row| row["verdict"] == "notEvaluated" && !by_choice(row))
        .collect();
    assert!(!open.is_empty());
    assert!(
        open.iter()
            .all(|row| row["reason"]["code"] == "permissionMissing")
    );
}

#[test]
fn a_cluster_that_refuses_everything_is_no_result() {
    let config = api::serve(|path| match path {
        "/version" => (200, VERSION.to_owned()),
        path => forbidden(
            path.split(['?', '/'])
                .filter(|part| !part.is_empty())
                .nth(2)
                .unwrap_or("x"),
        ),
    });
    let run = scan(&config, &["--only", "host-pid"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.contains("warning[not-allowed]"), "{}", run.err);
}

#[test]
fn an_expired_token_is_said_with_what_to_type() {
    let config = api::serve(|_| {
        (
            401,
            json!({ "kind": "Status", "code": 401, "message": "Unauthorized" }).to_string(),
        )
    });
    let run = scan(&config, &["prod-eu-1"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(
        run.err
            .starts_with("error[not-logged-in]: context prod-eu-1: "),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains("kubectl --context prod-eu-1 get --raw /version"),
        "{}",
        run.err
    );
}

#[test]
fn an_unreachable_cluster_and_a_wrong_context_are_told_apart() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = api::kubeconfig(&free.to_string());
    let run = scan(&config, &["prod-eu-1"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    let expected = format!(
        "error[cluster-unreachable]: context prod-eu-1: http://{free} (private) refused the connection"
    );
    assert!(run.err.starts_with(&expected), "{}", run.err);
    let wrong = scan(&config, &["prod-eu-2"]);
    assert_eq!(wrong.code, 3);
    insta::assert_snapshot!(wrong.err, @r"
    error[no-such-context]: no context prod-eu-2 in the kubeconfig
      help: did you mean prod-eu-1?
    ");
    let folder = Folder::new();
    let missing = folder.run(&["scan", "--context", "--kubeconfig", "nowhere"]);
    assert_eq!(missing.code, 3);
    assert!(
        missing
            .err
            .contains("error[no-such-context]: no kubeconfig at nowhere"),
        "{}",
        missing.err
    );
}

#[test]
fn a_cluster_is_never_touched_unless_asked_for() {
    let folder = Folder::with_payments();
    let config = api::serve(|path| panic!("{path} was asked for"));
    folder.write("config", config);
    let run = folder.run(&["scan", "--kubeconfig", "config", "-q"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let both = folder.run(&["scan", "k8s", "--context", "prod-eu-1"]);
    assert_eq!(both.code, 2);
}

#[test]
fn a_resource_that_says_it_is_accepted_is_shown_apart() {
    let says = json!({ "except.plimsoll.io/privileged-container": "loads modules, until 2099-11-30", "except.plimsoll.io/host-pid": "" });
    let config = api::serve(move |path| {
        let (status, body) = cluster(path);
        let mut body: Value = serde_json::from_str(&body).unwrap();
        if path.starts_with("/apis/apps/v1/deployments") {
            body["items"][0]["metadata"]["annotations"] = says.clone();
        }
        (status, body.to_string())
    });
    let only = ["prod-eu-1", "--only", "privileged-container,host-pid"];
    let more = ["--format", "table", "--fail-on", "high"];
    let run = scan(&config, &[&only[..], &more[..]].concat());
    insta::assert_snapshot!(run.steady(), @r"
    prod-eu-1 · EKS 1.34 · 1 object in N ms
    1 excepted finding is still evaluated: it still fails (next expiry 30 Nov 2099)
    critical 0 · high 0 · medium 0 · low 0
    coverage 100 % (2 of 2 policies)
    gate --fail-on high: holds, exit 0
    ");
    assert_eq!(run.code, 0);
    let place = "Deployment payments/ledger: excepts nothing: gives no reason";
    assert!(run.err.contains(place), "{}", run.err);
}

/// [`cluster`] with three pods of the deployment, into which something put a container with a credential.
fn meshed(path: &str) -> (u16, String) {
    let owner = json!([{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "ledger-5c4", "uid": "u", "controller": true }]);
    let pod = |number: u32| {
        json!({
            "metadata": { "name": format!("ledger-5c4-{number}"), "namespace": "payments", "ownerReferences": owner,
                "labels": { "pod-template-hash": "5c4" } },
            "spec": { "nodeName": format!("node-{number}"), "containers": [
                { "name": "app", "image": "a:1", "env": [{ "name": "PASSWORD", "value": "hunter2hunter2" }], "securityContext": { "privileged": true } },
                { "name": "proxy", "image": "p:1", "env": [{ "name": "PASSWORD", "value": "hunter3hunter3" }], "securityContext": { "privileged": true } },
            ] },
        })
    };
    match path.split('?').next().unwrap() {
        "/api/v1/pods" | "/api/v1/namespaces/payments/pods" => {
            let pods = [pod(1), pod(2), pod(3)];
            (
                200,
                json!({ "kind": "List", "metadata": {}, "items": pods }).to_string(),
            )
        }
        path => cluster(&path.replace("/namespaces/payments/", "/")),
    }
}

fn failing(run: &Run) -> Vec<String> {
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let rows = report["verdicts"].as_array().unwrap().iter();
    let fails = rows.filter(|row| row["verdict"] == "fail");
    let said = fails.map(|row| {
        let name = row["resource"]["name"].as_str().unwrap();
        format!("{name}: {}", row["message"].as_str().unwrap())
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    said
}

/// Values that are never kept are judged all the same.
#[test]
fn what_was_put_into_pods_is_found_on_their_deployment_once() {
    let only = "privileged-container,env-plaintext-credential";
    let run = scan(&api::serve(meshed), &["--format", "json", "--only", only]);
    let privileged = "runs privileged";
    let credential = "has a credential in plain text in environment variable PASSWORD";
    let later = ", in a pod and not in the template";
    let expected = [
        format!("ledger: container app {credential}"),
        format!("ledger: container app {privileged}"),
        format!("ledger: container proxy {credential}{later}"),
        format!("ledger: container proxy {privileged}{later}"),
    ];
    assert_eq!(failing(&run), expected);
    assert!(!run.out.contains("hunter"), "{}", run.out);
    let refused = api::serve(|path| match path.contains("/deployments") {
        true => forbidden("deployments"),
        false => meshed(path),
    });
    let run = scan(&refused, &["--format", "json", "--only", only]);
    assert_eq!(failing(&run), [""; 0]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["coverage"]["policiesEvaluated"], 0);
}

#[test]
fn a_scan_of_one_namespace_does_not_know_what_lies_in_others() {
    let only = "netpol-pod-unselected,workload-internet-exposed";
    let more = ["--format", "json", "--only", only];
    let narrow = [&["--namespace", "payments"], &more[..]].concat();
    let run = scan(&api::serve(meshed), &narrow);
    assert_eq!(failing(&run).len(), 1, "{}", run.out);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let rows = report["verdicts"].as_array().unwrap();
    let untold = rows.iter().find(|row| row["verdict"] == "notEvaluated");
    let untold = untold.unwrap();
    assert_eq!(untold["policy"], "workload-internet-exposed");
    let reason = untold["reason"].to_string();
    assert!(reason.contains("scan without --namespace"), "{reason}");
}
