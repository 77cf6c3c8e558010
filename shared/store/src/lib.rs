//! DynamoDB tables, objects and queues, reached through handles of one tenant each.
//!
//! There is no store trait: the AWS SDK is the interface, over AWS or, with feature `embedded`, over servers linked
//! into the process. Queues are hints, tables are the truth: what must happen is written together with its reason, and
//! work that is due is found in an index on the items themselves.

mod clusters;
mod connections;
mod control;
mod due;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod expression;
mod guard;
mod item;
mod keys;
mod objects;
mod provision;
mod queues;
mod retry;
mod store;
mod tenant_store;
mod tenants;
mod transaction;

pub use control::{Claim, Control, RegisteredTenant};
pub use due::{Due, DueBatch, DueItem, DueKind, DueWork};
pub use error::StoreError;
pub use provision::create_queues;
pub use queues::{Malformed, Queue, QueueUrls, Queues, Received};
pub use store::{Store, StoreConfig};
pub use tenant_store::{Page, TenantStore};
