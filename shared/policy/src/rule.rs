//! A policy's rule as people wrote it: what decides, in the words of its file.

use std::collections::BTreeSet;

use crate::catalogue::Policy;
use crate::error::LoadError;
use crate::file::{FixFile, OneOrMany, PatchOp, PolicyFile};

/// The parts of a rule, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rule {
    /// Conditions in CEL; one that is false makes the policy not applicable.
    pub when: Vec<String>,
    /// Conditions under which nobody can tell, each with its reason.
    pub unknown: Vec<(String, String)>,
    /// Lists whose elements get a verdict each, and what an element is called.
    pub each: Vec<(String, String)>,
    /// Named parts of the expression.
    pub variables: Vec<(String, String)>,
    /// The condition: true passes.
    pub expression: String,
    /// The fields a finding points at, inside the element; none where the expression says it.
    pub paths: Vec<String>,
    /// The facts it reads, each with what it is.
    pub facts: Vec<(&'static str, &'static str)>,
}

/// A patch that is shown and never made by machine.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sketch {
    /// Its steps.
    pub patch: Vec<PatchOp>,
    /// What it may break, or what has to be known first.
    pub risk: String,
}

impl FixFile {
    /// Takes the patch away if it has a risk.
    pub(crate) fn sketch(&mut self) -> Option<Sketch> {
        let risk = self.risk.take()?.trim().to_owned();
        let patch = std::mem::take(&mut self.patch);
        Some(Sketch { patch, risk })
    }
}

impl Policy {
    /// The rule as its file has it.
    ///
    /// # Errors
    /// Never for a policy that was loaded: its file was read then.
    pub fn rule(&self) -> Result<Rule, LoadError> {
        let file: PolicyFile = serde_saphyr::from_str(&self.text)
            .map_err(|error| LoadError::of_yaml(&self.file, &error))?;
        let facts: BTreeSet<_> = self.compiled.facts.iter().collect();
        Ok(Rule {
            when: file.when.into_iter().map(|when| when.value).collect(),
            unknown: file
                .unknown
                .into_iter()
                .map(|unknown| (unknown.when.value, unknown.reason))
                .collect(),
            each: file
                .each
                .0
                .into_iter()
                .map(|(name, list)| (name, list.value))
                .collect(),
            variables: file
                .variables
                .into_iter()
                .map(|variable| (variable.name.value, variable.expression.value))
                .collect(),
            expression: file.expression.value,
            paths: file.path.as_ref().map(OneOrMany::list).unwrap_or_default(),
            facts: facts
                .into_iter()
                .map(|fact| (fact.variable(), fact.about()))
                .collect(),
        })
    }
}
