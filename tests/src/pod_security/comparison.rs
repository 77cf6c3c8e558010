//! What came of putting pods before both judges.

use std::collections::{BTreeMap, BTreeSet};

use super::standard::{NEVER_ALONE, VERSIONS, fields_read};
use super::{Base, GeneratedPod, Level, Version};

/// What came of one pod as of one version.
pub(super) struct Outcome {
    /// The server's verdicts, by level.
    pub(super) passes: [bool; 2],
    pub(super) requests: usize,
    /// How many verdicts of ours were held against the server's.
    pub(super) opinions: usize,
    pub(super) differences: Vec<String>,
}

/// What came of all pods as of one version.
#[derive(Debug, Default)]
pub struct Tally {
    /// Pods judged, without those that get an ephemeral container.
    pub pods: usize,
    /// Pods judged that get an ephemeral container.
    pub ephemeral: usize,
    /// How many of all the server lets pass, by level.
    pub passing: [usize; 2],
    /// Verdicts of ours that were compared.
    pub opinions: usize,
    /// Those that differ from the server's, described.
    pub differences: Vec<String>,
}

/// How often one field alone decided.
#[derive(Debug, Default)]
pub struct Decided {
    /// By level: pods refused with the field and accepted without it.
    pub refused: [usize; 2],
    /// By level: pods accepted with it and refused without.
    pub accepted: [usize; 2],
    versions: BTreeSet<Version>,
}

/// One change of one field to a base; the base itself is the change of no field.
type Single = (Base, String, String);

/// What came of a comparison.
#[derive(Debug, Default)]
pub struct Comparison {
    /// By version.
    pub tallies: BTreeMap<Version, Tally>,
    /// Pods that the server found invalid: errors of the generator.
    pub invalid: Vec<String>,
    /// Requests made.
    pub requests: usize,
    /// The server's verdicts on pods that differ from their base in one field only.
    singles: BTreeMap<Single, BTreeMap<Version, [bool; 2]>>,
    changed: BTreeSet<String>,
}

impl Comparison {
    pub(super) fn count(
        &mut self,
        generated: &GeneratedPod,
        version: Version,
        ephemeral: bool,
        outcome: Outcome,
    ) {
        let tally = self.tallies.entry(version).or_default();
        *(if ephemeral {
            &mut tally.ephemeral
        } else {
            &mut tally.pods
        }) += 1;
        for (count, passes) in tally.passing.iter_mut().zip(outcome.passes) {
            *count += usize::from(passes);
        }
        tally.opinions += outcome.opinions;
        tally.differences.extend(outcome.differences);
        self.requests += outcome.requests;
        self.changed.extend(generated.changed.iter().cloned());
        let (field, value) = match (generated.changed.as_slice(), &generated.single) {
            ([], _) if ephemeral => (EPHEMERAL.to_owned(), String::new()),
            ([], _) => (String::new(), String::new()),
            ([field], Some(value)) => (field.clone(), value.clone()),
            _ => return,
        };
        let single = self.singles.entry((generated.base, field, value));
        single.or_default().insert(version, outcome.passes);
    }

    /// All pods judged, without those that get an ephemeral container.
    pub fn pods(&self) -> usize {
        self.tallies.values().map(|tally| tally.pods).sum()
    }

    /// All verdicts of ours that differ from the server's.
    pub fn differences(&self) -> Vec<&String> {
        let tallies = self.tallies.values();
        tallies.flat_map(|tally| &tally.differences).collect()
    }

    /// For each field that was ever changed alone, how often it alone decided.
    pub fn decided(&self) -> BTreeMap<&str, Decided> {
        let mut decided: BTreeMap<&str, Decided> = BTreeMap::new();
        for ((base, field, _), verdicts) in &self.singles {
            if !is_changed(field) {
                continue;
            }
            let entry = decided.entry(field).or_default();
            let without = if field.starts_with(EPHEMERAL) {
                EPHEMERAL
            } else {
                ""
            };
            let without = &self.singles[&(*base, without.to_owned(), String::new())];
            for (version, with) in verdicts {
                for level in Level::ALL {
                    match (without[version][level as usize], with[level as usize]) {
                        (true, false) => entry.refused[level as usize] += 1,
                        (false, true) => entry.accepted[level as usize] += 1,
                        _ => continue,
                    }
                    entry.versions.insert(*version);
                }
            }
        }
        decided
    }

    /// The fields of which some value, on the same base, has at this version another verdict than at the tested version
    /// before it.
    pub fn changed_at(&self, version: Version) -> BTreeSet<(Level, &str)> {
        let before = VERSIONS.iter().rfind(|other| **other < version);
        let mut changed = BTreeSet::new();
        let fields = self
            .singles
            .iter()
            .filter(|((_, field, _), _)| is_changed(field));
        for ((_, field, _), verdicts) in fields {
            let now = verdicts.get(&version);
            let (Some(now), Some(then)) = (now, before.and_then(|before| verdicts.get(before)))
            else {
                continue;
            };
            let differs = |level: &Level| now[*level as usize] != then[*level as usize];
            changed.extend(
                Level::ALL
                    .into_iter()
                    .filter(differs)
                    .map(|level| (level, field.as_str())),
            );
        }
        changed
    }

    /// A line for each version.
    pub fn versions_table(&self) -> String {
        let mut text = "version   pods  ephemeral  pass baseline  pass restricted  verdicts compared  differences\n".to_owned();
        for (version, tally) in &self.tallies {
            let [baseline, restricted] = tally.passing;
            text.push_str(&format!(
                "{:<7} {:>6} {:>10} {baseline:>14} {restricted:>16} {:>18} {:>12}\n",
                version.to_string(),
                tally.pods,
                tally.ephemeral,
                tally.opinions,
                tally.differences.len()
            ));
        }
        text
    }

    /// A line for each field: by level how many pods it alone had refused, and how many it alone had accepted; and the
    /// versions in which it ever decided.
    pub fn fields_table(&self) -> String {
        let mut text = format!(
            "{:<88} baseline: refused accepted  restricted: refused accepted  versions\n",
            "field that alone decided"
        );
        for (field, decided) in self.decided() {
            let versions: Vec<String> = decided.versions.iter().map(ToString::to_string).collect();
            let span = match versions.as_slice() {
                [] => String::new(),
                [one] => one.clone(),
                [first, .., last] => format!("{first} to {last}"),
            };
            text.push_str(&format!(
                "{field:<88} {:>17} {:>8} {:>20} {:>8}  {span}\n",
                decided.refused[0], decided.accepted[0], decided.refused[1], decided.accepted[1]
            ));
        }
        text
    }

    /// What is wrong with the generator: a field that the standard reads and that never decided, or one that it does not
    /// read and that did.
    pub fn gaps(&self) -> Vec<String> {
        let (decided, read) = (self.decided(), fields_read());
        let ever = |field: &str| {
            decided
                .get(field)
                .is_some_and(|decided| !decided.versions.is_empty())
        };
        let never = read.iter().filter(|field| {
            if field.contains(NEVER_ALONE) {
                return !self.changed.contains(*field);
            }
            !ever(field)
        });
        let never = never.map(|field| format!("{field} never decided"));
        let wrong = decided
            .keys()
            .filter(|field| ever(field) && !read.contains(**field));
        let wrong =
            wrong.map(|field| format!("{field} decided, though the standard does not read it"));
        never.chain(wrong).collect()
    }
}

/// Whether a single is a change, and no base.
fn is_changed(field: &str) -> bool {
    !field.is_empty() && field != EPHEMERAL
}

/// The list of ephemeral containers: the base of what changes them has one, too.
const EPHEMERAL: &str = "ephemeralContainers";
