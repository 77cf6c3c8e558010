//! A tenant's AWS account: its role, its clusters.

mod clusters;
pub mod derive;
mod error;
pub mod machines;
mod partition;
pub mod read;
pub mod releases;
mod role;
mod secret;
pub mod surroundings;
#[cfg(test)]
mod tests;
mod web_identity;
pub mod wire;

pub use clusters::{DiscoveredCluster, describe_cluster, discover_clusters};
pub use error::AwsError;
pub use partition::{global_region, partition};
pub use role::{Answer, AssumedAccount, account_of_role, caller_account, knock, session_name};
pub use secret::kept_token;
pub use web_identity::web_identity_token;
