//! Blocks of rows made by hand.

use super::*;
use crate::tests::{row, sorted};

fn at(policy: &str, severity: &str, name: &str, line: u32, column: u32) -> Row {
    Row {
        file: Some("a.yaml".into()),
        line: Some(line),
        column: Some(column),
        ..row(policy, severity, "Pod", "ns", name, policy)
    }
}

fn blocks(rows: &[Row], most: usize) -> Vec<String> {
    let shown = |limit| -> Vec<String> {
        let sorted = sorted(rows, limit);
        let folded = Folded::with_limits(&sorted, limit, most).unwrap();
        let blocks = folded.reader().unwrap().map(Result::unwrap);
        blocks
            .map(|block| {
                let ids = block.policies();
                let ids: Vec<&str> = ids.iter().map(PolicyId::as_str).collect();
                ids.join(" ")
            })
            .collect()
    };
    let in_memory = shown(1 << 20);
    assert_eq!(in_memory, shown(1), "spilled");
    in_memory
}

#[test]
fn findings_of_one_object_at_one_place_follow_the_worst_of_them() {
    let mut excepted = at("excepted", "critical", "x", 5, 3);
    excepted.verdict = plimsoll_model::Verdict::Pass;
    let mut rows = vec![
        at("low", "low", "x", 5, 3),
        at("z-high", "high", "x", 9, 3),
        at("medium", "medium", "x", 5, 3),
        at("high", "high", "x", 5, 3),
        at("beside", "high", "x", 5, 9),
        at("of-another", "low", "y", 5, 3),
        at("info", "info", "x", 9, 3),
        excepted,
    ];
    let expected = ["beside", "high medium low", "z-high info", "of-another"];
    assert_eq!(blocks(&rows, MOST), expected);
    rows.rotate_left(3);
    assert_eq!(blocks(&rows, MOST), expected);
}

#[test]
fn without_lines_the_path_is_the_place() {
    let found = |policy: &str, path: &str| row(policy, "low", "Pod", "ns", "x", path);
    let rows = [found("a", "spec.x"), found("b", "spec"), found("c", "spec")];
    assert_eq!(blocks(&rows, MOST), ["a", "b c"]);
}

#[test]
fn a_block_has_an_end() {
    let rows = ["a", "b", "c", "d", "e"].map(|policy| at(policy, "low", "x", 1, 1));
    assert_eq!(blocks(&rows, 2), ["a b", "c d", "e"]);
    assert!(blocks(&[], 2).is_empty());
}

#[test]
fn a_message_is_left_out_only_if_the_head_says_it() {
    let with = |message: &str| Row {
        message: message.into(),
        ..at("a", "low", "x", 1, 1)
    };
    let block = Block {
        head: with("container x adds capabilities outside the set"),
        others: Vec::new(),
    };
    for (message, kept) in [
        ("container x adds capabilities outside the set", false),
        ("container x adds capabilities", false),
        ("container x adds cap", true),
        ("container x adds capabilities outside the set, too", true),
        ("container y adds capabilities", true),
    ] {
        let other = with(message);
        let expected = if kept { message } else { "" };
        assert_eq!(block.message_of(&other), expected, "{message}");
    }
}
