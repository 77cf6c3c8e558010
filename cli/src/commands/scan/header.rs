//! The report's header: from counts to coverage, scores and the gate.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{Reason, Verdict};
use plimsoll_policy::outcome::{self, FrameworkResult};
use plimsoll_policy::{ExceptionLog, ParameterChange, Plan, Tally};
use plimsoll_report::{
    AttestationNote, Control, Coverage, Files, Framework, Gate, GateInput, Header, Parameter,
    SeverityCounts, Source, SourceType, Summary, Tool, Unread, VerdictCounts,
};
use plimsoll_runtime::Clock;

use crate::args::GateArgs;

/// What a scan came to, besides its rows.
pub(crate) struct Outcome<'o> {
    /// Counts of all verdicts.
    pub(crate) tally: &'o Tally,
    /// What was noticed of exceptions.
    pub(crate) exceptions: &'o ExceptionLog,
    /// What was looked at.
    pub(crate) source: Source,
    /// What happened to files.
    pub(crate) files: Files,
    /// Files, templates or lists that could not be read.
    pub(crate) unreadable: u64,
    /// Whether controls are worth naming beside what was not read.
    pub(crate) by_control: bool,
}

/// What was looked at, for files.
pub(crate) fn files_source(kind: SourceType, names: &[String], partial: bool) -> Source {
    Source {
        kind,
        name: names.join(", "),
        context: None,
        kubernetes_version: None,
        stage: None,
        partial,
        provider: None,
        nodes: None,
    }
}

/// The header of a finished scan.
pub(crate) fn of(gate: GateArgs, plan: &Plan<'_>, done: Outcome<'_>) -> Header {
    let tally = done.tally;
    let covered = outcome::coverage(plan, tally);
    let frameworks = outcome::frameworks(plan, tally);
    let coverage = Coverage {
        policies_applicable: covered.applicable,
        policies_evaluated: covered.evaluated,
        percent: Coverage::percent_of(covered.evaluated, covered.applicable),
        unread: unread(&covered.unread, &frameworks, done.by_control),
        files: done.files,
    };
    let failing = failing(plan, tally);
    let input = GateInput {
        failing: &failing,
        percent: coverage.percent,
        unread: done.unreadable,
    };
    let gate = Gate::decide(gate.fail_on, gate.min_coverage, input);
    Header {
        tool: Tool {
            name: "plimsoll".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue: plan.catalogue().hash.clone(),
        },
        generated_at: now(),
        source: done.source,
        parameters: parameters(plan),
        frameworks: frameworks
            .iter()
            .map(|found| framework(plan, found))
            .collect(),
        coverage,
        summary: Summary {
            resources: tally.resources,
            verdicts: verdicts(tally),
            fail_by_severity: failing,
            excepted: tally.excepted(),
            next_expiry: done.exceptions.next_end(),
            gate,
        },
    }
}

/// Those of policies that run.
fn parameters(plan: &Plan<'_>) -> Vec<Parameter> {
    let runs = |change: &ParameterChange| plan.policies().any(|policy| policy.id == change.policy);
    let changed = plan.catalogue().changed_parameters().into_iter();
    let changed = changed.filter(runs).map(|change| Parameter {
        policy: change.policy.to_string(),
        name: change.name,
        value: change.value,
        default: change.default,
    });
    changed.collect()
}

/// To the second: finer would only make two reports differ more.
fn now() -> Timestamp {
    let now = Clock::machine().now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn verdicts(tally: &Tally) -> VerdictCounts {
    let mut counts = VerdictCounts::default();
    for verdict in Verdict::ALL {
        counts.add_many(verdict, tally.of(verdict));
    }
    counts
}

fn failing(plan: &Plan<'_>, tally: &Tally) -> SeverityCounts {
    let mut counts = SeverityCounts::default();
    for (index, policy) in plan.catalogue().policies.iter().enumerate() {
        let of = tally.policy(index);
        counts.add_many(policy.severity, of.of(Verdict::Fail) - of.excepted());
    }
    counts
}

fn framework(plan: &Plan<'_>, found: &FrameworkResult) -> Framework {
    let known = &plan.catalogue().frameworks[found.index];
    Framework {
        id: known.id.clone(),
        title: known.title.clone(),
        score: found.score.score(),
        score_attested: found.score.score_attested(),
        score_possible: found.score.score_possible(),
        previous_score: None,
        controls: found
            .controls
            .iter()
            .map(|result| Control {
                id: result.control.id.clone(),
                verdict: result.verdict,
                title: result.control.title.clone(),
                level: result.control.level,
                scored: result.control.scored,
                failed: result.failed,
                passed: result.passed,
                not_evaluated: result.not_evaluated,
                excepted: result.excepted,
                policies: result.control.policies.clone(),
                attestation: result.attestation.clone().map(AttestationNote::from),
            })
            .collect(),
    }
}

/// What was not read, by policies. With a framework chosen also which of its controls stay open for it, and for what
/// reason those stay open that no policy decides; one that is attested is not open.
fn unread(
    by_policy: &[(Reason, u32)],
    frameworks: &[FrameworkResult],
    chosen: bool,
) -> Vec<Unread> {
    let mut controls: BTreeMap<&Reason, Vec<String>> = BTreeMap::new();
    let judged = frameworks.iter().flat_map(|found| &found.controls);
    let open = judged.filter(|result| chosen && result.attestation.is_none());
    for result in open {
        for reason in &result.reasons {
            controls
                .entry(reason)
                .or_default()
                .push(result.control.id.clone());
        }
    }
    let mut all: Vec<Unread> = by_policy
        .iter()
        .map(|(reason, policies)| entry(reason, *policies, controls.remove(reason)))
        .collect();
    let rest = controls.into_iter();
    all.extend(rest.map(|(reason, controls)| entry(reason, 0, Some(controls))));
    all
}

fn entry(reason: &Reason, policies: u32, controls: Option<Vec<String>>) -> Unread {
    let mut controls = controls.unwrap_or_default();
    controls.dedup();
    Unread {
        input: reason.need.clone(),
        reason: reason.code,
        policies,
        mend: reason.mend.clone(),
        controls,
    }
}
