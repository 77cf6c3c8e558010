//! What a scan reads and judges, or why it cannot.

use jiff::Timestamp;
use plimsoll_inventory::kube::{ClusterReader, ClusterVersion, ListScope};
use plimsoll_inventory::redact::redacted_value;
use plimsoll_model::{
    Connection, ConnectionKind, OutboxItem, Provider, Readable, Reason, ReasonCode, Tenant,
};
use plimsoll_policy::{Attestations, Exceptions, Plan, PlanOptions};
use plimsoll_runtime::Clock;
use plimsoll_store::{Checkpoint, Publication};

use crate::around::{Around, aws_part};
use crate::kept::Kept;
use crate::lists::Lister;
use crate::live::{LiveError, judge_account, judge_around};
use crate::nodes::NodeAccess;
use crate::reach::{suspended, unreadable};
use crate::way::Way;
use crate::writing::State;
use crate::{ScanError, Work};

/// What an attempt at a scan came to.
pub(crate) enum Attempted {
    /// To its end.
    Ended(Box<Publication>),
    /// The time was over before; there it goes on.
    Interrupted(Checkpoint),
}

impl From<Publication> for Attempted {
    fn from(publication: Publication) -> Self {
        Self::Ended(Box::new(publication))
    }
}

fn machine(error: &LiveError) -> ScanError {
    ScanError::Machine(error.to_string())
}

impl Work<'_> {
    pub(crate) async fn scan(&self, clock: &Clock) -> Result<Attempted, ScanError> {
        let connection = self.tenant.get_connection(&self.cluster.connection).await?;
        if let Some(reason) = suspended(&connection) {
            return Ok(self.unreadable(reason, clock.now()).into());
        }
        let reached = match self.cluster.provider {
            Provider::Aws => None,
            _ => {
                let tenant = self.tenant.get_tenant().await?;
                Some(self.enter(&tenant, &connection).await)
            }
        };
        let around = Around::of(self.tenant, &connection, self.cluster, clock.now()).await?;
        let around = around.as_ref();
        let checkpoint = self
            .tenant
            .get_checkpoint(&self.cluster.id, &self.lease.scan);
        let way = Way::new(checkpoint.await?, self.started);
        match reached {
            None => self.scan_account(around, way, clock).await,
            Some(Ok((reader, version))) => {
                self.scan_cluster(&connection, &reader, version, around, way, clock)
                    .await
            }
            Some(Err(reason)) => self.scan_around(reason, around, way, clock).await,
        }
    }

    /// As far as the cluster's first answer.
    async fn enter(
        &self,
        tenant: &Tenant,
        connection: &Connection,
    ) -> Result<(ClusterReader, ClusterVersion), Reason> {
        let reader = self
            .reach
            .connect(tenant, &self.lease.scan, connection, self.cluster)
            .await?;
        match reader.version().await {
            Ok(version) => Ok((reader, version)),
            Err(error) => Err(unreadable(&error, connection, self.cluster)),
        }
    }

    /// Who runs the cluster: the tenant's word, where it has one, and else that of the cluster's version.
    fn provider(&self, connection: &Connection, version: &ClusterVersion) -> &'static str {
        match connection.kind {
            ConnectionKind::Endpoint(_) => self.cluster.provider.of_frameworks(),
            _ => None,
        }
        .unwrap_or_else(|| version.provider())
    }

    async fn scan_cluster(
        &self,
        connection: &Connection,
        reader: &ClusterReader,
        version: ClusterVersion,
        around: Option<&Around>,
        mut way: Way,
        clock: &Clock,
    ) -> Result<Attempted, ScanError> {
        let options = PlanOptions {
            cluster_version: Some(version.minor.clone()),
            provider: Some(self.provider(connection, &version).to_owned()),
            git_version: Some(version.git),
            ..self.options(around, way.begun)
        };
        let plan = Plan::new(self.catalogue, options);
        let scope = ListScope::default();
        let lister = Lister {
            reader,
            plan: &plan,
            scope: &scope,
            make_sink: &Kept::default,
            progress: &|_, _, _| {},
            budget: way.budget(clock),
        };
        let before = self.resume(&plan, &mut way).await?;
        let reading = match lister.read(before).await {
            Ok(reading) => reading,
            Err(LiveError::Cluster(error)) => {
                let reason = unreadable(&error, connection, self.cluster);
                return self.scan_around(reason, around, way, clock).await;
            }
            Err(error @ LiveError::Spool(_)) => return Err(machine(&error)),
        };
        if way.is_interrupted(&reading, clock.now()) {
            let checkpoint = self.interrupt(&plan, way, reading).await?;
            return Ok(Attempted::Interrupted(checkpoint));
        }
        let access = connection.node_evidence.map(|route| NodeAccess {
            route,
            now: clock.now(),
        });
        let scan = lister.judge(reading, around, access).await;
        let scan = scan.map_err(|error| machine(&error))?;
        let read = State::Read(Some(version.minor));
        self.write(&plan, scan, read, way, clock).await
    }

    /// A cluster that cannot be read: what AWS says of it is judged all the same, and nothing else is touched.
    async fn scan_around(
        &self,
        reason: Reason,
        around: Option<&Around>,
        way: Way,
        clock: &Clock,
    ) -> Result<Attempted, ScanError> {
        let Some(around) = around.filter(|around| around.unread().is_none()) else {
            return Ok(self.unreadable(reason, clock.now()).into());
        };
        let options = PlanOptions {
            cluster_version: self.cluster.version.clone(),
            provider: (self.cluster.provider == Provider::Eks).then(|| "eks".to_owned()),
            ..self.options(Some(around), clock.now())
        };
        let plan = Plan::new(self.catalogue, options);
        let scan = judge_around(&plan, around, &reason, Kept::default());
        let scan = scan.map_err(|error| machine(&error))?;
        let unread = State::Unread(reason);
        self.write(&plan, scan, unread, way, clock).await
    }

    /// What an account, or a region of it, has as a whole: no cluster is asked.
    async fn scan_account(
        &self,
        around: Option<&Around>,
        way: Way,
        clock: &Clock,
    ) -> Result<Attempted, ScanError> {
        let gone = || Reason::new(ReasonCode::InputUnread, "no AWS account is connected");
        let Some(around) = around else {
            return Ok(self.unreadable(gone(), clock.now()).into());
        };
        if let Some(reason) = around.unread() {
            return Ok(self.unreadable(reason.clone(), clock.now()).into());
        }
        let plan = Plan::new(self.catalogue, self.options(Some(around), clock.now()));
        let scan = judge_account(&plan, around, Kept::default());
        let scan = scan.map_err(|error| machine(&error))?;
        let read = State::Read(None);
        self.write(&plan, scan, read, way, clock).await
    }

    fn options(&self, around: Option<&Around>, now: Timestamp) -> PlanOptions {
        let names = [self.cluster.name.as_str(), self.cluster.id.as_str()];
        PlanOptions {
            scope: self.cluster.id.to_string(),
            shown: redacted_value,
            aws: aws_part(around),
            exceptions: Some(Exceptions::of_annotations(now)),
            attestations: Attestations::about(self.attestations, &names, now),
            ..PlanOptions::default()
        }
    }

    /// A cluster that could not be read, and of which nothing else is known: no finding is touched.
    fn unreadable(&self, reason: Reason, now: Timestamp) -> Publication {
        let outbox = OutboxItem {
            unreadable: Some(reason.clone()),
            ..self.outbox(now, true)
        };
        Publication {
            finished: now,
            result: None,
            outbox: self.is_news(&reason).then_some(outbox),
            readable: self.unread(reason, now),
        }
    }

    /// Whether it is news that it cannot be read. Of a connection that does not work people are told by itself; that a
    /// cluster behind it cannot be read for a reason of its own is news afterwards.
    pub(crate) fn is_news(&self, reason: &Reason) -> bool {
        match &self.cluster.readable {
            Readable::No { reason: before, .. } => {
                before.is_of_connection() && !reason.is_of_connection()
            }
            _ => true,
        }
    }

    /// That it cannot be read, since when it could not.
    pub(crate) fn unread(&self, reason: Reason, now: Timestamp) -> Readable {
        let since = match &self.cluster.readable {
            Readable::No { since, .. } => *since,
            _ => now,
        };
        Readable::No { reason, since }
    }
}
