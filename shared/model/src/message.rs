//! What travels in queues: ids only. Queues are hints; the tables hold the truth.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterId, ConnectionId, DeliveryId, IncidentId, OutboxId, ScanId, TenantId};

/// A message, tagged with its name and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// Look for clusters in an account.
    #[serde(rename = "account-job.v1")]
    AccountJob(AccountJob),
    /// Check a connection without scanning anything.
    #[serde(rename = "connection-check.v1")]
    ConnectionCheck(ConnectionCheck),
    /// Scan a cluster.
    #[serde(rename = "cluster-job.v1")]
    ClusterJob(ClusterJob),
    /// Route what a scan found.
    #[serde(rename = "finished-scan.v1")]
    FinishedScan(FinishedScan),
    /// Send a message.
    #[serde(rename = "delivery-job.v1")]
    DeliveryJob(DeliveryJob),
}

/// Look for clusters in an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountJob {
    /// Whose.
    pub tenant: TenantId,
    /// Which connection.
    pub connection: ConnectionId,
    /// The slot it was planned for: part of the ids of the scans that follow.
    pub slot: Timestamp,
}

/// Check a connection without scanning anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCheck {
    /// Whose.
    pub tenant: TenantId,
    /// Which connection.
    pub connection: ConnectionId,
}

/// Scan a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterJob {
    /// Whose.
    pub tenant: TenantId,
    /// Which cluster.
    pub cluster: ClusterId,
    /// Which scan.
    pub scan: ScanId,
}

/// Route what a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedScan {
    /// Whose.
    pub tenant: TenantId,
    /// The outbox item.
    pub outbox: OutboxId,
}

/// Send a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryJob {
    /// Whose.
    pub tenant: TenantId,
    /// The incident, if any: part of the delivery's key.
    pub incident: Option<IncidentId>,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its sort key.
    pub key: String,
}

impl Message {
    /// Whose it is.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        match self {
            Message::AccountJob(job) => &job.tenant,
            Message::ConnectionCheck(job) => &job.tenant,
            Message::ClusterJob(job) => &job.tenant,
            Message::FinishedScan(job) => &job.tenant,
            Message::DeliveryJob(job) => &job.tenant,
        }
    }
}
