//! The expressions and the objects, read from the engine's test data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::typed::{self, Random};

/// What the server calls the objects.
pub(super) const GROUP: &str = "judge.plimsoll.invalid";
pub(super) const KIND: &str = "Case";

/// Expressions to put before both.
pub(super) struct Cases {
    pub(super) expressions: Vec<Expression>,
    pub(super) objects: Vec<Value>,
    /// Differences that are known, with the reason.
    pub(super) explained: BTreeMap<String, String>,
}

/// One expression and the places of the objects it is evaluated on.
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) objects: Vec<usize>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cel/testdata")
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

impl Cases {
    /// The table's expressions, each on every object if it reads one, and random ones on two.
    pub(super) fn read(random: u64, seed: u64) -> Cases {
        let objects: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(folder().join("objects.json")).unwrap())
                .unwrap();
        let objects: Vec<Value> = objects.into_iter().enumerate().map(named).collect();
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder().join("expressions"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let mut expressions = Vec::new();
        let mut add = |text: &str, objects: Vec<usize>| {
            expressions.push(Expression {
                text: text.to_owned(),
                objects,
            });
        };
        for file in files {
            for line in lines(&std::fs::read_to_string(file).unwrap()) {
                let reads = line.contains("object.") || line.contains("object[");
                add(
                    line,
                    if reads {
                        (0..objects.len()).collect()
                    } else {
                        vec![0]
                    },
                );
            }
        }
        let mut numbers = Random::new(seed);
        for number in 0..random {
            let text = typed::any(&mut numbers, 1 + (number % 4) as usize);
            let reads = text.contains("object.");
            add(
                &text,
                if reads {
                    vec![(number % 2) as usize, 6]
                } else {
                    vec![0]
                },
            );
        }
        expressions.sort_by(|a, b| a.text.cmp(&b.text));
        expressions.dedup_by(|a, b| a.text == b.text);
        Cases {
            expressions,
            objects,
            explained: explained(),
        }
    }
}

/// An object as it is sent.
fn named((place, mut object): (usize, Value)) -> Value {
    object["apiVersion"] = json!(format!("{GROUP}/v1"));
    object["kind"] = json!(KIND);
    object["metadata"] =
        json!({ "name": format!("o{place}"), "namespace": "default", "labels": { "batch": "0" } });
    object
}

/// `differences.txt`: a reason after a `#`, then the expressions it is for.
fn explained() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("differences.txt")).unwrap();
    let mut reason = String::new();
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix("# ") {
            Some(text) => text.clone_into(&mut reason),
            None => {
                assert!(
                    !reason.is_empty(),
                    "differences.txt gives no reason for {line}"
                );
                all.insert(line.to_owned(), reason.clone());
            }
        }
    }
    all
}
