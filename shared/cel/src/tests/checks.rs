//! What is refused at load, where, and with which help; and what a program tells about itself.

use std::collections::BTreeMap;

use super::compile;
use crate::{Env, Schema, Type};

fn container() -> Type {
    let fields = [
        ("name", Type::String),
        ("image", Type::String),
        ("ports", Type::list(Type::Dyn)),
        ("securityContext", Type::Dyn),
    ];
    let fields = fields
        .into_iter()
        .map(|(name, ty)| (name.to_owned(), ty))
        .collect::<BTreeMap<_, _>>();
    Type::object(Schema {
        name: "Container".to_owned(),
        fields,
        open: false,
    })
}

fn typed() -> Env {
    let mut env = super::env();
    env.declare("container", container());
    env.declare("variables.containers", Type::list(container()));
    env.declare("variables.podSpec", Type::Dyn);
    env.declare("facts.networkPolicies", Type::list(Type::Dyn));
    env.declare("cluster.version", Type::String);
    env
}

/// Line, column, length, message and help of the error a source gives.
fn refused(source: &str) -> String {
    match typed().compile(source) {
        Ok(program) => format!("accepted as {}", program.result_type()),
        Err(e) => {
            let help = e.help.map(|help| format!(" | {help}")).unwrap_or_default();
            format!("{}:{}+{} {}{help}", e.line, e.column, e.length, e.message)
        }
    }
}

#[test]
fn errors_point_at_their_place_and_help() {
    for (source, expected) in [
        (
            "objekt.spec",
            "1:1+6 `objekt` is not declared | did you mean `object`?",
        ),
        (
            "variables.podspec.x",
            "1:11+7 `variables.podspec` is not declared | did you mean `variables.podSpec`?",
        ),
        ("variables", "1:1+9 `variables` is no variable by itself"),
        ("variables.q == 1", "1:11+1 `variables.q` is not declared"),
        (
            "container.imgae == 'x'",
            "1:11+5 unknown field `imgae` on Container | did you mean `image`?",
        ),
        (
            "has(container.imgae)",
            "1:15+5 unknown field `imgae` on Container | did you mean `image`?",
        ),
        (
            "container.?imgae.orValue('')",
            "1:12+5 unknown field `imgae` on Container | did you mean `image`?",
        ),
        (
            "container['imgae'] == ''",
            "1:11+7 unknown field `imgae` on Container | did you mean `image`?",
        ),
        (
            "variables.containers.all(c,\n  c.nmae == '')",
            "2:5+4 unknown field `nmae` on Container | did you mean `name`?",
        ),
        (
            "variables.containers.name == ''",
            "1:22+4 a list has no field `name` | use an index, `all` or `exists`",
        ),
        ("container.name.x", "1:16+1 string has no field `x`"),
        (
            "'a'.startswith('b')",
            "1:5+10 there is no function `startswith` | did you mean `startsWith`?",
        ),
        (
            "object.items.exist(i, i)",
            "1:14+5 there is no function `exist` | did you mean `exists`?",
        ),
        ("frobnicate(1)", "1:1+10 there is no function `frobnicate`"),
        ("url('x')", "1:5+3 'x' is not a URL"),
        (
            "math.ceil(1.5)",
            "1:6+4 Kubernetes has no function `math.ceil`",
        ),
        (
            "authorizer.group('').check('get').allowed()",
            "1:1+10 `authorizer` asks the API server that admits an object; there is none here",
        ),
        (
            "[1, 'a']",
            "1:5+3 the elements must have one type: this is string, not int | `dyn(..)` around each of them makes it one",
        ),
        (
            "{'a': 1, 2: 2}",
            "1:10+1 the elements must have one type: this is int, not string | `dyn(..)` around each of them makes it one",
        ),
        (
            "'%s %d'.format([1])",
            "1:1+7 the format has more verbs than there are values",
        ),
        ("'%d'.format(['a'])", "1:14+3 `%d` does not take string"),
        (
            "object.`a-b`",
            "1:8+1 names in backquotes are not taken | use an index, for example x['a-b']",
        ),
        (
            "[1].all(i, i, true)",
            "1:12+1 the two variables must have different names",
        ),
        (
            "1 == 1.0",
            "1:3+2 int and double are not compared | convert one of them, for example with `double(..)`",
        ),
        (
            "container.name == null",
            "1:16+2 string and null are never equal | test with `has(..)` whether a field is there",
        ),
        (
            "startsWith('a', 'b')",
            "1:1+10 `startsWith` is not called like this | it is `string.startsWith(string) bool`",
        ),
        (
            "'a'.startsWith(1)",
            "1:5+10 `startsWith` does not take (string, int) | it is `string.startsWith(string) bool`",
        ),
        (
            "'a'.startsWith()",
            "1:5+10 `startsWith` does not take this many arguments | it is `string.startsWith(string) bool`",
        ),
        (
            "container.name && true",
            "1:11+4 what `&&` joins must be bool, this is string",
        ),
        (
            "true && 'a'",
            "1:9+3 what `&&` joins must be bool, this is string",
        ),
        (
            "!'a'",
            "1:2+3 what `!` turns round must be bool, this is string",
        ),
        (
            "'a' ? 1 : 2",
            "1:1+3 the condition before `?` must be bool, this is string",
        ),
        (
            "true ? 1 : 'a'",
            "1:6+1 a choice between int and string | both sides must have one type, or be in `dyn(..)`",
        ),
        ("1 + 'a'", "1:3+1 `+` does not go with int and string"),
        ("1 + 1.0", "1:3+1 `+` does not go with int and double"),
        ("1 == 'a'", "1:3+2 int and string are never equal"),
        (
            "container.name == 1",
            "1:16+2 string and int are never equal",
        ),
        ("1 < 'a'", "1:3+1 int and string have no order"),
        (
            "quantity('1') < quantity('2')",
            "1:15+1 quantity and quantity have no order | use isLessThan, isGreaterThan or compareTo",
        ),
        ("1 in 'abc'", "1:3+2 `in` needs a list or a map, not string"),
        ("1 in ['a']", "1:3+2 int is never in list(string)"),
        ("[1]['a']", "1:5+3 a list has no index of type string"),
        ("'abc'[0]", "1:6+1 string has no elements"),
        (
            "'a'.matches('(')",
            "1:13+3 the pattern is broken: unclosed group",
        ),
        ("quantity('1x')", "1:10+4 '1x' is not a quantity"),
        ("duration('1y')", "1:10+4 '1y' is not a duration"),
        (
            "[1].all(i, i)",
            "1:12+1 the condition of `all` must be bool, this is int",
        ),
        (
            "'abc'.all(i, true)",
            "1:7+3 `all` needs a list or a map, not string",
        ),
        (
            "[1].all(i.j, true)",
            "1:11+1 a macro's variable must be a plain name",
        ),
        (
            "[1].all(i)",
            "1:5+3 `all` does not take this many arguments",
        ),
        (
            "has(object)",
            "1:5+6 `has` needs a field, for example has(object.spec)",
        ),
        (
            "has(variables.podSpec)",
            "1:15+7 `has` needs a field; this is a variable",
        ),
        ("{1.5: 1}", "1:2+3 double cannot be a key"),
        (
            "Pod{name: 'a'}",
            "1:4+1 messages (`Pod{}`) cannot be made here",
        ),
        ("1 +", "1:4+1 the expression ends too early"),
        ("1 2", "1:3+1 `2` is not expected here"),
        ("object.a ? 1 :", "1:15+1 the expression ends too early"),
        ("object.a ? 1", "1:13+1 the expression ends too early"),
        ("object.a ? ", "1:12+1 the expression ends too early"),
        ("", "1:1+1 the expression ends too early"),
        (
            "99999999999999999999",
            "1:1+1 this number does not fit 64 bits",
        ),
        ("'\\q'", "1:1+1 this text has an escape that does not exist"),
        ("package.x", "1:1+1 `package` is a reserved word"),
        ("'é' + naem", "1:7+4 `naem` is not declared"),
        (
            "\n\n  object.x &&\n  oject.y",
            "4:3+5 `oject` is not declared | did you mean `object`?",
        ),
        (
            "container.name.orValue('')",
            "1:16+7 `orValue` does not take (string, string) | it is `optional(A).orValue(A) A`",
        ),
        (
            "container.?name == 'a'",
            "1:17+2 optional(string) and string are never equal",
        ),
        ("[?1]", "1:3+1 `?` needs an optional, not int"),
        (
            "size",
            "1:1+4 `size` is not declared | `size` is a function",
        ),
        ("cluster.version.x", "1:17+1 string has no field `x`"),
    ] {
        assert_eq!(refused(source), expected, "{source}");
    }
}

#[test]
fn result_types_are_known_before_evaluation() {
    for (source, expected) in [
        ("container.name", "string"),
        ("variables.containers.map(c, c.image)", "list(string)"),
        ("variables.containers.filter(c, true)[0].name", "string"),
        (
            "variables.containers + variables.containers",
            "list(Container)",
        ),
        ("object.spec.x", "dyn"),
        ("object.spec.x + 1", "int"),
        ("object.spec.x == 1", "bool"),
        ("container.?name", "optional(string)"),
        ("container.?name.orValue('')", "string"),
        ("container.?ports[0]", "optional(dyn)"),
        ("true ? object.x : 1", "dyn"),
        (
            "variables.containers[0].ports.size() > 2 ? 'many' : 'few'",
            "string",
        ),
        (
            "{'a': 1}.transformMap(k, v, string(v))",
            "map(string, string)",
        ),
        ("container.?name.optMap(n, n.size())", "optional(int)"),
        ("cel.bind(n, container.name, n + n)", "string"),
        ("size(object.x)", "int"),
        ("[[1], [2]].map(l, l.max()).sum()", "int"),
        ("null", "null"),
        ("type(1)", "type"),
    ] {
        assert_eq!(
            refused(source),
            format!("accepted as {expected}"),
            "{source}"
        );
    }
}

#[test]
fn a_program_tells_what_it_reads() {
    let single = |source: &str| {
        let chain = typed().compile(source).unwrap().single_chain();
        chain
            .map(|(variable, keys)| format!("{variable}: {}", keys.join(".")))
            .unwrap_or_default()
    };
    for (source, expected) in [
        (
            "!container.securityContext.privileged",
            "container: securityContext.privileged",
        ),
        (
            "!container.?securityContext.?privileged.orValue(false)",
            "container: securityContext.privileged",
        ),
        (
            "!has(container.securityContext) || !has(container.securityContext.privileged) || \
             !container.securityContext.privileged",
            "container: securityContext.privileged",
        ),
        (
            "container.ports.all(p, p.hostPort == 0 && p.x)",
            "container: ports",
        ),
        (
            "variables.podSpec.hostNetwork != true",
            "variables.podSpec: hostNetwork",
        ),
        ("container.ports[0].hostPort == 0", "container: ports"),
        (
            "object['metadata'].labels['a/b'] == 'c'",
            "object: metadata.labels.a/b",
        ),
        ("container.name == container.image", ""),
        ("container.name == object.name", ""),
        ("facts.networkPolicies.size() > 0", ""),
        ("container == null && container.name == ''", ""),
        ("1 == 1", ""),
    ] {
        assert_eq!(single(source), expected, "{source}");
    }
    let chains = |source: &str| {
        let all = typed().compile(source).unwrap().chains();
        all.into_iter()
            .map(|(variable, keys)| format!("{variable}:{}", keys.join(".")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        chains("object.spec.env.exists(e, e.value.contains('x')) && params.a == 1"),
        ["object:spec.env", "object:spec.env.*.value", "params:a"]
    );
    assert_eq!(
        chains("(object.a + object.b).filter(i, i.on).map(i, i.secret).join('')"),
        [
            "object:a",
            "object:a.*.on",
            "object:a.*.secret",
            "object:b",
            "object:b.*.on",
            "object:b.*.secret"
        ]
    );
    assert_eq!(
        chains("cel.bind(s, object.spec, s.token) == ''"),
        ["object:spec", "object:spec.token"]
    );
    assert_eq!(
        chains("object.?data.optMap(d, d.key).hasValue()"),
        ["object:data", "object:data.key"]
    );
    let names: Vec<_> = typed().names().map(str::to_owned).collect();
    let read = typed()
        .compile("variables.podSpec.a == object.b || object.c")
        .unwrap()
        .slots_read();
    let read: Vec<_> = read
        .into_iter()
        .map(|slot| names[slot.index()].as_str())
        .collect();
    assert_eq!(read, ["object", "variables.podSpec"]);
}

#[test]
fn closed_and_open_schemas_differ() {
    let mut env = Env::new();
    let schema = |open| {
        Type::object(Schema {
            name: "S".to_owned(),
            fields: BTreeMap::new(),
            open,
        })
    };
    env.declare("open", schema(true));
    env.declare("closed", schema(false));
    assert!(env.compile("open.anything == 1").is_ok());
    assert!(env.compile("closed.anything == 1").is_err());
    assert!(env.compile("closed[open.name] == 1").is_ok());
}

#[test]
fn a_variable_of_a_macro_hides_a_declared_one() {
    assert!(compile("[1].all(object, object > 0)").is_ok());
    assert!(compile("[1].all(y, y > 0) && y > 0").is_err());
}
