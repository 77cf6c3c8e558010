//! Evidence of nodes, from kubelets and API servers that answer as a test says.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use plimsoll_cel::{Bump, Node};
use plimsoll_model::{NodeEvidence, NodeRoute, Part, Reason, ReasonCode};
use plimsoll_world::{Came, StandIn};
use serde_json::{Value, json};

use super::collect::files;
use super::collected::evidence;
use super::*;
use crate::kube::reader::ClusterReader;
use crate::kube::request::Patience;
use crate::network::AllowedNetworks;

const CONFIGZ: &str = r#"{"kubeletconfig":{"readOnlyPort":10255,"staticPodURL":"https://u:p@pods.example","authentication":{"anonymous":{"enabled":false},"x509":{"clientCAFile":"/etc/kubernetes/pki/ca.crt"}}}}"#;

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn node(name: &str) -> NodeRef {
    NodeRef {
        name: name.to_owned(),
        uid: format!("uid-of-{name}"),
        created: Some(now() - SignedDuration::from_hours(100)),
        provider_id: None,
    }
}

fn denied(what: &str) -> (u16, String) {
    let message = format!(r#"{what} is forbidden: User "reader" cannot get it"#);
    (403, json!({ "message": message }).to_string())
}

struct Stage {
    server: StandIn,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn new(answer: impl Fn(&Came) -> (u16, String) + Send + Sync + 'static) -> Self {
        let server = StandIn::start(answer).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.crt"), server.authority()).unwrap();
        std::fs::write(folder.path().join("token"), "token-of-the-collector").unwrap();
        Self { server, folder }
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.server.port())
    }

    /// A reader of an API server.
    fn reader(&self) -> ClusterReader {
        let door = self.door(self.server.port());
        let config = door.config(&self.url(), true).unwrap();
        let patience = Patience {
            pause: std::time::Duration::from_millis(1),
            ..Patience::default()
        };
        let allowed = AllowedNetworks::everything();
        ClusterReader::new("prod", &config, None, allowed, patience).unwrap()
    }

    /// A program on a node whose kubelet listens on `port`; this stage is its API server.
    fn door(&self, port: u16) -> KubeletDoor {
        KubeletDoor {
            node: "a".to_owned(),
            host_ip: [127, 0, 0, 1].into(),
            port,
            verify: true,
            api_server: self.url(),
            authority: self.folder.path().join("ca.crt"),
            token: self.folder.path().join("token"),
            namespace: "plimsoll-collector".to_owned(),
            files: None,
        }
    }
}

fn known(evidence: &NodeEvidence) -> &Value {
    match &evidence.kubelet {
        Part::Known(value) => value,
        Part::Unknown(line) => panic!("{line}"),
    }
}

fn unknown(part: &Part) -> Reason {
    match part {
        Part::Known(value) => panic!("{value}"),
        Part::Unknown(line) => Reason::of_line(line).unwrap(),
    }
}

#[tokio::test]
async fn kubelets_are_asked_through_the_api_server_each_for_itself() {
    let stage = Stage::new(|came| match came.line.as_str() {
        "GET /api/v1/nodes/a/proxy/configz" => (200, CONFIGZ.to_owned()),
        "GET /api/v1/nodes/b/proxy/configz" => denied("nodes \"b\""),
        "GET /api/v1/nodes/c/proxy/configz" => (503, "no route to host".to_owned()),
        "GET /api/v1/nodes/d/proxy/configz" => (200, "<html>".to_owned()),
        other => (404, other.to_owned()),
    })
    .await;
    let nodes = ["a", "b", "c", "d", "e", "../secrets"].map(node);
    let told = stage.reader().proxied(&nodes, now()).await.unwrap();
    assert_eq!(known(&told[0])["readOnlyPort"], 10255);
    let codes: Vec<ReasonCode> = told[1..]
        .iter()
        .map(|one| unknown(&one.kubelet).code)
        .collect();
    assert_eq!(
        codes,
        [
            ReasonCode::PermissionMissing,
            ReasonCode::ApiError,
            ReasonCode::MalformedInput,
            ReasonCode::ApiError,
            ReasonCode::MalformedInput,
        ]
    );
    let why = unknown(&told[2].kubelet).need;
    assert!(why.contains("of c") && why.contains("503"), "{why}");
    let no_files = unknown(&told[0].files["config"]);
    assert_eq!(no_files.code, ReasonCode::RouteNotChosen);
    assert!(
        stage
            .server
            .came()
            .iter()
            .all(|came| !came.line.contains("secrets"))
    );
}

#[tokio::test]
async fn a_right_that_is_missing_everywhere_is_said_once() {
    let stage = Stage::new(|_| denied("nodes")).await;
    let refused = stage.reader().proxied(&["a", "b"].map(node), now()).await;
    let reason = refused.unwrap_err();
    assert_eq!(
        (reason.code, reason.need.as_str()),
        (ReasonCode::PermissionMissing, "get nodes/proxy")
    );
    assert!(reason.mend.unwrap().contains("--node-evidence nodes-proxy"));
}

#[tokio::test]
async fn what_was_left_is_found_again() {
    let kubelet = Stage::new(|came| match came.line.as_str() {
        "GET /configz" => (200, CONFIGZ.to_owned()),
        other => (404, other.to_owned()),
    })
    .await;
    let server = Stage::new(|_| (201, "{}".to_owned())).await;
    // One authority for both: the program knows the cluster's alone.
    let both = [kubelet.server.authority(), server.server.authority()].concat();
    std::fs::write(server.folder.path().join("ca.crt"), both).unwrap();
    let left = collect(&server.door(kubelet.server.port()), now())
        .await
        .unwrap();
    assert_eq!(known(&left)["staticPodURL"], "(redacted)");
    let token = Some("Bearer token-of-the-collector".to_owned());
    assert_eq!(kubelet.server.came()[0].authorization, token);
    let came = server.server.came().remove(0);
    assert_eq!(came.authorization, token);
    assert_eq!(
        came.line,
        "PATCH /api/v1/namespaces/plimsoll-collector/configmaps/a?fieldManager=plimsoll-collector&force=true"
    );
    let mut config_map: Value = serde_json::from_str(&came.body).unwrap();
    config_map["data"]["evidence.json"].as_str().unwrap();
    let list = json!({ "metadata": {}, "items": [config_map.take()] }).to_string();
    let api = Stage::new(move |came| match came.line.split_once('?') {
        Some(("GET /api/v1/namespaces/plimsoll-collector/configmaps", query))
            if query.contains("labelSelector=plimsoll.io%2Fevidence%3Dnode") =>
        {
            (200, list.clone())
        }
        _ => denied("it"),
    })
    .await;
    let told = api
        .reader()
        .collected(&["a", "b"].map(node), now())
        .await
        .unwrap();
    assert_eq!(told[0], left);
    assert_eq!(unknown(&told[1].kubelet).code, ReasonCode::InputUnread);
}

#[tokio::test]
async fn a_kubelet_whose_certificate_nobody_vouches_for_is_not_asked() {
    let kubelet = Stage::new(|_| (200, CONFIGZ.to_owned())).await;
    let server = Stage::new(|_| (200, "{}".to_owned())).await;
    let mut door = server.door(kubelet.server.port());
    let left = collect(&door, now()).await.unwrap();
    assert_eq!(unknown(&left.kubelet).code, ReasonCode::ApiError);
    assert!(
        kubelet.server.came().is_empty(),
        "no token may be shown to it"
    );
    door.verify = false;
    known(&collect(&door, now()).await.unwrap());
}

#[tokio::test]
async fn what_cannot_be_read_is_left_as_such_and_what_cannot_be_left_is_an_error() {
    let kubelet = Stage::new(|_| denied("nodes/configz")).await;
    let server = Stage::new(|_| denied("configmaps")).await;
    let mut door = server.door(kubelet.server.port());
    door.verify = false;
    let error = collect(&door, now()).await.unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    let taking = Stage::new(|_| (200, "{}".to_owned())).await;
    let mut door = taking.door(kubelet.server.port());
    door.verify = false;
    let left = collect(&door, now()).await.unwrap();
    assert_eq!(unknown(&left.kubelet).code, ReasonCode::PermissionMissing);
    assert_eq!(
        unknown(&left.files["kubeconfig"]).code,
        ReasonCode::RouteNotChosen
    );
}

#[tokio::test]
async fn without_the_right_or_the_collector_the_list_says_so() {
    let refused = Stage::new(|_| denied("configmaps")).await;
    let reason = refused.reader().collected(&[node("a")], now()).await;
    let reason = reason.unwrap_err();
    assert_eq!(reason.code, ReasonCode::PermissionMissing);
    assert!(reason.mend.unwrap().contains("--node-evidence collector"));
    let empty = Stage::new(|_| (200, r#"{"metadata":{},"items":[]}"#.to_owned())).await;
    let reason = empty.reader().collected(&[node("a")], now()).await;
    let reason = reason.unwrap_err();
    assert_eq!(reason.code, ReasonCode::InputUnread);
    assert!(reason.mend.unwrap().starts_with("plimsoll collector"));
}

#[test]
fn evidence_counts_for_its_own_node_and_two_days() {
    let of = |node: &str, hours: i64| {
        let read_at = now() - SignedDuration::from_hours(hours);
        let kubelet = Part::Known(json!({}));
        let evidence = NodeEvidence {
            node: node.to_owned(),
            read_at,
            kubelet,
            files: Part::no_files(&Reason::new(ReasonCode::RouteNotChosen, "no files")),
        };
        serde_json::to_string(&evidence).unwrap()
    };
    let young = NodeRef {
        created: Some(now() - SignedDuration::from_hours(1)),
        ..node("a")
    };
    for (node, text, expected) in [
        (node("a"), Some(of("a", 0)), None),
        (node("a"), Some(of("a", 48)), None),
        (node("a"), Some(of("a", 49)), Some(ReasonCode::Expired)),
        (node("a"), Some(of("a", -1)), Some(ReasonCode::Expired)),
        (
            node("a"),
            Some(of("b", 0)),
            Some(ReasonCode::MalformedInput),
        ),
        (
            node("a"),
            Some("{".to_owned()),
            Some(ReasonCode::MalformedInput),
        ),
        (
            node("a"),
            Some(" ".repeat(300 << 10)),
            Some(ReasonCode::MalformedInput),
        ),
        (node("a"), None, Some(ReasonCode::InputUnread)),
        (young, Some(of("a", 2)), Some(ReasonCode::InputUnread)),
    ] {
        let code = evidence(&node, text.as_deref(), now())
            .err()
            .map(|one| one.code);
        assert_eq!(code, expected, "{text:?}");
    }
}

#[test]
fn files_are_told_by_mode_and_owner() {
    let host = tempfile::tempdir().unwrap();
    let write = |path: &str, mode: u32| {
        let path = host.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "secret").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write("var/lib/kubelet/kubeconfig", 0o644);
    write("etc/kubernetes/pki/ca.crt", 0o600);
    let settings: Value = serde_json::from_str(CONFIGZ).unwrap();
    let told = files(host.path(), &Part::Known(settings["kubeletconfig"].clone()));
    let Part::Known(kubeconfig) = &told["kubeconfig"] else {
        panic!("{told:?}");
    };
    assert_eq!(kubeconfig["path"], "/var/lib/kubelet/kubeconfig");
    assert_eq!(kubeconfig["mode"], "0644");
    assert!(matches!(&told["clientCa"], Part::Known(ca) if ca["mode"] == "0600"));
    assert_eq!(unknown(&told["config"]).code, ReasonCode::InputUnread);
    assert!(!format!("{told:?}").contains("secret"));
    let without = files(Path::new("/"), &Part::Known(json!({})));
    assert!(!without.contains_key("clientCa"), "no file is named");
}

#[test]
fn what_is_not_known_says_why_in_the_object() {
    let arena = Bump::new();
    let reason = Reason::new(ReasonCode::ApiError, "the kubelet of a: it answered 410");
    let mut evidence = NodeEvidence {
        node: "a".to_owned(),
        read_at: now(),
        kubelet: Part::unknown(&reason),
        files: Part::no_files(&reason),
    };
    let object = node_config(&node("a"), NodeRoute::Collector, &evidence, &arena);
    assert_eq!(object.get("kubelet"), Some(Node::Unknown(&reason.line())));
    assert_eq!(
        object.at(&["files", "config"]),
        Some(Node::Unknown(&reason.line()))
    );
    assert_eq!(object.get("route").unwrap().as_str(), Some("collector"));
    let uid = object.at(&["metadata", "uid"]).unwrap();
    assert_eq!(uid.as_str(), Some("uid-of-a"));
    evidence.kubelet = Part::Known(json!([1]));
    let object = node_config(&node("a"), NodeRoute::Collector, &evidence, &arena);
    assert!(object.get("kubelet").unwrap().unknown().is_some());
}

#[test]
fn only_what_we_made_ourselves_may_be_unknown_in_its_parts() {
    let arena = Bump::new();
    let line = "inputUnread a mode";
    let evidence = NodeEvidence {
        node: "a".to_owned(),
        read_at: now(),
        kubelet: Part::Known(json!({ "readOnlyPort": { "$unknown": line } })),
        files: [(
            "config".to_owned(),
            Part::Known(json!({ "mode": { "$unknown": line } })),
        )]
        .into(),
    };
    for route in NodeRoute::ALL {
        let object = node_config(&node("a"), route, &evidence, &arena);
        for path in [
            &["kubelet", "readOnlyPort"][..],
            &["files", "config", "mode"],
        ] {
            let part = object.at(path).unwrap();
            let is_unknown = part == Node::Unknown(line);
            assert_eq!(is_unknown, route == NodeRoute::Ami, "{route:?} {path:?}");
        }
    }
}

#[test]
fn fargate_has_no_machine_to_look_into() {
    let arena = Bump::new();
    let decoded = |label: &str| {
        let text = format!(
            r#"{{"kind":"Node","metadata":{{"name":"n","uid":"u","creationTimestamp":"2026-11-20T00:00:00Z","labels":{{"eks.amazonaws.com/compute-type":"{label}"}}}},"spec":{{"providerID":"aws:///a/i-1"}}}}"#
        );
        plimsoll_cel::decode_json(&arena, text.as_bytes()).unwrap()
    };
    assert_eq!(NodeRef::of(&decoded("fargate")), None);
    let node = NodeRef::of(&decoded("auto")).unwrap();
    assert_eq!(node.provider_id.as_deref(), Some("aws:///a/i-1"));
    assert!(node.created.is_some());
}
