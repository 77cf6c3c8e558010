//! The expression engine against the API server's: the same expressions over the same objects, as admission policies
//! in dry-run.

mod cases;
mod compare;
mod fields;
mod ours;
mod policies;
mod table;
#[path = "../../../shared/cel/src/tests/typed/mod.rs"]
mod typed;

use plimsoll_tests::kube_server::{Caller, KubeServer};

use cases::Cases;
use compare::compare;
use policies::Policies;

/// Random expressions beside those of the table, and what they begin with; `PLIMSOLL_CEL_RANDOM` and
/// `PLIMSOLL_CEL_SEED` say otherwise, for longer runs.
const RANDOM: u64 = 3_000;
const SEED: u64 = 20_261_121;

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_and_the_engine_evaluate_alike() {
    let server = KubeServer::start().await.unwrap();
    let policies = Policies::new(server.api(Caller::Admin).unwrap())
        .await
        .unwrap();
    let random = number("PLIMSOLL_CEL_RANDOM", RANDOM);
    let cases = Cases::read(random, number("PLIMSOLL_CEL_SEED", SEED));
    let found = compare(&policies, &cases).await.unwrap();
    println!("{found}");
    println!(
        "exercised: {} expression and object pairs judged by kube-apiserver, {} differences",
        found.pairs(),
        found.differences.len() + found.explained
    );
    assert!(found.pairs() >= 3_000, "{}", found.pairs());
    let sample: Vec<_> = found.differences.iter().take(30).cloned().collect();
    assert!(
        found.differences.is_empty(),
        "{} unexplained differences:\n{}",
        found.differences.len(),
        sample.join("\n")
    );
    assert_eq!(
        found.stale,
        Vec::<String>::new(),
        "explained, but there is no difference"
    );
}
