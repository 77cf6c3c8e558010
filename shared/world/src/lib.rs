//! The example world: a small server on loopback that speaks AWS (STS, EKS, and what is around clusters) and the
//! Kubernetes list API over TLS, fed from embedded files. The demo and the tests run the same AWS
//! SDK and Kubernetes clients as production; only the far end is ours.

mod account;
mod aws;
mod cluster;
mod data;
mod defaults;
mod discovery;
mod eks;
mod error;
mod faults;
mod grow;
mod history;
mod identity;
mod kinds;
mod kube_api;
mod kubeconfig;
mod overlay;
mod page;
mod rbac;
mod refusal;
mod reply;
mod requests;
mod server;
mod services;
mod sigv4;
mod stand_in;
mod state;
mod status;
mod sts;
mod target;
mod tenants;
mod tls;
mod token;
mod trust;
mod world;

pub use error::WorldError;
pub use faults::{Failure, Fault};
pub use identity::{VENDOR_ACCOUNT, VENDOR_PRINCIPAL};
pub use requests::Request;
pub use stand_in::{Came, StandIn};
pub use tenants::{ExampleAccount, ExampleCluster, ExampleTenant, tenants};
pub use world::{VendorCredentials, World, WorldConfig};
