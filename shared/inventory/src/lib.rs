//! Reads what is to be judged: Kubernetes API, AWS APIs, folders of manifests and templates. Redacts it, keeps snapshots of it.
//! It decides no verdicts.

pub mod aws;
pub mod files;
pub mod kube;
mod kubelet;
pub mod network;
pub mod redact;
pub mod snapshot;
#[cfg(test)]
mod stage;
mod templates;
pub mod token;

pub use templates::Types;
