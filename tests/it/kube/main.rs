//! Tests against a real kube-apiserver (`tests/run kube`).

mod server;
