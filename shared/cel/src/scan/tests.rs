//! Sources, and how deep they are found to be.

use super::*;

fn depth(text: &str) -> Result<u32, String> {
    scan(Source(text), Limits::default())
        .map_err(|e| format!("{}:{} {}", e.line, e.column, e.message))
}

#[test]
fn lists_and_logic_do_not_nest_but_brackets_and_chains_do() {
    let flat = vec!["a.b == 1"; 700].join(" && ");
    assert_eq!(depth(&flat), Ok(2));
    assert_eq!(
        depth(&format!("[{}]", vec!["1 + 2"; 900].join(", "))),
        Ok(3)
    );
    assert_eq!(depth("1 + 2 + 3"), Ok(2));
    assert_eq!(depth("f((1))"), Ok(4));
    assert_eq!(depth("a ? b : c ? d : e"), Ok(2));
    assert_eq!(depth("a.?b[?0].c"), Ok(3));
    assert_eq!(depth("-1.5e-3 + 0xe-3"), Ok(3));
}

#[test]
fn texts_and_comments_are_not_looked_into() {
    for text in [
        "'(((' // (((",
        r#""\"((" "#,
        "r'\\'",
        "'''('('''",
        "b'('",
        "rb\"(\"",
    ] {
        assert!(depth(text).is_ok_and(|depth| depth <= 1), "{text}");
    }
}

#[test]
fn what_is_too_deep_or_too_long_is_refused_where_it_becomes_so() {
    let chain = vec!["1"; 1500].join("+");
    assert_eq!(
        depth(&chain).unwrap_err(),
        "1:202 the expression nests deeper than 100 levels"
    );
    assert!(
        depth(&"(".repeat(101))
            .unwrap_err()
            .contains("nests deeper")
    );
    assert!(
        depth(&format!("a{}", ".b".repeat(101)))
            .unwrap_err()
            .contains("nests deeper")
    );
    assert!(
        depth(&format!("{}c", "a ? b : ".repeat(101)))
            .unwrap_err()
            .contains("nests deeper")
    );
    assert!(
        depth(&" ".repeat(10_241))
            .unwrap_err()
            .contains("longer than 10240 bytes")
    );
}

#[test]
fn open_ends_are_pointed_at() {
    for (text, message) in [
        ("f(1, [2", "1:6 `[` is never closed"),
        ("f(1]", "1:4 `(` is closed by `]`"),
        ("a)", "1:2 `)` closes nothing"),
        ("a == 'b", "1:6 this text is never closed"),
        ("a == 'b\n'", "1:6 this text is never closed"),
        ("a == \"\\", "1:6 this text is never closed"),
        ("a.`b`", "1:3 names in backquotes are not taken"),
        ("a = b", "1:3 `=` means nothing here"),
        ("ä", "1:1 `ä` means nothing here"),
    ] {
        assert_eq!(depth(text).unwrap_err(), message);
    }
}
