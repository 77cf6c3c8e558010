//! Values as CEL literals, and conditions that are decided before there is an object.

use plimsoll_cel::{Budget, Bump, Env, Scope};
use serde_json::Value;

use super::NotExportable;
use super::rewrite::{Place, Rewriter};
use super::sources::{LIMITS, Source};

/// A JSON value in CEL.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number.as_f64().is_some_and(|n| n < 0.0) => format!("({number})"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), literal(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Refuses a policy that a condition keeps from applying to anything, with its parameters and version as they are.
pub(super) fn refuse_inert(rewriter: &Rewriter<'_>, when: &Source) -> Result<(), NotExportable> {
    let roots = rewriter.sources.roots(when);
    if !roots
        .iter()
        .all(|root| root == "params" || root == "cluster")
    {
        return Ok(());
    }
    let text = rewriter.rewrite(when, Place::Condition)?.text;
    let env = Env::new();
    let Ok(program) = env.compile_with(&text, LIMITS) else {
        return Ok(());
    };
    let arena = Bump::new();
    let scope = Scope::new(&env, &arena);
    if !matches!(program.test(&scope, &Budget::new(100_000)), Ok(false)) {
        return Ok(());
    }
    let hint = match roots.contains("params") {
        true => ": its parameters need values",
        false => " in this version",
    };
    Err(NotExportable::Inert {
        condition: when.text.clone(),
        hint: hint.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn literals_read_back_as_the_value() {
        for value in [
            json!(-3),
            json!("a\"\\\n\u{7}é"),
            json!(true),
            json!(null),
            json!({ "k": ["x", "y"] }),
        ] {
            let env = Env::new();
            let program = env.compile(&literal(&value)).unwrap();
            let arena = Bump::new();
            let scope = Scope::new(&env, &arena);
            let read = program.eval(&scope, &Budget::new(1_000)).unwrap();
            assert_eq!(read.to_json(), value);
        }
    }
}
