//! A tenant's AWS account: its role, its clusters.

mod clusters;
pub mod derive;
mod error;
pub mod read;
mod role;
pub mod surroundings;
#[cfg(test)]
mod tests;
pub mod wire;

pub use clusters::{DiscoveredCluster, describe_cluster, list_clusters};
pub use error::AwsError;
pub use role::{Answer, AssumedAccount, account_of_role, caller_account, knock, session_name};
