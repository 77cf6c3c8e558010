//! Every operation's request with all its inputs, and every operation's answer with all that is read of it: as botocore
//! writes the one and reads the other. Written by `tests/gen/aws_made_up.py`.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::aws::wire::answer::decode;
use crate::aws::wire::request::request;
use crate::aws::wire::table::{Operation, Service, table};

/// The lines of a file, each with its operation. All operations have one.
fn lines(name: &str) -> Vec<(&'static Service, &'static Operation, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws_replies");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let table = table().unwrap();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let (service, name) = line["operation"].as_str().unwrap().split_once('.').unwrap();
        let (service, operation) = table.find(service, name).unwrap();
        (service, operation, line)
    };
    let lines: Vec<_> = text.lines().map(line).collect();
    let all: usize = table.operations.values().map(BTreeMap::len).sum();
    assert_eq!(lines.len(), all, "run the scripts again");
    lines
}

/// Pairs of a query or form, sorted.
fn pairs(text: &str) -> Value {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    pairs.sort();
    json!(pairs)
}

#[test]
fn requests_are_those_of_botocore() {
    for (service, operation, line) in lines("requests.jsonl") {
        let name = &line["operation"];
        let made = request(service, operation, &line["input"], false).unwrap();
        assert_eq!(made.method(), line["method"], "{name}");
        let (path, query) = made.uri().split_once('?').unwrap_or((made.uri(), ""));
        assert_eq!(path, line["path"], "{name}");
        assert_eq!(pairs(query), line["query"], "{name}");
        let headers: BTreeMap<_, _> = made
            .headers()
            .iter()
            .filter(|(header, _)| header.starts_with("x-amz-"))
            .collect();
        assert_eq!(json!(headers), line["headers"], "{name}");
        let body = std::str::from_utf8(made.body().bytes().unwrap()).unwrap();
        let body = match made.headers().get("content-type") {
            Some("application/x-www-form-urlencoded") => pairs(body),
            _ if body.is_empty() => Value::Null,
            _ => serde_json::from_str(body).unwrap(),
        };
        assert_eq!(body, line["body"], "{name}");
    }
}

#[test]
fn answers_are_read_as_by_botocore() {
    for (service, operation, line) in lines("answers.jsonl") {
        let body = line["body"].as_str().unwrap().as_bytes();
        let read = decode(service, operation, body);
        assert_eq!(
            read.as_ref(),
            Ok(&line["expected"]),
            "{}",
            line["operation"]
        );
    }
}

/// A service may send anything: an answer with some bytes changed is read or refused, and nothing else happens.
#[test]
fn broken_answers_are_refused_or_read() {
    let lines = lines("answers.jsonl");
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let picks = (any::<prop::sample::Index>(), changes);
    runner
        .run(&picks, |(line, changes)| {
            let (service, operation, line) = line.get(&lines);
            let mut body = line["body"].as_str().unwrap().as_bytes().to_vec();
            for (place, byte) in changes {
                *place.get_mut(&mut body) = byte;
            }
            let _read_or_refused = decode(service, operation, &body);
            Ok(())
        })
        .unwrap();
}
