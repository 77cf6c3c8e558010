//! From counts to what people read: coverage, controls, scores.

use std::collections::BTreeMap;

use plimsoll_model::aws::Home;
use plimsoll_model::kind::{self, KindSource};
use plimsoll_model::{Attestation, FrameworkScore, Reason, ReasonCode, ScanCounts, Verdict};

use crate::catalogue::Framework;
use crate::file::Control;
use crate::plan::{AwsPart, Plan};
use crate::tally::Tally;

/// How much of what applies was evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Policies selected that this kind of source may hold something for; those about AWS resources only if some were found.
    pub applicable: u32,
    /// Of those, policies without a single verdict *not evaluated*.
    pub evaluated: u32,
    /// What was missing, with how many policies miss it; most first.
    pub unread: Vec<(Reason, u32)>,
}

impl Coverage {
    /// In percent, one decimal; 100 when nothing applies.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.applicable == 0 {
            100.0
        } else {
            (f64::from(self.evaluated) * 1000.0 / f64::from(self.applicable)).round() / 10.0
        }
    }
}

/// One control, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlResult {
    /// The control.
    pub control: Control,
    /// The worst of its policies'.
    pub verdict: Verdict,
    /// Failing verdicts.
    pub failed: u64,
    /// Those of them that are excepted.
    pub excepted: u64,
    /// Passing verdicts.
    pub passed: u64,
    /// Verdicts nobody could reach.
    pub not_evaluated: u64,
    /// Why it is not evaluated, if it is not.
    pub reasons: Vec<Reason>,
    /// Who says that it holds, where nothing measures it. It changes no verdict.
    pub attestation: Option<Attestation>,
}

/// One framework, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameworkResult {
    /// Index in the catalogue.
    pub index: usize,
    /// Its score.
    pub score: FrameworkScore,
    /// Its controls in order.
    pub controls: Vec<ControlResult>,
}

/// Coverage of a finished scan.
#[must_use]
pub fn coverage(plan: &Plan<'_>, tally: &Tally) -> Coverage {
    let mut unread: BTreeMap<Reason, u32> = BTreeMap::new();
    let (mut applicable, mut evaluated) = (0, 0);
    for index in &plan.selected {
        let policy = tally.policy(*index);
        if needs_account(plan, tally, *index) {
            continue;
        }
        applicable += 1;
        if policy.of(Verdict::NotEvaluated) == 0 {
            evaluated += 1;
        }
        for reason in policy.reasons.keys() {
            *unread.entry(reason.clone()).or_default() += 1;
        }
    }
    let mut unread: Vec<_> = unread.into_iter().collect();
    unread.sort_by_key(|(_, policies)| std::cmp::Reverse(*policies));
    Coverage {
        applicable,
        evaluated,
        unread,
    }
}

/// The frameworks that apply and of which every policy ran, judged.
#[must_use]
pub fn frameworks(plan: &Plan<'_>, tally: &Tally) -> Vec<FrameworkResult> {
    let all = plan.catalogue.frameworks.iter().enumerate();
    all.filter(|(_, framework)| is_complete(plan, framework) && has_say(plan, framework))
        .map(|(index, framework)| {
            let controls: Vec<_> = framework
                .controls
                .iter()
                .map(|control| judge(plan, tally, framework, control))
                .collect();
            FrameworkResult {
                index,
                score: score(framework, &controls),
                controls,
            }
        })
        .collect()
}

/// The counts kept with a scan.
#[must_use]
pub fn counts(tally: &Tally, coverage: &Coverage) -> ScanCounts {
    ScanCounts {
        resources: tally.resources,
        pass: tally.of(Verdict::Pass),
        fail: tally.of(Verdict::Fail),
        excepted: tally.excepted(),
        not_evaluated: tally.of(Verdict::NotEvaluated),
        policies_applicable: coverage.applicable,
        policies_evaluated: coverage.evaluated,
    }
}

/// Of a region or an account, a framework judges no more than what policies of ours are about there.
fn has_say(plan: &Plan<'_>, framework: &Framework) -> bool {
    let mut controls = framework.controls.iter();
    !is_of_account(plan)
        || controls.any(|control| plan.selected.iter().any(|i| is_asked(plan, control, *i)))
}

fn is_of_account(plan: &Plan<'_>) -> bool {
    matches!(plan.options.aws, AwsPart::Of(Home::Region | Home::Account))
}

fn is_asked(plan: &Plan<'_>, control: &Control, index: usize) -> bool {
    let id = plan.catalogue.policies[index].id.as_str();
    control.policies.iter().any(|policy| policy == id)
}

fn is_complete(plan: &Plan<'_>, framework: &Framework) -> bool {
    let applies = match (&framework.applies.provider, &plan.options.provider) {
        (Some(wanted), Some(provider)) => wanted == provider,
        _ => true,
    };
    let wanted = !framework.by_choice || plan.options.frameworks.contains(&framework.id);
    let mut chosen: Vec<&str> = plan.policies().map(|policy| policy.id.as_str()).collect();
    let elsewhere = plan.elsewhere.iter().map(|i| &plan.catalogue.policies[*i]);
    chosen.extend(elsewhere.map(|policy| policy.id.as_str()));
    let runs = |id: &String| chosen.contains(&id.as_str());
    applies
        && wanted
        && framework
            .controls
            .iter()
            .flat_map(|control| &control.policies)
            .all(runs)
}

/// By the policies that are about what is scanned. Those about the rest of an account count where that is scanned, by
/// itself; where no account is read, nobody would count them, and the control is not evaluated.
fn judge(
    plan: &Plan<'_>,
    tally: &Tally,
    framework: &Framework,
    control: &Control,
) -> ControlResult {
    let of_control = |i: &&usize| is_asked(plan, control, **i);
    let indices: Vec<usize> = plan.selected.iter().filter(of_control).copied().collect();
    let policies: Vec<_> = indices.iter().map(|i| tally.policy(*i)).collect();
    let is_elsewhere = plan.elsewhere.iter().any(|i| of_control(&i));
    let has_account = matches!(plan.options.aws, AwsPart::Of(_));
    let waits =
        (is_elsewhere && !has_account) || indices.iter().any(|i| needs_account(plan, tally, *i));
    let waits = waits && !is_outside_aws(plan, framework);
    let sum = |verdict| policies.iter().map(|policy| policy.of(verdict)).sum();
    let mut reasons: Vec<Reason> = policies
        .iter()
        .flat_map(|policy| policy.reasons.keys().cloned())
        .collect();
    reasons.sort();
    reasons.dedup();
    let has_none = policies.is_empty() && !is_elsewhere && !is_of_account(plan)
        || indices.iter().any(|i| needs_nodes(plan, tally, *i));
    let (missing, reason) = match (has_none, waits) {
        (_, true) => (
            Verdict::NotEvaluated,
            Some(Reason::new(
                ReasonCode::NeedsAccount,
                "the cluster's AWS account",
            )),
        ),
        (true, false) => without_policies(control),
        (false, false) => (Verdict::NotApplicable, None),
    };
    reasons.extend(reason);
    let worst = policies.iter().filter_map(|policy| policy.worst());
    let verdict = worst.chain([missing]).min().unwrap_or(missing);
    let attestations = &plan.options.attestations;
    let attestation = attestations.of(&framework.id, control, verdict, &reasons);
    ControlResult {
        attestation: attestation.cloned(),
        control: control.clone(),
        verdict,
        failed: sum(Verdict::Fail),
        excepted: policies.iter().map(|policy| policy.excepted()).sum(),
        passed: sum(Verdict::Pass),
        not_evaluated: sum(Verdict::NotEvaluated),
        reasons,
    }
}

/// Whether a policy is about AWS resources, of which the scan saw none: it may be a scan of files without a template.
fn needs_account(plan: &Plan<'_>, tally: &Tally, index: usize) -> bool {
    let kinds = &plan.catalogue.policies[index].kinds;
    plan.options.aws == AwsPart::Found
        && kinds.iter().all(|kind| kind::is_of_aws(kind))
        && tally.policy(index).worst().is_none()
}

/// Whether a policy is about evidence of nodes, which nothing but a live cluster leads to.
fn needs_nodes(plan: &Plan<'_>, tally: &Tally, index: usize) -> bool {
    let of_nodes = |kind: &String| {
        kind::named(kind).is_some_and(|kind| kind.source == KindSource::NodeEvidence)
    };
    let is_live = plan.options.git_version.is_some();
    !is_live
        && !is_of_account(plan)
        && plan.catalogue.policies[index].kinds.iter().all(of_nodes)
        && tally.policy(index).worst().is_none()
}

/// Whether a framework for clusters of any provider judges one that says it is no EKS: policies on AWS resources then
/// have no say in it.
fn is_outside_aws(plan: &Plan<'_>, framework: &Framework) -> bool {
    let version = plan.options.git_version.as_deref();
    plan.options.aws == AwsPart::None
        && framework.applies.provider.is_none()
        && version.is_some_and(|git| !git.contains("-eks-"))
}

/// A control that no policy of ours decides is never a pass.
fn without_policies(control: &Control) -> (Verdict, Option<Reason>) {
    if !control.routes.is_empty() {
        let cloud = control.routes.iter().any(|route| route == "cloud-api");
        let need = match cloud {
            true => "no evidence route chosen for the cloud account",
            false => "no evidence route chosen for nodes",
        };
        return (
            Verdict::NotEvaluated,
            Some(Reason::new(ReasonCode::RouteNotChosen, need)),
        );
    }
    if control.scored {
        return (
            Verdict::NotEvaluated,
            Some(Reason::new(
                ReasonCode::InputUnread,
                "no policy reads its evidence",
            )),
        );
    }
    (Verdict::Manual, None)
}

fn score(framework: &Framework, controls: &[ControlResult]) -> FrameworkScore {
    let scored = controls
        .iter()
        .filter(|c| c.control.scored && c.verdict != Verdict::NotApplicable);
    let attested = scored.clone().filter(|c| c.attestation.is_some());
    let count = |verdict| scored.clone().filter(|c| c.verdict == verdict).count() as u32;
    FrameworkScore {
        id: framework.id.clone(),
        title: framework.title.clone(),
        passed: count(Verdict::Pass),
        failed: count(Verdict::Fail),
        not_evaluated: count(Verdict::NotEvaluated) + count(Verdict::Manual),
        attested: attested.count() as u32,
    }
}
