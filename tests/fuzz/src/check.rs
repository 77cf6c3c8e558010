//! Expressions of a grammar, which mostly pass the check: what they come to must be of the type that the check told.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::SignedDuration;
use libfuzzer_sys::arbitrary::Unstructured;
use plimsoll_cel::{Bump, Env, EvalError, Node, Schema, Scope, Type, Value};

use crate::leaves::VARIABLES;
use crate::{grammar, laws};

static ENV: LazyLock<Env> = LazyLock::new(|| {
    let mut env = Env::new();
    for (name, ty) in VARIABLES {
        let ty = match *ty {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "uint" => Type::Uint,
            "double" => Type::Double,
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "timestamp" => Type::Timestamp,
            "duration" => Type::Duration,
            _ => Type::Dyn,
        };
        env.declare(name, ty);
    }
    env.declare("numbers", Type::list(Type::Int));
    env.declare("texts", Type::list(Type::String));
    env.declare("labels", Type::map(Type::String));
    let fields = [
        ("name", Type::String),
        ("names", Type::list(Type::String)),
        ("spec", Type::Dyn),
    ];
    env.declare(
        "object",
        Type::object(Schema {
            name: "Thing".to_owned(),
            fields: BTreeMap::from(fields.map(|(name, ty)| (name.to_owned(), ty))),
            open: false,
        }),
    );
    env
});

pub(crate) fn run(data: &[u8]) {
    // The values of variables come from the end, the expression from the beginning.
    let (choices, values) = data.split_at(data.len() - data.len() / 4);
    let (source, sound) = grammar::expression(choices);
    if std::env::var_os("FUZZ_SHOW").is_some() {
        eprintln!("{source}");
    }
    let env = &*ENV;
    let Ok(program) = env.compile(&source) else {
        return;
    };
    let ty = program.result_type();
    laws::hold(
        env,
        &program,
        |scope, arena| bind(scope, arena, &mut Unstructured::new(values)),
        |result| match result {
            Ok(value) if sound => assert!(fits(ty, value), "{source} is {value:?}, not {ty}"),
            Err(EvalError::Unknown { .. }) => panic!("{source}: nothing is unknown"),
            _ => {}
        },
    );
}

fn bind<'a>(scope: &Scope<'_, 'a>, arena: &'a Bump, data: &mut Unstructured<'_>) {
    let text = |data: &mut Unstructured<'_>| -> &'a str {
        arena.alloc_str(data.arbitrary::<String>().unwrap_or_default().as_str())
    };
    let set = |name: &str, value: Value<'a>| scope.set(ENV.slot(name).unwrap(), value);
    set("flag", Value::Bool(data.arbitrary().unwrap_or_default()));
    set("number", Value::Int(data.arbitrary().unwrap_or_default()));
    set("count", Value::Uint(data.arbitrary().unwrap_or_default()));
    set("ratio", Value::Double(data.arbitrary().unwrap_or_default()));
    set("text", Value::Str(text(data)));
    set("raw", Value::Bytes(text(data).as_bytes()));
    let second = i64::from(data.arbitrary::<i32>().unwrap_or_default()) * 28;
    set(
        "time",
        plimsoll_cel::Instant::from_second(second).map_or(Value::Null, Value::Timestamp),
    );
    set(
        "span",
        Value::Duration(SignedDuration::from_nanos(
            data.arbitrary().unwrap_or_default(),
        )),
    );
    let numbers: Vec<i64> = data.arbitrary().unwrap_or_default();
    let numbers = numbers.into_iter().map(Node::Int).collect();
    set("numbers", Node::list_in(arena, numbers).into());
    let names = Node::list_in(arena, vec![Node::Str(text(data)), Node::Str(text(data))]);
    set("texts", names.into());
    set(
        "labels",
        Node::map_in(
            arena,
            vec![("a", Node::Str(text(data))), (text(data), Node::Str("b"))],
        )
        .into(),
    );
    let object = vec![
        ("name", Node::Str(text(data))),
        ("names", names),
        ("spec", Node::Double(0.5)),
    ];
    set("object", Node::map_in(arena, object).into());
    set("any", names.into());
}

/// Whether a value is of a type that was told before.
fn fits(ty: &Type, value: &Value<'_>) -> bool {
    match (ty, *value) {
        (Type::Dyn, _) => true,
        (Type::List(element), Value::List(_) | Value::Nodes(_)) => {
            value.items().all(|item| fits(element, &item))
        }
        (Type::Map(key, inner), Value::Map(pairs)) => {
            pairs.iter().all(|(k, v)| fits(key, k) && fits(inner, v))
        }
        (Type::Map(_, inner), Value::Entries(entries)) => {
            entries.iter().all(|entry| fits(inner, &entry.value.into()))
        }
        (Type::Optional(inner), Value::Optional(value)) => {
            value.is_none_or(|value| fits(inner, value))
        }
        (Type::Object(_), Value::Entries(_)) => true,
        (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Uint, Value::Uint(_))
        | (Type::Double, Value::Double(_))
        | (Type::String, Value::Str(_))
        | (Type::Bytes, Value::Bytes(_))
        | (Type::Null, Value::Null)
        | (Type::Timestamp, Value::Timestamp(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Type, Value::Type(_))
        | (Type::Quantity, Value::Quantity(_))
        | (Type::Ip, Value::Ip(_))
        | (Type::Cidr, Value::Cidr(_))
        | (Type::Semver, Value::Semver(_))
        | (Type::Url, Value::Url(_))
        | (Type::Format, Value::Format(_)) => true,
        _ => false,
    }
}
