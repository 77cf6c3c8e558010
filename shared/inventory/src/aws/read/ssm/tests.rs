//! Entries of the inventory, and pages of them, well and badly.

mod script;

use std::sync::Arc;

use plimsoll_model::{Part, Reason, ReasonCode};
use serde_json::{Value, json};

use super::entry::evidence;
use super::*;
use crate::aws::read::Place;
use crate::aws::wire::tests::server::{Reply, Server, ok};
use crate::aws::wire::{Account, Pace};

const TIME: &str = "2026-11-22T08:00:00Z";

fn row(part: &str, name: &str, value: &str) -> Value {
    json!({ "part": part, "name": name, "value": value })
}

/// What a node leaves whose kubelet is started as these rows say.
fn entry(rows: &[Value]) -> Value {
    json!({ "TypeName": TYPE, "SchemaVersion": "1.0", "CaptureTime": TIME, "Content": rows })
}

fn rows() -> Vec<Value> {
    vec![
        row("time", "script", TIME),
        row(
            "flags",
            "kubelet",
            r#"["--config=/c.json","--kubeconfig=/k"]"#,
        ),
        row("config", "/c.json", r#"{"readOnlyPort":10255}"#),
        row("file", "/c.json", "600 0 0"),
        row("file", "/k", "4664 1000 0"),
    ]
}

fn unknown(part: &Part) -> Reason {
    match part {
        Part::Known(value) => panic!("{value}"),
        Part::Unknown(line) => Reason::of_line(line).unwrap(),
    }
}

#[test]
fn an_entry_tells_settings_and_files() {
    let told = evidence("i-1", &entry(&rows()));
    assert_eq!(
        (told.node.as_str(), told.read_at),
        ("i-1", TIME.parse().unwrap())
    );
    let Part::Known(settings) = &told.kubelet else {
        panic!("{told:?}");
    };
    assert_eq!(settings["readOnlyPort"], 10255);
    let file = |path: &str, mode: &str, owner: &str| {
        Part::Known(json!({ "path": path, "mode": mode, "owner": owner, "group": "root" }))
    };
    assert_eq!(told.files["config"], file("/c.json", "0600", "root"));
    assert_eq!(told.files["kubeconfig"], file("/k", "4664", "1000"));
    assert_eq!(told.files.get("clientCa"), None, "nobody named one");
}

#[test]
fn a_kubelet_that_was_given_no_file_is_judged_by_its_flags() {
    let flags = r#"["--config=","--anonymous-auth=false"]"#;
    let told = evidence("i-1", &entry(&[row("flags", "kubelet", flags)]));
    let Part::Known(settings) = &told.kubelet else {
        panic!("{told:?}");
    };
    assert_eq!(settings["authentication"]["anonymous"]["enabled"], false);
    assert_eq!(settings["authorization"]["mode"], "AlwaysAllow");
    assert!(told.files.is_empty(), "none was named");
}

#[test]
fn a_file_of_which_nothing_is_said_is_not_known() {
    let mut rows = rows();
    rows[2] = row(
        "config",
        "/c.json",
        r#"{"authentication":{"x509":{"clientCAFile":"/ca"}}}"#,
    );
    rows.pop();
    let told = evidence("i-1", &entry(&rows));
    for (key, path) in [("kubeconfig", "/k"), ("clientCa", "/ca")] {
        let reason = unknown(&told.files[key]);
        assert_eq!(reason.code, ReasonCode::InputUnread);
        assert!(reason.need.starts_with(path), "{reason:?}");
    }
}

#[test]
fn settings_that_do_not_fit_are_unknown_alone_and_their_file_with_them() {
    let mut rows = rows();
    let file = r#"{"readOnlyPort":"hush","authentication":{"x509":{"clientCAFile":"hush"}}}"#;
    rows[2] = row("config", "/c.json", file);
    let told = evidence("i-1", &entry(&rows));
    let Part::Known(settings) = &told.kubelet else {
        panic!("{told:?}");
    };
    assert!(settings["readOnlyPort"]["$unknown"].is_string());
    assert_eq!(settings["authorization"]["mode"], "Webhook");
    let reason = unknown(&told.files["clientCa"]);
    assert_eq!(reason.code, ReasonCode::MalformedInput);
    assert!(!format!("{told:?}").contains("hush"), "{told:?}");
}

#[test]
fn what_no_script_of_ours_left_is_unknown_with_what_is_wrong() {
    let with = |at: usize, other: Value| {
        let mut rows = rows();
        rows[at] = other;
        entry(&rows)
    };
    let more = |other: Value| entry(&[rows(), vec![other]].concat());
    let mut other_version = entry(&rows());
    other_version["SchemaVersion"] = "2.0".into();
    let mut timeless = entry(&rows());
    timeless["CaptureTime"] = "yesterday".into();
    for (wrong, why) in [
        (json!({}), "it has no time"),
        (timeless, "it has no time"),
        (other_version, "deploy node-evidence-ssm.yaml again"),
        (entry(&[]), "no command line"),
        (
            with(1, row("flags", "kubelet", "--config=/c.json")),
            "its part `flags` is not",
        ),
        (
            with(1, row("flags", "kubelet", r#"["-v"]"#)),
            "no --flag=value",
        ),
        (
            with(2, row("config", "/c.json", "[]")),
            "its part `config` is not",
        ),
        (
            with(2, row("config", "/other", "{}")),
            "not the one of its command line",
        ),
        (
            with(2, row("time", "script", TIME)),
            "not the one of its command line",
        ),
        (
            with(3, row("file", "/c.json", "0x1a4 0 0")),
            "no mode, user and group",
        ),
        (
            with(3, row("file", "/c.json", "77777 0 0")),
            "no mode, user and group",
        ),
        (with(3, json!({ "part": "file" })), "a row without name"),
        (more(row("config", "/c.json", "{}")), "comes twice"),
        (more(row("flags", "kubelet", "[]")), "comes twice"),
        (
            more(row("sysctls", "a", "b")),
            "nobody knows its part `sysctls`",
        ),
        (
            entry(&vec![row("time", "script", TIME); 201]),
            "more than 200 rows",
        ),
    ] {
        let told = evidence("i-1", &wrong);
        let reason = unknown(&told.kubelet);
        assert_eq!(reason.code, ReasonCode::MalformedInput);
        assert!(
            reason.need.contains("of i-1: ") && reason.need.contains(why),
            "{why}: {reason:?}"
        );
        assert_eq!(told.files.len(), 3);
        assert!(told.files.values().all(|file| unknown(file) == reason));
    }
}

#[test]
fn a_problem_leaves_the_settings_unknown_and_no_mode_that_was_read() {
    let problem = row("problem", "/c.d/1.conf", "it cannot be read as JSON");
    let told = evidence("i-1", &entry(&[rows(), vec![problem]].concat()));
    let reason = unknown(&told.kubelet);
    assert_eq!(
        reason,
        Reason::new(
            ReasonCode::InputUnread,
            "the kubelet of i-1: /c.d/1.conf: it cannot be read as JSON"
        )
    );
    assert!(matches!(told.files["config"], Part::Known(_)));
    assert_eq!(unknown(&told.files["clientCa"]), reason);
}

/// Reads pages of one instance each, then what `last` says.
async fn machines(pages: usize, last: fn() -> Reply) -> (Vec<String>, Machines) {
    let server = Server::start(move |index, asked| {
        assert!(asked.headers["x-amz-target"].ends_with(".GetInventory"));
        if index >= pages {
            return last();
        }
        let mine = json!({ "Id": format!("i-{index}"), "Data": { TYPE: entry(&rows()) } });
        let nothing = [
            json!({}),
            json!({ TYPE: { "TypeName": TYPE, "Content": [] } }),
        ];
        let other = json!({ "Id": format!("i-other-{index}"), "Data": nothing[index % 2] });
        ok(json!({ "Entities": [mine, other], "NextToken": format!("t{index}") }).to_string())
    })
    .await;
    let account = Account::new(server.config(), "471100000815", Arc::new(Pace::default()));
    let place = Place {
        account: "471100000815",
        region: Some("eu-central-1"),
    };
    let at = Reader {
        account: &account,
        place,
    };
    let machines = read(at).await;
    let asked = server.asked().into_iter().map(|asked| asked.body);
    (asked.collect(), machines)
}

fn end() -> Reply {
    ok(json!({ "Entities": [] }).to_string())
}

fn refused() -> Reply {
    Reply::Whole(
        400,
        "",
        r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned(),
    )
}

fn broken() -> Reply {
    Reply::Whole(500, "", String::new())
}

#[tokio::test]
async fn every_page_is_read_fifty_instances_a_page() {
    let (asked, machines) = machines(2, end).await;
    let ids: Vec<&str> = machines.evidence.keys().map(String::as_str).collect();
    assert_eq!((ids, machines.gap), (vec!["i-0", "i-1"], None));
    let first: Value = serde_json::from_str(&asked[0]).unwrap();
    assert_eq!(
        first,
        json!({ "ResultAttributes": [{ "TypeName": TYPE }], "MaxResults": 50 })
    );
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn whoever_may_not_read_it_learns_what_mends_that() {
    let (_, machines) = machines(0, refused).await;
    assert!(machines.evidence.is_empty());
    let gap = Reason::new(ReasonCode::PermissionMissing, "ssm:GetInventory");
    let command = "plimsoll access iam --node-evidence ssm";
    assert_eq!(machines.gap, Some(gap.mended_by(command)));
}

#[tokio::test]
async fn a_page_that_is_lost_is_a_gap_and_what_came_before_counts() {
    let (_, machines) = machines(1, broken).await;
    assert_eq!(machines.evidence.keys().collect::<Vec<_>>(), ["i-0"]);
    assert_eq!(machines.gap.unwrap().code, ReasonCode::PageLost);
}
