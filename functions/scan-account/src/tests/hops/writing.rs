//! Scans that are cut between two transactions of findings.

use std::fmt::Write as _;
use std::sync::Arc;

use plimsoll_model::ChangeKind;

use super::*;

/// More than four transactions have findings of so many pods.
const PODS: usize = 40;

fn pods() -> String {
    let mut all = String::new();
    for number in 0..PODS {
        write!(
            all,
            "---
apiVersion: v1
kind: Pod
metadata: {{ name: worse-{number}, namespace: payments }}
spec:
  hostPID: true
  containers: [ {{ name: app, image: 'a:1', securityContext: {{ privileged: true }} }} ]
"
        )
        .unwrap();
    }
    all
}

fn without_pods() -> String {
    let mut all = String::new();
    for number in 0..PODS {
        writeln!(
            all,
            "- {{ object: Pod payments/worse-{number}, why: gone, delete: true }}"
        )
        .unwrap();
    }
    all
}

impl Looked {
    /// The next scan: what is there now was left by this one, six hours ago.
    async fn next(self) -> Self {
        let copy = self.again();
        let store = Store::embedded(Some(copy.path())).await.unwrap();
        assert_eq!(self.scan(&store, &self.late()).await, 0);
        let begun = self.begun + SignedDuration::from_hours(6);
        let of = store.of(&self.job.tenant);
        let scan = of.plan_scan(&self.job.cluster, begun, begun).await.unwrap();
        let job = ClusterJob {
            scan: scan.id,
            ..self.job.clone()
        };
        Self {
            folder: copy,
            job,
            begun,
            ..self
        }
    }

    /// How often a scan asks for the time.
    async fn asks(&self) -> usize {
        let copy = self.again();
        let store = Store::embedded(Some(copy.path())).await.unwrap();
        let (asked, begun) = (Arc::new(AtomicUsize::new(0)), self.begun);
        let counted = asked.clone();
        let clock = Clock::told(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            begun
        });
        assert_eq!(self.scan(&store, &clock).await, 0);
        asked.load(Ordering::Relaxed)
    }

    /// Cuts the scan at each of the last times that it asks for the time, which it does before it writes: what is left is
    /// as after one that was not cut, but for when parts of it were seen.
    async fn cut_while_it_writes(&self, what: ChangeKind) {
        let uncut = timeless(self.uncut().await);
        let told = uncut.outbox.as_ref().unwrap().changes.iter();
        let told = told.filter(|change| change.what == what).count();
        assert!(told > 4 * plimsoll_store::FINDINGS_AT_ONCE, "{told}");
        let asks = self.asks().await;
        for early in 1..=4 {
            let copy = self.again();
            let store = Store::embedded(Some(copy.path())).await.unwrap();
            let hops = self.scan(&store, &self.jumping(asks - early)).await;
            assert_eq!(hops, 1, "{what:?}, {early} looks before the end");
            let different = timeless(self.left(&store).await).difference(&uncut);
            assert!(
                different.is_empty(),
                "{what:?}, {early}: {}",
                different.join("\n")
            );
        }
    }
}

fn timeless(mut left: Left) -> Left {
    for finding in &mut left.findings {
        finding.first_seen = night();
        finding.resolved = finding.resolved.map(|_| night());
    }
    left
}

#[tokio::test]
async fn what_was_written_when_the_time_was_over_is_not_lost_and_told_once() {
    let looked = Looked::new().await.next().await;
    looked.stage.world.put(CLUSTER, &pods()).unwrap();
    looked.cut_while_it_writes(ChangeKind::New).await;
    let looked = looked.next().await;
    looked.stage.world.change(CLUSTER, &without_pods()).unwrap();
    looked.cut_while_it_writes(ChangeKind::Resolved).await;
}
