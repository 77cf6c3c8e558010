//! What a parameter takes, and how it refuses.

use super::*;
use plimsoll_cel::decode_json;

const POLICY: &str = "id: named
title: Pod is called so
severity: low
match: { kinds: [Pod] }
expression: '!(object.metadata.name in params.names) && params.limit < 5 && params.on'
path: metadata.name
message: it is called so
why: Why.
fix: { text: Fix. }
params:
  names: { type: list, default: [a], description: Names that no pod may have }
  limit: { type: int, default: 1, min: 0, max: 9 }
  mode: { type: string, default: soft, values: [soft, hard] }
  on: { type: bool, default: true }
";

fn load(text: &str) -> Result<Catalogue, Vec<crate::LoadError>> {
    Catalogue::load(&[crate::CatalogueFile {
        path: "named/policy.yaml".into(),
        text: text.into(),
    }])
}

fn set(name: &str, value: WrittenValue) -> Result<Catalogue, String> {
    let wanted = ParameterValue {
        policy: "named".into(),
        name: name.into(),
        value,
    };
    let said = |errors: Vec<ParameterError>| {
        let help = errors[0].help.as_deref().unwrap_or("-");
        format!("{}; {help}", errors[0].message)
    };
    load(POLICY)
        .unwrap()
        .with_parameters(&[wanted])
        .map_err(said)
}

fn text(text: &str) -> WrittenValue {
    WrittenValue::Text(text.to_owned())
}

#[test]
fn a_value_that_fits_is_taken_and_shown_as_a_change() {
    let plain = load(POLICY).unwrap();
    assert!(plain.changed_parameters().is_empty());
    for (name, written, value) in [
        ("names", text("b, c"), serde_json::json!(["b", "c"])),
        ("names", text(""), serde_json::json!([])),
        (
            "names",
            WrittenValue::Value(serde_json::json!(["b"])),
            serde_json::json!(["b"]),
        ),
        ("limit", text(" 9"), serde_json::json!(9)),
        ("mode", text("hard"), serde_json::json!("hard")),
        ("on", text("false"), serde_json::json!(false)),
    ] {
        let catalogue = set(name, written).unwrap();
        let changes = catalogue.changed_parameters();
        assert_eq!(changes.len(), 1);
        assert_eq!(
            (changes[0].name.as_str(), &changes[0].value),
            (name, &value)
        );
        assert_ne!(catalogue.hash, plain.hash);
    }
    let same = set("limit", text("1")).unwrap();
    assert!(same.changed_parameters().is_empty() && same.hash == plain.hash);
}

#[test]
fn a_value_that_does_not_fit_is_refused_in_words() {
    for (name, written, words) in [
        (
            "limit",
            text("10"),
            "named.limit: 10 is not a whole number from 0 to 9; -",
        ),
        (
            "limit",
            text("x"),
            "named.limit: \"x\" is not a whole number from 0 to 9; -",
        ),
        (
            "limit",
            WrittenValue::Value(serde_json::json!("3")),
            "named.limit: \"3\" is not a whole number from 0 to 9; -",
        ),
        (
            "names",
            WrittenValue::Value(serde_json::json!([1])),
            "named.names: [1] is not a list of texts; Names that no pod may have",
        ),
        (
            "mode",
            text("loud"),
            "named.mode: \"loud\" is not one of soft, hard; -",
        ),
        (
            "on",
            text("yes"),
            "named.on: \"yes\" is not true or false; -",
        ),
        (
            "nams",
            text("a"),
            "named has no parameter nams; did you mean names?",
        ),
        (
            "x",
            text("a"),
            "named has no parameter x; it has limit, mode, names, on",
        ),
    ] {
        assert_eq!(set(name, written).unwrap_err(), words);
    }
    let wanted = ParameterValue {
        policy: "namd".into(),
        name: "names".into(),
        value: text("a"),
    };
    let errors = load(POLICY)
        .unwrap()
        .with_parameters(&[wanted])
        .unwrap_err();
    assert_eq!(
        (errors[0].number, errors[0].message.as_str()),
        (0, "no policy namd")
    );
}

#[test]
fn a_default_must_fit_too() {
    for (from, to) in [
        ("default: 1,", "default: 10,"),
        ("default: [a]", "default: [1]"),
        ("default: soft", "default: other"),
    ] {
        let errors = load(&POLICY.replace(from, to)).unwrap_err();
        assert!(
            errors[0].message.contains("the default of parameter"),
            "{}",
            errors[0]
        );
    }
}

#[test]
fn a_value_is_the_tree_that_its_text_decodes_to() {
    let arena = Bump::new();
    let text = r#"{"b":[1,-2.5,"x",null],"a":{"k":true},"big":1e300}"#;
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        node(&value, &arena),
        decode_json(&arena, text.as_bytes()).unwrap()
    );
}
