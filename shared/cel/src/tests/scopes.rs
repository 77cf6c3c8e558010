//! Variables that are lazy, unknown or missing; and that values of the input stay what they are.

use crate::{Budget, Bump, Env, EvalError, Node, Program, Scope, Type, Value, decode_json};

fn env() -> Env {
    let mut env = Env::new();
    for name in ["object", "variables.a", "variables.b", "facts.f"] {
        env.declare(name, Type::Dyn);
    }
    env
}

fn outcome(env: &Env, source: &str, scope: &Scope<'_, '_>) -> String {
    let program = env.compile(source).unwrap();
    match program.eval(scope, &Budget::new(10_000)) {
        Ok(value) => value.to_json().to_string(),
        Err(error) => format!("! {error}"),
    }
}

#[test]
fn lazy_variables_are_evaluated_once_and_only_if_read() {
    let env = env();
    let (a, b) = (
        env.slot("variables.a").unwrap(),
        env.slot("variables.b").unwrap(),
    );
    let first = env
        .compile("lists.range(1000).map(n, n * 2).sum()")
        .unwrap();
    let second = env.compile("variables.a + 1").unwrap();
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    scope.set_lazy(a, &first);
    scope.set_lazy(b, &second);
    let run = |source: &str| {
        let budget = Budget::new(100_000);
        let value = env
            .compile(source)
            .unwrap()
            .eval(&scope, &budget)
            .unwrap()
            .to_json()
            .to_string();
        (value, budget.spent())
    };
    let unread = run("true || variables.b == 1");
    assert!(unread.1 < 10, "{unread:?}");
    let read = run("variables.b");
    assert_eq!(read.0, "999001");
    assert!(read.1 > 1000);
    let again = run("variables.a + variables.b");
    assert_eq!(again.0, "1998001");
    assert!(again.1 < 20, "memoised: {again:?}");
    scope.set_lazy(a, &second);
    scope.set_lazy(b, &second);
    assert_eq!(
        outcome(&env, "variables.b", &scope),
        "! the variable `variables.a` depends on itself"
    );
}

#[test]
fn errors_are_memoised_but_a_spent_budget_is_not() {
    let env = env();
    let a = env.slot("variables.a").unwrap();
    let heavy = env.compile("lists.range(5000).map(n, n).size()").unwrap();
    let broken = env.compile("object.x").unwrap();
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    scope.set_node(env.slot("object").unwrap(), Node::Map(&[]));
    scope.set_lazy(a, &heavy);
    let program = env.compile("variables.a").unwrap();
    assert_eq!(
        program.eval(&scope, &Budget::new(100)).unwrap_err(),
        EvalError::CostLimit
    );
    assert_eq!(
        program
            .eval(&scope, &Budget::new(1_000_000))
            .unwrap()
            .as_int(),
        Some(5000)
    );
    scope.set_lazy(a, &broken);
    for _ in 0..2 {
        assert_eq!(outcome(&env, "variables.a", &scope), "! no such key: x");
    }
    assert_eq!(outcome(&env, "variables.a == 1 || true", &scope), "true");
}

#[test]
fn what_is_unknown_stays_unknown_unless_it_does_not_matter() {
    let env = env();
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    scope.set_node(env.slot("object").unwrap(), Node::Map(&[]));
    scope.set_unknown(
        env.slot("facts.f").unwrap(),
        "networkpolicies were not listed",
    );
    let lazy = env.compile("facts.f.size()").unwrap();
    scope.set_lazy(env.slot("variables.a").unwrap(), &lazy);
    let unknown = "! not known: networkpolicies were not listed";
    for (source, expected) in [
        ("facts.f", unknown),
        ("facts.f == 1", unknown),
        ("false && facts.f", "false"),
        ("facts.f && false", "false"),
        ("true || facts.f", "true"),
        ("facts.f || false", unknown),
        ("object.x || facts.f", unknown),
        ("facts.f || object.x", unknown),
        ("facts.f.x || object.x || true", "true"),
        ("[1, 2].all(n, n == 1 || facts.f)", unknown),
        ("[1, 2].all(n, n == 1 && facts.f)", "false"),
        ("[1, 2].exists(n, facts.f)", unknown),
        ("[].exists(n, facts.f)", "false"),
        ("facts.f.all(n, true)", unknown),
        ("size([facts.f])", unknown),
        ("has(facts.f.x)", unknown),
        ("facts.?f.orValue(1)", unknown),
        ("variables.a > 0", unknown),
        ("true ? 1 : facts.f", "1"),
    ] {
        if source.contains("facts.?f") {
            assert!(
                env.compile(source).is_err(),
                "`facts` is no variable by itself"
            );
            continue;
        }
        assert_eq!(outcome(&env, source, &scope), expected, "{source}");
    }
    assert_eq!(
        outcome(&env, "variables.b", &scope),
        "! the variable `variables.b` has no value"
    );
    scope.set(env.slot("variables.b").unwrap(), Value::Unknown("why"));
    assert_eq!(outcome(&env, "variables.b", &scope), "! not known: why");
    scope.set(env.slot("variables.b").unwrap(), Value::Int(3));
    assert_eq!(outcome(&env, "variables.b", &scope), "3");
    scope.clear(env.slot("variables.b").unwrap());
    assert_eq!(
        outcome(&env, "variables.b", &scope),
        "! the variable `variables.b` has no value"
    );
}

#[test]
fn values_of_the_input_keep_their_identity() {
    let env = env();
    let arena = Bump::new();
    let object = decode_json(
        &arena,
        br#"{"a":[{"n":1},{"n":2}],"b":[{"n":2}],"c":[[{"n":2}]]}"#,
    )
    .unwrap();
    let scope = Scope::new(&env, &arena);
    scope.set_node(env.slot("object").unwrap(), object);
    let wanted = [
        object.get("a").unwrap().items()[1],
        object.get("b").unwrap().items()[0],
    ];
    for source in [
        "(object.a + object.b).filter(x, x.n == 2)",
        "[object.a, object.b].flatten().filter(x, x.n == 2)",
        "[object.a.slice(1, 2), object.b.filter(x, true)].flatten()",
        "(object.a + object.b).map(x, x.n == 2, x)",
        "[object.a[1], object.b[0]].sortBy(x, x.n)",
        "[object.?a[1].value(), object.b.first().value()]",
    ] {
        let value = env
            .compile(source)
            .unwrap()
            .eval(&scope, &Budget::new(10_000))
            .unwrap();
        let found: Vec<_> = value
            .items()
            .map(|item| item.as_node().unwrap().entries().as_ptr())
            .collect();
        let expected: Vec<_> = wanted.iter().map(|node| node.entries().as_ptr()).collect();
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn programs_are_plain_data() {
    let env = env();
    let source =
        "object.a.exists(x, x.n in [1, 2] && 'ab'.matches('^a')) ? {'k': [optional.of(1.5)]} : {}";
    let program = env.compile(source).unwrap();
    let stored = serde_json::to_string(&program).unwrap();
    let loaded: Program = serde_json::from_str(&stored).unwrap();
    assert_eq!(loaded.source(), source);
    assert_eq!(loaded.chains(), program.chains());
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    scope.set_node(
        env.slot("object").unwrap(),
        decode_json(&arena, br#"{"a":[{"n":2}]}"#).unwrap(),
    );
    let value = loaded.eval(&scope, &Budget::new(1000)).unwrap();
    assert_eq!(value.to_json().to_string(), r#"{"k":[1.5]}"#);
    assert_eq!(
        serde_json::to_string(&value.to_node(&arena)).unwrap(),
        r#"{"k":[1.5]}"#
    );
}

#[test]
fn errors_say_where() {
    let env = env();
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    scope.set_node(env.slot("object").unwrap(), Node::Map(&[]));
    for (source, place) in [
        ("1 == 1 && object.missing", "missing"),
        ("[1].map(n, n / 0)", "/"),
        ("'a'.charAt(7) == ''", "charAt"),
        ("dyn('a') < dyn(1)", "<"),
        ("[object][3]", "3"),
    ] {
        match env
            .compile(source)
            .unwrap()
            .eval(&scope, &Budget::new(1000))
        {
            Err(EvalError::Failed { offset, .. }) => {
                assert_eq!(offset as usize, source.find(place).unwrap(), "{source}");
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn programs_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Program>();
    shared::<Env>();
}
