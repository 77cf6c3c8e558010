//! Losing a list never turns a fail into a pass and never resolves a finding.

use plimsoll_model::{Judgement, Reason, ReasonCode, Verdict};

use super::sessions::{Scan, scan};
use crate::diff::{Before, difference};
use crate::facts::Fact;
use crate::kinds::plural;
use crate::{ListState, Lists, cases};

fn without(lost: &[&str]) -> Lists {
    let mut lists = Lists::of_case();
    for list in lost {
        lists.set(
            list,
            ListState::Incomplete(Reason::new(
                ReasonCode::PermissionMissing,
                format!("list {list}"),
            )),
        );
    }
    lists
}

/// Over all policies and cases: with any list that the policy joins lost, a case that failed does not pass.
#[test]
fn no_case_that_fails_passes_when_a_joined_list_is_lost() {
    let catalogue = super::built_in();
    let mut tried = 0;
    for policy in &catalogue.policies {
        for case in policy.read_cases().unwrap() {
            let before = cases::run(&catalogue, policy.id.as_str(), &case).verdict;
            for list in &policy.needs {
                tried += 1;
                let mut poorer = case.clone();
                poorer.without.push(list.clone());
                let after = cases::run(&catalogue, policy.id.as_str(), &poorer).verdict;
                let fine = after == before || after == Verdict::NotEvaluated;
                assert!(
                    fine,
                    "{} / {} without {list}: {before:?} became {after:?}",
                    policy.id, case.name
                );
            }
        }
    }
    println!("exercised: {tried} cases with a joined list lost");
}

/// Over all policies with facts and every list that these are made of, however the list was lost: some case is not
/// evaluated then, for that reason. A fact that did not need the list would pass the test above.
#[test]
fn every_list_of_every_fact_is_missed_and_said_to_be() {
    let catalogue = super::built_in();
    let (mut facts, mut missed) = (std::collections::BTreeSet::new(), 0);
    for policy in catalogue.policies.iter().filter(|policy| policy.joins()) {
        let id = policy.id.as_str();
        let cases = policy.read_cases().unwrap();
        let free = |case: &&cases::Case| case.params.is_empty() && case.without.is_empty();
        let read = &policy.compiled.facts;
        let lists = read
            .iter()
            .flat_map(|fact| fact.lists().iter().map(move |list| (fact, list)));
        for (fact, list) in lists {
            let codes = [
                ReasonCode::PermissionMissing,
                ReasonCode::PageLost,
                ReasonCode::ApiError,
            ];
            let lost = Reason::new(codes[missed % codes.len()], format!("list {list}"));
            let mut state = Lists::of_case();
            state.set(list, ListState::Incomplete(lost.clone()));
            let says = |case: &cases::Case| {
                let scan = scan(&catalogue, id, case, &state, |_| true);
                scan.judgements
                    .iter()
                    .any(|one| one.resource.name.is_some() && one.reason.as_ref() == Some(&lost))
            };
            assert!(
                cases.iter().filter(free).any(says),
                "{id}: nobody misses {list} of {}",
                fact.variable()
            );
            missed += 1;
            facts.insert(*fact);
        }
    }
    let made_of_lists = Fact::ALL
        .into_iter()
        .filter(|fact| !fact.lists().is_empty());
    let unread: Vec<Fact> = made_of_lists.filter(|fact| !facts.contains(fact)).collect();
    println!(
        "exercised: {missed} losses of a list that a fact is made of, {} facts",
        facts.len()
    );
    let for_own_policies = [
        Fact::Services,
        Fact::Images,
        Fact::Assumers,
        Fact::NodeIdentity,
        Fact::LoadBalancers,
    ];
    assert_eq!(unread, for_own_policies, "no built-in policy reads these");
}

/// Over all policies: a finding of yesterday stays open when today any list it depends on could not be read, and its
/// objects with it.
#[test]
fn no_finding_is_resolved_when_a_list_it_depends_on_is_lost() {
    let catalogue = super::built_in();
    let mut kept = 0;
    for policy in &catalogue.policies {
        for case in policy
            .read_cases()
            .unwrap()
            .iter()
            .filter(|case| case.expect == Verdict::Fail && case.params.is_empty())
        {
            let Scan {
                judgements: before, ..
            } = scan(
                &catalogue,
                policy.id.as_str(),
                case,
                &Lists::of_case(),
                |_| true,
            );
            let manifest = difference(
                &catalogue,
                "",
                Before::default(),
                &before,
                &Lists::of_case(),
            )
            .manifest;
            assert!(
                !manifest.entries.is_empty(),
                "{} / {}",
                policy.id,
                case.name
            );
            let own = case.given["kind"].as_str().and_then(plural).unwrap();
            for lost in policy.needs.iter().map(String::as_str).chain([own]) {
                let lists = without(&[lost]);
                let gone = |kind: &str| plural(kind) != Some(lost);
                let Scan {
                    judgements: after, ..
                } = scan(&catalogue, policy.id.as_str(), case, &lists, gone);
                let today = difference(
                    &catalogue,
                    "",
                    Before {
                        published: Some(&manifest),
                        pending: None,
                    },
                    &after,
                    &lists,
                );
                assert!(
                    today.resolved.is_empty(),
                    "{} / {} without {lost}",
                    policy.id,
                    case.name
                );
                assert_eq!(
                    fingerprints(&today.manifest),
                    fingerprints(&manifest),
                    "{} without {lost}",
                    policy.id
                );
                kept += 1;
            }
            let empty: Vec<Judgement> = Vec::new();
            let gone = difference(
                &catalogue,
                "",
                Before {
                    published: Some(&manifest),
                    pending: None,
                },
                &empty,
                &Lists::of_case(),
            );
            assert_eq!(
                gone.resolved.len(),
                manifest.entries.len(),
                "a complete list without it resolves"
            );
        }
    }
    println!("exercised: {kept} findings kept open while a list was lost");
}

fn fingerprints(manifest: &plimsoll_model::Manifest) -> Vec<plimsoll_model::Fingerprint> {
    manifest
        .entries
        .iter()
        .map(|entry| entry.fingerprint)
        .collect()
}
