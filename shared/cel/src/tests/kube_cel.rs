//! Agreement with `kube-cel`, another implementation of Kubernetes' CEL, over the table that an API server judges, too.
//!
//! That server has the last word, and `differences.txt` says where it is not ours. But it takes a server to ask it; this
//! test needs none, and sees it when an expression that was right comes to something else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use kube_cel::KubeCelExt as _;
use kube_cel::cel::objects::{Key, Map, OptionalValue};
use kube_cel::cel::parser::Parser;
use kube_cel::cel::{Context, ExecutionError, Value as Theirs};
use serde_json::Value as Json;

use super::{compile, eval_with};

/// What the other implementation makes of an expression.
#[derive(Debug)]
enum Said {
    Value(Json),
    Fails,
    /// It lacks the function, the macro or the syntax, or what it gives is no JSON.
    Lacks,
}

fn theirs(source: &str, object: &Json) -> Said {
    let parser = Parser::default().enable_optional_syntax(true);
    let Ok(tree) = parser.parse(source) else {
        return Said::Lacks;
    };
    let mut context = Context::default().with_all();
    context.add_variable_from_value("object", value(object));
    match Theirs::resolve(&tree, &context) {
        Ok(value) => to_json(&value).map_or(Said::Lacks, Said::Value),
        Err(ExecutionError::UndeclaredReference(_)) => Said::Lacks,
        Err(_) => Said::Fails,
    }
}

/// Whole numbers as `int`, which is what they are to an API server.
fn value(json: &Json) -> Theirs {
    match json {
        Json::Null => Theirs::Null,
        Json::Bool(value) => Theirs::Bool(*value),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Theirs::Float(number.as_f64().unwrap()), Theirs::Int),
        Json::String(text) => Theirs::String(Arc::new(text.clone())),
        Json::Array(items) => Theirs::List(Arc::new(items.iter().map(value).collect())),
        Json::Object(map) => {
            let pair =
                |(key, item): (&String, &Json)| (Key::String(Arc::new(key.clone())), value(item));
            Theirs::Map(Map {
                map: Arc::new(map.iter().map(pair).collect()),
            })
        }
    }
}

fn to_json(value: &Theirs) -> Option<Json> {
    Some(match value {
        Theirs::List(items) => items
            .iter()
            .map(to_json)
            .collect::<Option<Vec<_>>>()?
            .into(),
        Theirs::Map(map) => {
            let pair = |(key, value): (&Key, &Theirs)| Some((key.to_string(), to_json(value)?));
            Json::Object(map.map.iter().map(pair).collect::<Option<_>>()?)
        }
        Theirs::Int(value) => Json::from(*value),
        Theirs::UInt(value) => Json::from(*value),
        Theirs::Float(value) => crate::Value::Double(*value).to_json(),
        Theirs::String(text) => Json::from(text.as_str()),
        Theirs::Bytes(bytes) => crate::Value::Bytes(bytes).to_json(),
        Theirs::Bool(value) => Json::from(*value),
        Theirs::Null => Json::Null,
        Theirs::Opaque(opaque) => match opaque.downcast_ref::<OptionalValue>()?.value() {
            Some(value) => to_json(value)?,
            None => Json::Null,
        },
        _ => return None,
    })
}

/// `kube-cel.txt`: a reason after a `#`, then the expressions it is for. By expression, whether it always differs.
fn explained() -> BTreeMap<&'static str, bool> {
    let mut all = BTreeMap::new();
    let mut always = None;
    for line in include_str!("../../testdata/kube-cel.txt").lines() {
        match line.strip_prefix("# ") {
            Some(reason) => always = Some(!reason.starts_with("Now and then:")),
            None => {
                all.insert(line, always.expect("a reason comes first"));
            }
        }
    }
    all
}

/// The expressions of the table.
fn expressions() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expressions");
    let mut all = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        all.extend(lines.map(str::to_owned));
    }
    all.sort();
    all.dedup();
    all
}

/// Its evaluation recurses without a bound.
const STACK: usize = 512 << 20;

#[test]
fn what_kube_cel_makes_of_an_expression_is_the_same_or_explained() {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(compare).unwrap().join().unwrap();
}

fn compare() {
    let objects: Vec<Json> =
        serde_json::from_str(include_str!("../../testdata/objects.json")).unwrap();
    let (explained, expressions) = (explained(), expressions());
    let (mut same, mut errors, mut lacks) = (0, 0, 0);
    let mut differing = BTreeSet::new();
    let mut differences = Vec::new();
    for source in &expressions {
        let reads = source.contains("object.") || source.contains("object[");
        let objects = if reads { &objects[..] } else { &objects[..1] };
        let compiled = compile(source).map_err(|error| error.to_string());
        for object in objects {
            let ours = compiled.as_ref().map_err(Clone::clone).and_then(|_| {
                eval_with(source, &object.to_string()).map_err(|error| error.to_string())
            });
            // It panics where a quantity is out of its bounds.
            let said = catch_unwind(AssertUnwindSafe(|| theirs(source, object)));
            match (&ours, said.unwrap_or(Said::Fails)) {
                (Ok(ours), Said::Value(theirs)) if *ours == theirs => same += 1,
                (Err(_), Said::Fails) => errors += 1,
                (_, Said::Lacks) => lacks += 1,
                (ours, said) => {
                    differing.insert(source.as_str());
                    if !explained.contains_key(source.as_str()) {
                        differences.push(format!(
                            "{source} on {object}\n  ours {ours:?}, theirs {said:?}"
                        ));
                    }
                }
            }
        }
    }
    println!(
        "exercised: {same} evaluations as kube-cel's and {errors} errors alike; {lacks} it cannot do, \
         {} expressions differ for reasons that are written down, {} for none",
        differing.len(),
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let stale: Vec<_> = explained
        .iter()
        .filter(|(source, always)| **always && !differing.contains(*source))
        .collect();
    assert!(
        stale.is_empty(),
        "explained, but there is no difference: {stale:?}"
    );
    assert!(same > 1_500, "{same}");
}
