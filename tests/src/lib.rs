//! What tests of several crates share; the tests themselves are in `it/`.

#[cfg(feature = "bench")]
pub mod interpreter;
#[cfg(feature = "kube-server")]
pub mod kube_server;
#[cfg(feature = "bench")]
pub mod native;
#[cfg(feature = "kube-server")]
pub mod pod_security;
