//! `bench-engine DIR`: prints how much more CPU the engine takes than the same policies written by hand, over the same
//! decoded manifests of a folder.

use std::time::{Duration, Instant};

use plimsoll_cel::{Bump, Node, NodeSeed};
use plimsoll_policy::{Lists, Plan, PlanOptions, Session};
use plimsoll_tests::interpreter::compare;
use plimsoll_tests::native::{Counts, Ignore, NATIVES, Pod};
use serde::de::DeserializeSeed;

/// Rounds; the least time of each counts, because other work on the machine only ever adds.
const ROUNDS: usize = 101;

/// The interpreter takes its time.
const INTERPRETER_ROUNDS: usize = 3;

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn main() -> anyhow::Result<()> {
    let catalogue = plimsoll_catalogue::built_in()?;
    let only = NATIVES.iter().map(|(id, _)| (*id).to_owned()).collect();
    let plan = Plan::new(
        &catalogue,
        PlanOptions {
            only,
            ..PlanOptions::default()
        },
    );
    let lists = Lists::of_files();
    let folder = std::env::args()
        .nth(1)
        .ok_or_else(|| anyhow::anyhow!("usage: bench-engine DIR"))?;
    let arena = Bump::new();
    let nodes = workloads(folder.as_ref(), &arena)?;
    let mut scratch = Bump::new();
    let (mut engine, mut native) = (Duration::MAX, Duration::MAX);
    let mut verdicts = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut session = Session::new(&plan);
        for node in &nodes {
            session.first(node, None, &scratch, &lists, &mut Ignore);
            scratch.reset();
        }
        engine = engine.min(start.elapsed());
        verdicts = session.tally.of(plimsoll_model::Verdict::Pass)
            + session.tally.of(plimsoll_model::Verdict::Fail);

        let start = Instant::now();
        let mut counts = vec![Counts::default(); NATIVES.len()];
        for node in &nodes {
            let Some(pod) = Pod::of(node) else { continue };
            for ((_, judge), counts) in NATIVES.iter().zip(&mut counts) {
                judge(&pod, counts);
            }
        }
        native = native.min(start.elapsed());
        let by_hand: u64 = std::hint::black_box(&counts)
            .iter()
            .map(|c| c.pass + c.fail)
            .sum();
        anyhow::ensure!(
            by_hand == verdicts,
            "the two do not judge alike: {by_hand} and {verdicts} verdicts"
        );
    }
    println!(
        "engine-vs-native-closures {:.2} ratio",
        engine.as_secs_f64() / native.as_secs_f64()
    );
    println!(
        "engine-ns-per-verdict {:.0} ns",
        engine.as_nanos() as f64 / verdicts as f64
    );
    let pods: Vec<Pod<'_>> = nodes.iter().filter_map(Pod::of).collect();
    let (ratio, expressions) = compare(&catalogue, &pods, INTERPRETER_ROUNDS)?;
    println!("engine-vs-cel-crate {ratio:.1} ratio");
    println!("engine-vs-cel-crate-expressions {expressions} expressions");
    let mut load = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        std::hint::black_box(plimsoll_catalogue::built_in()?);
        load = load.min(start.elapsed());
    }
    println!("catalogue-load-ms {:.2} ms", load.as_secs_f64() * 1e3);
    Ok(())
}

/// The workloads among the manifests of a folder, decoded.
fn workloads<'a>(folder: &std::path::Path, arena: &'a Bump) -> anyhow::Result<Vec<Node<'a>>> {
    let mut nodes = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        for document in yaml_serde::Deserializer::from_str(&text) {
            let node = NodeSeed::new(arena).deserialize(document)?;
            nodes.extend(Pod::of(&node).map(|_| node));
        }
    }
    Ok(nodes)
}
