//! `plimsoll demo` as a person runs it: it ends as the README says, and leaves what the README says.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; tests/run shows what was exercised"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use plimsoll_report::ReportDocument;

/// The lines without how long it took, and with one space where there are several.
fn words(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Four", "weeks", "in", _, "s:", rest @ ..] => rest.join(" "),
            words => words.join(" "),
        }
    };
    text.lines().map(line).collect()
}

/// How many files of a folder end like this, by the message's name: `03-acme-weekly-summary.eml`.
fn messages(folder: &Path, ending: &str) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let parts: Vec<&str> = name.splitn(3, '-').collect();
        if let [_, _, message] = parts.as_slice()
            && let Some(message) = message.strip_suffix(ending)
        {
            *count.entry(message.to_owned()).or_default() += 1;
        }
    }
    count
}

/// The text of all mails.
fn texts(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let texts = paths.filter(|path| path.extension().is_some_and(|end| end == "txt"));
    texts
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn the_demo_ends_as_the_readme_shows_and_its_files_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["demo", "--exit"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", output.status);

    let readme = include_str!("../../README.md");
    let shown = readme
        .split("```")
        .find(|block| block.trim_start().starts_with("Four weeks in"))
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        words(printed.trim()),
        words(shown.trim()),
        "README.md shows another ending"
    );

    let out = folder.path().join("demo-out");
    let mails = messages(&out.join("mail"), ".eml");
    assert_eq!(mails, messages(&out.join("mail"), ".html"));
    assert_eq!(mails, messages(&out.join("mail"), ".txt"));
    assert_eq!(mails["weekly-summary"], 8, "a summary a tenant a week");
    let slack = messages(&out.join("slack"), ".json");
    for message in ["opened", "changed", "reminded", "escalated", "resolved"] {
        assert!(
            slack.contains_key(&format!("incident-{message}")),
            "{slack:?}"
        );
    }
    let page = std::fs::read_to_string(out.join("slack/index.html")).unwrap();
    assert!(page.contains("privileged"), "the page shows the messages");
    assert!(
        texts(&out.join("mail")).contains("acts as arn:aws:iam::471100000815:role/nightly-reports"),
        "what a service account may do in AWS is told"
    );
    for week in 1..=4 {
        let text = std::fs::read(out.join(format!("w{week}.json"))).unwrap();
        let report: ReportDocument = serde_json::from_slice(&text).unwrap();
        assert!(!report.verdicts.is_empty(), "week {week}");
    }
    let (slack, mails): (usize, usize) = (slack.values().sum(), mails.values().sum());
    println!("exercised: the demo with {slack} Slack messages and edits and {mails} mails");
}
