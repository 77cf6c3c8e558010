//! EC2: networks, security groups, instances and what they are launched from, volumes and snapshots.

pub(super) mod groups;
pub(super) mod images;
pub(super) mod instances;
pub(super) mod network;
pub(super) mod storage;
pub(super) mod templates;
