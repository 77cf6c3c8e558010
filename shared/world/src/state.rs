//! What all servers of one world share.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::account::Replies;
use crate::cluster::Cluster;
use crate::faults::Faults;
use crate::identity::Credentials;
use crate::requests::Requests;
use crate::trust::Roles;

/// The clock of the world.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The inside of a world.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) max_skew: Option<SignedDuration>,
    pub(crate) credentials: Credentials,
    pub(crate) roles: Roles,
    pub(crate) clusters: Vec<Cluster>,
    /// The names of those that EKS does not know any more.
    pub(crate) deleted: Mutex<BTreeSet<String>>,
    pub(crate) week: AtomicU32,
    pub(crate) faults: Faults,
    pub(crate) replies: Replies,
    pub(crate) requests: Requests,
    pub(crate) request_number: AtomicU64,
}

impl Shared {
    /// A number for the request id.
    pub(crate) fn next_request(&self) -> u64 {
        self.request_number.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The clusters that EKS knows.
    pub(crate) fn of_eks(&self) -> impl Iterator<Item = &Cluster> {
        let deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        let deleted = deleted.clone();
        let all = self.clusters.iter();
        all.filter(move |cluster| !deleted.contains(&cluster.name))
    }

    pub(crate) fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.name == name)
    }
}
