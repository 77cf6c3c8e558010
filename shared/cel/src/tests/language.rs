//! The language itself: literals, paths, operators, macros, optionals.

use super::{plain, table};

#[test]
fn literals() {
    plain(&[
        ("1", "1"),
        ("-1", "-1"),
        ("0x10", "16"),
        ("7u", "7"),
        ("1.5", "1.5"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("'é\\n'", "\"é\\n\""),
        ("\"a\"", "\"a\""),
        ("r'\\d'", "\"\\\\d\""),
        ("'''a'b'''", "\"a'b\""),
        ("b'ab'", "\"YWI=\""),
        ("true", "true"),
        ("null", "null"),
        ("[dyn(1), dyn('a'), dyn([true])]", "[1,\"a\",[true]]"),
        ("{'b': [1], 'a': [2]}", "{\"a\":[2],\"b\":[1]}"),
        (
            "{dyn(1): 'x', dyn(true): 'y', dyn(2u): 'z'}",
            "{\"1\":\"x\",\"2\":\"z\",\"true\":\"y\"}",
        ),
        ("{'a': 1, 'a': 2}", "{\"a\":2}"),
        ("{dyn(1): 1, dyn(1u): 2}.size()", "2"),
        ("[]", "[]"),
        ("{}", "{}"),
    ]);
}

#[test]
fn paths_and_indices() {
    let pod = r#"{"spec":{"hostNetwork":true,"containers":[{"name":"a","ports":[{"p":80}]},{"name":"b"}],"n":null,
                  "weird-key":{"a/b":1},"namespace":"ns","s":"text"}}"#;
    let rows: Vec<(&str, &str, &str)> = [
        ("object.spec.hostNetwork", "true"),
        ("object.spec.containers[1].name", "\"b\""),
        ("object['spec']['weird-key']['a/b']", "1"),
        ("object.spec['weird-key']", "{\"a/b\":1}"),
        (
            "object.spec.weird__dash__key",
            "! no such key: weird__dash__key",
        ),
        ("object.spec.namespace", "\"ns\""),
        ("object.spec.__namespace__", "! no such key: __namespace__"),
        ("object.spec.containers[0].ports[0].p + 1", "81"),
        (
            "object.spec.containers[5]",
            "! no such index: 5 (the list has 2)",
        ),
        (
            "object.spec.containers[-1]",
            "! no such index: -1 (the list has 2)",
        ),
        (
            "object.spec.containers[object.spec.s]",
            "! a list has no index of type string",
        ),
        ("object.spec.containers[1.0].name", "\"b\""),
        ("object.spec.nothing", "! no such key: nothing"),
        ("object['no' + 'thing']", "! no such key: nothing"),
        (
            "object.spec.n.deeper",
            "! no such key: deeper (in a value of type null_type)",
        ),
        (
            "object.spec.s.deeper",
            "! no such key: deeper (in a value of type string)",
        ),
        (
            "object.spec.containers.name",
            "! a list has no field `name`",
        ),
        ("has(object.spec.hostNetwork)", "true"),
        ("has(object.spec.nothing)", "false"),
        ("has(object.spec.n)", "true"),
        ("has(object.spec.n.deeper)", "false"),
        ("has(object.spec.s.deeper)", "false"),
        (
            "has(object.spec.containers.deeper)",
            "! a list has no field `deeper`",
        ),
        (
            "object.spec.?containers.?deeper.orValue(1)",
            "! a list has no field `deeper`",
        ),
        ("object.spec.?s.?deeper.orValue(1)", "1"),
        ("has(object.spec.nothing.deeper)", "! no such key: nothing"),
        ("{'a': {'b': 1}}.a.b", "1"),
        ("[[1, 2], [3]][0][1]", "2"),
        ("{1: 'one'}[1]", "\"one\""),
        ("{1: 'one'}[dyn(1.0)]", "\"one\""),
        ("has({'a': 1}.a)", "true"),
    ]
    .into_iter()
    .map(|(source, expected)| (source, pod, expected))
    .collect();
    table(&rows);
}

#[test]
fn equality_and_order() {
    plain(&[
        ("dyn(1) == 1.0", "true"),
        ("dyn(1u) == 1", "true"),
        ("dyn(1) == 'a'", "false"),
        ("dyn([1, 2]) == [dyn(1.0), dyn(2u)]", "true"),
        ("{'a': 1} == {'a': dyn(1.0)}", "true"),
        ("{'a': 1} == {'b': 1}", "false"),
        ("null == null", "true"),
        ("'a' != 'b'", "true"),
        ("b'a' == b'a'", "true"),
        ("1 < 1.5", "true"),
        ("2u >= 2", "true"),
        ("'a' < 'b'", "true"),
        ("false < true", "true"),
        ("dyn('a') < dyn(1)", "! string and int have no order"),
        ("double('NaN') == double('NaN')", "false"),
        ("double('NaN') < 1.0", "! double and double have no order"),
        ("optional.of(1) == optional.of(1)", "true"),
        ("optional.none() == optional.of(1)", "false"),
        ("type(1) == int", "true"),
        (
            "type(1u) == uint && type('') == string && type([]) == list",
            "true",
        ),
        ("type(type(1)) == type", "true"),
        ("type(null) == null_type", "true"),
        ("type(1) == string", "false"),
    ]);
    table(&[
        (
            "x == {'b': dyn([1, 2]), 'a': dyn(null)}",
            r#"{"a":null,"b":[1,2]}"#,
            "true",
        ),
        (
            "{'b': dyn([1, 2]), 'a': dyn(null)} == x",
            r#"{"a":null,"b":[1,3]}"#,
            "false",
        ),
        ("x.a == x.b", r#"{"a":{"k":[1]},"b":{"k":[1.0]}}"#, "true"),
        ("type(x) == int", "3", "true"),
        ("type(x) == double", "3.5", "true"),
        ("type(x) == map", "{}", "true"),
    ]);
}

#[test]
fn arithmetic() {
    plain(&[
        ("1 + 2 * 3 - 4", "3"),
        ("10 - 4 - 3", "3"),
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 2", "-1"),
        ("7.0 / 2.0", "3.5"),
        ("1u + 2u", "3"),
        ("1u - 2u", "! integer overflow"),
        ("9223372036854775807 + 1", "! integer overflow"),
        ("-9223372036854775808 / -1", "! integer overflow"),
        ("-(-9223372036854775807 - 1)", "! integer overflow"),
        ("1 / 0", "! division by zero"),
        ("1 % 0", "! modulus by zero"),
        ("1.0 / 0.0", "\"Infinity\""),
        ("'a' + 'b' + 'c'", "\"abc\""),
        ("[1] + [2, 3]", "[1,2,3]"),
        ("b'a' + b'b'", "\"YWI=\""),
        ("dyn(1) + dyn(1.0)", "! `+` does not go with int and double"),
        ("dyn(1) + dyn('a')", "! `+` does not go with int and string"),
        ("-(1 + 1)", "-2"),
        ("2 * -3", "-6"),
    ]);
    table(&[
        ("x.n + 1", r#"{"n":2}"#, "3"),
        ("x.n + 0.5", r#"{"n":2.5}"#, "3.0"),
    ]);
}

#[test]
fn logic_forgives_errors_where_the_other_side_decides() {
    table(&[
        ("x.a && false", "{}", "false"),
        ("false && x.a", "{}", "false"),
        ("x.a || true", "{}", "true"),
        ("true || x.a", "{}", "true"),
        ("x.a && true", "{}", "! no such key: a"),
        ("x.a || false", "{}", "! no such key: a"),
        ("x.a || x.b", "{}", "! no such key: a"),
        ("x.a && true && true && false", "{}", "false"),
        ("!x.a", "{}", "! no such key: a"),
        ("!x.a", r#"{"a":false}"#, "true"),
        ("x.a ? 1 : 2", r#"{"a":true}"#, "1"),
        ("x.a ? 1 : 2", "{}", "! no such key: a"),
        ("false ? x.a : 2", "{}", "2"),
        (
            "x.a && true",
            r#"{"a":1}"#,
            "! a condition is int, not bool",
        ),
        ("x.a && false", r#"{"a":1}"#, "false"),
        (
            "x.a == 1 ? 'one' : x.a == 2 ? 'two' : 'more'",
            r#"{"a":2}"#,
            "\"two\"",
        ),
        (
            "(x.a ? true : false) && !(x.a ? false : true)",
            r#"{"a":true}"#,
            "true",
        ),
    ]);
}

#[test]
fn macros_over_lists_and_maps() {
    table(&[
        ("x.all(n, n > 0)", "[1,2]", "true"),
        ("x.all(n, n > 1)", "[1,2]", "false"),
        ("x.all(n, n > 0)", "[]", "true"),
        ("x.exists(n, n > 1)", "[1,2]", "true"),
        ("x.exists(n, n > 2)", "[]", "false"),
        ("x.all(n, n.a > 0)", r#"[{"b":1},{"a":0}]"#, "false"),
        (
            "x.all(n, n.a > 0)",
            r#"[{"b":1},{"a":1}]"#,
            "! no such key: a",
        ),
        ("x.exists(n, n.a > 0)", r#"[{"b":1},{"a":1}]"#, "true"),
        (
            "x.exists(n, n.a > 0)",
            r#"[{"b":1},{"a":0}]"#,
            "! no such key: a",
        ),
        ("x.exists_one(n, n == 2)", "[1,2]", "true"),
        ("x.exists_one(n, n == 2)", "[2,2]", "false"),
        ("x.existsOne(n, n == 2)", "[2]", "true"),
        ("x.filter(n, n % 2 == 0)", "[1,2,4]", "[2,4]"),
        ("x.map(n, n * n)", "[1,2,3]", "[1,4,9]"),
        ("x.map(n, n > 1, n * n)", "[1,2,3]", "[4,9]"),
        ("x.map(n, x.map(m, n * m))", "[1,2]", "[[1,2],[2,4]]"),
        ("x.map(n, x.filter(m, m > n).size())", "[1,2]", "[1,0]"),
        ("x.all(k, k.startsWith('a'))", r#"{"a1":1,"a2":2}"#, "true"),
        ("x.exists(k, x[k] == 2)", r#"{"a1":1,"a2":2}"#, "true"),
        ("x.map(k, k)", r#"{"b":1,"a":2}"#, r#"["a","b"]"#),
        ("{'q': 1}.exists(k, k == 'q')", "null", "true"),
        ("x.all(i, v, i == v)", "[0,1,2]", "true"),
        ("x.all(k, v, k + 'x' == v)", r#"{"a":"ax"}"#, "true"),
        (
            "x.exists(k, v, v == 2 && k == 'b')",
            r#"{"a":1,"b":2}"#,
            "true",
        ),
        ("x.existsOne(i, v, v == 1)", "[1,2]", "true"),
        ("x.transformList(i, v, i * v)", "[5,6]", "[0,6]"),
        ("x.transformList(i, v, v > 5, i * v)", "[5,6]", "[6]"),
        ("x.transformMap(k, v, v + 1)", r#"{"a":1}"#, r#"{"a":2}"#),
        ("x.transformMap(i, v, i > 0, v)", "[7,8]", r#"{"1":8}"#),
        (
            "x.transformMapEntry(k, v, {v: k})",
            r#"{"a":"b"}"#,
            r#"{"b":"a"}"#,
        ),
        (
            "x.transformMapEntry(i, v, {v: i})",
            r#"["a","a"]"#,
            "! the key a is given twice",
        ),
        (
            "x.sortBy(p, p.n).map(p, p.k)",
            r#"[{"n":2,"k":"b"},{"n":1,"k":"a"}]"#,
            r#"["a","b"]"#,
        ),
        (
            "x.sortBy(k, k)",
            r#"{"a":1}"#,
            "! `sortBy` needs a list, not map",
        ),
        ("cel.bind(n, x[0], n + n)", "[4]", "8"),
        (
            "x.all(n, true)",
            "3",
            "! a macro goes through a list or a map, not int",
        ),
        ("[1, 2].all(x, x > 0)", "null", "true"),
    ]);
}

#[test]
fn membership() {
    table(&[
        ("'a' in x", r#"["a"]"#, "true"),
        ("'b' in x", r#"["a"]"#, "false"),
        ("1 in x", "[1.0]", "true"),
        ("'a' in x", r#"{"a":null}"#, "true"),
        ("'a' in x", "3", "! `in` needs a list or a map, not int"),
        ("x in ['a', 'bb', 'c']", r#""bb""#, "true"),
        ("x in ['a', 'bb', 'c']", r#""b""#, "false"),
        (
            "x in [dyn('a'), dyn(1), dyn(2.5), dyn(null)]",
            "1.0",
            "true",
        ),
        (
            "x in [dyn('a'), dyn(1), dyn(2.5), dyn(null)]",
            "null",
            "true",
        ),
        ("x in [[1], [2]]", "[2]", "true"),
        ("1 in {1: 2}", "null", "true"),
        ("x in []", "1", "false"),
        ("!(x in ['a'])", r#""b""#, "true"),
    ]);
}

#[test]
fn optionals() {
    let input = r#"{"a":{"b":1,"n":null},"l":[10,20]}"#;
    let rows: Vec<_> = [
        ("x.?a.?b.orValue(0)", "1"),
        ("x.?a.b.orValue(0)", "1"),
        ("x.?z.b.c.orValue(7)", "7"),
        ("x.?a.?z.orValue('none')", "\"none\""),
        ("x.?a.n.hasValue()", "true"),
        ("x.?a.n.deeper.hasValue()", "false"),
        ("x.?z.hasValue()", "false"),
        ("x.?a.b.value()", "1"),
        ("x.?z.value()", "! the optional has no value"),
        ("x.?z.or(x.?a.b).value()", "1"),
        ("x.?a.b.or(optional.of(1 / 0)).value()", "1"),
        ("x.?a.b.orValue(1 / 0)", "1"),
        ("x.l[?1].orValue(0)", "20"),
        ("x.l[?7].orValue(0)", "0"),
        ("x[?'l'][0].orValue(0)", "10"),
        ("x[?'z'].orValue(0)", "0"),
        ("x.?a.optMap(a, a.b + 1).orValue(0)", "2"),
        ("x.?z.optMap(a, a.b + 1).orValue(0)", "0"),
        ("x.?a.optFlatMap(a, a.?b).orValue(0)", "1"),
        ("x.?a.optFlatMap(a, a.?z).orValue(0)", "0"),
        ("optional.of(1).hasValue()", "true"),
        ("optional.none().hasValue()", "false"),
        ("optional.ofNonZeroValue('').hasValue()", "false"),
        ("optional.ofNonZeroValue([0]).hasValue()", "true"),
        ("optional.ofNonZeroValue(0).orValue(5)", "5"),
        ("[?x.?a.b, ?x.?z, dyn(3)]", "[1,3]"),
        ("{?'p': x.?a.b, ?'q': x.?z}", "{\"p\":1}"),
        ("has(x.?a.b)", "true"),
        ("has(x.?z.b)", "false"),
        ("optional.of({'a': 1}).a.orValue(0)", "1"),
        ("[optional.of(1), optional.none()].unwrapOpt()", "[1]"),
        ("optional.unwrap([optional.of(1), optional.none()])", "[1]"),
        ("x.l.first().orValue(0) + x.l.last().orValue(0)", "30"),
        ("[].first().hasValue()", "false"),
        ("x.?a", "{\"b\":1,\"n\":null}"),
        ("dyn(1).orValue(2)", "1"),
        ("x.?z.or(dyn(x.l)).orValue(0)", "[10,20]"),
    ]
    .into_iter()
    .map(|(source, expected)| (source, input, expected))
    .collect();
    table(&rows);
}

#[test]
fn the_sum_of_no_elements_is_of_the_type_that_the_list_has() {
    plain(&[
        ("[].sum()", "0"),
        ("[1].filter(n, n > 1).sum() == 0", "true"),
        ("[1u].filter(n, n > 1u).sum() == 0u", "true"),
        ("[1.5].filter(n, n > 2.0).sum() == 0.0", "true"),
        ("type([1.5].filter(n, n > 2.0).sum()) == double", "true"),
        (
            "[duration('1s')].filter(d, false).sum() == duration('0s')",
            "true",
        ),
        ("[1.5, 2.5].sum() + [2.5].sum()", "6.5"),
    ]);
}
