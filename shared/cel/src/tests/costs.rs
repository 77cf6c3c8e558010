//! Costs estimated when an expression is loaded, beside those that evaluating it charges.

use serde_json::Value as Json;

use super::typed::{self, Random};
use super::{compile, env};
use crate::{Budget, Bump, CompileError, Estimate, EvalError, Scope, Sizes, Type, decode_json};

fn sizes(items: u64, text: u64) -> Sizes {
    Sizes {
        items,
        text,
        variables: Vec::new(),
    }
}

fn estimate(source: &str, items: u64) -> u64 {
    compile(source).unwrap().estimated_cost(&sizes(items, 64))
}

#[test]
fn loops_over_the_same_list_multiply_and_those_over_parts_do_not() {
    let growth = |source: &str| estimate(source, 20_000) / estimate(source, 1_000).max(1);
    for (source, least, most) in [
        ("x.a == 1", 1, 1),
        ("x.all(a, a > 0)", 19, 20),
        ("x.all(a, x.all(b, a == b))", 380, 400),
        ("x.all(a, x.all(b, x.all(c, a + b > c)))", 7_600, 8_000),
        ("x.all(a, a.all(b, b > 0))", 19, 20),
        ("x.all(a, a.b.all(b, b.c.all(c, c > 0)))", 19, 20),
        ("x.filter(a, a.b > 0).all(a, a.c.exists(c, c == 1))", 19, 20),
        ("(x.a + x.b).all(a, a.c.exists(c, c == 1))", 19, 20),
        ("x.map(a, a.b).all(b, b.all(c, c > 0))", 19, 20),
        ("x.all(a, a.b.all(b, x.all(c, b == c)))", 380, 400),
        ("x.all(a, a.b.all(b, a.c.all(c, b == c)))", 380, 400),
        ("x.all(a, lists.range(9).all(i, a.b.all(b, b > i)))", 19, 20),
        ("x.distinct().size() == 1", 380, 400),
        ("x.exists(a, a in x.b)", 380, 400),
        ("params.all(p, p > 0)", 1, 1),
    ] {
        let mut sizes = (sizes(1_000, 64), sizes(20_000, 64));
        for sizes in [&mut sizes.0, &mut sizes.1] {
            sizes.variables.push(("params".to_owned(), 10));
        }
        let program = compile(source).unwrap();
        let (small, large) = (
            program.estimated_cost(&sizes.0),
            program.estimated_cost(&sizes.1),
        );
        let found = large / small.max(1);
        assert!(
            (least..=most).contains(&found),
            "{source}: {small} to {large}, {}",
            growth(source)
        );
    }
}

#[test]
fn what_costs_too_much_is_named_with_its_place() {
    let check = |source: &str, limit: u64| {
        let program = compile(source).unwrap();
        match program.check_cost(&sizes(1_000, 64), limit) {
            Ok(cost) => format!("{}", cost <= limit),
            Err(error) => format!(
                "{}:{}+{} {}",
                error.line, error.column, error.length, error.message
            ),
        }
    };
    assert_eq!(check("x.all(a, a > 0)", 100_000), "true");
    for (source, limit, place) in [
        ("x.all(a, a > 0)", 1_000, "1:3+3"),
        (
            "true &&\n  x.all(a, x.exists(b, a == b)) && x.exists(a, a == 1)",
            100_000,
            "2:14+6",
        ),
        (
            "x.size() > 1 && x.all(a,\n x.all(b, x.all(c, a + b > c)))",
            100_000_000,
            "2:13+3",
        ),
        ("lists.range(100000).size() == 1", 1_000, "1:7+5"),
    ] {
        let found = check(source, limit);
        assert!(
            found.starts_with(place) && found.contains("steps, and"),
            "{source}: {found}"
        );
    }
    let nested = "x.all(a, x.all(b, x.all(c, x.all(d, x.all(e, x.all(f, x.all(g, a == g)))))))";
    assert!(
        check(nested, 100).contains("steps, and"),
        "{}",
        check(nested, 100)
    );
    let program = compile(nested).unwrap();
    let error = program
        .check_cost(&Sizes::of_json(3 << 20), 1 << 40)
        .unwrap_err();
    assert!(
        error.help.is_some() && error.message.contains("steps"),
        "{error}"
    );
}

/// The estimate for a rule that reads `v`, each element of what `list` gives or all of it.
fn together(
    list: &str,
    rule: &str,
    each: bool,
    items: u64,
    limit: u64,
) -> Result<u64, CompileError> {
    let mut env = env();
    let list = env.compile(list).unwrap();
    env.declare("v", Type::Dyn);
    let rule = env.compile(rule).unwrap();
    let mut estimate = Estimate::new(sizes(items, 64), limit);
    if each {
        estimate.each("v", &list)?;
    } else {
        estimate.variable("v", &list)?;
    }
    estimate.add(&rule)?;
    Ok(estimate.total())
}

#[test]
fn programs_that_read_each_other_are_estimated_as_one() {
    for (each, rule, least, most) in [
        (true, "v.b > 0", 19, 20),
        (true, "v.b.all(b, b > 0)", 19, 20),
        (true, "x.b.all(b, b > v.c)", 380, 400),
        (true, "x.b.all(b, v.all(c, c > b))", 380, 400),
        (false, "v.all(c, c > 0)", 19, 20),
        (false, "x.b.all(b, v.all(c, b > c))", 380, 400),
        (false, "x.b.all(b, b > 0) && v.all(c, c > 0)", 19, 20),
    ] {
        let total = |items| together("x.a", rule, each, items, u64::MAX).unwrap();
        let found = total(20_000) / total(1_000);
        assert!((least..=most).contains(&found), "{rule}: {found}");
    }
    let error = together("x.a", "x.b.all(b, b > v.c)", true, 1_000, 100_000).unwrap_err();
    assert_eq!(
        (error.line, error.column, error.length),
        (1, 5, 3),
        "{error}"
    );
}

/// Elements and entries, and the longest text, of an input.
fn measure(json: &Json) -> (u64, u64) {
    let own =
        |(items, text): (u64, u64), inner: (u64, u64)| (items + inner.0 + 1, text.max(inner.1));
    match json {
        Json::Array(list) => list.iter().map(measure).fold((0, 0), own),
        Json::Object(map) => map
            .iter()
            .map(|(key, value)| {
                let (items, text) = measure(value);
                (items, text.max(key.len() as u64))
            })
            .fold((0, 0), own),
        Json::String(text) => (0, text.len() as u64),
        _ => (0, 0),
    }
}

#[test]
fn no_evaluation_costs_more_than_was_estimated() {
    let objects: Vec<Json> =
        serde_json::from_str(include_str!("../../testdata/objects.json")).unwrap();
    let table = [
        include_str!("../../testdata/expressions/object.txt"),
        include_str!("../../testdata/expressions/lists.txt"),
        include_str!("../../testdata/expressions/logic.txt"),
        include_str!("../../testdata/expressions/strings.txt"),
        include_str!("../../testdata/expressions/regex.txt"),
        include_str!("../../testdata/expressions/optionals.txt"),
        include_str!("../../testdata/expressions/network.txt"),
        include_str!("../../testdata/expressions/quantities.txt"),
    ];
    let mut random = Random::new(7);
    let made: Vec<String> = (0..2_000)
        .map(|n| typed::any(&mut random, 1 + n % 4))
        .collect();
    let written = table
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.starts_with('#'));
    let mut executions = 0;
    for source in written.chain(made.iter().map(String::as_str)) {
        let Ok(program) = compile(source) else {
            continue;
        };
        for object in &objects {
            let (items, text) = measure(object);
            let estimated = program.estimated_cost(&sizes(items, text));
            let env = env();
            let arena = Bump::new();
            let scope = Scope::new(&env, &arena);
            let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
            scope.set_node(env.slot("object").unwrap(), node);
            let budget = Budget::new(1_000_000_000);
            let outcome = program.eval(&scope, &budget);
            executions += 1;
            // What spends all at once was never begun.
            if outcome.is_err_and(|error| error == EvalError::CostLimit) {
                continue;
            }
            let spent = budget.spent();
            assert!(
                spent <= estimated,
                "{source}: {spent}, estimated {estimated}"
            );
        }
    }
    println!("exercised: {executions} evaluations within their estimated cost");
    assert!(executions > 10_000, "{executions}");
}
