//! Reads what is to be judged: Kubernetes API, AWS APIs, folders of manifests. Redacts it, keeps snapshots of it.
//! It decides no verdicts.

pub mod files;
