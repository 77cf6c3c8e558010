//! `plimsoll policy new`: what it writes holds at once, and nothing that is there is touched.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::{Folder, PAYMENTS};

#[test]
fn a_new_policy_loads_passes_its_cases_and_judges() {
    let folder = Folder::new();
    let run = folder.run(&["policy", "new", "team-label-missing", "--dir", "own"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    insta::assert_snapshot!(run.out, @r"
    own/team-label-missing/policy.yaml  the rule: say what is wrong, why, and how to mend it
    own/team-label-missing/cases.yaml   its examples, which are its tests
    plimsoll policy test own --only team-label-missing         runs them; they hold as they are
    plimsoll scan . --policies own --only team-label-missing   judges by it
    ");
    let tested = folder.run(&["policy", "test", "own"]);
    assert_eq!(
        (tested.code, tested.out.as_str()),
        (0, "1 policy, 3 cases, 0 wrong\n"),
        "{}",
        tested.err
    );
    folder.write("k8s/payments.yaml", PAYMENTS);
    let scan = folder.run(&[
        "scan",
        "k8s",
        "--policies",
        "own",
        "--only",
        "team-label-missing",
    ]);
    assert_eq!(
        scan.out, "k8s/payments.yaml:3:1: low: names no team [team-label-missing]\n",
        "{}",
        scan.err
    );
}

#[test]
fn its_proposed_patch_works_when_it_is_taken_up() {
    let folder = Folder::with_payments();
    folder.run(&["policy", "new", "team-label-missing", "--dir", "own"]);
    let policy = folder.read("own/team-label-missing/policy.yaml");
    folder.write(
        "own/team-label-missing/policy.yaml",
        policy.replace("  #   patch:", "  patch:"),
    );
    let fix = [
        "fix",
        "k8s",
        "--policies",
        "own",
        "--only",
        "team-label-missing",
    ];
    let run = folder.run(&fix);
    assert!(
        run.out.contains("+  labels:\n+    team: platform\n"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn wrong_ids_are_refused_before_anything_is_written() {
    let folder = Folder::new();
    for (id, why) in [
        ("Team", "it has other letters than a-z, 0-9 and -"),
        ("a/b", "it has other letters"),
        ("..", "it has other letters"),
        ("-a", "begin with a letter"),
        ("9a", "begin with a letter"),
        ("a-", "not end with -"),
        ("", "it is empty"),
        (
            "host-pid",
            "the id host-pid is taken by a built-in policy: ",
        ),
    ] {
        let run = folder.run(&["policy", "new", "--dir", "own", "--", id]);
        assert_eq!(run.code, 2, "{id}");
        assert!(run.err.contains(why), "{id}: {}", run.err);
    }
    let long = "a".repeat(64);
    assert_eq!(
        folder.run(&["policy", "new", &long, "--dir", "own"]).code,
        2
    );
    assert!(!folder.path().join("own").exists());
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let folder = Folder::new();
    folder.write("own/mine/notes.txt", "mine");
    let run = folder.run(&["policy", "new", "mine", "--dir", "own"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("own/mine is already there and was not touched"),
        "{}",
        run.err
    );
    assert_eq!(
        std::fs::read_dir(folder.path().join("own/mine"))
            .unwrap()
            .count(),
        1
    );
    folder.write("file", "x");
    let run = folder.run(&["policy", "new", "mine", "--dir", "file"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("file cannot be made"), "{}", run.err);
}
