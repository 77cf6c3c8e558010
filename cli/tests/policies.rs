//! `policy`, `explain`, `access`: looking things up from a terminal.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Folder, PAYMENTS};

#[test]
fn the_catalogue_is_listed_for_people_and_programs() {
    let folder = Folder::new();
    let table = folder.run(&[
        "policy",
        "list",
        "--framework",
        "pss-baseline",
        "--severity",
        "high+",
    ]);
    assert_eq!((table.code, table.err.as_str()), (0, ""));
    let mut lines = table.out.lines();
    let head: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(
        head,
        ["SEVERITY", "ID", "KINDS", "LIFE", "CONTROL", "TITLE"]
    );
    assert!(lines.next().unwrap().starts_with("critical  "));
    assert!(table.out.contains("one: plimsoll explain ID"));
    let all: Value =
        serde_json::from_str(&folder.run(&["policy", "list", "--format", "json"]).out).unwrap();
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|policy| policy["id"] == "host-pid")
    );
    let frameworks = folder.run(&["policy", "list", "--frameworks"]);
    assert!(frameworks.out.contains("cis-eks-1.8.0") && frameworks.out.contains("pss-restricted"));
}

#[test]
fn a_policy_is_shown_tested_and_traced() {
    let folder = Folder::with_payments();
    let shown = folder.run(&["policy", "show", "host-pid"]);
    assert!(shown.out.starts_with("id: host-pid\n"), "{}", shown.out);
    let wrong = folder.run(&["policy", "show", "host-pi"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("did you mean host-pid?"),
        "{}",
        wrong.err
    );
    let tested = folder.run(&["policy", "test", "--only", "host-p*"]);
    assert_eq!(tested.code, 0, "{}", tested.out);
    assert!(tested.out.contains("0 wrong"), "{}", tested.out);
    let traced = folder.run(&[
        "policy",
        "eval",
        "privileged-container",
        "k8s/payments.yaml",
    ]);
    assert!(
        traced
            .out
            .contains("fail          Deployment payments/ledger [app]"),
        "{}",
        traced.out
    );
    assert!(
        traced
            .out
            .contains("containers[0].securityContext.privileged = true"),
        "{}",
        traced.out
    );
}

#[test]
fn a_case_that_does_not_hold_exits_1() {
    let folder = Folder::new();
    folder.write(
        "own/named/policy.yaml",
        "id: named\ntitle: Pod is called a\nseverity: low\nmatch: { kinds: [Pod] }\nexpression: object.metadata.name != \"a\"\npath: metadata.name\nmessage: it is called a\nwhy: An example.\nfix: { text: Rename it. }\n",
    );
    folder.write(
        "own/named/cases.yaml",
        "- { name: called a, given: { kind: Pod, metadata: { name: a } }, expect: pass }\n- { name: called b, given: { kind: Pod, metadata: { name: b } }, expect: pass }\n",
    );
    let run = folder.run(&["policy", "test", "own"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.out, @r"
    own/named/cases.yaml:1:1: case `called a`: expected pass, got fail
    1 policy, 2 cases, 1 wrong
    ");
}

#[test]
fn own_policies_are_listed_shown_explained_and_evaluated_like_the_others() {
    let folder = Folder::with_payments();
    let text = "id: team-missing\ntitle: Deployment names no team\nseverity: critical\nmatch: { kinds: [Deployment] }\nexpression: object.metadata.?labels.?team.hasValue()\npath: metadata.labels.team\nmessage: nobody owns it\nwhy: Nobody is told of what nobody owns.\nfix: { text: Add the label. }\n";
    folder.write("own/team-missing/policy.yaml", text);
    let own = ["--policies", "own"];
    let run = |words: &[&str]| folder.run(&[words, &own[..]].concat());
    let list = run(&["policy", "list", "--only", "team-*"]);
    assert!(
        list.out.contains("critical  team-missing  Deployment"),
        "{}",
        list.out
    );
    assert!(
        list.out.contains("policies, 1 of them your own"),
        "{}",
        list.out
    );
    let json: Value =
        serde_json::from_str(&run(&["policy", "list", "--format", "json"]).out).unwrap();
    let mine: Vec<&Value> = json
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["own"] == true)
        .collect();
    assert_eq!((mine.len(), &mine[0]["id"]), (1, &"team-missing".into()));
    assert_eq!(run(&["policy", "show", "team-missing"]).out, text);
    let explained = run(&["explain", "team-missing"]).out;
    assert!(
        explained.contains("  file     own/team-missing/policy.yaml"),
        "{explained}"
    );
    assert!(!run(&["explain", "host-pid"]).out.contains("  file "));
    let traced = run(&["policy", "eval", "team-missing", "k8s/payments.yaml"]).out;
    assert!(
        traced.contains("fail          Deployment payments/ledger"),
        "{traced}"
    );
    let scanned = run(&[
        "scan",
        "k8s",
        "--only",
        "team-missing",
        "--fail-on",
        "critical",
    ]);
    assert_eq!(scanned.code, 1, "{}", scanned.err);
    // Without --policies there is none of that name.
    assert_eq!(folder.run(&["policy", "show", "team-missing"]).code, 2);
    // An id that is built in is refused where it stands.
    folder.write(
        "own/host-pid/policy.yaml",
        text.replace("team-missing", "host-pid"),
    );
    let shadow = run(&["scan", "k8s"]);
    assert_eq!(shadow.code, 2);
    insta::assert_snapshot!(shadow.err, @r"
    error[policy]: the id `host-pid` is taken by workload/host-pid/policy.yaml
     --> own/host-pid/policy.yaml:1:5
      |
    1 | id: host-pid
      |     ^^^^^^^^ here
    ");
}

#[test]
fn a_mistake_in_cases_is_shown_where_it_stands() {
    let folder = Folder::new();
    let text = "id: named\ntitle: Pod is called a\nseverity: low\nmatch: { kinds: [Pod] }\nexpression: object.metadata.name != \"a\"\npath: metadata.name\nmessage: it is called a\nwhy: An example.\nfix: { text: Rename it. }\n";
    folder.write("own/named/policy.yaml", text);
    folder.write(
        "own/named/cases.yaml",
        "- name: called b\n  given: { kind: Pod }\n  expet: pass\n",
    );
    let run = folder.run(&["policy", "test", "own"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r"
    error[policy]: unknown field `expet`
     --> own/named/cases.yaml:3:3
      |
    3 |   expet: pass
      |   ^^^^^ did you mean `expect`?
    ");
}

#[test]
fn any_expression_is_evaluated_over_a_file() {
    let folder = Folder::new();
    folder.write("in.json", r#"{"object":{"ports":[80,443]},"limit":100}"#);
    let eval =
        |expression| folder.run(&["policy", "eval", "--expr", expression, "--input", "in.json"]);
    let good = eval("object.ports.filter(port, port > limit)");
    assert_eq!((good.code, good.out.as_str()), (0, "{\"value\":[443]}\n"));
    let unknown: Value = serde_json::from_str(&eval("object.ports +\n nothing").out).unwrap();
    assert_eq!(
        (&unknown["error"]["line"], &unknown["error"]["column"]),
        (&2.into(), &2.into())
    );
    let failed = eval("object.host");
    assert_eq!(failed.code, 1);
    let failed: Value = serde_json::from_str(&failed.out).unwrap();
    assert!(
        failed["error"]["message"]
            .as_str()
            .unwrap()
            .contains("host"),
        "{failed}"
    );
    folder.write("in.json", "[1]");
    let list = eval("1");
    assert_eq!(list.code, 2);
    assert!(list.err.contains("no object"), "{}", list.err);
}

#[test]
fn ids_of_all_kinds_are_explained() {
    let folder = Folder::new();
    for id in [
        "KSV-0017",
        "ksv017",
        "C-0057",
        "CKV_K8S_16",
        "privileged-container",
    ] {
        let run = folder.run(&["explain", id]);
        assert!(run.code == 0 || id == "ksv017", "{id}: {}", run.err);
        if run.code == 0 {
            assert!(
                run.out
                    .contains("privileged-container: Container runs privileged"),
                "{id}: {}",
                run.out
            );
        }
    }
    let policy = folder.run(&["explain", "privileged-container"]).out;
    for part in [
        "critical, stable",
        "\n  fails ",
        "\n  why ",
        "\n  fix ",
        "\n  needs ",
        "\n  counts ",
        "\n  peers ",
        "\n  about    everything with a pod template (",
        "\n  each     container in variables.containers",
        "\n  patch    made by plimsoll fix",
        "Kubernetes Hardening Guidance",
        "\n  fails so ",
        "\n           → spec",
        "\n  passes ",
        "except.plimsoll.io/privileged-container",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    let control = folder.run(&["explain", "3.2.1"]);
    assert!(
        control
            .out
            .contains("routes   collector, ssm, ami, nodes-proxy, attestation"),
        "{}",
        control.out
    );
    assert!(
        folder
            .run(&["explain", "permissionMissing"])
            .out
            .contains("plimsoll access")
    );
    assert!(
        folder
            .run(&["explain", "not-yaml"])
            .out
            .contains("not YAML")
    );
    let nothing = folder.run(&["explain", "privileged-containr"]);
    assert_eq!(nothing.code, 2);
    assert!(
        nothing.err.contains("did you mean privileged-container?"),
        "{}",
        nothing.err
    );
}

#[test]
fn access_prints_what_the_selected_policies_list_and_no_more() {
    let folder = Folder::new();
    let one = folder.run(&["access", "cluster-role", "--only", "rbac-escalate"]);
    assert_eq!(one.code, 0, "{}", one.err);
    assert!(
        one.out.contains("clusterroles") && !one.out.contains("pods"),
        "{}",
        one.out
    );
    let all = folder.run(&["access", "cluster-role"]).out;
    for never in [
        "[secrets",
        " secrets",
        "nodes/proxy",
        "exec",
        "get, ",
        "\"*\"",
        "watch",
    ] {
        let rules = all.split("rules:").nth(1).unwrap();
        assert!(!rules.contains(never), "{never}: {all}");
    }
    let explained = folder.run(&["access", "cluster-role", "--explain"]).out;
    assert!(explained.contains("host-pid"), "{explained}");
    let iam: Value = serde_json::from_str(&folder.run(&["access", "iam"]).out).unwrap();
    assert_eq!(iam["Statement"][0]["Effect"], "Allow");
}

#[test]
fn what_access_prints_is_itself_scanned_without_findings_above_low() {
    let folder = Folder::new();
    let role = folder.run(&["access", "cluster-role"]).out;
    let run = folder.run_with(&["scan", "-", "--severity", "medium+", "-q"], &role);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    let with_payments = folder.run_with(&["scan", "-", "-q"], PAYMENTS);
    assert!(!with_payments.out.is_empty());
}

#[test]
fn every_explanation_is_whole_and_its_exception_is_one_that_a_scan_takes() {
    let folder = Folder::with_payments();
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    // Every tenth, and those whose kinds or patches are unlike the others.
    let unlike = [
        "cni-no-policy-support",
        "secret-unused",
        "psa-not-enforced",
        "version-skew",
    ];
    let some = catalogue
        .policies
        .iter()
        .step_by(10)
        .map(|policy| policy.id.as_str());
    let ids: Vec<&str> = some.chain(unlike).collect();
    for id in &ids {
        let policy = catalogue.policy(id).unwrap();
        let run = folder.run(&["explain", id]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{id}");
        let words: Vec<&str> = run.out.split_whitespace().collect();
        let text = words.join(" ");
        for part in [&policy.title, &policy.why, &policy.fix]
            .into_iter()
            .chain(policy.note.as_ref())
            .chain(policy.peers.values().flatten())
        {
            let part: Vec<&str> = part.split_whitespace().collect();
            assert!(
                text.contains(&part.join(" ")),
                "{id}: {part:?} in {}",
                run.out
            );
        }
        for label in [
            "about", "fails", "needs", "unknown", "fails so", "passes", "except",
        ] {
            assert!(
                run.out.contains(&format!("\n  {label:<8} ")),
                "{id}: {label}"
            );
        }
        let patched = !policy.patch.is_empty() || policy.sketch.is_some();
        assert_eq!(run.out.contains("\n  patch    "), patched, "{id}");
        for parameter in &policy.params {
            assert!(
                text.contains(&format!("may set {}: ", parameter.name)),
                "{id}"
            );
        }
        let rule = run
            .out
            .rsplit("plimsoll.exceptions.yaml:\n")
            .next()
            .unwrap();
        folder.write("plimsoll.exceptions.yaml", rule);
        let scan = folder.run(&["scan", "k8s", "-q"]);
        assert_eq!(scan.code, 0, "{id}: {} in\n{rule}", scan.err);
    }
    println!("exercised: {} explanations", ids.len());
}
