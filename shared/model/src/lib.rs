//! The nouns of Plimsoll, one word per thing: ids, tenants, connections, clusters, resources, policies' verdicts,
//! findings, incidents, deliveries and the messages between functions. No I/O.
//!
//! Which error type where:
//!
//! | where | type | rule |
//! |---|---|---|
//! | pure crates (`model`, `cel`, `policy`, `alerting`, `report`) | outcome values, or one small `thiserror` enum at the edge | what could not be known is data ([`Reason`]), not an error |
//! | adapters (`inventory`, `store`, `channels`) | one `thiserror` enum each | a variant says what the caller can do: not found, denied, throttled, conflict, other |
//! | functions | an enum made of those | says whether to retry or to drop, and why |
//! | `main`, CLI, tests | `anyhow` | one message per phase |

mod attestation;
mod audit;
pub mod aws;
mod border;
mod cluster;
mod connection;
mod delivery;
mod exception;
mod finding;
mod fingerprint;
mod id;
mod incident;
mod judgement;
pub mod kind;
mod manifest;
mod message;
mod node;
pub mod onboarding;
mod resource;
mod scan;
mod score;
mod severity;
mod slot;
mod stage;
mod tenant;
mod verdict;

pub use attestation::Attestation;
pub use audit::AuditEntry;
pub use border::Named;
pub use cluster::{Cluster, Lease, Provider, Readable, shown_account};
pub use connection::{
    Check, CheckKind, CheckOutcome, Checked, Connection, ConnectionChange, ConnectionKind,
    ConnectionState, ConnectionTrouble, Endpoint, EndpointAccess, NextStep, Standing, mended,
    token_secret,
};
pub use delivery::{Delivery, DeliveryContent, DeliveryState, Destination};
pub use exception::{Excepted, Exception, ExceptionOrigin};
pub use finding::{Finding, FindingState};
pub use fingerprint::{Fingerprint, FingerprintParts};
pub use id::{
    ClusterId, ConnectionId, DeliveryId, ExceptionId, IdError, IncidentId, OutboxId, PolicyId,
    ScanId, TenantId, hash_number, hash_text, ordered_id,
};
pub use incident::{Acknowledgement, Incident, IncidentState, LogEntry, Thread, WakeUp};
pub use judgement::{Judgement, Place, SourceRef};
pub use manifest::{About, Manifest, ManifestEntry, Union};
pub use message::{AccountJob, ClusterJob, ConnectionCheck, DeliveryJob, FinishedScan, Message};
pub use node::{
    COLLECTED_KEY, COLLECTED_LABEL, COLLECTOR_NAMESPACE, NODE_FILES, NodeEvidence, NodeRoute, Part,
};
pub use resource::ResourceRef;
pub use scan::{Change, ChangeKind, OutboxItem, Scan, ScanCounts, ScanStatus};
pub use score::FrameworkScore;
pub use severity::Severity;
pub use slot::next_slot;
pub use stage::Stage;
pub use tenant::{MailSettings, Member, SlackSettings, Tenant};
pub use verdict::{Reason, ReasonCode, Verdict};
