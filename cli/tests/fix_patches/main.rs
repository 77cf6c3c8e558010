//! Every patch of every policy, on every failing example of it, in every way of writing a manifest: the finding goes, no
//! other field changes, and what was not changed stays byte by byte. New policies are tried without being named here.
#![allow(clippy::unwrap_used, reason = "tests")]

mod patch;
mod random;
mod writing;

use std::sync::Arc;

use plimsoll_cel::Bump;
use plimsoll_inventory::files::{Change, FileEntry, Op, Outcome, Step, edit, read};
use plimsoll_model::{Judgement, Verdict};
use plimsoll_policy::cases::{Case, judgements};
use plimsoll_policy::{Catalogue, Policy};
use serde_json::Value;

use writing::{STYLES, Style};

/// One example in one style.
struct Trial<'t> {
    catalogue: &'t Catalogue,
    policy: &'t Policy,
    case: &'t Case,
    style: &'t Style,
}

#[test]
fn every_patch_mends_its_finding_and_changes_nothing_else() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let (mut patches, mut tried, mut wrong) = (0, 0, Vec::new());
    for policy in catalogue
        .policies
        .iter()
        .filter(|policy| !policy.patch.is_empty())
    {
        patches += 1;
        let cases = policy.read_cases().unwrap();
        let failing: Vec<&Case> = cases
            .iter()
            .filter(|case| case.expect == Verdict::Fail)
            .collect();
        let before = tried;
        for case in failing {
            for style in &STYLES {
                let trial = Trial {
                    catalogue: &catalogue,
                    policy,
                    case,
                    style,
                };
                match trial.run() {
                    Ok(made) => tried += made,
                    Err(why) => {
                        let what = format!("{} / {} / {}", policy.id, case.name, style.name);
                        wrong.push(format!("{what}: {why}"));
                    }
                }
            }
        }
        if tried == before {
            wrong.push(format!(
                "{}: its patch was made on no failing case",
                policy.id
            ));
        }
    }
    println!(
        "{patches} patches, {} styles, {tried} changes",
        STYLES.len()
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(patches >= 32 && tried >= 700, "{patches} {tried}");
}

#[test]
fn every_patch_that_a_person_has_to_weigh_mends_an_example() {
    let mut catalogue = plimsoll_catalogue::built_in().unwrap();
    catalogue.policies.retain(|policy| policy.sketch.is_some());
    for policy in &mut catalogue.policies {
        assert!(policy.patch.is_empty(), "{}", policy.id);
        policy.patch = policy.sketch.as_ref().unwrap().patch.clone();
    }
    let (mut mended, mut idle) = (0, Vec::new());
    for policy in &catalogue.policies {
        let before = mended;
        for case in &policy.read_cases().unwrap() {
            let trial = Trial {
                catalogue: &catalogue,
                policy,
                case,
                style: &STYLES[0],
            };
            if case.expect == Verdict::Fail {
                mended += trial.mended();
            }
        }
        if mended == before {
            idle.push(policy.id.as_str());
        }
    }
    println!(
        "{} patches to weigh, {mended} findings mended",
        catalogue.policies.len()
    );
    assert!(idle.is_empty(), "mend nothing: {idle:?}");
    assert!(
        catalogue.policies.len() >= 70,
        "{}",
        catalogue.policies.len()
    );
}

#[test]
fn what_is_lost_would_be_noticed() {
    let style = &STYLES[0];
    let object = serde_json::json!({"kind": "Pod", "spec": {"hostPID": true, "nodeName": "x"}});
    let text = style.write(std::slice::from_ref(&object));
    for line in ["# before /spec/nodeName", "# at /kind", "# first line"] {
        let lost = text.replace(line, "");
        let complaint = style.complaint(&text, &lost, &object, &object);
        assert!(complaint.is_some_and(|why| why.contains(line)), "{line}");
    }
    assert_eq!(style.complaint(&text, &text, &object, &object), None);
}

impl Trial<'_> {
    /// How many findings are gone with the patches.
    fn mended(&self) -> usize {
        let text = self.style.write(&self.case.objects());
        let old = self.read(&text).unwrap();
        let before = self.failing(&old);
        let changes: Vec<Change> = before.iter().filter_map(|j| self.change(j)).collect();
        let new = edit(self.style.file(), &text, &changes).text;
        let after = self.failing(&self.read(&new).unwrap());
        assert!(after.len() <= before.len(), "{}: {new}", self.policy.id);
        before.len() - after.len()
    }

    /// Makes the patches; gives how many.
    fn run(&self) -> Result<usize, String> {
        let text = self.style.write(&self.case.objects());
        let old = self.read(&text)?;
        let changes: Vec<Change> = self
            .failing(&old)
            .iter()
            .filter_map(|judgement| self.change(judgement))
            .collect();
        let patchless = self.failing(&old).len() - changes.len();
        let edited = edit(self.style.file(), &text, &changes);
        let made = edited
            .outcomes
            .iter()
            .filter(|o| **o == Outcome::Made)
            .count();
        if let Some(left) = edited
            .outcomes
            .iter()
            .find(|o| matches!(o, Outcome::Left(_)))
        {
            return Err(format!("{left:?} in\n{text}"));
        }
        let new = self.read(&edited.text)?;
        let still = self.failing(&new).len();
        if still > patchless {
            return Err(format!(
                "{still} findings are still there in\n{}",
                edited.text
            ));
        }
        let mut expected = old[0].clone();
        changes
            .iter()
            .for_each(|change| patch::apply(&mut expected, change));
        let mut actual = new[0].clone();
        patch::settle(&mut expected, &changes);
        patch::settle(&mut actual, &changes);
        if expected != actual || old[1..] != new[1..] {
            return Err(format!(
                "expected {expected}, got {actual} in\n{}",
                edited.text
            ));
        }
        if let Some(why) = self.style.complaint(&text, &edited.text, &old[0], &new[0]) {
            return Err(format!("{why} in\n{text}\nthat became\n{}", edited.text));
        }
        Ok(made)
    }

    fn failing(&self, objects: &[Value]) -> Vec<Judgement> {
        let all = judgements(self.catalogue, self.policy.id.as_str(), self.case, objects);
        all.into_iter()
            .filter(|j| j.verdict == Verdict::Fail)
            .collect()
    }

    /// The objects of a text, those of the case without what stands beside them in this style.
    fn read(&self, text: &str) -> Result<Vec<Value>, String> {
        let name: Arc<str> = self.style.file().into();
        let entry = FileEntry {
            display_path: name.clone(),
            path: name.as_ref().into(),
            named: true,
            chart: None,
        };
        let mut objects = Vec::new();
        let outcome = read(&entry, text, &mut Bump::new(), &mut |object| {
            objects.push(serde_json::to_value(object.node).unwrap());
        });
        if outcome.problems.is_empty() && objects.len() == self.case.also.len() + 1 {
            Ok(objects)
        } else {
            Err(format!("cannot be read: {:?} in\n{text}", outcome.problems))
        }
    }

    /// The policy's patch where it failed.
    fn change(&self, judgement: &Judgement) -> Option<Change> {
        let placed = self.policy.patch.iter().zip(&judgement.patch_paths);
        let steps = placed.map(|(op, pointer)| Step {
            pointer: pointer.clone(),
            op: match op.op.as_str() {
                "add" => Op::Add(op.value.clone().unwrap()),
                "replace" => Op::Replace(op.value.clone().unwrap()),
                "remove" => Op::Remove,
                other => panic!("{}: no operation is called {other}", self.policy.id),
            },
        });
        let (document, item) = self.style.place();
        (!judgement.patch_paths.is_empty()).then(|| Change {
            document,
            item,
            steps: steps.collect(),
        })
    }
}
