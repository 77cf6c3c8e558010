//! The report for people brings findings of one place together; this reads it back.

use std::collections::BTreeMap;

use crate::support::Folder;

/// How often each policy is reported at each place.
type Findings = BTreeMap<(String, String), usize>;

/// What a pipe is told, and what people are told, of the folder.
pub(crate) fn both(folder: &Folder) -> (Findings, Findings) {
    let run = |words: &[&str]| folder.run(&[&["scan", "."], words].concat()).out;
    let (lines, table) = (run(&[]), run(&["--format", "table", "--quiet"]));
    (count(piped(&lines)), count(shown(&table)))
}

fn count(findings: impl IntoIterator<Item = (String, String)>) -> Findings {
    let mut counts = Findings::new();
    for finding in findings {
        *counts.entry(finding).or_default() += 1;
    }
    counts
}

/// `PLACE: SEVERITY: MESSAGE [POLICY]`.
fn piped(text: &str) -> impl Iterator<Item = (String, String)> {
    text.lines().map(|line| {
        let (place, _) = line.split_once(": ").unwrap();
        let (_, policy) = line.strip_suffix(']').unwrap().rsplit_once('[').unwrap();
        (place.to_owned(), policy.to_owned())
    })
}

/// Blocks with a snippet, their others, the same elsewhere, and single lines.
fn shown(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut place, mut head) = (String::new(), String::new());
    // The policies of the block that `(all N)` speaks of.
    let mut told: Vec<String> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some((_, id)) = line
            .split_once("]: ")
            .and_then(|(start, _)| start.split_once('['))
            .filter(|(severity, _)| is_severity(severity))
        {
            id.clone_into(&mut head);
        } else if let Some(at) = line.trim_start().strip_prefix("--> ") {
            at.split(' ').next().unwrap().clone_into(&mut place);
            told = vec![head.clone()];
            found.push((place.clone(), head.clone()));
        } else if let Some(at) = line.strip_prefix("also ") {
            at.split(' ').next().unwrap().clone_into(&mut place);
            if let Some((_, number)) = at.split_once(" (all ") {
                assert_eq!(number, format!("{})", told.len()), "{line}");
                found.extend(told.iter().map(|id| (place.clone(), id.clone())));
            } else {
                told = vec![head.clone()];
                found.push((place.clone(), head.clone()));
            }
        } else if let Some(other) = line
            .strip_prefix("and: ")
            .or_else(|| line.strip_prefix("     "))
            .filter(|other| is_listed(other))
        {
            let id = other.split_whitespace().nth(1).unwrap().to_owned();
            told.push(id.clone());
            found.push((place.clone(), id));
        } else if is_listed(line) {
            // Under a line about the same place there is none.
            if line.as_bytes()[10] != b' ' {
                words[1].clone_into(&mut place);
            }
            found.push((place.clone(), (*words.last().unwrap()).to_owned()));
        }
    }
    found
}

/// A severity in a column of its own; words that go on saying why have one space between them.
fn is_listed(line: &str) -> bool {
    let word = line.split_once("  ").map_or("", |(word, _)| word);
    is_severity(word)
}

fn is_severity(word: &str) -> bool {
    ["critical", "high", "medium", "low", "info"].contains(&word)
}
