//! Input of which a part is not known.

use crate::{Budget, Bump, EvalError, Node, Scope, decode_json, decode_our_own};

/// What `?` stands for is not known.
const INPUT: &str = r#"{"map": {"a": 1, "b": "?"}, "list": [1, "?", 3], "texts": ["a", "?"], "deep": "?", "known": {"a": 1}}"#;

fn outcome(source: &str) -> String {
    let env = super::env();
    let program = env.compile(source).unwrap();
    let arena = Bump::new();
    let input = INPUT.replace("\"?\"", r#"{"$unknown": "lost"}"#);
    let node = decode_our_own(&arena, input.as_bytes()).unwrap();
    let scope = Scope::new(&env, &arena);
    scope.set_node(env.slot("x").unwrap(), node);
    match program.eval(&scope, &Budget::new(10_000)) {
        Ok(value) => value.to_json().to_string(),
        Err(EvalError::Unknown { reason }) => format!("? {reason}"),
        Err(error) => format!("! {error}"),
    }
}

#[test]
fn whatever_depends_on_it_is_not_known() {
    let mut wrong = Vec::new();
    for source in [
        "x.deep",
        "x.deep == 1",
        "x.deep != 1",
        "x.deep.below.it",
        "has(x.deep)",
        "has(x.deep.below)",
        "has(x.map.b)",
        "!has(x.map.b)",
        "x.?deep.orValue(1)",
        "x.?deep.?below.orValue(1)",
        "x.?map.?b.orValue(true)",
        "x.map[?'b'].hasValue()",
        "x.deep.size()",
        "x.map.b in ['p']",
        "'b' in x.map",
        "x.map.size()",
        "x.map.all(key, key != 'c')",
        "x.map.transformMap(key, value, value)",
        "x.list[1]",
        "x.list[?1].orValue(7)",
        "x.list.all(item, item > 0)",
        "x.list.exists(item, item == 2)",
        "x.list.exists_one(item, item == 1)",
        "x.list.filter(item, item > 0).size()",
        "x.list.map(item, item)",
        "x.list.filter(item, true)[1]",
        "x.list.filter(item, true).exists(item, item == 5)",
        "x.list.reverse()[1]",
        "x.list.sum()",
        "x.list.max()",
        "x.list.isSorted()",
        "x.list.sort()",
        "x.texts.join(',')",
        "x.texts.last().orValue('c')",
        "x.texts.last().optMap(last, last + '!')",
        "2 in x.list",
        "x.list.includes(2)",
        "sets.contains([1, 2, 3], x.list)",
        "[x.list].flatten().flatten()",
        "cel.bind(it, x, it.deep)",
        "x.deep ? 1 : 2",
        "x.deep || x.known.a == 2",
    ] {
        wrong.extend(
            Some(outcome(source))
                .filter(|found| found != "? lost")
                .map(|found| format!("{source}: {found}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for source in [
        "x.list == [1, 2, 3]",
        "x.map == {'a': 1}",
        "{'a': 1} != x.map",
        "x.list.indexOf(2)",
        "[x.deep] == [1]",
    ] {
        assert!(outcome(source).starts_with("? "), "{source}");
    }
}

#[test]
fn what_does_not_depend_on_it_is() {
    for (source, expected) in [
        ("x.known.a == 1 || x.deep", "true"),
        ("x.deep && x.known.a == 2", "false"),
        ("x.map.a", "1"),
        ("x.list[0]", "1"),
        ("x.list.size()", "3"),
        ("x.texts.last().hasValue()", "true"),
        ("3 in x.list", "true"),
        ("x.list.exists(item, item == 3)", "true"),
        ("x.list.all(item, item > 1)", "false"),
        ("x.list == [1]", "false"),
        ("'a' in x.map", "true"),
        ("'c' in x.map", "false"),
        ("has(x.known.b)", "false"),
        ("x.?missing.?deep.orValue(1)", "1"),
    ] {
        assert_eq!(outcome(source), expected, "{source}");
    }
}

#[test]
fn only_what_we_wrote_ourselves_says_that_it_is_not_known_and_it_comes_back() {
    let arena = Bump::new();
    let text = br#"{"a":[{"$unknown":"lost"}],"b":{"$unknown":1},"c":{"$unknown":"x","d":2}}"#;
    let others = decode_json(&arena, text).unwrap();
    let ours = decode_our_own(&arena, text).unwrap();
    let first = |node: Node<'_>| {
        node.get("a").unwrap().items()[0]
            .unknown()
            .map(str::to_owned)
    };
    assert_eq!(
        (first(others), first(ours)),
        (None, Some("lost".to_owned()))
    );
    assert_eq!(ours.get("b").unwrap().unknown(), None);
    assert_eq!(serde_json::to_vec(&ours).unwrap(), text);
}
