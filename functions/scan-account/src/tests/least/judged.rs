//! What is judged of a cluster, a region or an account, and what may change when less of it is read.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_inventory::kube::ListScope;
use plimsoll_model::{Fingerprint, Judgement, Manifest, Provider, Verdict, kind};
use plimsoll_policy::diff::{Before, difference};
use plimsoll_policy::{Lists, Plan, PlanOptions, Policy};
use scan_cluster::{Around, aws_part, judge_account, judge_cluster};

use super::super::*;

/// One scope.
pub(super) struct Judged {
    pub(super) name: String,
    scope: String,
    judgements: Vec<Judgement>,
    lists: Lists,
}

pub(super) async fn judged(
    stage: &Stage,
    catalogue: &Catalogue,
    job: &ClusterJob,
    cluster: &Cluster,
) -> Judged {
    let tenant = stage.store.of(&job.tenant);
    let connection = tenant.get_connection(&cluster.connection).await.unwrap();
    let around = Around::of(&tenant, &connection, cluster, stage.clock.now()).await;
    let around = around.unwrap().unwrap();
    // Others read nothing of AWS.
    let of_aws = |policy: &&Policy| {
        let mut read = policy.kinds.iter().chain(&policy.needs);
        policy.joins() || read.any(|kind| kind::is_of_aws(kind))
    };
    let of_aws = catalogue.policies.iter().filter(of_aws);
    let options = PlanOptions {
        only: of_aws.map(|policy| policy.id.to_string()).collect(),
        scope: cluster.id.to_string(),
        cluster_version: cluster.version.clone(),
        provider: Some("eks".to_owned()),
        aws: aws_part(Some(&around)),
        ..PlanOptions::default()
    };
    let plan = Plan::new(catalogue, options);
    let scan = if cluster.provider == Provider::Aws {
        judge_account(&plan, &around, Vec::new()).unwrap()
    } else {
        let own = tenant.get_tenant().await.unwrap();
        let reached = stage.reach.connect(&own, &job.scan, &connection, cluster);
        let (reader, everything) = (reached.await.unwrap(), ListScope::default());
        let judging = judge_cluster(
            &reader,
            &plan,
            &everything,
            Some(&around),
            None,
            &Vec::new,
            &|_, _, _| {},
        );
        judging.await.unwrap()
    };
    Judged {
        name: cluster.name.clone(),
        scope: cluster.id.to_string(),
        judgements: scan.sinks.into_iter().flatten().collect(),
        lists: scan.lists,
    }
}

impl Judged {
    /// By policy and what was judged.
    fn verdicts(&self) -> BTreeMap<(&str, Fingerprint), (Verdict, String)> {
        let pairs = self.judgements.iter().map(|one| {
            let what = format!("{} {}", one.policy, one.resource.long_name());
            ((one.policy.as_str(), one.fingerprint), (one.verdict, what))
        });
        pairs.collect()
    }

    fn manifest(&self, catalogue: &Catalogue) -> Manifest {
        let none = Before::default();
        difference(catalogue, &self.scope, none, &self.judgements, &self.lists).manifest
    }
}

/// The policies that are not evaluated somewhere where they were before.
pub(super) fn unevaluated(before: &[Judged], after: &[Judged]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (before, after) in before.iter().zip(after) {
        let before = before.verdicts();
        for ((policy, id), (verdict, _)) in after.verdicts() {
            let was = before.get(&(policy, id)).map(|(verdict, _)| *verdict);
            if verdict == Verdict::NotEvaluated && was != Some(verdict) {
                found.insert(policy.to_owned());
            }
        }
    }
    found
}

/// Everything that must not be so when less was read: a failure that is gone, a finding that is closed, and any change of a
/// policy that is not `unevaluated`.
pub(super) fn complaints(
    catalogue: &Catalogue,
    before: &[Judged],
    after: &[Judged],
    unevaluated: &BTreeSet<String>,
) -> Vec<String> {
    let mut all = Vec::new();
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before.name, after.name);
        let (old, new) = (before.verdicts(), after.verdicts());
        for (key, (was, what)) in &old {
            let is = new.get(key).map(|(verdict, _)| *verdict);
            let gone = matches!(is, Some(Verdict::Pass | Verdict::NotApplicable));
            let touched = unevaluated.contains(key.0);
            if (*was == Verdict::Fail && gone) || (!touched && is != Some(*was)) {
                all.push(format!("{what} was {was:?} and is {is:?}"));
            }
        }
        let added = new.iter().filter(|(key, _)| !old.contains_key(*key));
        for (key, (is, what)) in added {
            if !unevaluated.contains(key.0) {
                all.push(format!("{what} is {is:?} and was not there"));
            }
        }
        let published = before.manifest(catalogue);
        let published = Before {
            published: Some(&published),
            pending: None,
        };
        let (scope, lists) = (&after.scope, &after.lists);
        let closed = difference(catalogue, scope, published, &after.judgements, lists).resolved;
        all.extend(
            closed
                .iter()
                .map(|entry| format!("{} is closed", entry.about.policy)),
        );
    }
    all
}
