//! Tests against a real kube-apiserver (`tests/run kube`).

mod judge;
mod pod_security;
mod scan;
mod server;
