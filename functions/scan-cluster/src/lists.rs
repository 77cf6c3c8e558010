//! The lists of a cluster, read page by page until they end or the time is over. A list counts only when it was read to
//! its end; one that was not reached is left for another attempt.

use futures_util::future::{try_join, try_join_all};
use plimsoll_cel::Bump;
use plimsoll_inventory::kube::{ClusterReader, ListEvent, ListOutcome, ListScope};
use plimsoll_inventory::snapshot::SnapshotError;
use plimsoll_model::kind::{self, Kind};
use plimsoll_model::{Reason, ReasonCode};
use plimsoll_policy::kinds::workload_kinds;
use plimsoll_policy::{ListState, Lists, Owners, Plan};

use crate::attempt::{Attempt, Ended};
use crate::budget::Budget;
use crate::live::{ListSink, LiveError, Progress};

/// The server's words for a list that it refused, and who it was refused to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) message: String,
    pub(crate) user: Option<String>,
}

/// A list that is dealt with, and what it came to if it was read to its end.
pub(crate) struct Read<'c, K> {
    pub(crate) spec: &'static Kind,
    pub(crate) state: ListState,
    pub(crate) refused: Option<Refused>,
    pub(crate) ended: Option<Ended<'c, K>>,
    /// Whether an earlier attempt read it.
    pub(crate) earlier: bool,
}

/// How far the reading of a cluster is.
pub(crate) struct Reading<'c, K> {
    /// By plural.
    pub(crate) read: Vec<Read<'c, K>>,
    /// The lists for which the time did not suffice.
    pub(crate) unread: Vec<&'static Kind>,
    /// Of the lists that were read, whose pods are whose; kept only until the pods are read.
    pub(crate) owners: Owners,
}

impl<K> Default for Reading<'_, K> {
    fn default() -> Self {
        Self {
            read: Vec::new(),
            unread: Vec::new(),
            owners: Owners::default(),
        }
    }
}

/// What reading takes.
pub(crate) struct Lister<'a, 'c, K> {
    pub(crate) reader: &'a ClusterReader,
    pub(crate) plan: &'c Plan<'c>,
    pub(crate) scope: &'a ListScope,
    pub(crate) make_sink: &'a (dyn Fn() -> K + Send + Sync),
    pub(crate) progress: &'a Progress<'a>,
    pub(crate) budget: Budget<'a>,
}

type Specs = Vec<&'static Kind>;

/// A list, and how it went unless the time was over first.
type Listed<'c, K> = (&'static Kind, Option<Read<'c, K>>);

impl<'c, K: ListSink> Lister<'_, 'c, K> {
    /// Reads what is left of the lists that the plan needs: at once, but pods after those that say whose pods are whose.
    pub(crate) async fn read(&self, before: Reading<'c, K>) -> Result<Reading<'c, K>, LiveError> {
        let Reading {
            read: earlier,
            owners,
            ..
        } = before;
        let is_new = |spec: &&'static Kind| earlier.iter().all(|read| read.spec != *spec);
        let needed = self.plan.lists().into_iter().filter_map(kind::of_plural);
        let (pods, others): (Specs, Specs) = needed.filter(is_new).partition(|spec| is_pods(spec));
        let (owning, others): (Specs, Specs) = others.into_iter().partition(|spec| owns(spec));
        let nobody = (Owners::default(), Lists::of_cluster());
        let read = |spec| self.list(spec, &nobody);
        let pods_after = async {
            let mut listed = try_join_all(owning.into_iter().map(read)).await?;
            let mut known = (owners, Lists::of_cluster());
            for read in earlier.iter().filter(|read| owns(read.spec)) {
                known.1.set(read.spec.plural, read.state.clone());
            }
            for read in listed.iter_mut().filter_map(|(_, read)| read.as_mut()) {
                known.1.set(read.spec.plural, read.state.clone());
                if let Some(ended) = &mut read.ended {
                    known.0.merge(std::mem::take(&mut ended.session.owners));
                }
            }
            known.0.settle();
            let all_known = listed.iter().all(|(_, read)| read.is_some());
            for spec in pods {
                listed.push(match all_known {
                    true => self.list(spec, &known).await?,
                    false => (spec, None),
                });
            }
            // Whose pods are whose is of use until the pods are read.
            let read = |(spec, read): &Listed<'c, K>| !is_pods(spec) || read.is_some();
            let owners = if listed.iter().all(read) {
                Owners::default()
            } else {
                known.0
            };
            Ok((listed, owners))
        };
        let others = try_join_all(others.into_iter().map(read));
        let ((mut listed, owners), others) = try_join(pods_after, others).await?;
        listed.extend(others);
        let mut reading = Reading {
            read: earlier,
            unread: Vec::new(),
            owners,
        };
        for (spec, read) in listed {
            match read {
                Some(read) => reading.read.push(read),
                None => reading.unread.push(spec),
            }
        }
        reading.read.sort_by_key(|read| read.spec.plural);
        reading.unread.sort_by_key(|spec| spec.plural);
        Ok(reading)
    }

    async fn list(
        &self,
        spec: &'static Kind,
        (owners, lists): &(Owners, Lists),
    ) -> Result<Listed<'c, K>, LiveError> {
        let mut attempt: Option<Attempt<'c, K>> = None;
        let mut disk: Result<(), SnapshotError> = Ok(());
        let mut over = self.budget.is_over();
        if over {
            return Ok((spec, None));
        }
        let (mut arena, mut scratch, mut count) = (Bump::new(), Bump::new(), 0);
        let mut on_event = |event: ListEvent<'_>| match event {
            ListEvent::Page(_) if over || self.budget.is_over() => over = true,
            ListEvent::Page(page) if disk.is_ok() => {
                count += page.len() as u64;
                let remaining = page.remaining;
                let under_way = match &mut attempt {
                    Some(under_way) => under_way,
                    none => match Attempt::new(self.plan, (self.make_sink)()) {
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
                (self.progress)(spec, count, remaining);
            }
            ListEvent::Page(_) => {}
            ListEvent::Restarted => {
                count = 0;
                attempt = None;
            }
        };
        let outcome = tokio::select! {
            outcome = self.reader.list(spec, self.scope, &mut on_event) => outcome,
            () = self.budget.over() => return Ok((spec, None)),
        };
        disk?;
        if over {
            return Ok((spec, None));
        }
        let complete = matches!(outcome, ListOutcome::Complete { .. });
        let ended = attempt.filter(|_| complete).map(Attempt::end).transpose()?;
        let state = state(spec, &outcome);
        let refused = match outcome {
            ListOutcome::Denied { message, user } => Some(Refused { message, user }),
            ListOutcome::Failed { error, .. } if error.concerns_whole_cluster() => {
                return Err(error.into());
            }
            _ => None,
        };
        let read = Read {
            spec,
            state,
            refused,
            ended,
            earlier: false,
        };
        Ok((spec, Some(read)))
    }
}

fn is_pods(spec: &Kind) -> bool {
    spec.name == "Pod"
}

/// Whether its objects may be the owners of pods.
fn owns(spec: &Kind) -> bool {
    !is_pods(spec) && workload_kinds().any(|kind| kind == spec.name)
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
