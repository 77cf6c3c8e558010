//! Random sources: soup, and expressions that mostly parse.

use proptest::prelude::*;

/// Pieces that expressions are made of, and some that they are not.
pub(super) fn token() -> impl Strategy<Value = String> {
    let fixed = [
        "x",
        "object",
        "params",
        "1",
        "2u",
        "1.5",
        "'a'",
        "b'a'",
        "\"b\"",
        "null",
        "true",
        "false",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ".?",
        "[?",
        ",",
        ":",
        "?",
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        " in ",
        ".all(c, ",
        ".map(c, ",
        ".exists(c, ",
        "has(",
        "size(",
        ".matches(",
        "'['",
        ".orValue(",
        "quantity(",
        ".a",
        ".b[0]",
        "c",
        "cel.bind(",
        "//",
        "\n",
        "`",
        "\\",
        "é",
        "$",
        "type(",
        "Pod{",
        "__",
        ".format([",
        "lists.range(",
        "0x",
        "1e",
        "'''",
        "r'",
    ];
    prop::sample::select(fixed.to_vec()).prop_map(str::to_owned)
}

/// Expressions that parse more often than not.
pub(super) fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "object.a",
        "x.?a",
        "1",
        "2u",
        "0.5",
        "'a'",
        "''",
        "b'x'",
        "true",
        "null",
        "[]",
        "[1, 2]",
        "{'a': 1}",
        "c",
        "-1",
        "type(x)",
        "optional.none()",
        "9223372036854775807",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in",
        ]);
        let method = prop::sample::select(vec![
            "size()",
            "contains('a')",
            "lowerAscii()",
            "split('')",
            "sum()",
            "max()",
            "sort()",
            "distinct()",
            "flatten()",
            "orValue(1)",
            "value()",
            "hasValue()",
            "first()",
            "reverse()",
            "trim()",
            "join()",
            "isSorted()",
            "substring(1)",
            "charAt(0)",
            "indexOf('a')",
            "format([1])",
        ]);
        let looped = prop::sample::select(vec![
            "all",
            "exists",
            "map",
            "filter",
            "exists_one",
            "sortBy",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            (inner.clone(), method).prop_map(|(a, m)| format!("dyn({a}).{m}")),
            (inner.clone(), looped, inner.clone())
                .prop_map(|(a, l, b)| format!("dyn({a}).{l}(c, dyn({b}))")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(dyn({a}) ? dyn({b}) : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("dyn({a})[{b}]")),
            inner.clone().prop_map(|a| format!("string(dyn({a}))")),
            inner.prop_map(|a| format!("!dyn({a})")),
        ]
    })
}
