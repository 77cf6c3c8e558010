//! Sources and what they are said to read.

use super::*;

fn of(text: &str) -> Vec<(String, String, String)> {
    let found = Readings::of(text, Limits::default()).unwrap().names;
    let row = |reading: Reading| {
        let whole = &text[reading.start..*reading.ends.last().unwrap()];
        assert_eq!(reading.ends.len(), reading.path.len());
        (
            reading.path.join(" "),
            whole.to_owned(),
            reading.bound.join(" "),
        )
    };
    found
        .into_iter()
        .filter(Reading::is_free)
        .map(row)
        .collect()
}

fn row(path: &str, text: &str, bound: &str) -> (String, String, String) {
    (path.to_owned(), text.to_owned(), bound.to_owned())
}

#[test]
fn names_are_found_with_their_fields_and_never_in_texts() {
    assert_eq!(
        of("object.spec.?a.b == 'object.x' && has(variables.pod .os) || params . list[0] == \"é\""),
        [
            row("object spec a b", "object.spec.?a.b", ""),
            row("variables pod os", "variables.pod .os", ""),
            row("params list", "params . list", ""),
        ]
    );
    assert_eq!(
        of("object.labels['a.b/c'].x + 'é' + object[?\"]\"].y"),
        [
            row("object labels a.b/c x", "object.labels['a.b/c'].x", ""),
            row("object ] y", "object[?\"]\"].y", ""),
        ]
    );
}

#[test]
fn what_a_macro_binds_is_no_reading() {
    assert_eq!(
        of("object.list.all(o, o.name == other.name && object.x.exists(i, v, v == i))"),
        [
            row("object list", "object.list", ""),
            row("other name", "other.name", "o"),
            row("object x", "object.x", "o"),
        ]
    );
    assert_eq!(
        of("cel.bind(x, x.a, x.b + y) == o.optMap(o, o.z).orValue(z)"),
        [
            row("x a", "x.a", ""),
            row("y", "y", "x"),
            row("o", "o", ""),
            row("z", "z", "")
        ]
    );
}

#[test]
fn what_a_macro_binds_is_told_with_its_macros() {
    let found = Readings::of("a.all(b, b.namespace == '')", Limits::default()).unwrap();
    let bound: Vec<_> = found.names.iter().filter(|name| !name.is_free()).collect();
    assert_eq!(bound.len(), 1);
    assert_eq!(
        (bound[0].path.join("."), found.primary),
        ("b.namespace".to_owned(), true)
    );
}

#[test]
fn what_may_be_missing_and_what_is_asked_for_is_told() {
    let found = Readings::of("has(a.b) && a.?b.c[?'d'] == has(f(x).y)", Limits::default());
    let found = found.unwrap().names;
    let tested: Vec<bool> = found.iter().map(|name| name.tested).collect();
    assert_eq!(tested, [true, false, false]);
    assert_eq!(found[1].optional, [false, true, false, true]);
}

#[test]
fn functions_are_named() {
    let found = Readings::of(
        "cel.bind(x, 1, x) == size(a) && a.b.map(c, c).size() > 0",
        Limits::default(),
    );
    assert!(!found.as_ref().unwrap().primary);
    let functions = found.unwrap().functions;
    for name in ["cel.bind", "size", "map"] {
        assert!(functions.iter().any(|f| f == name), "{functions:?}");
    }
}
