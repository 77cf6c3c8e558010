//! Tests against a real kube-apiserver (`tests/run kube`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod cel;
mod default_roles;
mod endpoint;
mod export;
mod judge;
mod nodes;
mod pod_security;
mod scan;
mod server;
