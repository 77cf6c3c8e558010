//! The server's decisions beside ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_policy::Catalogue;
use serde_json::Value;

use crate::export::cases::{Expected, Exported, Question};
use crate::export::ours::{Ours, Word};
use crate::export::server::Answer;

/// Servers cut warnings to this length when there are many.
const WARNING_LENGTH: usize = 256;

/// Servers take the fixed message instead of one that is longer.
const MESSAGE_LENGTH: usize = 5 * 1024;

/// Cases that the server decides differently because it fills in fields, with the reason.
const DIFFERENCES: &str = "it/kube/export/differences.tsv";

/// What was found.
#[derive(Default)]
pub(crate) struct Comparison {
    /// Cases that were decided as they expect.
    alike: usize,
    policies: BTreeSet<String>,
    /// By policy and case.
    different: BTreeMap<(String, String), String>,
    /// The questions whose object the server refuses, by export and question.
    invalid: BTreeSet<(usize, usize)>,
    /// How many of them were asked again with stand-ins.
    stood_in: usize,
    /// Policies on objects as the server completed them.
    pairs: usize,
    /// Policies on large objects.
    large: usize,
    /// Where the two engines differ: there is no reason for that.
    engines: Vec<String>,
}

impl Comparison {
    /// One case.
    pub(crate) fn add(
        &mut self,
        batch: &[&Exported],
        exported: &Exported,
        question: &Question,
        answer: &Answer,
        ours: &Ours<'_>,
    ) {
        let key = (exported.id.clone(), question.case.name.clone());
        let (refusals, object) = match answer {
            Answer::Invalid(message) => {
                if !self.invalid.insert((exported.number, question.number)) {
                    self.engines.push(format!(
                        "{key:?} is refused even as a custom resource: {message}"
                    ));
                }
                return;
            }
            Answer::Judged { refusals, object } => (refusals, object),
        };
        let again = self.invalid.contains(&(exported.number, question.number));
        self.stood_in += usize::from(again);
        let decided = decided(exported, refusals);
        self.policies.insert(exported.id.clone());
        if decided.0 == question.expected() {
            self.alike += 1;
        } else {
            let what = format!(
                "{:?} is expected, the server {decided:?}",
                question.expected()
            );
            self.different.insert(key.clone(), what);
        }
        let debugged = !again && question.debugs();
        let asked: Vec<&Exported> = batch
            .iter()
            .copied()
            .filter(|exported| exported.usual && (!debugged || exported.sees_debugging()))
            .collect();
        if let Some(object) = object {
            self.pairs += self.engines(&asked, &format!("{key:?}"), object, refusals, ours);
        }
    }

    /// A large object, which every policy of the batch judges.
    pub(crate) fn add_large(
        &mut self,
        batch: &[&Exported],
        object: &Value,
        answer: &Answer,
        ours: &Ours<'_>,
    ) {
        let name = format!("a large {}", object["kind"]);
        match answer {
            Answer::Judged {
                refusals,
                object: Some(object),
            } => {
                let usual = batch.iter().copied().filter(|exported| exported.usual);
                self.large +=
                    self.engines(&usual.collect::<Vec<_>>(), &name, object, refusals, ours);
            }
            other => self.engines.push(format!("{name}: {other:?}")),
        }
    }

    /// Both engines on one object as the server completed it; gives how many policies judged it.
    fn engines(
        &mut self,
        batch: &[&Exported],
        name: &str,
        object: &Value,
        refusals: &BTreeMap<String, String>,
        ours: &Ours<'_>,
    ) -> usize {
        let words = ours.judge(object);
        let mut judged = 0;
        for exported in batch {
            let Some(word) = words.get(&exported.id) else {
                continue;
            };
            judged += 1;
            if let Some(complaint) = complaint(exported, word, refusals) {
                self.engines
                    .push(format!("{} on {name}: {complaint}", exported.id));
            }
        }
        judged
    }

    /// Whether the server refused the question's object.
    pub(crate) fn is_invalid(&self, exported: &Exported, question: &Question) -> bool {
        self.invalid.contains(&(exported.number, question.number))
    }

    /// Reports, and fails on what is not explained.
    #[expect(clippy::print_stdout, reason = "what was exercised is printed")]
    pub(crate) fn finish(&self, catalogue: &Catalogue, exports: &[Exported]) {
        let sample =
            |lines: Vec<String>| lines.into_iter().take(900).collect::<Vec<_>>().join("\n");
        println!(
            "exercised: {} cases of {} exportable policies decided alike by kube-apiserver, {} of them as custom resources \
             because it refuses such objects of the real kind; {} differ for a reason that is written down",
            self.alike,
            self.policies.len(),
            self.stood_in,
            self.different.len(),
        );
        println!(
            "exercised: {} verdicts and messages of exported policies on objects with the server's defaults, and {} on large \
             objects; {} differ",
            self.pairs,
            self.large,
            self.engines.len()
        );
        let mut wrong = Vec::new();
        wrong.extend(unexplained(DIFFERENCES, &self.different));
        wrong.extend(self.engines.iter().cloned());
        let exportable: BTreeSet<&str> = exports
            .iter()
            .map(|exported| exported.id.as_str())
            .collect();
        let never = exportable.iter().filter(|id| !self.policies.contains(**id));
        wrong.extend(never.map(|id| format!("{id}: no case of it was decided")));
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            catalogue.policies.len(),
            sample(wrong)
        );
    }
}

/// What the server made of the question's own policy, in its words.
fn decided<'r>(exported: &Exported, refusals: &'r BTreeMap<String, String>) -> (Expected, &'r str) {
    match exported.names().find_map(|name| refusals.get(name)) {
        None => (Expected::Admits, ""),
        Some(message) if is_error(message) => (Expected::Errs, message),
        Some(message) => (Expected::Refuses, message),
    }
}

fn is_error(message: &str) -> bool {
    message.contains("' resulted in error: ")
}

/// What differs between the engines.
fn complaint(
    exported: &Exported,
    word: &Word,
    refusals: &BTreeMap<String, String>,
) -> Option<String> {
    let (decided, message) = decided(exported, refusals);
    if decided != word.expected {
        return Some(format!(
            "we say {:?}, the server {decided:?}: {message}",
            word.expected
        ));
    }
    if decided != Expected::Refuses {
        return None;
    }
    let joined = word.messages.join("; ");
    let same = word.messages.iter().all(|one| *one == word.messages[0]);
    let fallen_back = word.messages.contains(&exported.title) && message == exported.title;
    let cut = message.chars().count() <= WARNING_LENGTH
        && joined.starts_with(message)
        && message.len() > 100;
    let long = joined.len() > MESSAGE_LENGTH && message == exported.title;
    let alike =
        long || joined == message || (same && word.messages[0] == message) || fallen_back || cut;
    (!alike).then(|| format!("we say `{joined}`, the server `{message}`"))
}

/// Lines `POLICY <tab> CASE <tab> REASON`: each must be of a case that was found, and each that was found must have one.
fn unexplained(file: &str, found: &BTreeMap<(String, String), String>) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let known: BTreeSet<(String, String)> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let key = (cells.next()?.to_owned(), cells.next()?.to_owned());
            cells.next().filter(|reason| reason.len() > 10).map(|_| key)
        })
        .collect();
    let missing = found.iter().filter(|(key, _)| !known.contains(*key));
    let missing = missing.map(|((policy, case), what)| format!("{file}: {policy}\t{case}\t{what}"));
    let stale = known.iter().filter(|key| !found.contains_key(*key));
    let stale = stale.map(|(policy, case)| format!("{file}: not so any more: {policy}\t{case}"));
    missing.chain(stale).collect()
}
