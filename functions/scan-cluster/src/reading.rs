//! What a scan reads and judges, or why it cannot.

use jiff::Timestamp;
use plimsoll_inventory::kube::ListScope;
use plimsoll_inventory::redact::redacted_value;
use plimsoll_model::{Connection, OutboxItem, Provider, Readable, Reason, ReasonCode};
use plimsoll_policy::{Exceptions, Plan, PlanOptions};
use plimsoll_runtime::Clock;
use plimsoll_store::Publication;

use crate::around::{Around, aws_part};
use crate::kept::Kept;
use crate::live::{LiveError, judge_account, judge_cluster};
use crate::reach::{suspended, unreadable};
use crate::{ScanError, Work};

impl Work<'_> {
    pub(crate) async fn scan(&self, clock: &Clock) -> Result<Publication, ScanError> {
        let connection = self.tenant.get_connection(&self.cluster.connection).await?;
        let around = Around::of(self.tenant, &connection, self.cluster, clock.now()).await?;
        if self.cluster.provider == Provider::Aws {
            return self.scan_account(&connection, around, clock).await;
        }
        let reader = match self
            .reach
            .connect(self.id, &self.lease.scan, &connection, self.cluster)
            .await
        {
            Ok(reader) => reader,
            Err(reason) => return Ok(self.unreadable(reason, clock.now())),
        };
        let version = match reader.version().await {
            Ok(version) => version,
            Err(error) => {
                return Ok(
                    self.unreadable(unreadable(&error, &connection, self.cluster), clock.now())
                );
            }
        };
        let options = PlanOptions {
            cluster_version: Some(version.minor.clone()),
            provider: Some(version.provider().to_owned()),
            git_version: Some(version.git.clone()),
            ..self.options(around.as_ref(), clock.now())
        };
        let plan = Plan::new(self.catalogue, options);
        let scope = ListScope::default();
        let around = around.as_ref();
        match judge_cluster(
            &reader,
            &plan,
            &scope,
            around,
            &Kept::default,
            &|_, _, _| {},
        )
        .await
        {
            Ok(scan) => {
                self.write(&plan, scan, Some(version.minor), clock.now())
                    .await
            }
            Err(LiveError::Cluster(error)) => {
                Ok(self.unreadable(unreadable(&error, &connection, self.cluster), clock.now()))
            }
            Err(error @ LiveError::Spool(_)) => Err(ScanError::Machine(error.to_string())),
        }
    }

    /// What an account, or a region of it, has as a whole: no cluster is asked.
    async fn scan_account(
        &self,
        connection: &Connection,
        around: Option<Around>,
        clock: &Clock,
    ) -> Result<Publication, ScanError> {
        let gone = || Reason::new(ReasonCode::InputUnread, "no AWS account is connected");
        let unread = match &around {
            Some(around) => suspended(connection).or_else(|| around.unread().cloned()),
            None => Some(gone()),
        };
        let (Some(around), None) = (&around, &unread) else {
            return Ok(self.unreadable(unread.unwrap_or_else(gone), clock.now()));
        };
        let plan = Plan::new(self.catalogue, self.options(Some(around), clock.now()));
        let scan = judge_account(&plan, around, Kept::default());
        let scan = scan.map_err(|error| ScanError::Machine(error.to_string()))?;
        self.write(&plan, scan, None, clock.now()).await
    }

    fn options(&self, around: Option<&Around>, now: Timestamp) -> PlanOptions {
        PlanOptions {
            scope: self.cluster.id.to_string(),
            shown: redacted_value,
            aws: aws_part(around),
            exceptions: Some(Exceptions::of_annotations(now)),
            ..PlanOptions::default()
        }
    }

    /// A cluster that could not be read: said once, and no finding is touched.
    fn unreadable(&self, reason: Reason, now: Timestamp) -> Publication {
        let since = match &self.cluster.readable {
            Readable::No { since, .. } => *since,
            _ => now,
        };
        // Of a connection that does not work people are told by itself; that a cluster behind it cannot be read for a
        // reason of its own is news afterwards.
        let changed = match &self.cluster.readable {
            Readable::No { reason: before, .. } => {
                before.is_of_connection() && !reason.is_of_connection()
            }
            _ => true,
        };
        let outbox = changed.then(|| OutboxItem {
            unreadable: Some(reason.clone()),
            ..self.outbox(now, true)
        });
        Publication {
            finished: now,
            result: None,
            readable: Readable::No { reason, since },
            outbox,
        }
    }
}
