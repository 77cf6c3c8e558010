//! Our Pod Security verdicts against the API server's own admission.

use plimsoll_tests::kube_server::KubeServer;
use plimsoll_tests::pod_security::{
    Comparison, Oracle, ephemeral_fields, ephemeral_pods, fields, pods,
};

use crate::judge::Judge;

const SEED: u64 = 20_261_121;

fn check(comparison: &Comparison) {
    let sample = |list: &[String]| list.iter().take(8).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        comparison.invalid.is_empty(),
        "the generator made {} invalid pods:\n{}",
        comparison.invalid.len(),
        sample(&comparison.invalid)
    );
    assert!(
        comparison.disagreements.is_empty(),
        "{} verdicts differ:\n{}",
        comparison.disagreements.len(),
        sample(&comparison.disagreements)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_pods_get_the_servers_verdict() {
    let judge = Judge::new();
    let server = KubeServer::start().await.unwrap();
    let oracle = Oracle::new(&server).await.unwrap();

    let comparison = oracle
        .compare(pods(SEED, 2_000), |pod, level| judge.judge(pod, level))
        .await
        .unwrap();
    println!("{}", comparison.table());
    println!(
        "exercised: {} generated pods judged by the API server's own pod security admission; passing {:?}",
        comparison.pods, comparison.passing
    );
    let ephemeral = oracle
        .compare_ephemeral(ephemeral_pods(SEED), |pod, level| judge.judge(pod, level))
        .await
        .unwrap();
    println!("{}", ephemeral.table());
    println!(
        "exercised: {} pods with an ephemeral container, likewise; passing {:?}",
        ephemeral.pods, ephemeral.passing
    );

    check(&comparison);
    check(&ephemeral);
    assert_eq!(comparison.pods, 2_000);
    assert_eq!(comparison.gaps(&fields()), Vec::<String>::new());
    assert_eq!(ephemeral.gaps(&ephemeral_fields()), Vec::<String>::new());
}
