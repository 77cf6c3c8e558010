//! Our Pod Security verdicts against the API server's own admission, in every version of the standard that it knows.

use std::collections::BTreeSet;

use plimsoll_tests::kube_server::KubeServer;
use plimsoll_tests::pod_security::{
    Comparison, Oracle, Questions, REVISIONS, VERSIONS, Version, checks, ephemeral_pods,
    fields_read, pods,
};

use crate::judge::Judge;

const SEED: u64 = 20_261_121;

/// Pods for each version but the newest, enough for every value of every field alone and some together.
const OLDER: usize = 1_250;
const ALL: usize = 20_000;

/// The versions at which pods get ephemeral containers: checks treat these as any other container.
const EPHEMERAL: [Version; 3] = [Version(0), Version(25), Version::NEWEST];

fn questions() -> Questions {
    let mut questions = Questions::default();
    for version in VERSIONS {
        let count = match version {
            Version::NEWEST => ALL - OLDER * (VERSIONS.len() - 1),
            _ => OLDER,
        };
        questions.add(version, pods(SEED + u64::from(version.0), count));
    }
    questions.add_ephemeral(&EPHEMERAL, ephemeral_pods(SEED));
    questions
}

#[expect(clippy::print_stdout, reason = "what was exercised is printed")]
fn show(comparison: &Comparison) {
    let tallies = comparison.tallies.values();
    let ephemeral: usize = tallies.clone().map(|tally| tally.ephemeral).sum();
    let opinions: usize = tallies.map(|tally| tally.opinions).sum();
    println!(
        "{}\n{}",
        comparison.versions_table(),
        comparison.fields_table()
    );
    for (version, level, check, field) in REVISIONS {
        let shown = comparison.changed_at(*version).contains(&(*level, field));
        let shown = if shown { "" } else { "NOT " };
        println!("{check} is another since {version}: {shown}shown by {field} at {level}");
    }
    println!(
        "exercised: {} pods at {} versions of the Pod Security Standards, and {ephemeral} with an ephemeral container, judged by the API server's own admission in {} requests and by ours in {opinions} verdicts: {} differ",
        comparison.pods(),
        comparison.tallies.len(),
        comparison.requests,
        comparison.differences().len()
    );
    let decided = comparison.decided();
    let ever = fields_read()
        .iter()
        .filter(|field| {
            decided.get(field.as_str()).is_some_and(|decided| {
                let sum = |counts: [usize; 2]| counts.iter().sum::<usize>();
                sum(decided.refused) + sum(decided.accepted) > 0
            })
        })
        .count();
    println!(
        "exercised: {} fields that {} checks of the standard read; {ever} of them alone decided about some pod",
        fields_read().len(),
        checks()
    );
}

fn sample<T: ToString>(list: &[T]) -> String {
    let texts: Vec<String> = list.iter().take(8).map(ToString::to_string).collect();
    texts.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_pods_get_the_servers_verdict() {
    let judge = Judge::new();
    let server = KubeServer::start().await.unwrap();
    let oracle = Oracle::new(&server).await.unwrap();
    let comparison = questions()
        .put(&oracle, move |pod, version| judge.judge(pod, version))
        .await
        .unwrap();
    show(&comparison);

    let invalid = &comparison.invalid;
    assert!(
        invalid.is_empty(),
        "the generator made {} invalid pods:\n{}",
        invalid.len(),
        sample(invalid)
    );
    let differences = comparison.differences();
    assert!(
        differences.is_empty(),
        "{} verdicts differ:\n{}",
        differences.len(),
        sample(&differences)
    );
    assert_eq!(comparison.pods(), ALL);
    assert_eq!(comparison.gaps(), Vec::<String>::new());
    for (version, level, check, field) in REVISIONS {
        assert!(
            comparison.changed_at(*version).contains(&(*level, field)),
            "no pod showed what {version} changed in {check}: {field} at {level}"
        );
    }
    let revised: BTreeSet<Version> = REVISIONS.iter().map(|(version, ..)| *version).collect();
    for version in VERSIONS {
        let changed = comparison.changed_at(version);
        assert_eq!(
            changed.is_empty(),
            !revised.contains(&version),
            "{version} changed {changed:?}"
        );
    }
}
