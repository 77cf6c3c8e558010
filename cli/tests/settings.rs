//! Settings from files, and what beats what.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::{Folder, Run};

const ARGUMENTS: [&str; 3] = ["scan", "k8s", "-q"];

fn folder(settings: &str) -> Folder {
    let folder = Folder::with_payments();
    folder.write("plimsoll.toml", settings);
    folder
}

#[test]
fn the_projects_file_is_found_from_below() {
    let folder = folder("[scan]\nfail_on = \"critical\"\nonly = [\"privileged-container\"]\n");
    let run = folder.run(&ARGUMENTS);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    let mut below = folder.command(&["scan", "-q"]);
    below.current_dir(folder.path().join("k8s"));
    assert_eq!(Run::of(below.output().unwrap()).code, 1);
}

#[test]
fn a_flag_beats_the_environment_that_beats_the_project_that_beats_the_user() {
    let folder = folder("[scan]\nonly = \"privileged-container\"\n");
    folder.write(
        "home/plimsoll/plimsoll.toml",
        "[scan]\nonly = \"no-such-*\"\nfail_on = \"critical\"\n",
    );
    let run = |arguments: &[&str], variable: Option<&str>| {
        let mut command = folder.command(&[&ARGUMENTS, arguments].concat());
        command.env("XDG_CONFIG_HOME", folder.path().join("home"));
        command.envs(variable.map(|only| ("PLIMSOLL_ONLY", only)));
        Run::of(command.output().unwrap())
    };
    let file = run(&[], None);
    assert_eq!(file.code, 1, "the gate is the user's: {}", file.err);
    assert!(file.out.contains("[privileged-container]"), "{}", file.out);
    let environment = run(&[], Some("image-*"));
    assert!(
        !environment.out.contains("[privileged-container]"),
        "{}",
        environment.out
    );
    let flag = run(&["--only", "privileged-container"], Some("image-*"));
    assert_eq!(flag.out, file.out);
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (settings, place, words) in [
        (
            "[scan]\nfail_onn = \"high\"\n",
            ":2:1",
            "did you mean `fail_on`?",
        ),
        ("[scan]\nfail_on = \"hihg\"\n", ":2:11", "'hihg'"),
        ("[scan]\nskip = { a = 1 }\n", ":2:8", "neither a text"),
        ("[scan\n", ":1:6", "plimsoll.toml"),
        ("[scann]\n", ":1:2", "unknown field `scann`"),
    ] {
        let run = folder(settings).run(&ARGUMENTS);
        assert_eq!(run.code, 2, "{settings}: {}", run.err);
        let place = format!("plimsoll.toml{place}");
        assert!(run.err.contains(&place), "{settings}: {}", run.err);
        assert!(run.err.contains(words), "{settings}: {}", run.err);
        assert_eq!(run.out, "");
    }
}

#[test]
fn other_commands_do_not_read_it() {
    let run = folder("broken").run(&["policy", "list", "--severity", "critical"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

const IMAGES: [&str; 5] = ["scan", "k8s", "-q", "--only", "image-registry-not-allowed"];

#[test]
fn parameters_come_from_the_flag_the_project_and_the_user_one_by_one() {
    let settings =
        "[scan.params.\"image-registry-not-allowed\"]\nregistries = [\"ghcr.io/acme\"]\n";
    assert_eq!(
        folder("").run(&IMAGES).out,
        "",
        "none is allowed by default, so all are"
    );
    let folder = folder(settings);
    let run = folder.run(&IMAGES);
    assert_eq!(run.out.lines().count(), 1, "{}{}", run.out, run.err);
    let flag = [
        "--param",
        "image-registry-not-allowed.registries=docker.io, registry.example",
    ];
    assert_eq!(folder.run(&[&IMAGES[..], &flag[..]].concat()).out, "");
    let users = "[scan.params.\"image-registry-not-allowed\"]\nregistries = [\"docker.io\"]\n[scan.params.\"psa-not-enforced\"]\nexempt = []\n";
    folder.write("home/plimsoll/plimsoll.toml", users);
    let mut both = folder.command(&["scan", "k8s", "--format", "json"]);

    both.env("XDG_CONFIG_HOME", folder.path().join("home"));
    let both = Run::of(both.output().unwrap());
    let json: serde_json::Value =
        serde_json::from_str(&both.out).unwrap_or_else(|_| panic!("{}", both.err));
    let expected = serde_json::json!([
        { "policy": "image-registry-not-allowed", "name": "registries", "value": ["ghcr.io/acme"], "default": [] },
        { "policy": "psa-not-enforced", "name": "exempt", "value": [], "default": ["kube-node-lease", "kube-public", "kube-system"] },
    ]);
    assert_eq!(json["parameters"], expected);
}

#[test]
fn a_report_says_which_parameters_are_not_the_policies_own() {
    let folder = Folder::with_payments();
    let run = |more: &[&str]| {
        folder.run(&[&["scan", "k8s", "--only", "image-registry-*"], more].concat())
    };
    let plain = run(&[]);
    assert!(!plain.err.contains("parameter"), "{}", plain.err);
    let changed = run(&["--param", "image-registry-not-allowed.registries=docker.io"]);
    let line = "1 parameter differs from its default: image-registry-not-allowed.registries = [\"docker.io\"]\n";
    assert!(changed.err.contains(line), "{}", changed.err);
    let explained = folder.run(&["explain", "image-registry-not-allowed"]).out;
    assert!(
        explained
            .contains("  may set  registries: a list of texts; default []. Allowed registries"),
        "{explained}"
    );
}

#[test]
fn a_parameter_that_does_not_fit_is_refused_with_its_place() {
    for (settings, place, words) in [
        (
            "[scan.params.psa-not-enforced]\nexempt = 3\n",
            ":2:1",
            "psa-not-enforced.exempt: 3 is not a list of texts",
        ),
        (
            "[scan.params.psa-not-enforced]\nexemt = []\n",
            ":2:1",
            "did you mean exempt?",
        ),
        (
            "[scan.params.psa-not-enforcd]\nexempt = []\n",
            ":2:1",
            "did you mean psa-not-enforced?",
        ),
        ("[scan]\nparams = 3\n", ":2:10", "invalid type"),
    ] {
        let run = folder(settings).run(&ARGUMENTS);
        assert_eq!(run.code, 2, "{settings}: {}", run.err);
        assert!(
            run.err.contains(&format!("plimsoll.toml{place}")),
            "{}",
            run.err
        );
        assert!(run.err.contains(words), "{settings}: {}", run.err);
    }
    for (flag, words) in [
        ("psa-not-enforced", "is not POLICY.NAME=VALUE"),
        ("psa-not-enforced.exemt=a", "did you mean exempt?"),
    ] {
        let run = folder("").run(&["scan", "k8s", "--param", flag]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(words), "{}", run.err);
    }
}
