//! What a tenant vouches for: it stands beside what is measured, by name, and only until its day.

use plimsoll_model::FrameworkScore;

use super::*;

const FILE: &str = "attestations = \"attested.yaml\"\n";

const GOOD: &str = "- framework: nsa-cisa
  control: kubelet
  cluster: prod-*
  statement: https://wiki.acme.example/kubelets
  by: Ana
  until: 2026-10-29
";

async fn score(service: &Service) -> FrameworkScore {
    let cluster = cluster(service).await;
    let mut scores = cluster.scores.into_iter();
    scores.find(|score| score.id == "nsa-cisa").unwrap()
}

fn write(nights: &Nights, text: &str) {
    std::fs::write(nights.path().join("attested.yaml"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_counted_apart_until_its_last_day() {
    let nights = Nights::new();
    write(&nights, GOOD);
    let (service, in_force) = nights.start_with(0, FILE).await;
    assert!(in_force.unattested.is_empty());
    let first = score(&service).await;
    assert_eq!(first.attested, 1);
    assert_eq!(
        audit(&service, "controlAttested").await,
        ["by Ana until 29 Oct 2026: https://wiki.acme.example/kubelets"]
    );
    nights.go_on(&service, 4).await;
    let later = score(&service).await;
    let unattested = FrameworkScore {
        attested: 0,
        ..first
    };
    assert_eq!(later, unattested, "nothing but the word is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_broken_file_the_last_good_version_stays_in_force_and_without_one_nothing_does() {
    let nights = Nights::new();
    write(&nights, GOOD);
    drop(nights.start_with(0, FILE).await);
    write(
        &nights,
        &GOOD.replace("control: kubelet", "control: kubelets"),
    );
    let (service, in_force) = nights.start_with(1, FILE).await;
    let [refused] = &in_force.unattested[..] else {
        panic!("{:?}", in_force.unattested);
    };
    assert!(
        refused.message.contains("no control kubelets"),
        "{}",
        refused.message
    );
    assert_eq!(
        refused.effect.as_deref(),
        Some("the attestation of before stays in force")
    );
    assert_eq!(score(&service).await.attested, 1);
    drop(service);
    let (service, _) = nights.start_with(2, "").await;
    assert_eq!(acme(&service).list_attestations().await.unwrap(), []);
    assert_eq!(score(&service).await.attested, 0);
    assert_eq!(
        audit(&service, "attestationRemoved").await,
        ["by Ana: taken out"]
    );
}
