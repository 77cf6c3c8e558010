//! A folder with an example of everything, scanned by the program itself: every file reports its policy at the case's
//! path, in the line and column where that path was written.
#![allow(clippy::unwrap_used, reason = "tests")]

mod folded;
#[path = "../support/mod.rs"]
mod support;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plimsoll_model::Verdict;
use plimsoll_model::kind::{self, KindSource};
use plimsoll_policy::cases::{self, Case, ClusterCase};
use plimsoll_policy::{Catalogue, Policy};
use serde_json::Value;

use support::Folder;
use writing::{Written, steps};

/// A failing example in a file.
struct Example<'c> {
    policy: &'c Policy,
    case: Case,
    file: String,
    written: Written,
}

#[test]
fn every_policy_is_reported_at_its_path() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let all: Vec<Example<'_>> = catalogue
        .policies
        .iter()
        .flat_map(|policy| examples(&catalogue, policy))
        .collect();
    // What joins looks at other objects of the scan, and would see those of other examples.
    let (apart, together): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|one| one.policy.joins() || !one.case.params.is_empty());
    let mut wrong = check(&together, &[]);
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(one) = apart.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let complaints = check(&[*one], &selection(one));
                    found.lock().unwrap().extend(complaints);
                }
            });
        }
    });
    wrong.extend(found.into_inner().unwrap());
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );

    let reported: BTreeSet<&str> = all.iter().map(|one| one.policy.id.as_str()).collect();
    let live: Vec<&Policy> = catalogue
        .policies
        .iter()
        .filter(|policy| is_live(policy))
        .collect();
    let policies = catalogue.policies.len();
    println!(
        "exercised: {} policies reported at their path in {} files; {} of {policies} are about what only a cluster has",
        reported.len(),
        all.len(),
        live.len()
    );
    for policy in &catalogue.policies {
        let id = policy.id.as_str();
        assert!(
            reported.contains(id) != is_live(policy),
            "{id}: no example of it"
        );
    }
    assert!(
        reported.len() >= 280 && all.len() > 600,
        "{} {}",
        reported.len(),
        all.len()
    );
}

/// Whether no manifest can hold what it is about, or what that has to be compared with: a cluster's own, or its account.
fn is_live(policy: &Policy) -> bool {
    let only_live = |source| {
        matches!(
            source,
            KindSource::ClusterOnly | KindSource::MadeUp | KindSource::NodeEvidence
        )
    };
    let of_name = |name: &String| kind::named(name).is_some_and(|kind| only_live(kind.source));
    let of_list = |list: &String| kind::of_plural(list).is_some_and(|kind| only_live(kind.source));
    policy.kinds.iter().all(of_name) || policy.needs.iter().any(of_list) || policy.crosses_border()
}

/// The failing cases that files can hold: those that fail without a word about the cluster they are in.
fn examples<'c>(catalogue: &Catalogue, policy: &'c Policy) -> Vec<Example<'c>> {
    if is_live(policy) {
        return Vec::new();
    }
    let cases = policy.read_cases().unwrap().into_iter().map(|case| Case {
        cluster: ClusterCase::default(),
        without: Vec::new(),
        ..case
    });
    let fails = |case: &Case| {
        let result = cases::run(catalogue, policy.id.as_str(), case);
        case.expect == Verdict::Fail && case.complaint(&result).is_none()
    };
    let folder = policy.file.trim_end_matches("/policy.yaml");
    cases
        .filter(fails)
        .enumerate()
        .map(|(number, case)| Example {
            policy,
            file: format!("{folder}/{number:02}.yaml"),
            written: Written::of(&case.objects()),
            case,
        })
        .collect()
}

/// The arguments that judge an example under its circumstances.
fn selection(one: &Example<'_>) -> Vec<String> {
    let id = one.policy.id.as_str();
    let mut words = vec!["--only".to_owned(), id.to_owned()];
    for (name, value) in &one.case.params {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => {
                let items: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                items.join(",")
            }
            other => other.to_string(),
        };
        words.extend(["--param".to_owned(), format!("{id}.{name}={text}")]);
    }
    words
}

/// Scans a folder of examples; says what was not reported as it should be.
fn check(examples: &[&Example<'_>], selection: &[String]) -> Vec<String> {
    let folder = Folder::new();
    for one in examples {
        folder.write(&one.file, &one.written.text);
    }
    let words = ["scan", ".", "--format", "json", "--verdicts", "fail"];
    let words: Vec<&str> = words
        .into_iter()
        .chain(selection.iter().map(String::as_str))
        .collect();
    let run = folder.run(&words);
    let Ok(report) = serde_json::from_str::<Value>(&run.out) else {
        return vec![format!("{words:?} ends with {}: {}", run.code, run.err)];
    };
    let unread = &report["coverage"]["files"]["failed"];
    assert_eq!(unread, &Value::Array(Vec::new()), "{words:?}");
    let mut rows: BTreeMap<(&str, &str), Vec<&Value>> = BTreeMap::new();
    for row in report["verdicts"].as_array().unwrap() {
        let text = |name: &str| row[name].as_str().unwrap();
        if row["verdict"] == "fail" && row["document"] == 0 {
            rows.entry((text("file"), text("policy")))
                .or_default()
                .push(row);
        }
    }
    let complaint = |one: &&Example<'_>| {
        let key = (one.file.as_str(), one.policy.id.as_str());
        let complaint = one.complaint(rows.get(&key).map_or(&[][..], Vec::as_slice))?;
        Some(format!(
            "{} / {}: {complaint}",
            one.policy.id, one.case.name
        ))
    };
    examples.iter().filter_map(complaint).collect()
}

impl Example<'_> {
    fn complaint(&self, rows: &[&Value]) -> Option<String> {
        let of = |row: &Value| -> Vec<String> {
            let paths = row["paths"].as_array().unwrap().iter();
            paths
                .map(|path| path.as_str().unwrap().to_owned())
                .collect()
        };
        let paths: Vec<String> = rows.iter().flat_map(|row| of(row)).collect();
        let (mut got, mut wanted) = (paths.clone(), self.case.paths.clone());
        got.sort();
        wanted.sort();
        if got != wanted {
            return Some(format!(
                "expected {wanted:?}, reported {got:?} in\n{}",
                self.written.text
            ));
        }
        for row in rows {
            let path = of(row).swap_remove(0);
            let number = |name: &str| {
                row[name]
                    .as_u64()
                    .map_or(0, |n| usize::try_from(n).unwrap())
            };
            let (line, column) = (number("line"), number("column"));
            let expected = self.written.place(&path);
            if (line, column) != expected {
                return Some(format!(
                    "{path} is at {line}:{column}, not {expected:?}, in\n{}",
                    self.written.text
                ));
            }
            // Where the path is there to its end, the reader finds its last key in that line.
            let last = steps(&path).pop().unwrap_or_default();
            let there = row["observed"].is_string() && last.parse::<usize>().is_err();
            if there && !self.written.line(line).contains(&format!("\"{last}\":")) {
                return Some(format!("line {line} does not name {last}"));
            }
        }
        None
    }
}

#[test]
fn people_are_told_of_every_finding_though_those_of_a_place_stand_together() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let folder = Folder::new();
    for policy in &catalogue.policies {
        for one in examples(&catalogue, policy) {
            folder.write(&one.file, &one.written.text);
        }
    }
    let (piped, shown) = folded::both(&folder);
    let findings: usize = piped.values().sum();
    for (finding, number) in &piped {
        assert_eq!(shown.get(finding), Some(number), "{finding:?}");
    }
    assert_eq!(shown.len(), piped.len());
    let places: BTreeSet<&String> = piped.keys().map(|(place, _)| place).collect();
    println!(
        "exercised: {findings} findings at {} places read back from the report for people",
        places.len()
    );
    assert!(findings > 3 * places.len() / 2 && piped.len() > 5_000);
}

#[test]
fn places_are_those_of_the_text() {
    let object = serde_json::json!({
        "kind": "Pod",
        "spec": { "a": [{ "x": 1, "y": { "p.q/r": [] } }, "two"], "b": {} },
    });
    let written = Written::of(&[object]);
    let text = "\"kind\": \"Pod\"\n\"spec\":\n  \"a\":\n    - \"x\": 1\n      \"y\":\n        \"p.q/r\": []\n    - \"two\"\n  \"b\": {}\n";
    assert_eq!(written.text, text);
    for (path, place) in [
        ("spec.a[0].y[\"p.q/r\"]", (6, 9)),
        ("spec.a[0].y.absent.more", (5, 7)),
        ("spec.a[0]", (4, 7)),
        ("spec.a[1]", (7, 7)),
        ("nothing", (1, 1)),
    ] {
        assert_eq!(written.place(path), place, "{path}");
    }
}
