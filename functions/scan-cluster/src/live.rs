//! Judges a live cluster: every list the plan needs, page by page, then the joins. Also what `plimsoll scan --context`
//! runs. A list's verdicts and what it gathered count only when it was read to its end.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use crate::around::{Around, spool};
use futures_util::future::{try_join, try_join_all};
use plimsoll_cel::{Bump, Node};
use plimsoll_inventory::kube::{ClusterError, ClusterReader, ListEvent, ListOutcome, ListScope};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotReader, SnapshotWriter};
use plimsoll_model::kind::{self, Kind};
use plimsoll_model::{Reason, ReasonCode};
use plimsoll_policy::kinds::workload_kinds;
use plimsoll_policy::{ListState, Lists, Owners, Plan, Seen, Session, Sink};

/// What was judged.
#[derive(Debug)]
pub struct LiveScan<'c, K> {
    /// Counts and joins of all complete lists.
    pub session: Session<'c>,
    /// How each list went.
    pub lists: Lists,
    /// The sinks that hold the verdicts, one a complete list and one for joins and gaps.
    pub sinks: Vec<K>,
    /// The redacted objects, list by list, each file one zstd stream.
    pub spools: Vec<File>,
    /// What the server said of refused lists: plural, its words, who was refused.
    pub refused: Vec<(&'static str, String, Option<String>)>,
}

impl<'c, K> LiveScan<'c, K> {
    pub(crate) fn new(plan: &'c Plan<'c>) -> Self {
        Self {
            session: Session::new(plan),
            lists: Lists::of_cluster(),
            sinks: Vec::new(),
            spools: Vec::new(),
            refused: Vec::new(),
        }
    }
}

/// The sink of one list.
pub trait ListSink: Sink + Send {
    /// The list was read to its end: nothing more comes, and what need not stay in memory should leave it.
    fn list_ended(&mut self) {}
}

/// Why a cluster was not judged at all.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// It cannot be read.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The disk of this machine fails.
    #[error("the objects read cannot be kept for the second pass: {0}")]
    Spool(#[from] SnapshotError),
}

/// News while lists are read: the kind, objects seen of it so far, and what is left where the server says.
pub type Progress<'p> = dyn Fn(&'static Kind, u64, Option<u64>) + Send + Sync + 'p;

/// Reads and judges, with what is `around` the cluster in its AWS account, in memory that does not depend on how much there is: of each list that is under way one page, one
/// compressor and what its sink holds; of every list that was read what joins need ([`plimsoll_policy::Joins`] says how
/// much). `make_sink` makes a fresh sink for each list (and again when a list begins anew).
///
/// # Errors
/// When nothing of the cluster can be read, or the disk fails.
pub async fn judge_cluster<'c, K: ListSink>(
    reader: &ClusterReader,
    plan: &'c Plan<'c>,
    scope: &ListScope,
    around: Option<&Around>,
    make_sink: &(dyn Fn() -> K + Send + Sync),
    progress: &Progress<'_>,
) -> Result<LiveScan<'c, K>, LiveError> {
    let specs: Vec<&'static Kind> = plan
        .lists()
        .into_iter()
        .filter_map(kind::of_plural)
        .collect();
    let reads = read_lists(reader, plan, &specs, scope, make_sink, progress);
    let mut scan = LiveScan::new(plan);
    for (spec, outcome, ended) in reads.await? {
        scan.lists.set(spec.plural, state(spec, &outcome));
        if let Some(ended) = ended {
            scan.session.merge(ended.session);
            scan.sinks.push(ended.sink);
            scan.spools.push(ended.spool);
        }
        match outcome {
            ListOutcome::Complete { .. } | ListOutcome::Absent => {}
            ListOutcome::Denied { message, user } => {
                scan.refused.push((spec.plural, message, user))
            }
            ListOutcome::Failed { error, .. } if error.concerns_whole_cluster() => {
                return Err(error.into());
            }
            ListOutcome::Failed { .. } => {}
        }
    }
    if !scope.namespaces.is_empty() || scope.label_selector.is_some() {
        let need = "the whole cluster: scan without --namespace and --selector";
        let reason = Reason::new(ReasonCode::InputUnread, need);
        let by_labels = scope.label_selector.is_some();
        scan.lists.narrow(&scope.namespaces, by_labels);
        let cluster = kind::CLUSTER.plural;
        scan.lists.set(cluster, ListState::Incomplete(reason));
    }
    end(scan, around, make_sink())
}

/// Judges what an AWS account, or a region of it, has as a whole.
///
/// # Errors
/// When the disk fails.
pub fn judge_account<'c, K: ListSink>(
    plan: &'c Plan<'c>,
    around: &Around,
    sink: K,
) -> Result<LiveScan<'c, K>, LiveError> {
    end(LiveScan::new(plan), Some(around), sink)
}

/// Judges what is around a cluster that cannot be read for `reason`; everything that lies in it is not evaluated.
///
/// # Errors
/// When the disk fails.
pub(crate) fn judge_around<'c, K: ListSink>(
    plan: &'c Plan<'c>,
    around: &Around,
    reason: &Reason,
    sink: K,
) -> Result<LiveScan<'c, K>, LiveError> {
    let mut scan = LiveScan::new(plan);
    for plural in plan.lists().into_iter().chain([kind::CLUSTER.plural]) {
        let unread = ListState::Incomplete(reason.clone());
        scan.lists.set(plural, unread);
    }
    end(scan, Some(around), sink)
}

/// After the lists of the cluster: what is around it, then what joins are needed for, and what was missing.
pub(crate) fn end<'c, K: ListSink>(
    mut scan: LiveScan<'c, K>,
    around: Option<&Around>,
    mut sink: K,
) -> Result<LiveScan<'c, K>, LiveError> {
    let arena = Bump::new();
    let (used, again) = match around {
        Some(around) => around.first(&mut scan, &arena, &mut sink),
        None => (Vec::new(), Vec::new()),
    };
    second_pass(&mut scan, &again, &mut sink)?;
    scan.session.gaps(&scan.lists, &mut sink);
    scan.sinks.push(sink);
    if !used.is_empty() {
        scan.spools.push(spool(&used)?);
    }
    Ok(scan)
}

/// One attempt at one list. It begins with the first page, because the lists that wait for their turn, and those that
/// the cluster does not have, should cost nothing.
struct Attempt<'c, K> {
    session: Session<'c>,
    sink: K,
    spool: SnapshotWriter<File>,
}

/// What a list came to that was read to its end.
struct Ended<'c, K> {
    session: Session<'c>,
    sink: K,
    spool: File,
}

impl<'c, K: ListSink> Attempt<'c, K> {
    fn new(plan: &'c Plan<'c>, sink: K) -> Result<Self, SnapshotError> {
        let spool = SnapshotWriter::new(tempfile::tempfile()?)?;
        Ok(Self {
            session: Session::new(plan),
            sink,
            spool,
        })
    }

    fn see(
        &mut self,
        node: &Node<'_>,
        scratch: &Bump,
        (owners, lists): (&Owners, &Lists),
    ) -> Result<(), SnapshotError> {
        let sink = &mut self.sink;
        match self.session.first(node, None, scratch, lists, sink) {
            Seen::NotOurs => return Ok(()),
            Seen::Done | Seen::Again => {}
            Seen::Owned => self.session.owned(node, None, scratch, owners, lists, sink),
        }
        self.spool.write(node)
    }

    fn end(mut self) -> Result<Ended<'c, K>, SnapshotError> {
        self.sink.list_ended();
        Ok(Ended {
            session: self.session,
            sink: self.sink,
            spool: self.spool.finish()?,
        })
    }
}

/// Reads lists at once, but pods after those that say whose pods are whose.
async fn read_lists<'c, K: ListSink>(
    reader: &ClusterReader,
    plan: &'c Plan<'c>,
    specs: &[&'static Kind],
    scope: &ListScope,
    make_sink: &(dyn Fn() -> K + Send + Sync),
    progress: &Progress<'_>,
) -> Result<Vec<Read<'c, K>>, LiveError> {
    let nobody = (Owners::default(), Lists::of_cluster());
    let read = |spec| read_list(reader, plan, spec, scope, &nobody, make_sink, progress);
    let (pods, others): (Vec<_>, Vec<_>) = specs.iter().partition(|spec| spec.name == "Pod");
    let (owning, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|spec: &&Kind| workload_kinds().any(|kind| kind == spec.name));
    let pods_after = async {
        let mut read = try_join_all(owning.into_iter().map(read)).await?;
        let mut known = (Owners::default(), Lists::of_cluster());
        for (spec, outcome, ended) in &mut read {
            known.1.set(spec.plural, state(spec, outcome));
            if let Some(ended) = ended {
                known.0.merge(std::mem::take(&mut ended.session.owners));
            }
        }
        known.0.settle();
        for spec in pods {
            read.push(read_list(reader, plan, spec, scope, &known, make_sink, progress).await?);
        }
        Ok(read)
    };
    let (mut read, others) =
        try_join(pods_after, try_join_all(others.into_iter().map(read))).await?;
    read.extend(others);
    read.sort_by_key(|(spec, ..)| spec.plural);
    Ok(read)
}

/// A list, how it went, and what it came to if it was read to its end.
type Read<'c, K> = (&'static Kind, ListOutcome, Option<Ended<'c, K>>);

async fn read_list<'c, K: ListSink>(
    reader: &ClusterReader,
    plan: &'c Plan<'c>,
    spec: &'static Kind,
    scope: &ListScope,
    (owners, lists): &(Owners, Lists),
    make_sink: &(dyn Fn() -> K + Send + Sync),
    progress: &Progress<'_>,
) -> Result<Read<'c, K>, LiveError> {
    let mut attempt: Option<Attempt<'c, K>> = None;
    let mut disk: Result<(), SnapshotError> = Ok(());
    let (mut arena, mut scratch, mut count) = (Bump::new(), Bump::new(), 0);
    let outcome = reader
        .list(spec, scope, &mut |event| match event {
            ListEvent::Page(page) if disk.is_ok() => {
                count += page.len() as u64;
                let remaining = page.remaining;
                let under_way = match &mut attempt {
                    Some(under_way) => under_way,
                    none => match Attempt::new(plan, make_sink()) {
                        Ok(begun) => none.insert(begun),
                        Err(error) => {
                            disk = Err(error);
                            return;
                        }
                    },
                };
                page.for_each(&mut arena, |node| {
                    scratch.reset();
                    if disk.is_ok() {
                        disk = under_way.see(&node, &scratch, (owners, lists));
                    }
                });
                progress(spec, count, remaining);
            }
            ListEvent::Page(_) => {}
            ListEvent::Restarted => {
                count = 0;
                attempt = None;
            }
        })
        .await;
    disk?;
    let complete = matches!(outcome, ListOutcome::Complete { .. });
    let ended = attempt.filter(|_| complete).map(Attempt::end).transpose()?;
    Ok((spec, outcome, ended))
}

fn state(spec: &Kind, outcome: &ListOutcome) -> ListState {
    let list = format!("list {}", spec.plural);
    match outcome {
        ListOutcome::Complete { .. } | ListOutcome::Absent => ListState::Complete,
        ListOutcome::Denied { .. } => {
            let reason = Reason::new(ReasonCode::PermissionMissing, list);
            ListState::Incomplete(
                reason.mended_by("plimsoll access cluster-role | kubectl apply -f -"),
            )
        }
        ListOutcome::Failed { error, count } => {
            let code = if *count > 0 {
                ReasonCode::PageLost
            } else {
                ReasonCode::ApiError
            };
            ListState::Incomplete(Reason::new(code, format!("{list}: {error}")))
        }
    }
}

fn second_pass<K: Sink>(
    scan: &mut LiveScan<'_, K>,
    of_aws: &[Node<'_>],
    sink: &mut K,
) -> Result<(), LiveError> {
    let LiveScan {
        session,
        lists,
        spools,
        ..
    } = scan;
    let mut joins = std::mem::take(&mut session.joins);
    joins.settle();
    let (mut arena, mut scratch) = (Bump::new(), Bump::new());
    for spool in spools {
        spool
            .seek(SeekFrom::Start(0))
            .map_err(SnapshotError::from)?;
        SnapshotReader::new(&*spool)?.for_each(&mut arena, |node| {
            scratch.reset();
            session.second(&node, None, &scratch, &joins, lists, sink);
        })?;
    }
    for node in of_aws {
        scratch.reset();
        session.second(node, None, &scratch, &joins, lists, sink);
    }
    if lists.gap(kind::CLUSTER.plural).is_none() {
        scratch.reset();
        session.cluster(&scratch, &joins, lists, sink);
    }
    Ok(())
}
