//! What is read is what kubectl reads, and both readers read the same.

use plimsoll_cel::{Bump, Node};
use proptest::prelude::*;
use serde_json::Value;

use super::objects;
use crate::files::{bulk, decode, doubt, precise, split::split};

/// Twenty generated manifests of many kinds, as found in a large repository.
const GENERATED: &str = include_str!("../../../tests/corpus/generated.yaml");

/// Manifests and what kubectl's YAML library makes of them (documents split as kubectl does, printed by it as JSON).
const CORPUS: [(&str, &[u8], &str); 5] = [
    (
        "workload",
        include_bytes!("../../../tests/corpus/workload.yaml"),
        include_str!("../../../tests/corpus/workload.json"),
    ),
    (
        "old-habits",
        include_bytes!("../../../tests/corpus/old-habits.yaml"),
        include_str!("../../../tests/corpus/old-habits.json"),
    ),
    (
        "shared-parts",
        include_bytes!("../../../tests/corpus/shared-parts.yaml"),
        include_str!("../../../tests/corpus/shared-parts.json"),
    ),
    (
        "crlf",
        include_bytes!("../../../tests/corpus/crlf-with-mark.yaml"),
        include_str!("../../../tests/corpus/crlf-with-mark.json"),
    ),
    (
        "list",
        include_bytes!("../../../tests/corpus/list.yaml"),
        include_str!("../../../tests/corpus/list.json"),
    ),
];

/// As the API server holds it: no null in a map, whole numbers past 64 bits as floats.
fn stored(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(k, v)| (k.clone(), stored(v)))
            .collect(),
        Value::Array(items) => items.iter().map(stored).collect(),
        Value::Number(n) if n.as_i64().is_none() => n.as_f64().into(),
        other => other.clone(),
    }
}

#[test]
fn every_document_of_the_corpus_is_what_kubectl_reads() {
    for (name, bytes, expected) in CORPUS {
        let text = decode(bytes.to_vec(), &name.into()).unwrap();
        let expected: Vec<Value> = serde_json::from_str(expected).unwrap();
        let expected: Vec<Value> = expected
            .iter()
            .flat_map(|d| {
                if d["kind"] == "List" {
                    d["items"].as_array().unwrap().clone()
                } else {
                    vec![d.clone()]
                }
            })
            .map(|d| stored(&d))
            .collect();
        let (found, outcome) = objects(name, &text);
        assert_eq!(outcome.problems, [], "{name}");
        assert_eq!(
            found.iter().map(|(_, o)| o.clone()).collect::<Vec<_>>(),
            expected,
            "{name}"
        );
        assert_eq!(outcome.objects as usize, expected.len());
    }
}

#[test]
fn both_readers_give_equal_nodes_where_there_is_no_doubt() {
    let mut compared = 0;
    for (name, bytes, _) in CORPUS {
        let text = decode(bytes.to_vec(), &name.into()).unwrap();
        for chunk in split(&text)
            .iter()
            .filter(|c| !doubt::doubtful(c.of(&text)))
        {
            same_in_both(chunk.of(&text));
            compared += 1;
        }
    }
    for chunk in split(GENERATED) {
        assert!(!doubt::doubtful(chunk.of(GENERATED)) && same_in_both(chunk.of(GENERATED)));
        compared += 1;
    }
    assert!(compared >= 24, "{compared}");
}

/// Reads an undoubted document with both readers; whether both could.
fn same_in_both(document: &str) -> bool {
    let (fast, slow) = (Bump::new(), Bump::new());
    let Some(bulk) = bulk::read(document, &fast) else {
        return false;
    };
    let marked =
        precise::read(document, 1, &slow).unwrap_or_else(|fault| panic!("{document}\n{fault:?}"));
    let node = marked.map_or(Node::Null, |m| m.node);
    assert_eq!(
        bulk.first().copied().unwrap_or(Node::Null),
        node,
        "{document}"
    );
    true
}

fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "yes",
        "no",
        "on",
        "off",
        "y",
        "N",
        "true",
        "False",
        "null",
        "~",
        "0644",
        "0x1F",
        "1_000",
        "1.0",
        "1.5",
        "1e3",
        ".5",
        "-7",
        "+3",
        "0",
        "-0",
        ".inf",
        "12345678901234567890",
        "1:30",
        "2001-01-01",
        "text",
        "two words",
        "a#b",
        "10.0.0.1",
        "1.25.3",
        "500m",
        "'yes'",
        "\"no\"",
        "'it''s'",
        "\"é\\n\"",
        "[a, b]",
        "[yes, 'no']",
        "{k: v}",
        "{k: off}",
        "[]",
        "{}",
        "*/5",
        "- x",
        "say no",
        "on-call",
        "*.example",
        "http://a/b?c=d",
        "a: b",
        "&x 1",
        "!t v",
        "!!str 1",
        "0.1",
        "100.0",
        "1e400",
        "é",
        "-",
        "--",
        "_1",
        "0b11",
        "08",
        "{{ x }}",
        "? k",
        "<<",
        "|",
        "%a",
        "@a",
    ])
    .prop_map(str::to_owned);
    prop_oneof![6 => known, 1 => "[a-z0-9.:_+-]{1,8}", 1 => "[ -~]{0,10}"]
}

/// A small document: keys with values, lists and one nested level.
fn document() -> impl Strategy<Value = String> {
    let key = prop_oneof![4 => "[a-z]{1,6}", 1 => word()];
    let value = prop_oneof![
        4 => word().prop_map(|w| format!(" {w}")),
        1 => word().prop_map(|w| format!("\n  {w}")),
        1 => prop::collection::vec(word(), 1..4).prop_map(|l| l.iter().map(|w| format!("\n- {w}")).collect()),
        1 => prop::collection::vec(word(), 1..4).prop_map(|l| format!(" [{}]", l.join(", "))),
        1 => prop::collection::vec((word(), word()), 1..4)
            .prop_map(|l| l.iter().map(|(k, v)| format!("\n  {k}: {v}")).collect()),
        1 => prop::collection::vec(word(), 1..4).prop_map(|l| format!(" |{}", l.iter().map(|w| format!("\n  {w}")).collect::<String>())),
        1 => (word(), word()).prop_map(|(a, b)| format!(" {a} # {b}")),
    ];
    prop::collection::vec((key, value), 1..5).prop_map(|pairs| {
        pairs
            .iter()
            .map(|(k, v)| format!("{k}:{v}\n"))
            .collect::<String>()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// The scan for doubtful documents never lets through one in which the readers differ.
    #[test]
    fn no_doubt_means_no_difference(document in document()) {
        // In brackets, YAML 1.1 takes `?` before any character for the mark of a key; the precise reader follows 1.2.
        if !document.contains('?') && !doubt::doubtful(&document) && precise::read(&document, 1, &Bump::new()).is_ok() {
            same_in_both(&document);
        }
    }

    /// Nor one that only the reader with positions takes, because somebody mistyped a character.
    #[test]
    fn no_doubt_means_no_difference_in_mistyped_documents(
        document in document(), at in any::<prop::sample::Index>(), typed in "[ \n:{}\\[\\],\"'#-]{0,2}", lost in 0..2_usize,
    ) {
        let places: Vec<usize> = document.char_indices().map(|(place, _)| place).collect();
        let place = *at.get(&places);
        let mut mistyped = document.clone();
        let end = (place + lost).min(document.len());
        if document.is_char_boundary(end) {
            mistyped.replace_range(place..end, &typed);
        }
        // A document that is no map is no object, whatever else it is.
        let arena = Bump::new();
        let is_map = matches!(precise::read(&mistyped, 1, &arena), Ok(Some(read)) if matches!(read.node, Node::Map(_)));
        if !mistyped.contains('?') && !doubt::doubtful(&mistyped) && is_map {
            prop_assert!(same_in_both(&mistyped), "only one reader takes {mistyped:?}");
        }
    }

    /// Whatever the text, reading and locating end without a panic.
    #[test]
    fn any_text_is_survived(text in "(?s).{0,200}|([-a-z:{}\\[\\]&*!|>'\"#%@`, \t\n]{0,120})") {
        let Ok(text) = decode(text.into_bytes(), &"any".into()) else { return Ok(()) };
        let (found, _) = objects("any", &text);
        let spot = crate::files::Spot { document: 0, item: None, path: "a.b[0]" };
        let place = crate::files::locate("any", &text, &spot);
        prop_assert!(place.is_none_or(|p| p.line as usize <= text.lines().count()));
        prop_assert!(found.len() < 200);
    }
}
