//! Edits of manifests: what changes, and that nothing else does.
#![allow(clippy::unwrap_used, reason = "tests")]

use plimsoll_inventory::files::{Change, Op, Outcome, Step, edit};
use serde_json::{Value, json};

fn step(op: Op, pointer: &str) -> Step {
    Step {
        op,
        pointer: pointer.to_owned(),
    }
}

fn change(op: Op, pointer: &str) -> Change {
    Change {
        document: 0,
        item: None,
        steps: vec![step(op, pointer)],
    }
}

fn add(pointer: &str, value: Value) -> Change {
    change(Op::Add(value), pointer)
}

fn remove(pointer: &str) -> Change {
    change(Op::Remove, pointer)
}

/// The text after the changes, all of which must be made.
fn edited(text: &str, changes: &[Change]) -> String {
    let name = if text.starts_with(['{', '[']) {
        "x.json"
    } else {
        "x.yaml"
    };
    let edited = edit(name, text, changes);
    for outcome in &edited.outcomes {
        assert_eq!(*outcome, Outcome::Made, "{text}");
    }
    edited.text
}

/// Why the change is not made.
fn left(text: &str, change: Change) -> String {
    let edited = edit("x.yaml", text, &[change]);
    assert_eq!(edited.text, text);
    match &edited.outcomes[..] {
        [Outcome::Left(why)] => {
            let place = why.place.unwrap();
            format!("{}:{} {}", place.line, place.column, why.message)
        }
        other => panic!("{other:?}"),
    }
}

const POD: &str = "\
# what this is
apiVersion: v1
kind: Pod
metadata: {name: a}   # short
spec:
  # before
  containers:
  - name: app   # the app
    image: 'x:1'
    # about the next
    securityContext:
      privileged: true   # why
      runAsUser: 0

  - name: side

# end
";

#[test]
fn an_entry_goes_with_its_line_and_nothing_else() {
    let text = edited(
        POD,
        &[remove("/spec/containers/0/securityContext/privileged")],
    );
    assert_eq!(text, POD.replace("      privileged: true   # why\n", ""));
    let text = edited(POD, &[remove("/spec/containers/0/name")]);
    assert_eq!(
        text,
        POD.replace("  - name: app   # the app\n    image", "  - image")
    );
    let text = edited(POD, &[remove("/spec/containers/1")]);
    assert_eq!(text, POD.replace("  - name: side\n", ""));
}

#[test]
fn a_map_that_says_nothing_when_empty_goes_too_and_others_stay() {
    let both = [
        remove("/spec/containers/0/securityContext/privileged"),
        remove("/spec/containers/0/securityContext/runAsUser"),
    ];
    assert_eq!(
        edited(POD, &both),
        POD.replace(
            "    securityContext:\n      privileged: true   # why\n      runAsUser: 0\n",
            ""
        )
    );
    let text = "spec:\n  podSelector:\n    # all\n    matchLabels:\n      a: b\n  x: 1\n";
    assert_eq!(
        edited(text, &[remove("/spec/podSelector/matchLabels")]),
        "spec:\n  podSelector: {}\n  x: 1\n"
    );
    let text = "a:\n- hostPort: 80 # why\n- b: 1\n";
    assert_eq!(
        edited(text, &[remove("/a/0/hostPort")]),
        "a:\n- {}\n- b: 1\n"
    );
}

#[test]
fn new_entries_follow_the_last_of_their_map() {
    let changes = [
        add(
            "/spec/containers/0/securityContext/allowPrivilegeEscalation",
            json!(false),
        ),
        add(
            "/spec/containers/1/securityContext/runAsNonRoot",
            json!(true),
        ),
        add(
            "/spec/containers/1/securityContext/capabilities/drop",
            json!(["ALL"]),
        ),
        add("/spec/hostUsers", json!(false)),
        add("/metadata/labels", json!({"a.b/c": "yes"})),
    ];
    let expected = POD
        .replace(
            "      runAsUser: 0\n",
            "      runAsUser: 0\n      allowPrivilegeEscalation: false\n",
        )
        .replace(
            "  - name: side\n",
            "  - name: side\n    securityContext:\n      capabilities:\n        drop:\n        - ALL\n      runAsNonRoot: true\n  hostUsers: false\n",
        )
        .replace("{name: a}", "{name: a, labels: {a.b/c: \"yes\"}}");
    assert_eq!(edited(POD, &changes), expected);
}

#[test]
fn habits_of_the_document_are_followed() {
    let text = "spec:\r\n    a:\r\n      - x: 1\r\n        y:\r\n            z: 1\r\n";
    assert_eq!(
        edited(text, &[add("/spec/a/0/k/m", json!([{"k": 1}]))]),
        format!("{text}        k:\r\n            m:\r\n              - k: 1\r\n")
    );
    let text = "a: 1\nb: {c: 1}";
    assert_eq!(
        edited(text, &[add("/d", json!(2))]),
        "a: 1\nb: {c: 1}\nd: 2"
    );
    let text = "a: { c: 1 }\n";
    assert_eq!(
        edited(text, &[add("/a/d", json!({"e": [true]}))]),
        "a: { c: 1, d: { e: [true] } }\n"
    );
}

#[test]
fn values_are_replaced_where_they_stand() {
    for (text, new, expected) in [
        ("a: 1 # c\nb: 2\n", json!(5), "a: 5 # c\nb: 2\n"),
        ("a: 'x' # c\n", json!("it's"), "a: 'it''s' # c\n"),
        ("a: \"x\"\n", json!("y"), "a: \"y\"\n"),
        ("a: x\n", json!("yes"), "a: \"yes\"\n"),
        ("a: # c\nb: 2\n", json!(5), "a: 5 # c\nb: 2\n"),
        ("a:\n", json!({"b": 1}), "a:\n  b: 1\n"),
        ("a: ~\n", json!({"b": 1}), "a:\n  b: 1\n"),
        (
            "a: {} # c\nd: 1\n",
            json!({"b": 1}),
            "a: # c\n  b: 1\nd: 1\n",
        ),
        ("a: {b: 2}\n", json!({"b": 1}), "a: {b: 1}\n"),
        (
            "a: |\n  x\n  # no comment\n\nb: 1\n",
            json!("t"),
            "a: t\n\nb: 1\n",
        ),
        ("a: \"x\n  y\"\nb: 1\n", json!("t"), "a: \"t\"\nb: 1\n"),
        (
            "a: # c\n  b: 1\n  # d\nc: 1\n",
            json!(1),
            "a: 1 # c\nc: 1\n",
        ),
        ("a:\n- b\n- c\nc: 1\n", json!("t"), "a: t\nc: 1\n"),
        ("a: x\nb: 1\n", json!(["p"]), "a:\n- p\nb: 1\n"),
        ("a: [x, y] # c\n", json!(["p"]), "a: [p] # c\n"),
    ] {
        let before = edit("x.yaml", text, &[change(Op::Replace(new.clone()), "/a")]);
        if before.outcomes[0] != Outcome::Made {
            // An absent value is nothing to replace.
            assert_eq!(edited(text, &[add("/a", new)]), expected, "{text}");
        } else {
            assert_eq!(before.text, expected, "{text}");
        }
    }
}

#[test]
fn lists_grow_at_their_end_and_lose_what_is_named_by_its_old_index() {
    let text = "a:\n  - x # 1\n  # about y\n  - y\n\n  - z\nb: [p, q,r]\n";
    let changes = [
        remove("/a/0"),
        remove("/a/1"),
        add("/a/-", json!("w")),
        remove("/b/0"),
        remove("/b/2"),
    ];
    assert_eq!(
        edited(text, &changes),
        "a:\n  # about y\n\n  - z\n  - w\nb: [q]\n"
    );
    assert_eq!(
        edited("a:\n- x\nb: 1\n", &[remove("/a/0")]),
        "a: []\nb: 1\n"
    );
    assert_eq!(
        edited(
            "securityContext:\n  capabilities:\n    add: [X]\nb: 1\n",
            &[remove("/securityContext/capabilities/add/0")]
        ),
        "b: 1\n"
    );
}

#[test]
fn a_list_whose_first_element_has_brackets_has_none_itself() {
    let text = "a:\n- []   # 1\n- {}   # 2\n- x   # 3\nb: 1\n";
    assert_eq!(
        edited(text, &[remove("/a/2")]),
        "a:\n- []   # 1\n- {}   # 2\nb: 1\n"
    );
    let text = "a:\n- {b: 1}   # 1\n- y   # 3\n";
    assert_eq!(
        edited(text, &[remove("/a/1"), add("/a/0/c", json!(2))]),
        "a:\n- {b: 1, c: 2}   # 1\n"
    );
}

#[test]
fn json_stays_json() {
    let text = "{\n  \"a\": {\n    \"privileged\": true,\n    \"x\": 1\n  },\n  \"securityContext\": {},\n  \"l\": []\n}\n";
    let changes = [
        remove("/a/privileged"),
        add("/a/k", json!({"m": ["ALL"]})),
        add("/securityContext/y", json!(false)),
        add("/l/-", json!("e")),
    ];
    assert_eq!(
        edited(text, &changes),
        "{\n  \"a\": {\n    \"x\": 1,\n    \"k\": {\n      \"m\": [\n        \"ALL\"\n      ]\n    }\n  },\n  \"securityContext\": {\n    \"y\": false\n  },\n  \"l\": [\n    \"e\"\n  ]\n}\n"
    );
    let tight = r#"{"a":{"b":1,"c":"\/\ud83d\ude00"},"d":[1]}"#;
    assert_eq!(
        edited(
            tight,
            &[
                remove("/a/b"),
                add("/d/-", json!(2)),
                add("/e/f", json!(true))
            ]
        ),
        r#"{"a":{"c":"\/\ud83d\ude00"},"d":[1,2],"e":{"f":true}}"#
    );
    let last = "{\n\t\"a\": 1,\n\t\"b\": 2\n}";
    assert_eq!(edited(last, &[remove("/b")]), "{\n\t\"a\": 1\n}");
}

#[test]
fn brackets_over_several_lines_keep_their_comments() {
    let text = "a: {\n  b: 1,  # one\n  c: 2   # two\n}\nd: [\n  x,\n  y,\n]\n";
    assert_eq!(
        edited(text, &[add("/a/e", json!(3)), add("/d/-", json!("z"))]),
        "a: {\n  b: 1,  # one\n  c: 2,   # two\n  e: 3\n}\nd: [\n  x,\n  y,\n  z,\n]\n"
    );
    assert_eq!(
        edited(text, &[remove("/a/c"), remove("/d/0")]),
        "a: {\n  b: 1  # one\n}\nd: [\n  y,\n]\n"
    );
    assert_eq!(
        edited(text, &[remove("/a/c"), add("/a/e", json!(3))]),
        "a: {\n  b: 1,  # one\n  e: 3\n}\nd: [\n  x,\n  y,\n]\n"
    );
}

#[test]
fn documents_and_items_are_told_apart() {
    let text = "# one\n---\na: 1\n---\napiVersion: v1\nkind: List\nitems:\n- a: 1\n  b: 2\n- a: 1\n  b: 2\n...\n";
    let at = |document, item| Change {
        document,
        item,
        steps: vec![step(Op::Replace(json!(9)), "/a")],
    };
    assert_eq!(
        edited(text, &[at(1, Some(1)), at(0, None)]),
        "# one\n---\na: 9\n---\napiVersion: v1\nkind: List\nitems:\n- a: 1\n  b: 2\n- a: 9\n  b: 2\n...\n"
    );
}

#[test]
fn a_patch_is_made_whole_or_not_at_all() {
    let text = "a: 1\nb: 2\n";
    let both = Change {
        document: 0,
        item: None,
        steps: vec![step(Op::Remove, "/a"), step(Op::Replace(json!(1)), "/c")],
    };
    assert_eq!(left(text, both), "1:1 there is no `c` to replace");
    assert_eq!(
        edit("x.yaml", text, &[remove("/c"), add("/a", json!(1))]).outcomes,
        [Outcome::AlreadySo, Outcome::AlreadySo]
    );
}

#[test]
fn what_other_places_share_is_left_and_said() {
    let text = "\
base: &base
  privileged: true
  deep: {x: 1}
one: *base
two:
  <<: *base
  own: 1
  m: &n 5
three: *n
";
    for (change, expected) in [
        (
            remove("/base/privileged"),
            "1:7 other places use it through its anchor",
        ),
        (
            remove("/one/privileged"),
            "4:6 it comes from an alias: change it where its anchor stands",
        ),
        (
            add("/one", json!(1)),
            "4:6 it comes from an alias: change it where its anchor stands",
        ),
        (
            remove("/two/privileged"),
            "2:3 it comes in through the merge key `<<`: change it where it stands",
        ),
        (
            remove("/two/deep/x"),
            "3:3 it comes in through the merge key `<<`: change it where it stands",
        ),
        (
            remove("/two/m"),
            "8:6 other places use it through its anchor",
        ),
        (remove("/two"), "8:6 other places use it through its anchor"),
        (
            add("/two/own/x", json!(1)),
            "7:8 it is neither a map nor a list",
        ),
    ] {
        assert_eq!(left(text, change.clone()), expected, "{change:?}");
    }
    let text = edited(
        text,
        &[
            add("/two/new", json!(1)),
            change(Op::Replace(json!(2)), "/two/own"),
        ],
    );
    assert!(
        text.contains("  own: 2\n  m: &n 5\n  new: 1\nthree"),
        "{text}"
    );
    let unused = "a: &x\n  b: 1\n  c: 2\n";
    assert_eq!(edited(unused, &[remove("/a/b")]), "a: &x\n  c: 2\n");
}

#[test]
fn one_change_that_cannot_be_made_does_not_stop_the_others() {
    // An explicit key tells its value by a colon on a line of its own.
    let text = "a: 1\n? b\n: x: 1\nc: 3\n";
    let outcome = edit("x.yaml", text, &[remove("/a"), remove("/b"), remove("/c")]);
    assert_eq!(outcome.text, "? b\n: x: 1\n");
    assert!(
        matches!(outcome.outcomes[1], Outcome::Left(_)),
        "{outcome:?}"
    );
    let text = "a:\n  x: 1\n  z: 2\nb:\n  ? c\n  : 1\n  d: 1\n";
    let outcome = edit(
        "x.yaml",
        text,
        &[remove("/a/x"), remove("/b/c"), remove("/a/z")],
    );
    assert_eq!(outcome.text, "a: {}\nb:\n  ? c\n  : 1\n  d: 1\n");
    assert!(
        matches!(outcome.outcomes[1], Outcome::Left(_)),
        "{outcome:?}"
    );
}
