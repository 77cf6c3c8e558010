//! A policy as Kubernetes' own: ValidatingAdmissionPolicies with their bindings, or the reason why it cannot be one.
//!
//! An API server asks an admission policy one question about one object, so elements become loops, the pod spec's place a
//! policy for each shape of object, and parameters and versions literals. What needs other objects cannot be asked.

mod check;
mod constant;
mod document;
mod nulls;
mod refusal;
mod rewrite;
mod shape;
mod sources;
#[cfg(test)]
mod tests;
mod validation;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::catalogue::Policy;
use crate::plan::NEWEST_KUBERNETES;
pub use document::{AdmissionPolicy, Binding};
pub use refusal::NotExportable;
use rewrite::Rewriter;
use sources::Sources;

/// What a binding does with an object that a policy refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Action {
    /// The object is admitted and an annotation goes into the audit log.
    Audit,
    /// The object is admitted and the caller is warned.
    Warn,
    /// The request is refused.
    Deny,
}

/// How to export.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// `1.34`: what `cluster.version` is in the exported policy.
    pub kubernetes: String,
    /// The binding's actions. Servers refuse [`Action::Warn`] and [`Action::Deny`] together.
    pub actions: Vec<Action>,
    /// Parameters that differ from their defaults.
    pub params: BTreeMap<String, Value>,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            kubernetes: NEWEST_KUBERNETES.to_owned(),
            actions: vec![Action::Audit],
            params: BTreeMap::new(),
        }
    }
}

/// An admission policy and its binding, each a document ready to be applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// A ValidatingAdmissionPolicy.
    pub policy: AdmissionPolicy,
    /// Its ValidatingAdmissionPolicyBinding.
    pub binding: Binding,
}

impl Policy {
    /// The policy as admission policies, one for each shape of object it judges.
    ///
    /// # Errors
    /// Why API servers cannot judge it.
    pub fn export(&self, options: &ExportOptions) -> Result<Vec<Pair>, NotExportable> {
        let sources = Sources::of(self, options)?;
        sources.check()?;
        let kinds = shape::kinds(self)?;
        let shapes = shape::shapes(&kinds, &sources);
        let alone = shapes.len() == 1;
        shapes
            .iter()
            .map(|shape| {
                let rewriter = Rewriter::new(&sources, shape);
                let suffix = if alone { "" } else { shape.suffix };
                let spec = validation::spec(self, &sources, &rewriter)?;
                Ok(document::pair(self, options, &sources, suffix, spec))
            })
            .collect()
    }
}
