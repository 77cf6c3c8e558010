//! Agreement with the interpreter of the `cel` crate, where that one is right: only tests may use it.

use std::sync::Arc;

use cel::objects::{Key, OptionalValue};
use proptest::prelude::*;
use serde_json::Value as Json;

use super::generate::expression;
use super::{compile, eval_with};

/// What the other interpreter makes of an expression in which `x` and `object` stand for `input`.
fn theirs(source: &str, input: &str) -> Option<Json> {
    let mut env = cel::Env::stdlib();
    env.add_extension(cel::extensions::strings).ok()?;
    env.add_extension(cel::extensions::lists).ok()?;
    let program = env.compile(source).ok()?;
    let literal = env.compile(input).ok()?;
    let mut context = cel::Context::with_env(Arc::new(env));
    let value = literal.execute(&context).ok()?;
    for name in ["x", "object"] {
        context.add_variable_from_value(name, value.clone());
    }
    to_json(&program.execute(&context).ok()?)
}

fn to_json(value: &cel::Value) -> Option<Json> {
    Some(match value {
        cel::Value::List(items) => items
            .iter()
            .map(to_json)
            .collect::<Option<Vec<_>>>()?
            .into(),
        cel::Value::Map(map) => {
            let pair = |(key, value): (&Key, &cel::Value)| Some((key.to_string(), to_json(value)?));
            Json::Object(map.map.iter().map(pair).collect::<Option<_>>()?)
        }
        cel::Value::Int(value) => Json::from(*value),
        cel::Value::UInt(value) => Json::from(*value),
        cel::Value::Float(value) => crate::Value::Double(*value).to_json(),
        cel::Value::String(text) => Json::from(text.as_str()),
        cel::Value::Bytes(bytes) => crate::Value::Bytes(bytes).to_json(),
        cel::Value::Bool(value) => Json::from(*value),
        cel::Value::Null => Json::Null,
        cel::Value::Opaque(opaque) => match opaque.downcast_ref::<OptionalValue>()?.value() {
            Some(value) => to_json(value)?,
            None => Json::Null,
        },
        _ => return None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn what_both_evaluate_is_the_same(source in expression(), input in 0..6_usize) {
        let input = ["null", "1", "[1, 2.5, \"a\"]", r#"{"a": [1, {"a": "é"}]}"#, "\"text\"", "[[1], []]"][input];
        // Their formats are those of a newer cel-go than the API server's.
        prop_assume!(!source.contains(".format("));
        if let (Ok(_), Some(theirs)) = (compile(&source), theirs(&source, input)) {
            let ours = eval_with(&source, input);
            // In an optional list they find nothing under an index of a wrong type; an API server errs, and so do we.
            if matches!(&ours, Err(error) if error.to_string().starts_with("a list has no ")) {
                return Ok(());
            }
            // Texts are reversed by a newer cel-go than the API server's.
            if matches!(&ours, Err(error) if error.to_string().starts_with("`reverse` does not take")) {
                return Ok(());
            }
            prop_assert_eq!(ours.as_ref().ok(), Some(&theirs), "{} on {}: {:?}", source, input, ours);
        }
    }
}
