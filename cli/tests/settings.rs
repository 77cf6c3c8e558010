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
