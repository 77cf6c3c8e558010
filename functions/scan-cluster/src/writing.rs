//! What a scan found, written as the difference from last time.

use std::io::{Seek, SeekFrom};

use jiff::Timestamp;
use plimsoll_model::{OutboxId, OutboxItem, Readable, Reason, ReasonCode};
use plimsoll_policy::diff::{Before, difference};
use plimsoll_policy::{Plan, outcome};
use plimsoll_runtime::Clock;
use plimsoll_store::{Publication, ScanResult};

use crate::batches::machine;
use crate::kept::{Judgements, Kept};
use crate::live::LiveScan;
use crate::reading::Attempted;
use crate::way::Way;
use crate::{ScanError, Work, excepted, findings};

/// What became of the cluster itself.
pub(crate) enum State {
    /// It was read; its Kubernetes version, where there is one.
    Read(Option<String>),
    /// It could not be read, and only what is around it was judged.
    Unread(Reason),
}

impl Work<'_> {
    pub(crate) async fn write(
        &self,
        plan: &Plan<'_>,
        scan: LiveScan<'_, Kept>,
        state: State,
        way: Way,
        clock: &Clock,
    ) -> Result<Attempted, ScanError> {
        let now = clock.now();
        let LiveScan {
            session,
            lists,
            sinks,
            spools,
            ..
        } = scan;
        // What joins were needed for is judged.
        let tally = session.into_tally();
        let mut judgements = Judgements::of(sinks).map_err(machine)?;
        let published = self.tenant.published_manifest(self.cluster).await?;
        let pending = self.tenant.pending_manifest(self.cluster).await?;
        let before = Before {
            published: published.as_ref(),
            pending: pending.as_ref(),
        };
        let scope = self.cluster.id.as_str();
        let difference = judgements
            .all(|now| difference(self.catalogue, scope, before, now, &lists))
            .map_err(machine)?;
        let newer = Some(&difference.manifest);
        let manifest = match &self.cluster.pending_manifest {
            None if published.as_ref() == newer => None,
            Some(key) if pending.as_ref() == newer => Some(key.clone()),
            _ => {
                let (newer, earlier) = (&difference.manifest, pending.as_ref());
                let put = self.tenant.put_pending_manifest(self.lease, newer, earlier);
                Some(put.await?)
            }
        };
        // Of a large cluster each of them is large.
        drop((published, pending));
        let of_cluster = &self.cluster.id;
        // What is found when a cluster is first read was there before, and so was what is around it before that.
        let (first, turned, version, unreadable) = match state {
            State::Read(version) => {
                let before = self.tenant.first_read_at(of_cluster).await?;
                let unread = matches!(self.cluster.readable, Readable::No { .. });
                (before.is_none(), unread, version, None)
            }
            State::Unread(reason) => {
                let before = self.tenant.first_scan_at(of_cluster).await?;
                (before.is_none(), self.is_news(&reason), None, Some(reason))
            }
        };
        let scene = findings::Scene {
            catalogue: self.catalogue,
            cluster: &self.cluster.id,
            scan: &self.lease.scan,
            now,
            last: self.cluster.last_scan_at,
            is_first: first,
        };
        let budget = way.budget_of_writing(clock);
        let written = self.write_changes(scene, &difference, &mut judgements, budget);
        let Some(announce) = written.await? else {
            return Ok(Attempted::Interrupted(way.go_on(plan, None)?));
        };
        excepted::tell(self, &difference, now).await?;
        let snapshot = self.keep(spools).await?;
        let coverage = outcome::coverage(plan, &tally);
        let outbox = OutboxItem {
            first,
            changes: announce,
            unreadable: unreadable.clone().filter(|_| turned),
            ..self.outbox(now, turned)
        };
        let worth_saying = first || turned || !outbox.changes.is_empty();
        let readable = match unreadable {
            Some(reason) => self.unread(reason, now),
            None => Readable::Yes,
        };
        Ok(Attempted::from(Publication {
            finished: now,
            result: Some(ScanResult {
                manifest,
                counts: outcome::counts(&tally, &coverage),
                open: findings::by_severity(&difference.manifest.entries),
                scores: outcome::frameworks(plan, &tally)
                    .into_iter()
                    .map(|f| f.score)
                    .collect(),
                missing: coverage
                    .unread
                    .into_iter()
                    .map(|(reason, _)| reason)
                    .filter(is_permission)
                    .collect(),
                version,
                snapshot: Some(snapshot),
            }),
            readable,
            outbox: worth_saying.then_some(outbox),
        }))
    }

    /// Stores the redacted objects: zstd streams one behind another are one zstd stream.
    async fn keep(&self, spools: Vec<std::fs::File>) -> Result<String, ScanError> {
        let machine = |error: std::io::Error| {
            ScanError::Machine(format!("the snapshot cannot be put together: {error}"))
        };
        let mut whole = tempfile::NamedTempFile::new().map_err(machine)?;
        for mut spool in spools {
            spool.seek(SeekFrom::Start(0)).map_err(machine)?;
            std::io::copy(&mut spool, &mut whole).map_err(machine)?;
        }
        let name = format!(
            "snapshots/{}/{}.ndjson.zst",
            self.cluster.id, self.lease.scan
        );
        Ok(self.tenant.put_object_file(&name, whole.path()).await?)
    }

    pub(crate) fn outbox(&self, now: Timestamp, readable_changed: bool) -> OutboxItem {
        OutboxItem {
            id: OutboxId::of_scan(&self.lease.scan),
            scan: self.lease.scan.clone(),
            cluster: self.cluster.id.clone(),
            at: now,
            first: false,
            unreadable: None,
            readable_changed,
            changes: Vec::new(),
            connection: None,
        }
    }
}

fn is_permission(reason: &Reason) -> bool {
    matches!(
        reason.code,
        ReasonCode::PermissionMissing
            | ReasonCode::ApiError
            | ReasonCode::PageLost
            | ReasonCode::Time
    )
}
