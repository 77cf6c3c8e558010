//! Every policy's cases hold, and every policy is complete.

use std::collections::{BTreeMap, BTreeSet};

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

/// The sentences of a text, without capitals and signs.
fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = |sentence: &str| {
        let letters = sentence
            .to_lowercase()
            .replace(|c: char| !c.is_alphanumeric(), " ");
        letters.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let ends = [". ", "; ", ": ", "! ", "? "];
    let mut text = text.to_owned() + " ";
    for end in ends {
        text = text.replace(end, "\n");
    }
    let all: Vec<String> = text.lines().map(words).collect();
    all.into_iter().filter(|sentence| !sentence.is_empty())
}

#[test]
fn no_two_policies_share_a_sentence_of_why_or_fix() {
    let catalogue = built_in();
    let mut known = BTreeMap::new();
    let mut shared = Vec::new();
    for policy in &catalogue.policies {
        let own: BTreeSet<String> = sentences(&policy.why)
            .chain(sentences(&policy.fix))
            .collect();
        for sentence in own {
            if let Some(other) = known.insert(sentence.clone(), &policy.id) {
                shared.push(format!("{other} and {}: {sentence}", policy.id));
            }
        }
    }
    println!(
        "exercised: {} sentences of {} policies",
        known.len(),
        catalogue.policies.len()
    );
    assert!(shared.is_empty(), "{}", shared.join("\n"));
    assert!(known.len() > 2 * catalogue.policies.len());
}

#[test]
fn sentences_are_told_apart_by_their_words() {
    let all: Vec<String> = sentences("Set it to 1.5; see a.b. Or, don't.").collect();
    assert_eq!(all, ["set it to 1 5", "see a b", "or don t"]);
}

#[test]
fn every_policy_explains_itself() {
    let catalogue = built_in();
    for policy in &catalogue.policies {
        let id = &policy.id;
        let texts = [
            ("title", &policy.title),
            ("why", &policy.why),
            ("fix", &policy.fix),
        ];
        for (name, text) in texts {
            assert!(text.trim().len() > 7, "{id}: its {name} says nothing");
            assert!(
                text.starts_with(|c: char| !c.is_whitespace()),
                "{id}: {name}"
            );
        }
        for (name, text) in &texts[1..] {
            assert!(text.ends_with('.'), "{id}: its {name} is no sentence");
        }
        assert!(
            !policy.title.ends_with('.'),
            "{id}: its title has a full stop"
        );
        let said = policy
            .note
            .as_ref()
            .is_some_and(|note| !note.trim().is_empty());
        assert!(
            said || !policy.peers.is_empty(),
            "{id} has neither peers nor a note"
        );
        assert!(
            policy.params.iter().all(|p| !p.description.is_empty()),
            "{id}: a parameter"
        );
        let rule = policy.rule().unwrap();
        assert_eq!(rule.expression.trim(), policy.expression().trim(), "{id}");
        if let Some(sketch) = &policy.sketch {
            assert!(policy.patch.is_empty() && !sketch.patch.is_empty(), "{id}");
            assert!(
                !sketch.risk.is_empty() && !sketch.risk.ends_with('.'),
                "{id}: its risk"
            );
        }
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
