//! The engine beside the interpreter that comes with the parser we use, on the same expressions and containers.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_cel::{Budget, Bump, Env, Node, Program, Scope, Slot, Type, Value};
use plimsoll_policy::Catalogue;

use crate::native::Pod;

/// Units that one evaluation may cost; far above what any of these does.
const COST_LIMIT: u64 = 1_000_000;

/// The variables that expressions read, for both.
const VARIABLES: [&str; 4] = [
    "variables.podSpec",
    "variables.podMetadata",
    "variables.containers",
    "cluster.version",
];
/// The version that they see.
const VERSION: &str = "1.36";

/// An expression compiled for both.
struct Both {
    ours: Program,
    theirs: cel::Program,
}

/// A pod as both get it: decoded.
struct Given<'a> {
    pod: Pod<'a>,
    values: serde_json::Value,
}

/// CPU of the interpreter over ours, the least of some rounds each, and how many expressions were run on each pod.
///
/// Expressions are those of the built-in policies about workloads that read nothing else, over all containers where they
/// are about containers, as an admission policy would have them. The interpreter's variables are made of a pod once for
/// all expressions, as its documentation shows.
///
/// # Errors
/// When an expression is not compiled, or the two do not agree on enough of them.
pub fn compare(
    catalogue: &Catalogue,
    pods: &[Pod<'_>],
    rounds: usize,
) -> anyhow::Result<(f64, usize)> {
    let mut env = Env::new();
    let slots = VARIABLES.map(|name| env.declare(name, Type::Dyn));
    let mut standard = cel::Env::stdlib();
    standard.add_extension(cel::extensions::strings)?;
    standard.add_extension(cel::extensions::lists)?;
    let standard = Arc::new(standard);
    let compiled = catalogue.policies.iter().filter_map(|policy| {
        let source = over_all_elements(&policy.text)?;
        Some(Both {
            ours: env.compile(&source).ok()?,
            theirs: standard.compile(&source).ok()?,
        })
    });
    let given = pods.iter().map(Given::of).collect::<Result<Vec<_>, _>>()?;
    let context_of = |given: &Given<'_>| {
        let mut context = cel::Context::with_env(Arc::clone(&standard));
        context.add_variable("variables", &given.values)?;
        context.add_variable("cluster", serde_json::json!({ "version": VERSION }))?;
        anyhow::Ok(context)
    };
    let mut arena = Bump::new();
    let judge = |one: &Both, scope: &Scope<'_, '_>| one.ours.test(scope, &Budget::new(COST_LIMIT));
    // What the interpreter cannot run, or sees otherwise, is left out: it knows no functions of Kubernetes.
    let mut agreed = Vec::new();
    'next: for one in compiled {
        for given in &given {
            arena.reset();
            let scope = given.scope(&env, &slots, &arena);
            let theirs = one.theirs.execute(&context_of(given)?).ok();
            match (judge(&one, &scope), theirs) {
                (Ok(ours), Some(cel::Value::Bool(theirs))) if ours == theirs => {}
                _ => continue 'next,
            }
        }
        agreed.push(one);
    }
    anyhow::ensure!(
        agreed.len() >= 30,
        "only {} expressions agree",
        agreed.len()
    );
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let start = Instant::now();
        for given in &given {
            arena.reset();
            let scope = given.scope(&env, &slots, &arena);
            for one in &agreed {
                let _ = black_box(judge(one, &scope));
            }
        }
        ours = ours.min(start.elapsed());
        let start = Instant::now();
        for given in &given {
            let context = context_of(given)?;
            for one in &agreed {
                let _ = black_box(one.theirs.execute(&context));
            }
        }
        theirs = theirs.min(start.elapsed());
    }
    Ok((theirs.as_secs_f64() / ours.as_secs_f64(), agreed.len()))
}

impl<'a> Given<'a> {
    fn of(pod: &Pod<'a>) -> serde_json::Result<Self> {
        let values = serde_json::json!({
            "podSpec": serde_json::to_value(pod.spec)?,
            "podMetadata": { "annotations": serde_json::to_value(pod.annotations)? },
            "containers": serde_json::to_value(&pod.containers)?,
        });
        Ok(Self {
            pod: pod.clone(),
            values,
        })
    }

    fn scope<'s>(&self, env: &'s Env, slots: &[Slot; 4], arena: &'s Bump) -> Scope<'s, 's>
    where
        'a: 's,
    {
        let scope = Scope::new(env, arena);
        let metadata = Node::map_in(arena, vec![("annotations", self.pod.annotations)]);
        let containers = Node::list_in(arena, self.pod.containers.clone());
        scope.set_node(slots[0], self.pod.spec);
        scope.set_node(slots[1], metadata);
        scope.set_node(slots[2], containers);
        scope.set(slots[3], Value::Str(VERSION));
        scope
    }
}

/// The expression of a policy's file over all its elements; none if it has parts that cannot be said in one expression.
fn over_all_elements(file: &str) -> Option<String> {
    let file: serde_json::Value = yaml_serde::from_str(file).ok()?;
    let workload = file["match"]["kinds"] == serde_json::json!(["Workload"]);
    let parts = ["variables", "params", "unknown"];
    if !workload || parts.iter().any(|part| file.get(part).is_some()) {
        return None;
    }
    let mut source = file["expression"].as_str()?.trim().to_owned();
    if let Some(each) = file.get("each") {
        let [(name, list)] = each.as_object()?.iter().collect::<Vec<_>>()[..] else {
            return None;
        };
        source = format!("({}).all({name}, {source})", list.as_str()?);
    }
    Some(source)
}
