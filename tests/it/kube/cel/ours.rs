//! What the engine makes of an expression.

use plimsoll_cel::{Budget, Bump, Env, EvalError, Program, Scope, Type, Value, decode_json};
use serde_json::{Value as Json, json};

/// As many steps as an API server gives one expression, on its own scale.
const STEPS: u64 = 10_000_000;

/// How a value is put beside the server's: the server's side of the comparison, in which `V` stands for the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is JSON.
    Plain,
    /// Its text is.
    Text,
    /// It is bytes, of which the number counts.
    Size,
    /// It is an optional.
    HasValue,
    Quantity,
    /// Only that there is one.
    Any,
}

impl Form {
    pub(super) fn comparison(self, variable: &str, wanted: &str) -> String {
        match self {
            Form::Plain => format!("{variable} == {wanted}"),
            Form::Text => format!("string({variable}) == {wanted}"),
            Form::Size => format!("{variable}.size() == {wanted}"),
            Form::HasValue => format!("{variable}.hasValue() == {wanted}"),
            Form::Quantity => format!("{variable}.compareTo(quantity({wanted})) == 0"),
            Form::Any => format!("[{variable}].size() == {wanted}"),
        }
    }
}

/// What an evaluation comes to.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Value(Form, Json),
    Fails(#[expect(dead_code, reason = "shown where the two differ")] String),
}

/// A compiled expression, or why it was refused.
pub(super) struct Ours(pub(super) Result<Program, String>);

/// The variables of an admission policy without parameters.
pub(super) fn env() -> Env {
    let mut env = Env::new();
    env.declare("object", Type::Dyn);
    env
}

impl Ours {
    pub(super) fn compile(text: &str) -> Ours {
        Ours(env().compile(text).map_err(|error| error.to_string()))
    }

    /// The expression's value on an object.
    pub(super) fn outcome(program: &Program, object: &Json) -> Outcome {
        let env = env();
        let arena = Bump::new();
        let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        let scope = Scope::new(&env, &arena);
        scope.set_node(env.slot("object").unwrap(), node);
        match program.eval(&scope, &Budget::new(STEPS)) {
            Ok(value) => comparable(&value),
            Err(EvalError::Failed { message, .. }) => Outcome::Fails(message),
            Err(other) => Outcome::Fails(other.to_string()),
        }
    }
}

fn comparable(value: &Value<'_>) -> Outcome {
    let (form, json) = match value {
        Value::Timestamp(_) | Value::Duration(_) | Value::Ip(_) | Value::Cidr(_) => {
            (Form::Text, value.to_json())
        }
        Value::Double(number) if number.is_nan() => (Form::Text, json!("NaN")),
        Value::Double(number) if number.is_infinite() => (
            Form::Text,
            json!(if *number > 0.0 { "+Inf" } else { "-Inf" }),
        ),
        Value::Uint(number) if i64::try_from(*number).is_err() => {
            (Form::Text, json!(number.to_string()))
        }
        Value::Bytes(bytes) => (Form::Size, json!(bytes.len())),
        Value::Optional(inner) => (Form::HasValue, json!(inner.is_some())),
        Value::Quantity(quantity) => (Form::Quantity, json!(quantity.to_string())),
        other if is_json(other) => (Form::Plain, other.to_json()),
        _ => (Form::Any, json!(1)),
    };
    Outcome::Value(form, json)
}

/// Whether a value survives JSON: equal to what is read back.
fn is_json(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Str(_) => true,
        Value::Uint(number) => i64::try_from(*number).is_ok(),
        Value::Double(number) => number.is_finite(),
        Value::Nodes(_) | Value::List(_) => value.items().all(|item| is_json(&item)),
        Value::Entries(_) => true,
        Value::Map(pairs) => pairs
            .iter()
            .all(|(key, value)| key.as_str().is_some() && is_json(value)),
        _ => false,
    }
}
