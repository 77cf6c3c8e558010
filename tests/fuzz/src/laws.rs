//! What holds for the evaluation of every program.

use plimsoll_cel::{Budget, Bump, Env, EvalError, Program, Scope, Value};
use serde::Deserialize;

/// In units of cost.
const LIMIT: u64 = 20_000;
/// What may lie in the arena for a unit of cost, and beside: an element of a map is 48 bytes, and chunks double.
const BYTES_A_UNIT: usize = 256;
const BYTES_BESIDE: usize = 1 << 20;

/// Evaluates in scopes that `bind` fills: it must cost the same each time, succeed with just that, and never go on
/// without; what it allocates must have been paid for; a stored program must do the same. Gives the result to `look`.
pub(crate) fn hold<T>(
    env: &Env,
    program: &Program,
    bind: impl for<'a> Fn(&Scope<'a, 'a>, &'a Bump),
    look: impl for<'a> FnOnce(&Result<Value<'a>, EvalError>) -> T,
) -> T {
    let arena = Bump::new();
    let scope = Scope::new(env, &arena);
    bind(&scope, &arena);
    let before = arena.allocated_bytes();
    let budget = Budget::new(LIMIT);
    let result = program.eval(&scope, &budget);
    let made = arena.allocated_bytes() - before;
    let most = BYTES_BESIDE + BYTES_A_UNIT * usize::try_from(budget.spent()).unwrap();
    assert!(made <= most, "{made} bytes for {} units", budget.spent());
    assert!(budget.spent() <= LIMIT);
    if matches!(result, Err(EvalError::CostLimit)) {
        return look(&result);
    }
    let spent = budget.spent();
    let stored = serde_json::to_string(program).unwrap();
    // A level of a program is several of JSON, whose reader counts them unless told not to.
    let mut stored = serde_json::Deserializer::from_str(&stored);
    stored.disable_recursion_limit();
    let stored = Program::deserialize(&mut stored).unwrap();
    let shown = format!("{result:?}");
    for (program, limit) in [(program, spent), (&stored, LIMIT)] {
        let (again, cost) = evaluate(env, program, &bind, limit);
        assert_eq!((again, cost), (shown.clone(), spent));
    }
    if let Some(less) = spent.checked_sub(1) {
        let (again, _) = evaluate(env, program, &bind, less);
        assert_eq!(
            again, "Err(CostLimit)",
            "with {less} units, and with {spent} {shown}"
        );
    }
    look(&result)
}

fn evaluate(
    env: &Env,
    program: &Program,
    bind: &impl for<'a> Fn(&Scope<'a, 'a>, &'a Bump),
    limit: u64,
) -> (String, u64) {
    let arena = Bump::new();
    let scope = Scope::new(env, &arena);
    bind(&scope, &arena);
    let budget = Budget::new(limit);
    let result = program.eval(&scope, &budget);
    (format!("{result:?}"), budget.spent())
}
