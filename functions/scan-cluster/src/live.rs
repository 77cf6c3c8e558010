//! Judges a live cluster: every list the plan needs, page by page, then the joins. Also what `plimsoll scan --context`
//! runs. A list's verdicts and what it gathered count only when it was read to its end.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use crate::around::{Around, spool};
use crate::attempt::{Attempt, Ended};
use crate::budget::Budget;
use crate::lists::{Lister, Reading, Refused};
use crate::nodes::{self, NodeAccess};
use plimsoll_cel::{Bump, Node};
use plimsoll_inventory::kube::{ClusterError, ClusterReader, ListScope};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotReader};
use plimsoll_model::kind::{self, Kind};
use plimsoll_model::{Judgement, Reason, ReasonCode};
use plimsoll_policy::{ListState, Lists, Plan, Session, Sink};

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

    /// Counts what a list came to.
    fn take(&mut self, ended: Ended<'c, K>) {
        self.session.merge(ended.session);
        self.sinks.push(ended.sink);
        self.spools.push(ended.spool);
    }
}

/// The sink of one list.
pub trait ListSink: Sink + Send {
    /// The list was read to its end: nothing more comes, and what need not stay in memory should leave it.
    fn list_ended(&mut self) {}
}

impl ListSink for Vec<Judgement> {}

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

/// Reads and judges, with what is `around` the cluster in its AWS account and, by the route chosen, with evidence of its
/// nodes, in memory that does not depend on how much there is: of each list that is under way one page, one
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
    access: Option<NodeAccess>,
    make_sink: &(dyn Fn() -> K + Send + Sync),
    progress: &Progress<'_>,
) -> Result<LiveScan<'c, K>, LiveError> {
    let lister = Lister {
        reader,
        plan,
        scope,
        make_sink,
        progress,
        budget: Budget::default(),
    };
    let reading = lister.read(Reading::default()).await?;
    lister.judge(reading, around, access).await
}

impl<'c, K: ListSink> Lister<'_, 'c, K> {
    /// Judges what was read. What the time did not suffice for is not evaluated.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) async fn judge(
        &self,
        reading: Reading<'c, K>,
        around: Option<&Around>,
        access: Option<NodeAccess>,
    ) -> Result<LiveScan<'c, K>, LiveError> {
        let mut scan = LiveScan::new(self.plan);
        let mut nodes = Vec::new();
        for read in reading.read {
            let plural = read.spec.plural;
            scan.lists.set(plural, read.state);
            if let Some(mut ended) = read.ended {
                if nodes::are_in(read.spec) {
                    nodes = nodes::of(&mut ended.spool)?;
                }
                scan.take(ended);
            }
            if let Some(Refused { message, user }) = read.refused {
                scan.refused.push((plural, message, user));
            }
        }
        for spec in reading.unread {
            let reason = Reason::new(ReasonCode::Time, format!("list {}", spec.plural));
            scan.lists.set(spec.plural, ListState::Incomplete(reason));
        }
        let scope = self.scope;
        if !scope.namespaces.is_empty() || scope.label_selector.is_some() {
            let need = "the whole cluster: scan without --namespace and --selector";
            let reason = Reason::new(ReasonCode::InputUnread, need);
            let by_labels = scope.label_selector.is_some();
            scan.lists.narrow(&scope.namespaces, by_labels);
            let cluster = kind::CLUSTER.plural;
            scan.lists.set(cluster, ListState::Incomplete(reason));
        }
        let evidence = nodes::read(self.reader, &mut scan, &nodes, access, around).await;
        if let Some(access) = access.filter(|_| !evidence.is_empty()) {
            let attempt = Attempt::new(self.plan, (self.make_sink)())?;
            scan.take(nodes::judge(attempt, access.route, &nodes, &evidence)?);
        }
        end(scan, around, (self.make_sink)())
    }
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
    let made_up = [kind::CLUSTER.plural, kind::NODE_CONFIG.plural];
    for plural in plan.lists().into_iter().chain(made_up) {
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
