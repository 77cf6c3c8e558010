//! DynamoDB tables, objects and queues, reached through handles of one tenant each.
//!
//! There is no store trait: the AWS SDK is the interface, over AWS or, with feature `embedded`, over servers linked
//! into the process. Queues are hints, tables are the truth: what must happen is written together with its reason, and
//! work that is due is found in an index on the items themselves.

mod attestations;
mod audit;
mod checkpoints;
mod clusters;
mod config;
mod connections;
mod control;
mod deliveries;
mod due;
#[cfg(feature = "embedded")]
mod embedded;
mod erasure;
mod error;
mod escalations;
mod exceptions;
mod expression;
mod findings;
mod guard;
mod incidents;
mod item;
mod keys;
mod lease;
mod manifests;
mod objects;
mod outbox;
mod policies;
mod provision;
mod publication;
mod queues;
mod retry;
mod scans;
mod session;
mod store;
mod summaries;
mod tenant_store;
mod tenants;
mod transaction;

pub use checkpoints::Checkpoint;
pub use config::MissingVariable;
pub use control::{Claim, Control, RegisteredTenant};
pub use deliveries::{ClaimedDelivery, DeliveryClaim, WhenLapsed};
pub use due::{Due, DueBatch, DueItem, DueKind, DueWork};
#[cfg(feature = "embedded")]
pub use embedded::{Death, Life, Meter, Units, Watch};
pub use erasure::{Erasure, Remains};
pub use error::StoreError;
pub use escalations::EscalationVersion;
pub use findings::{FINDING_SHARDS, FINDINGS_AT_ONCE};
pub use incidents::{IncidentWrite, Written};
pub use lease::{Acquired, ScanLease};
pub use policies::{ParameterValues, PolicyVersion};
pub use provision::create_queues;
pub use publication::{Publication, ScanResult};
pub use queues::{Malformed, Queue, QueueHealth, QueueUrls, Queues, Received};
pub use scans::{SWEEP_AFTER, ScanSweep};
pub use session::DataRole;
pub use store::{Store, StoreConfig};
pub use tenant_store::{Page, TenantStore};
