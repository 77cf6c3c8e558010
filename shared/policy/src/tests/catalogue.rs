//! Every policy's cases hold, and every policy is complete.

use std::collections::BTreeSet;

use plimsoll_model::Verdict;

use super::built_in;
use crate::cases;

#[test]
fn every_case_of_every_policy_holds() {
    let catalogue = built_in();
    let (mut count, mut complaints) = (0, Vec::new());
    for policy in &catalogue.policies {
        let cases = policy
            .read_cases()
            .unwrap_or_else(|error| panic!("{error}"));
        for case in &cases {
            count += 1;
            let result = cases::run(&catalogue, policy.id.as_str(), case);
            complaints.extend(
                case.complaint(&result)
                    .map(|c| format!("{} / {}: {c}", policy.id, case.name)),
            );
        }
    }
    println!(
        "exercised: {} policies by {count} cases",
        catalogue.policies.len()
    );
    assert!(
        complaints.is_empty(),
        "{} of {count} cases:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn every_policy_has_a_passing_and_a_failing_case() {
    let catalogue = built_in();
    assert!(
        catalogue.policies.len() >= 30,
        "{} policies",
        catalogue.policies.len()
    );
    for policy in &catalogue.policies {
        let cases = policy.read_cases().unwrap();
        for wanted in [Verdict::Pass, Verdict::Fail] {
            assert!(
                cases.iter().any(|case| case.expect == wanted),
                "{} has no case for {}",
                policy.id,
                wanted.as_str()
            );
        }
        let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
        assert_eq!(
            names.len(),
            cases.len(),
            "{}: two cases of one name",
            policy.id
        );
    }
}

#[test]
fn no_two_policies_share_a_reason_or_a_fix() {
    let catalogue = built_in();
    let (mut whys, mut fixes) = (BTreeSet::new(), BTreeSet::new());
    for policy in &catalogue.policies {
        assert!(
            whys.insert(&policy.why),
            "{}: its why stands elsewhere too",
            policy.id
        );
        assert!(
            fixes.insert(&policy.fix),
            "{}: its fix stands elsewhere too",
            policy.id
        );
    }
}

#[test]
fn frameworks_have_unique_controls_and_every_policy_with_a_framework_knows_it() {
    let catalogue = built_in();
    for framework in &catalogue.frameworks {
        let ids: BTreeSet<_> = framework
            .controls
            .iter()
            .map(|control| &control.id)
            .collect();
        assert_eq!(
            ids.len(),
            framework.controls.len(),
            "{}: two controls of one id",
            framework.id
        );
        for id in framework
            .controls
            .iter()
            .flat_map(|control| &control.policies)
        {
            let policy = catalogue.policy(id).unwrap();
            assert!(
                policy
                    .controls
                    .iter()
                    .any(|c| c.starts_with(&format!("{}/", framework.id)))
            );
        }
    }
    let ids: Vec<_> = catalogue.frameworks.iter().map(|f| f.id.as_str()).collect();
    for wanted in ["cis-eks-1.8.0", "pss-baseline", "pss-restricted"] {
        assert!(ids.contains(&wanted), "{wanted} is missing among {ids:?}");
    }
}
