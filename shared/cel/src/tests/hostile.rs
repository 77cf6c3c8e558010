//! Sources and inputs made to break things: nothing panics, nothing runs away.

use proptest::prelude::*;

use super::generate::{expression, token};

use super::{compile, env, eval_with};
use crate::{Budget, Bump, Env, EvalError, Limits, Scope, Type, decode_json};

/// Runs on a stack as small as threads have.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn deep_sources_are_refused_or_evaluated_but_never_overflow() {
    on_a_small_stack(|| {
        let deep = [
            vec!["1"; 1500].join("+"),
            format!("{}1{}", "(".repeat(200), ")".repeat(200)),
            format!("{}1{}", "[".repeat(5000), "]".repeat(5000)),
            format!("x{}", ".a".repeat(5000)),
            format!("{}1", "true ? 1 : ".repeat(900)),
            format!("x{}", "[0]".repeat(3000)),
            format!("x{}", ".f()".repeat(2000)),
        ];
        for source in deep {
            let error = compile(&source).unwrap_err();
            assert!(error.message.contains("nests deeper"), "{error}");
        }
        let flat = [
            vec!["x == 1"; 1000].join(" || "),
            format!("[{}]", vec!["1"; 3000].join(",")),
            format!("{}true", "!".repeat(9000)),
            format!("{}1", "-".repeat(90)),
            vec!["x == 1 ? 1"; 90].join(" : ") + " : 2",
        ];
        for source in flat {
            assert!(
                compile(&source).is_ok(),
                "{}",
                compile(&source).unwrap_err()
            );
        }
    });
}

#[test]
fn the_deepest_sources_that_are_accepted_run_on_a_small_stack() {
    on_a_small_stack(|| {
        let n = 47;
        for source in [
            format!("{}1{}", "dyn(".repeat(n), ")".repeat(n)),
            format!("{}1{}", "[".repeat(n), "]".repeat(n)),
            format!("{}1{}", "{'a': ".repeat(n), "}".repeat(n)),
            format!("'a'{}", ".trim()".repeat(32)),
            format!("{}true{}", "[1].all(a, ".repeat(24), ")".repeat(24)),
            format!("{}1{}", "[1].map(a, ".repeat(24), ")".repeat(24)),
            format!(
                "{}[]{}",
                "[1, 2].filter(a, size(".repeat(16),
                ") == 0)".repeat(16)
            ),
            format!("{}true{}", "!(true && ".repeat(n), ")".repeat(n)),
            format!("{}1{}", "(true ? ".repeat(30), " : 1)".repeat(30)),
            format!("{}1{}", "(1 + ".repeat(33), ")".repeat(33)),
            format!("{}x{}", "optional.of(".repeat(16), ").value()".repeat(16)),
            vec!["1"; 100].join(" + "),
            vec!["'a'"; 100].join(" + "),
        ] {
            let program = compile(&source).unwrap_or_else(|error| panic!("{source}: {error}"));
            let env = env();
            let arena = Bump::new();
            let scope = Scope::new(&env, &arena);
            scope.set(env.slot("x").unwrap(), crate::Value::Int(1));
            let outcome = program.eval(&scope, &Budget::new(1_000_000));
            assert!(outcome.is_ok(), "{source}: {outcome:?}");
        }
    });
}

#[test]
fn variables_that_read_each_other_are_bounded_altogether() {
    on_a_small_stack(|| {
        let mut env = Env::new();
        for n in 0..500 {
            env.declare(&format!("variables.v{n}"), Type::Dyn);
        }
        let nested = |n: usize| {
            format!(
                "{}variables.v{}{}",
                "dyn(".repeat(20),
                n + 1,
                ")".repeat(20)
            )
        };
        let programs: Vec<_> = (0..499).map(|n| env.compile(&nested(n)).unwrap()).collect();
        let arena = Bump::new();
        let scope = Scope::new(&env, &arena);
        for (n, program) in programs.iter().enumerate() {
            scope.set_lazy(env.slot(&format!("variables.v{n}")).unwrap(), program);
        }
        let read = env.compile("variables.v0").unwrap();
        let error = read.eval(&scope, &Budget::new(1_000_000)).unwrap_err();
        assert_eq!(error.to_string(), "the variables nest too deeply");
        let near = env.compile("variables.v497").unwrap();
        let error = near.eval(&scope, &Budget::new(1_000_000)).unwrap_err();
        assert!(
            error.to_string().contains("nest too deeply")
                || error.to_string().contains("has no value")
        );
    });
}

#[test]
fn the_cost_limit_stops_what_runs_away() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    for (source, charged) in [
        (
            "x.all(a, x.all(b, x.all(c, x.all(d, x.all(e, x.all(f, x.all(g, a >= 0)))))))",
            1001,
        ),
        (
            "x.map(a, x.map(b, x.map(c, x.map(d, x.map(e, [a, b, c, d, e])))))",
            1001,
        ),
        ("lists.range(1000000000).size()", 1_000_000_100),
        ("lists.range(900).map(n, lists.range(1000))", 2000),
    ] {
        let program = compile(source).unwrap();
        let env = env();
        let arena = Bump::new();
        let scope = Scope::new(&env, &arena);
        scope.set_node(
            env.slot("x").unwrap(),
            decode_json(&arena, ten.as_bytes()).unwrap(),
        );
        let budget = Budget::new(1000);
        assert_eq!(
            program.eval(&scope, &budget).unwrap_err(),
            EvalError::CostLimit,
            "{source}"
        );
        assert!(budget.spent() <= charged, "{source}: {}", budget.spent());
        assert!(
            arena.allocated_bytes() < 100_000,
            "{source}: {}",
            arena.allocated_bytes()
        );
    }
}

#[test]
fn doubling_text_is_charged_before_it_is_made() {
    let mut source = "'0123456789'".to_owned();
    for n in 0..20 {
        source = format!("cel.bind(s{n}, {source}, s{n} + s{n})");
    }
    let env = env();
    let arena = Bump::new();
    let program = env.compile(&source).unwrap();
    let outcome = program.eval(&Scope::new(&env, &arena), &Budget::new(10_000));
    assert_eq!(outcome.unwrap_err(), EvalError::CostLimit);
    assert!(
        arena.allocated_bytes() < 1_000_000,
        "{}",
        arena.allocated_bytes()
    );
}

#[test]
fn values_built_on_each_other_are_bounded_in_size_and_depth() {
    let mut wide = "[1]".to_owned();
    for n in 0..30 {
        wide = format!("cel.bind(s{n}, {wide}, [s{n}, s{n}, s{n}, s{n}])");
    }
    let env = env();
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    let outcome = env
        .compile(&wide)
        .unwrap()
        .eval(&scope, &Budget::new(10_000));
    assert_eq!(outcome.unwrap_err(), EvalError::CostLimit);

    let deeper = env
        .compile(&format!("{}x{}", "[".repeat(45), "]".repeat(45)))
        .unwrap();
    scope.set(env.slot("x").unwrap(), crate::Value::Int(1));
    for _ in 0..2 {
        let value = deeper.eval(&scope, &Budget::new(10_000)).unwrap();
        scope.set(env.slot("x").unwrap(), value);
    }
    let error = deeper.eval(&scope, &Budget::new(10_000)).unwrap_err();
    assert_eq!(error.to_string(), "the value nests too deeply");
}

#[test]
fn limits_can_be_narrowed_but_not_widened() {
    let limits = |source_bytes, depth| Limits {
        source_bytes,
        depth,
    };
    assert!(env().compile_with("x == 1", limits(3, 100)).is_err());
    assert!(env().compile_with("x.a.b.c", limits(100, 2)).is_err());
    assert!(
        env()
            .compile_with(&vec!["1"; 300].join("+"), limits(10_000, 1000))
            .is_err()
    );
    assert!(
        env()
            .compile_with(&" ".repeat(20_000), limits(30_000, 1000))
            .is_err(),
        "empty, but not too long"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn soup_of_tokens_never_panics(tokens in prop::collection::vec(token(), 0..30)) {
        let source = tokens.concat();
        if let Err(error) = compile(&source) {
            let lines = source.lines().count().max(1) + 1;
            prop_assert!(error.line >= 1 && error.line as usize <= lines && error.column >= 1 && error.length >= 1);
        }
    }

    #[test]
    fn soup_of_characters_never_panics(source in "\\PC{0,60}") {
        let _ = compile(&source);
    }

    #[test]
    fn evaluation_never_panics_and_repeats_itself(source in expression(), input in 0..6_usize) {
        let input = ["null", "1", "[1, 2.5, \"a\"]", r#"{"a": [1, {"a": "é"}]}"#, "\"text\"", "[[1], []]"][input];
        let source = source.replace("(c)", "(x)");
        let Ok(program) = compile(&source) else { return Ok(()) };
        let first = eval_with(&source, input);
        prop_assert_eq!(&first, &eval_with(&source, input));
        let stored: crate::Program = serde_json::from_str(&serde_json::to_string(&program).unwrap()).unwrap();
        prop_assert_eq!(stored.chains(), program.chains());
        // A smaller budget only ever cuts off.
        let env = env();
        let arena = Bump::new();
        let node = decode_json(&arena, input.as_bytes()).unwrap();
        let scope = Scope::new(&env, &arena);
        scope.set_node(env.slot("x").unwrap(), node);
        scope.set_node(env.slot("object").unwrap(), node);
        match program.eval(&scope, &Budget::new(12)) {
            Err(EvalError::CostLimit) => {}
            other => prop_assert_eq!(other.map(|value| value.to_json()), first),
        }
    }
}
