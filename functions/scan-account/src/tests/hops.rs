//! Scans that take longer than one attempt may: interrupted anywhere, killed anywhere, they end as if they had not been.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plimsoll_model::{Finding, Manifest, OutboxId, OutboxItem, Reason, ReasonCode, Scan, Verdict};
use plimsoll_store::{Death, Life};

use super::*;

mod writing;

/// More than an attempt reads.
const LONG: SignedDuration = SignedDuration::from_mins(5);

/// An account that was looked at, and the job of a cluster with lists of many kinds.
struct Looked {
    stage: Stage,
    folder: tempfile::TempDir,
    job: ClusterJob,
    begun: Timestamp,
    /// Each attempt is another process, which loads the policies anew.
    catalogues: [Catalogue; 2],
}

/// Everything that a scan leaves behind, but for what counts its attempts.
#[derive(Debug, PartialEq)]
struct Left {
    findings: Vec<Finding>,
    manifest: Option<Manifest>,
    cluster: Cluster,
    scan: Scan,
    outbox: Option<OutboxItem>,
    snapshot: Vec<u8>,
}

impl Left {
    /// What is not as in another, in short.
    fn difference(&self, other: &Self) -> Vec<String> {
        let findings = self.findings.iter().zip(&other.findings);
        let changed = findings.filter(|(one, other)| one != other);
        let changed = changed.map(|(one, other)| format!("{one:?}\nand not\n{other:?}"));
        let parts = [
            ("findings", self.findings == other.findings),
            ("manifest", self.manifest == other.manifest),
            ("cluster", self.cluster == other.cluster),
            ("scan", self.scan == other.scan),
            ("outbox", self.outbox == other.outbox),
            ("snapshot", self.snapshot == other.snapshot),
        ];
        let parts = parts.into_iter().filter(|(_, same)| !same);
        let parts = parts.map(|(part, _)| part.to_owned());
        let records = match (self.scan == other.scan, self.cluster == other.cluster) {
            (true, true) => None,
            _ => Some(format!(
                "{:#?}",
                (&self.scan, &other.scan, &self.cluster, &other.cluster)
            )),
        };
        parts.chain(changed.take(1)).chain(records).collect()
    }
}

impl Looked {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::embedded(Some(folder.path())).await.unwrap();
        let mut stage = Stage::with(store).await;
        let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
        let (_, jobs) = stage.look(&mut job).await;
        let of = stage.store.of(&job.tenant);
        let clusters = of.list_clusters().await.unwrap();
        let prod = clusters.iter().find(|one| one.name == CLUSTER).unwrap();
        let job = jobs.into_iter().find(|job| job.cluster == prod.id).unwrap();
        // The directory is locked: what is tried, is tried on copies.
        stage.store = Store::embedded(None).await.unwrap();
        let begun = stage.clock.now() - SignedDuration::from_hours(23);
        stage.clock.set(begun);
        Self {
            begun,
            catalogues: [(), ()].map(|()| plimsoll_catalogue::built_in().unwrap()),
            stage,
            folder,
            job,
        }
    }

    /// What there was before the scan, once more.
    fn again(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_all(self.folder.path(), copy.path());
        copy
    }

    /// A time that stands still, and jumps when it was asked for the n-th time.
    fn jumping(&self, asks: usize) -> Clock {
        let (asked, begun) = (AtomicUsize::new(0), self.begun);
        Clock::told(move || match asked.fetch_add(1, Ordering::Relaxed) {
            early if early < asks => begun,
            _ => begun + LONG,
        })
    }

    fn late(&self) -> Clock {
        Clock::by_hand(self.begun + LONG)
    }

    /// Scans until no more messages come. Gives how often the scan was interrupted.
    async fn scan(&self, store: &Store, clock: &Clock) -> usize {
        let reach = &self.stage.reach;
        let mut hops = 0;
        loop {
            let catalogue = &self.catalogues[hops % 2];
            let scan = scan_cluster::handle(store, catalogue, reach, clock, &self.job);
            scan.await.unwrap();
            let queues = store.queues();
            let wait = std::time::Duration::ZERO;
            let received = queues.receive(Queue::ClusterJobs, 10, wait).await.unwrap();
            let Some(message) = received.first() else {
                return hops;
            };
            let expected = Message::ClusterJob(self.job.clone());
            assert_eq!(message.message, Ok(expected));
            let deleted = queues.delete(Queue::ClusterJobs, &message.receipt).await;
            deleted.unwrap();
            hops += 1;
        }
    }

    async fn left(&self, store: &Store) -> Left {
        let of = store.of(&self.job.tenant);
        let (cluster, scan) = (&self.job.cluster, &self.job.scan);
        let mut found = of.get_cluster(cluster).await.unwrap();
        let manifest = of.published_manifest(&found).await.unwrap();
        assert_eq!(found.pending_manifest, None);
        (found.manifest, found.lease.epoch) = (None, 0);
        let scan_of = of.get_scan(cluster, scan).await.unwrap();
        let snapshot = scan_of.snapshot.as_ref().unwrap();
        let none = of.get_checkpoint(cluster, scan).await.unwrap();
        assert_eq!(none, None, "what was read is of no more use");
        Left {
            findings: of.cluster_findings(cluster).await.unwrap(),
            manifest,
            cluster: found,
            snapshot: of.get_object(snapshot).await.unwrap(),
            outbox: match of.get_outbox(&OutboxId::of_scan(scan)).await {
                Err(StoreError::NotFound(_)) => None,
                outbox => outbox.unwrap(),
            },
            scan: scan_of,
        }
    }

    /// What is left by a scan that was never interrupted.
    async fn uncut(&self) -> Left {
        let copy = self.again();
        let store = Store::embedded(Some(copy.path())).await.unwrap();
        assert_eq!(self.scan(&store, &self.late()).await, 0);
        let left = self.left(&store).await;
        assert!(left.findings.len() > 20 && left.scan.counts.pass > 100);
        left
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}

fn objects(folder: &Path, kind: &str) -> usize {
    let count = |path: &Path| std::fs::read_dir(path).map_or(0, Iterator::count);
    let tenants = std::fs::read_dir(folder.join("objects/t")).unwrap();
    let folders = tenants.map(|tenant| tenant.unwrap().path().join(kind));
    let clusters = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten());
    clusters.map(|one| count(&one.unwrap().path())).sum()
}

#[tokio::test]
async fn a_scan_cut_anywhere_leaves_what_an_uncut_one_leaves() {
    let looked = Looked::new().await;
    let uncut = looked.uncut().await;
    let mut cut = 0;
    for asks in (4..).step_by(9) {
        let copy = looked.again();
        let store = Store::embedded(Some(copy.path())).await.unwrap();
        let hops = looked.scan(&store, &looked.jumping(asks)).await;
        if hops == 0 {
            // The time did not jump before the scan was read, or not at all.
            break;
        }
        let different = looked.left(&store).await.difference(&uncut);
        assert!(
            different.is_empty(),
            "cut after {asks} looks: {}",
            different.join("\n")
        );
        assert_eq!(objects(copy.path(), "checkpoints"), 0, "{asks}");
        cut += 1;
    }
    println!("exercised: scans-cut {cut}");
    assert!(cut > 10, "cut {cut} times only");
}

#[tokio::test]
async fn a_scan_for_which_the_time_never_suffices_ends_and_closes_nothing() {
    let looked = Looked::new().await;
    let copy = looked.again();
    let store = Store::embedded(Some(copy.path())).await.unwrap();
    looked.scan(&store, &looked.late()).await;
    let before = looked.left(&store).await;
    let of = store.of(&looked.job.tenant);
    let slot = looked.begun + SignedDuration::from_hours(6);
    let scan = of.plan_scan(&looked.job.cluster, slot, slot).await.unwrap();
    let mut next = Looked {
        job: ClusterJob {
            scan: scan.id,
            ..looked.job.clone()
        },
        ..looked
    };
    next.begun = slot;
    let now = Mutex::new(slot);
    let hurrying = Clock::told(move || {
        let mut now = now.lock().unwrap();
        *now += SignedDuration::from_secs(20);
        *now
    });
    let hops = next.scan(&store, &hurrying).await;
    assert_eq!(hops, 8);
    let after = next.left(&store).await;
    let (counts, known) = (after.scan.counts, before.scan.counts);
    assert!(counts.not_evaluated > known.not_evaluated && counts.pass < known.pass);
    assert!(counts.policies_evaluated < known.policies_evaluated);
    let timed = |reason: &&Reason| reason.code == ReasonCode::Time;
    let missing: Vec<&Reason> = after.scan.missing.iter().filter(timed).collect();
    assert!(missing.iter().any(|reason| reason.need == "list pods"));
    let open = |left: &Left| {
        let open = left.findings.iter();
        let open = open.filter(|one| one.state == FindingState::Open);
        open.map(|one| one.fingerprint).collect::<Vec<_>>()
    };
    let (was, is) = (open(&before), open(&after));
    assert!(
        was.iter().all(|one| is.contains(one)),
        "something was closed"
    );
    assert_eq!(after.outbox, None, "there is nothing to tell of");
    let entries = after.manifest.unwrap().entries;
    let unknown = entries
        .iter()
        .filter(|one| one.verdict == Verdict::NotEvaluated);
    assert!(unknown.count() > 10);
}

#[tokio::test]
async fn a_scan_killed_on_its_way_is_found_by_the_sweep_and_leaves_the_same() {
    let looked = Looked::new().await;
    let uncut = looked.uncut().await;
    let asks = 40;
    let whole = {
        let copy = looked.again();
        let life = Life::until(None);
        let store = Store::embedded_mortal(copy.path(), &life).await.unwrap();
        let before = life.requests().len();
        assert_eq!(looked.scan(&store, &looked.jumping(asks)).await, 1);
        before..life.requests().len()
    };
    println!("exercised: interrupted-scan-killed-at {}", whole.len());
    for at in whole {
        let copy = looked.again();
        let life = Life::until(Some(Death {
            at: at + 1,
            carried_out: at % 2 == 0,
        }));
        let store = Store::embedded_mortal(copy.path(), &life).await.unwrap();
        let clock = looked.jumping(asks);
        tokio::select! {
            _ = looked.scan(&store, &clock) => {}
            () = life.over() => {}
        }
        drop(store);
        let store = Store::embedded(Some(copy.path())).await.unwrap();
        let of = store.of(&looked.job.tenant);
        of.break_leases(looked.begun + LONG).await.unwrap();
        let (cluster, scan) = (&looked.job.cluster, &looked.job.scan);
        let sweep = of.sweep_scan(cluster, scan, looked.begun + LONG).await;
        if sweep.unwrap() == plimsoll_store::ScanSweep::Requeue {
            looked.scan(&store, &looked.late()).await;
        }
        let different = looked.left(&store).await.difference(&uncut);
        assert!(
            different.is_empty(),
            "killed at request {at}: {}",
            different.join("\n")
        );
    }
}
