//! Kinds of due work, and how an entry's key says what it is.

use jiff::Timestamp;
use plimsoll_model::{
    ClusterId, ClusterJob, ConnectionId, DeliveryId, DeliveryJob, FinishedScan, IncidentId,
    Message, OutboxId, ScanId, TenantId,
};

use crate::keys::Key;

/// Who looks for it, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DueKind {
    /// A connection to look at: planner.
    Connection,
    /// A cluster to scan: planner.
    Cluster,
    /// A planned scan that should have finished: sweep.
    Scan,
    /// An outbox item that should have been routed: sweep.
    Outbox,
    /// A delivery that should have been made, or may be tried again: sweep.
    Delivery,
    /// An incident's wake-up: escalator.
    Incident,
    /// A tenant's summary: summary sender.
    Summary,
}

impl DueKind {
    /// The word in keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DueKind::Connection => "connection",
            DueKind::Cluster => "cluster",
            DueKind::Scan => "scan",
            DueKind::Outbox => "outbox",
            DueKind::Delivery => "delivery",
            DueKind::Incident => "incident",
            DueKind::Summary => "summary",
        }
    }
}

/// One thing that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// Its kind.
    pub kind: DueKind,
    /// Since when, to the millisecond.
    pub at: Timestamp,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is.
    pub work: DueWork,
    pub(crate) key: Key,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueWork {
    /// Look at a connection.
    Connection(ConnectionId),
    /// Scan a cluster.
    Cluster(ClusterId),
    /// See whether a scan still runs.
    Scan {
        /// Its cluster.
        cluster: ClusterId,
        /// The scan.
        scan: ScanId,
    },
    /// Route an outbox item.
    Outbox(OutboxId),
    /// Make a delivery.
    Delivery {
        /// Its incident, if it has one.
        incident: Option<IncidentId>,
        /// The delivery.
        delivery: DeliveryId,
        /// Its sort key.
        key: String,
    },
    /// Wake an incident up.
    Incident(IncidentId),
    /// Send the tenant's summary.
    Summary,
}

impl DueWork {
    pub(crate) fn of_key(key: &Key) -> Option<(TenantId, Self)> {
        let rest = key.pk.strip_prefix("T#")?;
        let (tenant, partition) = rest.split_once('#').unwrap_or((rest, ""));
        let tenant = TenantId::parse(tenant).ok()?;
        let sort = key.sk.as_str();
        let work = match partition.split_once('#').unwrap_or((partition, "")) {
            ("", "") if sort == "META" => DueWork::Summary,
            ("", "") => match sort.split_once('#')? {
                ("CON", id) => DueWork::Connection(ConnectionId::parse(id).ok()?),
                ("CL", id) => DueWork::Cluster(ClusterId::parse(id).ok()?),
                _ => return None,
            },
            ("S", cluster) => DueWork::Scan {
                cluster: ClusterId::parse(cluster).ok()?,
                scan: ScanId::parse(sort.strip_prefix("SCAN#")?).ok()?,
            },
            ("OUT", "") => DueWork::Outbox(OutboxId::parse(sort).ok()?),
            ("I", id) if sort == "META" => DueWork::Incident(IncidentId::parse(id).ok()?),
            ("I", id) => DueWork::Delivery {
                incident: Some(IncidentId::parse(id).ok()?),
                delivery: delivery_of(sort)?,
                key: sort.to_owned(),
            },
            ("SUM", "") => DueWork::Delivery {
                incident: None,
                delivery: delivery_of(sort)?,
                key: sort.to_owned(),
            },
            _ => return None,
        };
        Some((tenant, work))
    }
}

fn delivery_of(sort: &str) -> Option<DeliveryId> {
    DeliveryId::parse(sort.rsplit('#').next()?).ok()
}

impl DueItem {
    /// The message that gets this done again. None for what its finder does itself (clusters, incidents, summaries) and
    /// for connections, whose job carries the slot, which is the connection's `next_scan` and not this entry's time.
    #[must_use]
    pub fn message(&self) -> Option<Message> {
        let tenant = self.tenant.clone();
        match self.work.clone() {
            DueWork::Scan { cluster, scan } => Some(Message::ClusterJob(ClusterJob {
                tenant,
                cluster,
                scan,
            })),
            DueWork::Outbox(outbox) => Some(Message::FinishedScan(FinishedScan { tenant, outbox })),
            DueWork::Delivery {
                incident,
                delivery,
                key,
            } => Some(Message::DeliveryJob(DeliveryJob {
                tenant,
                incident,
                delivery,
                key,
            })),
            DueWork::Connection(_)
            | DueWork::Cluster(_)
            | DueWork::Incident(_)
            | DueWork::Summary => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;

    #[test]
    fn every_key_in_the_index_reads_back() {
        let tenant = TenantId::of(&["acme"]);
        let keys = Keys(&tenant);
        let cluster = ClusterId::of(&["c"]);
        let scan = ScanId::of_slot(&cluster, Timestamp::UNIX_EPOCH);
        let outbox = OutboxId::of_scan(&scan);
        let incident = IncidentId::of(&["i"]);
        let delivery = DeliveryId::of(&["d"]);
        let connection = ConnectionId::of(&["k"]);
        let of_incident = keys.delivery(Some(&incident), "r0s1", &delivery);
        let of_summary = keys.delivery(None, "summary-2026-W41", &delivery);
        let cases = [
            (
                keys.connection(&connection),
                DueWork::Connection(connection),
            ),
            (keys.cluster(&cluster), DueWork::Cluster(cluster.clone())),
            (keys.scan(&cluster, &scan), DueWork::Scan { cluster, scan }),
            (keys.outbox(&outbox), DueWork::Outbox(outbox)),
            (
                keys.incident(&incident),
                DueWork::Incident(incident.clone()),
            ),
            (keys.meta(), DueWork::Summary),
            (
                of_incident.clone(),
                DueWork::Delivery {
                    incident: Some(incident),
                    delivery: delivery.clone(),
                    key: of_incident.sk,
                },
            ),
            (
                of_summary.clone(),
                DueWork::Delivery {
                    incident: None,
                    delivery,
                    key: of_summary.sk,
                },
            ),
        ];
        for (key, work) in cases {
            assert_eq!(DueWork::of_key(&key), Some((tenant.clone(), work)), "{key}");
        }
        assert_eq!(
            DueWork::of_key(&keys.exception(&plimsoll_model::ExceptionId::of(&["x"]))),
            None
        );
    }
}
