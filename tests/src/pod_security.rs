//! Generated pods for comparing Pod Security verdicts with the API server's own admission, in every version of the
//! standard that it knows.
//!
//! Most pods lie near the boundary of a level: each starts from a base that keeps, or just fails to keep,
//! a level and gets at most three changes. All is drawn from a seed, so a run can be repeated.

mod base;
mod comparison;
mod edit;
mod ephemeral;
mod fields;
mod oracle;
mod random;
mod run;
mod standard;
mod validity;

use std::fmt;

use serde_json::Value;

pub use base::Base;
pub use comparison::{Comparison, Decided, Tally};
pub use edit::Edit;
pub use ephemeral::ephemeral_pods;
pub use oracle::Oracle;
use random::Random;
pub use run::{Opinion, Questions};
pub use standard::{READ_FROM, REVISIONS, VERSIONS, checks, fields_read};

/// The two levels of the Pod Security Standards that ask for something.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Forbids known ways to the node.
    Baseline,
    /// Hardened.
    Restricted,
}

impl Level {
    /// Both, the milder first.
    pub const ALL: [Self; 2] = [Self::Baseline, Self::Restricted];

    /// The word in namespace labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A version of the standards: the minor version of Kubernetes.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Version(pub u32);

impl Version {
    /// That of the server which `tests/kube` pins; namespaces do not name it, but follow the server.
    pub const NEWEST: Self = Self(36);

    /// What a namespace's label says to have it.
    pub fn label(self) -> String {
        match self {
            Self::NEWEST => "latest".to_owned(),
            Self(minor) => format!("v1.{minor}"),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "1.{}", self.0)
    }
}

/// One judge's word on one pod at one level: why the pod does not keep it, in the judge's words, if it does not.
#[derive(Clone, Debug)]
pub struct Verdict(Option<String>);

impl Verdict {
    /// With the reason why the pod fails, or none when it passes.
    pub fn of(failure: Option<String>) -> Self {
        Self(failure)
    }

    /// Whether the pod keeps the level.
    pub fn passes(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => out.write_str("passes"),
            Some(why) => write!(out, "fails: {why}"),
        }
    }
}

/// A pod and how it came about.
#[derive(Clone, Debug)]
pub struct GeneratedPod {
    /// The object as it is sent to the server.
    pub pod: Value,
    /// What it started from.
    pub base: Base,
    /// The fields in which it differs from the base, in the notation of the standard
    /// (`containers[*].securityContext.privileged`), each once.
    pub changed: Vec<String>,
    /// The value of the change, where one was made.
    pub single: Option<String>,
}

/// `count` valid pods: every field and value alone on the bases that one change most often takes over a
/// line, a sample of them on the others, and for the rest two or three changes together.
pub fn pods(seed: u64, count: usize) -> Vec<GeneratedPod> {
    let mut random = Random::new(seed);
    let edits = edit::all();
    let mut pods = Vec::with_capacity(count);
    for base in Base::ALL {
        pods.push(generate(base, &[], &mut random));
    }
    for base in [Base::Restricted, Base::Plain, Base::UserNamespace] {
        for edit in &edits {
            pods.push(generate(base, &[edit], &mut random));
        }
    }
    for base in [
        Base::RestrictedContainers,
        Base::RootUser,
        Base::NonRootOnly,
    ] {
        for edit in edits.iter().filter(|edit| !edit.field.contains('[')) {
            pods.push(generate(base, &[edit], &mut random));
        }
    }
    // Bases that keep restricted, twice as often: from the others two changes seldom lead back.
    let bases = [&Base::ALL[..], &[Base::Restricted, Base::UserNamespace]].concat();
    while pods.len() < count {
        let base = *random.choose(&bases);
        let drawn: Vec<&Edit> = (0..random.between(2, 3))
            .map(|_| random.choose(&edits))
            .collect();
        pods.push(generate(base, &drawn, &mut random));
    }
    pods.truncate(count);
    pods
}

fn generate(base: Base, edits: &[&Edit], random: &mut Random) -> GeneratedPod {
    let mut pod = base.pod(random);
    let mut changed = Vec::new();
    for edit in edits {
        edit.apply(&mut pod, random);
        changed.push(edit.field.clone());
    }
    changed.extend(validity::repair(&mut pod));
    changed.sort();
    changed.dedup();
    let single = match edits {
        [edit] => Some(edit.value_text()),
        _ => None,
    };
    GeneratedPod {
        pod,
        base,
        changed,
        single,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_pods() {
        let texts = |seed| {
            pods(seed, 2_000)
                .iter()
                .map(|pod| pod.pod.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn every_field_is_drawn_alone_and_together() {
        let pods = pods(1, 2_000);
        assert_eq!(pods.len(), 2_000);
        let drawn = |alone: bool| -> BTreeSet<&String> {
            let pods = pods.iter().filter(|pod| (pod.changed.len() == 1) == alone);
            pods.flat_map(|pod| &pod.changed).collect()
        };
        for edit in edit::all() {
            assert!(
                drawn(false).contains(&edit.field),
                "{} never with others",
                edit.field
            );
            let needs_another = edit.field.contains(standard::NEVER_ALONE);
            assert!(
                needs_another || drawn(true).contains(&edit.field),
                "{} never alone",
                edit.field
            );
        }
    }

    /// The list of what the standard reads is made by hand: this holds the generator to it, `Comparison::gaps` holds it
    /// to what the server does.
    #[test]
    fn every_field_that_the_standard_reads_is_generated() {
        let ephemeral = edit::in_containers("ephemeralContainers");
        let edits = edit::all().into_iter().chain(ephemeral);
        let generated: BTreeSet<String> = edits.map(|edit| edit.field).collect();
        let missing: Vec<String> = fields_read().difference(&generated).cloned().collect();
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_lists_are_of_the_server_that_judges() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/kube/kubernetes/go.mod");
        let modules = std::fs::read_to_string(path).unwrap();
        assert!(
            modules.lines().any(|line| line.trim() == READ_FROM),
            "the server is no longer {READ_FROM}: read its pod security checks again"
        );
        assert!(READ_FROM.contains(&format!(" v{}.", Version::NEWEST)));
    }
}
