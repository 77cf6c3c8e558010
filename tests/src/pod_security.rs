//! Generated pods for comparing Pod Security verdicts with the API server's own admission.
//!
//! Most pods lie near the boundary of a level: each starts from a base that keeps, or just fails to keep,
//! a level and gets at most three changes. All is drawn from a seed, so a run can be repeated.

mod base;
mod edit;
mod ephemeral;
mod fields;
mod oracle;
mod random;
mod validity;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

pub use base::Base;
pub use edit::Edit;
pub use ephemeral::{ephemeral_fields, ephemeral_pods};
pub use oracle::{Comparison, Oracle, Verdict};
use random::Random;

/// The two levels of the Pod Security Standards that ask for something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
    for base in [Base::RootUser, Base::NonRootOnly] {
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

/// The fields that [`pods`] changes, each once.
pub fn fields() -> BTreeSet<String> {
    edit::all().into_iter().map(|edit| edit.field).collect()
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
    GeneratedPod { pod, base, changed }
}

#[cfg(test)]
mod tests {
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
            let needs_another = edit.field.ends_with("hostProcess");
            assert!(
                needs_another || drawn(true).contains(&edit.field),
                "{} never alone",
                edit.field
            );
        }
    }
}
