//! One case before the engine.

use plimsoll_cel::{Budget, Bump, CompileError, Env, EvalError, Program, Scope, Type, Value};

use super::case::{Case, CaseValue};

/// What an API server allows one expression, in the engine's units.
const LIMIT: u64 = 10_000_000;

/// Whether the engine does what the case asks for; if not, what it does.
///
/// Kubernetes lets fewer types meet than the language does, in a literal above all. What is refused for that must do as
/// the case asks with its literals' types hidden, and everything else must do so as well.
pub(super) fn judge(case: &Case) -> Result<(), String> {
    if !case.needs.is_empty() {
        return Err(format!("needs {}", case.needs.join(", ")));
    }
    let env = environment(case)?;
    let dynamic = case.dynamic.as_ref().filter(|_| !case.check_only);
    match env.compile(&case.expr) {
        Ok(program) => {
            typed(case, &program)?;
            evaluated(case, &env, &program)?;
        }
        Err(error) if dynamic.is_none() => return refused(case, &error),
        Err(_) => {}
    }
    let Some(dynamic) = dynamic else {
        return Ok(());
    };
    match env.compile(dynamic) {
        Ok(program) => evaluated(case, &env, &program),
        Err(error) => refused(case, &error),
    }
    .map_err(|text| format!("{text}: {dynamic}"))
}

/// What must fail may be refused for it when it is loaded: nothing comes of it either way.
fn refused(case: &Case, error: &CompileError) -> Result<(), String> {
    match case.want {
        Some(CaseValue::Error(_)) => Ok(()),
        _ => Err(format!("refused: {error}")),
    }
}

fn environment(case: &Case) -> Result<Env, String> {
    let mut env = Env::new();
    for name in case.bindings.keys() {
        env.declare(name, Type::Dyn);
    }
    for (name, ty) in &case.variables {
        let ty = ty
            .as_type()
            .ok_or_else(|| format!("there is no type {ty:?}"))?;
        env.declare(name, ty);
    }
    Ok(env)
}

fn typed(case: &Case, program: &Program) -> Result<(), String> {
    match &case.result {
        Some(wanted) if wanted.as_type().as_ref() != Some(program.result_type()) => Err(format!(
            "its type is {}, wanted {wanted:?}",
            program.result_type()
        )),
        _ => Ok(()),
    }
}

/// Evaluates with the bindings as an expression makes them, and as a document holds them, where one can.
fn evaluated(case: &Case, env: &Env, program: &Program) -> Result<(), String> {
    let Some(wanted) = case.want.as_ref().filter(|_| !case.check_only) else {
        return Ok(());
    };
    for as_nodes in [false, true] {
        let arena = Bump::new();
        let scope = Scope::new(env, &arena);
        for (name, bound) in &case.bindings {
            let node = bound.as_node(&arena).filter(|_| as_nodes).map(Value::from);
            let value = node.or_else(|| bound.as_value(&arena));
            let value = value.ok_or_else(|| format!("cannot bind {bound:?}"))?;
            scope.set(env.slot(name).unwrap(), value);
        }
        let result = program.eval(&scope, &Budget::new(LIMIT));
        let alike = match (wanted, &result) {
            (CaseValue::Error(_), Err(EvalError::Failed { .. }))
            | (CaseValue::Unknown(_), Err(EvalError::Unknown { .. })) => true,
            (wanted, Ok(value)) => wanted.is(value),
            _ => false,
        };
        if !alike {
            return Err(format!("{result:?}, wanted {wanted:?}"));
        }
    }
    Ok(())
}
