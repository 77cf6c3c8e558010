//! Any source with any document: `EXPRESSION NUL JSON`.

use plimsoll_cel::{Bump, Env, EvalError, Node, Type, decode_json};

use crate::laws;

/// The document if there is none, or one that cannot be read.
const DOCUMENT: &str =
    r#"{"a": [1, "b", {"c": null}], "d": {"e": 1.5, "f": true}, "g": "10.0.0.1", "h": -3}"#;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (source, json) = text.split_once('\0').unwrap_or((text, DOCUMENT));
    let mut env = Env::new();
    let object = env.declare("object", Type::Dyn);
    let params = env.declare("params", Type::Dyn);
    let Ok(program) = env.compile(source) else {
        return;
    };
    let json = match decode_json(&Bump::new(), json.as_bytes()) {
        Ok(_) => json,
        Err(_) => DOCUMENT,
    };
    let with = |known: bool| {
        laws::hold(
            &env,
            &program,
            |scope, arena| {
                scope.set_node(object, decode_json(arena, json.as_bytes()).unwrap());
                match known {
                    true => scope.set_node(params, Node::list_in(arena, vec![Node::Int(1)])),
                    false => scope.set_unknown(params, "not read"),
                }
            },
            |result| {
                (
                    result.is_ok(),
                    matches!(result, Err(EvalError::Unknown { .. })),
                    format!("{result:?}"),
                )
            },
        )
    };
    let (unknown, known) = (with(false), with(true));
    assert!(!known.1, "unknown although all is known");
    if unknown.0 && !known.2.contains("CostLimit") {
        assert_eq!(
            unknown.2, known.2,
            "decided without params, and otherwise with them"
        );
    }
}
