//! A part of an object that nobody knows: whatever it may be, the verdict would be the same, or there is none.

use plimsoll_model::{Reason, ReasonCode, Verdict};
use serde_json::{Map, Value, json};

use crate::{Policy, cases};

const LOST: &str = "permissionMissing test:Read";

/// What may be in its place.
fn others() -> [Value; 6] {
    let pod = json!([{"name": "other", "image": "other:1"}]);
    [
        json!(true),
        json!(7),
        json!("other"),
        json!({}),
        json!(["other"]),
        pod,
    ]
}

/// The pointers to all parts below a value whose name the policy's text has; what makes an object one is left.
fn parts(value: &Value, at: &str, text: &str, found: &mut Vec<String>) {
    let children: Vec<(String, bool, &Value)> = match value {
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| {
                let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                (pointer, text.contains(key.as_str()), value)
            });
            pairs.collect()
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered
                .map(|(number, item)| (format!("{at}/{number}"), true, item))
                .collect()
        }
        _ => return,
    };
    for (pointer, is_read, child) in children {
        let is_identity = ["/kind", "/apiVersion", "/metadata"].contains(&pointer.as_str());
        if is_read && !is_identity {
            found.push(pointer.clone());
        }
        parts(child, &pointer, text, found);
    }
}

/// The object with another value at a place, or without it where that is a key of a map.
fn with(object: &Value, pointer: &str, other: Option<&Value>) -> Option<Value> {
    let mut object = object.clone();
    match other {
        Some(other) => *object.pointer_mut(pointer)? = other.clone(),
        None => {
            let (parent, key) = pointer.rsplit_once('/')?;
            let parent: &mut Map<String, Value> = object.pointer_mut(parent)?.as_object_mut()?;
            parent.remove(&key.replace("~1", "/").replace("~0", "~"))?;
        }
    }
    Some(object)
}

/// Over all policies that look at one object alone, their cases, and the parts of these that a policy names.
#[test]
fn what_is_not_known_decides_nothing() {
    let catalogue = super::built_in();
    let (mut tried, mut missed, mut decided) = (0, 0, 0);
    let mut wrong = Vec::new();
    let alone = |policy: &&Policy| !policy.joins();
    for policy in catalogue.policies.iter().filter(alone) {
        let id = policy.id.as_str();
        let mut seen = Vec::new();
        for case in policy.read_cases().unwrap() {
            // One of each verdict says enough.
            let no_verdict = case.expect == Verdict::NotEvaluated;
            if no_verdict || seen.contains(&case.expect) || !case.also.is_empty() {
                continue;
            }
            seen.push(case.expect);
            let object = case.objects().remove(0);
            let judged = |object: Value| {
                let judgements = cases::judgements(&catalogue, id, &case, &[object]);
                let worst = judgements.iter().min_by_key(|one| one.verdict).cloned();
                worst.map(|one| (one.verdict, one.reason))
            };
            let mut pointers = Vec::new();
            parts(&object, "", &policy.text, &mut pointers);
            for pointer in pointers {
                tried += 1;
                let lost = with(&object, &pointer, Some(&json!({ "$unknown": LOST }))).unwrap();
                match judged(lost) {
                    Some((Verdict::NotEvaluated, reason)) => {
                        let reason = reason.unwrap();
                        let is_ours = reason == Reason::of_line(LOST).unwrap();
                        let is_part = reason.code == ReasonCode::InputUnread;
                        if !is_ours && !is_part {
                            wrong.push(format!("{id} {} {pointer}: {reason:?}", case.name));
                        }
                        missed += 1;
                    }
                    found => {
                        let verdict = found.map(|(verdict, _)| verdict);
                        let others = others();
                        let others = others.iter().map(Some).chain([None]);
                        for other in others {
                            let Some(changed) = with(&object, &pointer, other) else {
                                continue;
                            };
                            decided += 1;
                            let now = judged(changed).map(|(verdict, _)| verdict);
                            if now != verdict {
                                let name = &case.name;
                                wrong.push(format!(
                                    "{id} {name} {pointer}: {verdict:?}, with {other:?} {now:?}"
                                ));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "exercised: {tried} parts of objects that are not known, {missed} of which a policy missed, and {decided} others in the place of the rest"
    );
}
