//! `plimsoll up` with policies of a tenant's own: what it says when it starts.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/api.rs"]
mod api;
mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::json;
use support::{Folder, Run};

const CONFIG: &str = r##"
[service]
data = "data"
[[tenant]]
id = "acme"
name = "Acme"
escalation = "escalation.yaml"
policies = "own"
[[tenant.connection]]
kube_context = "prod-eu-1"
"##;

const ESCALATION: &str = "version: 1
timezone: Europe/Berlin
stages: [ { stage: dev } ]
people: { ana: { slack: U07ANA, email: ana@acme.example } }
route: { use: default }
policies: { default: { steps: [] } }
";

const TEAM: &str = "id: team-missing
title: Deployment names no team
severity: high
match: { kinds: [Deployment] }
expression: object.metadata.?labels.?team.hasValue()
path: metadata.labels.team
message: nobody owns it
why: Nobody is told of what nobody owns.
fix: { text: Add the label. }
";

fn folder() -> Folder {
    let folder = Folder::new();
    let kubeconfig = api::serve(|_| {
        (
            200,
            json!({ "kind": "List", "metadata": {}, "items": [] }).to_string(),
        )
    });
    folder.write("kubeconfig", kubeconfig);
    folder.write("plimsoll.toml", CONFIG);
    folder.write("escalation.yaml", ESCALATION);
    folder.write("own/team-missing/policy.yaml", TEAM);
    folder
}

/// Runs until it is up and has said how own policies stand, or ends by itself.
fn up(folder: &Folder) -> Run {
    let mut command = folder.command(&["up", "--config", "plimsoll.toml"]);
    command.env("KUBECONFIG", folder.path().join("kubeconfig"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap() + "\n";
        out.push_str(&line);
        if line.starts_with("acme  ") {
            break;
        }
    }
    let _it_may_have_ended = child.kill();
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    let code = child.wait().unwrap().code().unwrap_or(-1);
    Run { code, out, err }
}

#[test]
fn a_broken_policy_is_shown_and_the_last_good_version_goes_on() {
    let folder = folder();
    let run = up(&folder);
    assert!(
        run.out.contains("acme  1 policy of its own is in force\n"),
        "{}{}",
        run.out,
        run.err
    );
    assert_eq!(run.err, "");
    folder.write(
        "own/team-missing/policy.yaml",
        TEAM.replace("?team.", "?team.hasValu() || "),
    );
    let run = up(&folder);
    assert!(
        run.out.contains("acme  1 policy of its own is in force, "),
        "{}",
        run.out
    );
    let shown: String = run
        .err
        .lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect();
    assert!(shown.starts_with("error[policy]: "), "{shown}");
    assert!(
        shown.contains(" --> own/team-missing/policy.yaml:5:"),
        "{shown}"
    );
    assert!(shown.contains("  effect: version 1 of "), "{shown}");
    assert!(shown.contains(" stays in force"), "{shown}");
}

#[test]
fn a_folder_or_a_parameter_that_is_wrong_stops_the_start() {
    let folder = folder();
    for (from, to, words) in [
        (
            "policies = \"own\"",
            "policies = \"onw\"",
            "onw cannot be read",
        ),
        (
            "policies = \"own\"",
            "policies = \"own\"\nparams.psa-not-enforced.exempt = 3",
            "psa-not-enforced.exempt: 3 is not a list of texts",
        ),
        (
            "policies = \"own\"",
            "params.team-missing.x = 3",
            "no policy team-missing",
        ),
    ] {
        folder.write("plimsoll.toml", CONFIG.replace(from, to));
        let run = up(&folder);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{to}: {}", run.err);
        assert!(run.err.contains(words), "{}", run.err);
    }
}
