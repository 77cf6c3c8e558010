//! Kills the service at every request to its tables, queues and objects in turn, before the request is carried out and
//! after, starts it again, and compares what people get with what they get without the kill.
//!
//! The points are those that an undisturbed run passes by: the store counts them, nobody lists them. Between two of them
//! nothing lasting happens but the files of the directory channels, which appear whole and under the delivery's name.
//! In the first night every point is tried; in the others, of those that leave nothing behind, a part, unless
//! `PLIMSOLL_CRASH_POINTS=all` asks for all of them too.
#![allow(clippy::print_stdout, reason = "tests/run shows what was exercised")]

mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use plimsoll_store::{Death, Life};
use tempfile::TempDir;

use place::{Left, Place, copy, night};

/// Requests that leave something behind.
const LASTING: [&str; 8] = [
    "CreateTable",
    "UpdateTimeToLive",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
    "put object",
    "delete object",
];
/// Every so many of the other requests are tried unless all are asked for.
const SAMPLE: usize = 8;
/// How long a killed service stays dead.
const DEAD_FOR: SignedDuration = SignedDuration::from_secs(40);

/// Which points are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Points {
    Each,
    Sample,
}

/// A night in which the service is killed.
struct Night {
    week: u32,
    /// The folder of a service that has run until then; none for the first night.
    before: Option<TempDir>,
    /// The week that the world shows after the restart.
    then: u32,
}

impl Night {
    fn begin(&self) -> Timestamp {
        night(self.week)
    }

    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        if let Some(before) = &self.before {
            copy(before.path(), folder.path());
        }
        folder
    }

    /// The night without a kill: what is left, and which requests were made.
    async fn undisturbed(&self, place: &Place) -> (Left, Vec<String>) {
        let folder = self.folder();
        let life = Life::until(None);
        place.world.set_week(self.week);
        drop(place.live(folder.path(), self.begin(), &life).await);
        place.world.set_week(self.then);
        let left = place
            .undisturbed(folder.path(), self.begin() + DEAD_FOR)
            .await;
        (left, life.requests())
    }

    /// The night with a kill and a restart.
    async fn killed(&self, place: &Place, death: Death) -> Left {
        let folder = self.folder();
        let life = Life::until(Some(death));
        place.world.set_week(self.week);
        tokio::select! {
            biased;
            () = life.over() => {}
            _ = place.live(folder.path(), self.begin(), &life) => panic!("{death:?} was not hit"),
        }
        place.world.set_week(self.then);
        place
            .undisturbed(folder.path(), self.begin() + DEAD_FOR)
            .await
    }

    /// Kills at every `step`-th point of those that `wanted` picks, on as many threads as there are cores.
    fn kill_at_each(&self, points: &[Death], check: impl Fn(Death, Left) + Sync) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for first in 0..threads {
                let check = &check;
                let work = move || {
                    block_on(async {
                        let place = Place::new().await;
                        for death in points.iter().skip(first).step_by(threads) {
                            check(*death, self.killed(&place, *death).await);
                        }
                    });
                };
                thread().spawn_scoped(scope, work).unwrap();
            }
        });
    }
}

/// A thread with room for futures as deep as an unoptimised build makes them.
fn thread() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(32 << 20)
}

/// Runs `work` on such a thread.
fn on_a_thread<T: Send>(work: impl AsyncFnOnce() -> T + Send) -> T {
    let run = || block_on(work());
    std::thread::scope(|scope| {
        thread()
            .spawn_scoped(scope, run)
            .unwrap()
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// The points of a run, by its requests: both manners at each that leaves something behind. Reads, and queues, which are
/// gone with the process in any case, leave a folder as the request before them did: of those a sample, or all.
fn points(requests: &[String], of: Points) -> Vec<Death> {
    let asked = std::env::var("PLIMSOLL_CRASH_POINTS").is_ok_and(|which| which == "all");
    let all = asked || of == Points::Each;
    let mut points = Vec::new();
    for (index, name) in requests.iter().enumerate() {
        let lasting = LASTING.contains(&name.as_str());
        for carried_out in [false, true] {
            if all || lasting || index % SAMPLE == usize::from(carried_out) {
                let at = index + 1;
                points.push(Death { at, carried_out });
            }
        }
    }
    points
}

/// `14 GetItem, 3 PutItem`.
fn summary<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let words: Vec<String> = counts
        .iter()
        .map(|(name, n)| format!("{n} {name}"))
        .collect();
    words.join(", ")
}

/// What of a message does not tell when it was sent: Slack's JSON and mails say the minute.
fn names(left: &Left) -> Vec<&String> {
    left.messages.keys().collect()
}

fn try_all(night: &Night, of: Points, what: &str) {
    let (expected, requests) = on_a_thread(async || night.undisturbed(&Place::new().await).await);
    assert!(!expected.open.is_empty() && !expected.messages.is_empty());
    assert!(expected.messages.keys().all(|name| !name.contains("/.")));
    let points = points(&requests, of);
    night.kill_at_each(&points, |death, left| {
        let at = &requests[death.at - 1];
        assert_eq!(left.open, expected.open, "killed at {at}: {death:?}");
        assert_eq!(
            left.resolved, expected.resolved,
            "killed at {at}: {death:?}"
        );
        assert_eq!(names(&left), names(&expected), "killed at {at}: {death:?}");
    });
    println!(
        "exercised: {} of {} crash points of {what} ({} requests: {}), {} findings and {} message files each time",
        points.len(),
        requests.len() * 2,
        requests.len(),
        summary(&requests),
        expected.open.len() + expected.resolved.len(),
        expected.messages.len(),
    );
}

#[test]
fn killed_anywhere_in_the_first_night_people_get_the_same() {
    let night = Night {
        week: 0,
        before: None,
        then: 0,
    };
    try_all(&night, Points::Each, "the first night");
}

/// The folder of a service after its first night.
fn after_the_first_night() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    on_a_thread(async || {
        let place = Place::new().await;
        place.undisturbed(folder.path(), night(0)).await;
    });
    folder
}

#[test]
fn killed_anywhere_in_a_night_that_opens_incidents_people_get_the_same() {
    let night = Night {
        week: 1,
        before: Some(after_the_first_night()),
        then: 1,
    };
    try_all(&night, Points::Sample, "a night that opens incidents");
}

/// Killed while it writes what it found, and meanwhile the cluster changes: what only the dead attempt saw does not stay
/// open, and everything that fails now is. ([`Place::undisturbed`] also holds the table against the manifests.)
#[test]
fn killed_in_mid_difference_and_the_cluster_changed_no_finding_is_orphaned() {
    let cases = [(0, None), (1, Some(after_the_first_night()))];
    for (week, before) in cases {
        let then = 2;
        // What a service finds that has never seen anything else.
        let fresh = open_in(then);
        let stale = open_in(week);
        let night = Night { week, before, then };
        let requests = on_a_thread(async || night.undisturbed(&Place::new().await).await).1;
        let put = |r: &String| r == "put object";
        let first = requests.iter().position(put).unwrap();
        let last = requests.iter().rposition(put).unwrap();
        let publishes = |r: &String| r == "TransactWriteItems";
        let end = last + 1 + requests[last..].iter().position(publishes).unwrap();
        let points: Vec<Death> = points(&requests, Points::Sample)
            .into_iter()
            .filter(|death| death.carried_out && (first + 1..end).contains(&death.at))
            .collect();
        let changed = AtomicUsize::new(0);
        night.kill_at_each(&points, |death, left| {
            for cluster in ["prod-eu-1", "dev-1"] {
                let open = of(cluster, &left.open);
                if open == of(cluster, &fresh) {
                    changed.fetch_add(1, Ordering::Relaxed);
                } else {
                    // It was published before the kill, and its next scan is a week away.
                    assert_eq!(open, of(cluster, &stale), "{cluster}, killed at {death:?}");
                }
            }
        });
        let changed = changed.into_inner();
        assert!(changed > points.len(), "{changed} scans saw the change");
        println!(
            "exercised: {} kills from the first pending manifest to the last publication, the world moved from week {week} to {then} before the restart",
            points.len()
        );
    }
}

fn open_in(week: u32) -> BTreeSet<String> {
    let night = Night {
        week,
        before: None,
        then: week,
    };
    on_a_thread(async || night.undisturbed(&Place::new().await).await.0.open)
}

fn of<'n>(cluster: &str, names: &'n BTreeSet<String>) -> BTreeSet<&'n String> {
    let mine = |name: &&String| name.starts_with(&format!("{cluster} "));
    names.iter().filter(mine).collect()
}
