//! A scan of files: two passes, a few workers, one result.

use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;

use plimsoll_inventory::files::{Discovered, FileProblem};
use plimsoll_model::{Reason, ReasonCode};
use plimsoll_policy::kinds::{plural, workload_kinds};
use plimsoll_policy::{ListState, Lists, Plan, Session};
use plimsoll_report::{Affected, PolicyTable, Sorted, SortedAffected, Sorter};

use super::progress::{self, Progress, Step};
use super::sink::{Collect, Show, positions};
use super::sources::FileTexts;
use super::worker::{Work, Worker};
use crate::interrupt::Interrupt;

/// Workers at most: files are parsed as fast as two cores go, and a laptop has other work.
const WORKERS: usize = 2;

/// Bytes of rows a worker keeps in memory.
const MEMORY: usize = 8 << 20;

/// What a scan of files came to.
pub(crate) struct Scanned<'p> {
    /// Counts of all verdicts.
    pub(crate) session: Session<'p>,
    /// Rows to show, in order.
    pub(crate) rows: Sorted,
    /// Resources by framework.
    pub(crate) affected: SortedAffected,
    /// What could not be read, in the order of the files.
    pub(crate) problems: Vec<FileProblem>,
    /// Texts to show findings in.
    pub(crate) sources: FileTexts,
    /// Files that hold Kubernetes objects.
    pub(crate) files_read: u64,
    /// Files that hold none.
    pub(crate) files_skipped: u64,
    /// Objects of any kind.
    pub(crate) objects: u64,
    /// Documents that are no objects.
    pub(crate) not_kubernetes: u64,
    /// Findings that have a patch.
    pub(crate) mendable: u64,
}

/// Scans.
///
/// # Errors
/// A temporary file cannot be written or read.
pub(crate) fn scan<'p>(
    found: Discovered,
    plan: &'p Plan<'p>,
    table: &PolicyTable,
    show: &Show,
    interrupt: &Interrupt,
    progress: Progress,
) -> io::Result<Scanned<'p>> {
    let mut total = Session::new(plan);
    let positions = positions(plan);
    let work = Work {
        files: &found.files,
        next: AtomicUsize::new(0),
        done: AtomicU64::new(0),
        plan,
        interrupt,
    };
    let workers = first_pass(&work, show, table, &positions, progress)?;

    let mut scanned = Counts::default();
    let mut numbered: Vec<(usize, FileProblem)> = Vec::new();
    let mut stdin = None;
    let mut waiting = Vec::new();
    let mut with_pods = Vec::new();
    for mut worker in workers {
        with_pods.append(&mut worker.with_pods);
        scanned.files_read += worker.files_read;
        scanned.files_skipped += worker.files_skipped;
        scanned.objects += worker.objects;
        scanned.not_kubernetes += worker.not_kubernetes;
        numbered.append(&mut worker.problems);
        stdin = stdin.or(worker.stdin.take());
        total.merge(std::mem::replace(&mut worker.session, Session::new(plan)));
        waiting.push(worker);
    }
    // A worker's problems are in order; the sort is stable within a file.
    numbered.sort_by_key(|(number, _)| *number);
    let mut problems = found.problems;
    problems.extend(numbered.into_iter().map(|(_, problem)| problem));

    total.joins.settle();
    let lists = lists(plan, &problems, interrupt.asked());
    let joins = std::mem::take(&mut total.joins);
    let mut owners = std::mem::take(&mut total.owners);
    owners.settle();
    with_pods.sort_unstable();
    if let Some(worker) = waiting.first_mut() {
        worker.owned(&with_pods, &owners, &lists, stdin.as_ref());
        problems.extend(worker.problems.drain(..).map(|(_, problem)| problem));
        total.merge(std::mem::replace(&mut worker.session, Session::new(plan)));
    }
    let second: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = waiting
            .into_iter()
            .map(|worker| scope.spawn(|| worker.second(&joins, &lists, stdin.as_ref())))
            .collect();
        running.into_iter().map(join).collect::<io::Result<_>>()
    })?;
    let (mut sorters, mut affected): (Vec<Sorter>, Vec<Affected>) = Default::default();
    let mut mendable = 0;
    for (session, sink) in second {
        total.merge(session);
        mendable += sink.mendable;
        sorters.push(sink.sorter);
        affected.push(sink.affected);
    }
    Ok(Scanned {
        session: total,
        rows: Sorter::finish_all(sorters),
        affected: Affected::finish_all(affected),
        problems,
        sources: FileTexts::new(found.files, stdin),
        files_read: scanned.files_read,
        files_skipped: scanned.files_skipped,
        objects: scanned.objects,
        not_kubernetes: scanned.not_kubernetes,
        mendable,
    })
}

#[derive(Default)]
struct Counts {
    files_read: u64,
    files_skipped: u64,
    objects: u64,
    not_kubernetes: u64,
}

fn first_pass<'w>(
    work: &'w Work<'w>,
    show: &'w Show,
    table: &'w PolicyTable,
    positions: &'w [Option<u16>],
    progress: Progress,
) -> io::Result<Vec<Worker<'w>>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = WORKERS.min(cores).min(work.files.len()).max(1);
    let (end, ended) = mpsc::channel();
    std::thread::scope(|scope| {
        let step = || Step {
            what: "files".to_owned(),
            done: work.done.load(Ordering::Relaxed),
            total: Some(work.files.len() as u64),
        };
        scope.spawn(move || progress::show(progress, &step, &ended));
        let running: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(move || {
                    let mut worker =
                        Worker::new(work, Collect::new(show, table, positions, MEMORY));
                    worker.first().map(|()| worker)
                })
            })
            .collect();
        let done = running.into_iter().map(join).collect();
        drop(end);
        done
    })
}

/// A worker's result; its panic goes on in this thread.
fn join<T>(running: std::thread::ScopedJoinHandle<'_, T>) -> T {
    running
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Files are a closed world, unless a part of them could not be read: then nobody knows what policies with joins would
/// have found there, nor whether the owner of a pod is.
fn lists(plan: &Plan<'_>, problems: &[FileProblem], interrupted: bool) -> Lists {
    let mut lists = Lists::of_files();
    let reason = match problems {
        _ if interrupted => Reason::new(ReasonCode::InputUnread, "the rest of the files"),
        [] => return lists,
        [one] => Reason::new(ReasonCode::InputUnread, one.file.as_ref()),
        [one, rest @ ..] => {
            let need = format!("{} and {} more", one.file, rest.len());
            Reason::new(ReasonCode::InputUnread, need)
        }
    };
    let joined = plan
        .policies()
        .flat_map(|policy| policy.needs.iter().map(String::as_str));
    let mut lost = |plural: &str| lists.set(plural, ListState::Incomplete(reason.clone()));
    joined.for_each(&mut lost);
    workload_kinds().filter_map(plural).for_each(&mut lost);
    lost("namespaces");
    lists
}
