//! How IAM decides on a policy, as far as ours go, written from its user guide ("Policy evaluation logic", "JSON policy
//! elements", "Condition operators for multivalued context keys"). What it does not know fails the test.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is asked for.
pub(super) struct Request<'r> {
    pub(super) action: &'r str,
    pub(super) resource: &'r str,
    /// Condition keys, in small letters, with their values; a key that the request lacks is not there.
    pub(super) context: &'r BTreeMap<String, Vec<String>>,
}

/// What IAM says.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    Allow,
    /// No statement allows it.
    NotAllowed,
    /// A statement denies it, whatever others allow.
    Denied,
}

pub(super) fn decide(policy: &Value, request: &Request<'_>) -> Decision {
    let matching: Vec<&str> = each(&policy["Statement"])
        .filter(|statement| matches(statement, request))
        .map(|statement| statement["Effect"].as_str().unwrap())
        .collect();
    if matching.contains(&"Deny") {
        Decision::Denied
    } else if matching.contains(&"Allow") {
        Decision::Allow
    } else {
        Decision::NotAllowed
    }
}

fn matches(statement: &Value, request: &Request<'_>) -> bool {
    for element in statement.as_object().unwrap().keys() {
        let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
        assert!(known.contains(&element.as_str()), "element {element}");
    }
    // The names of actions know no case, those of resources do.
    let action = request.action.to_lowercase();
    let mut actions = texts(&statement["Action"]);
    let mut resources = texts(&statement["Resource"]);
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    actions.any(|pattern| like(&pattern.to_lowercase(), &action))
        && resources.any(|pattern| like(pattern, request.resource))
        && conditions.into_iter().all(|(operator, keys)| {
            let mut keys = keys.as_object().unwrap().iter();
            keys.all(|(key, values)| {
                let values: Vec<&str> = texts(values).collect();
                let found = request.context.get(&key.to_lowercase());
                condition(operator, found.map_or(&[], Vec::as_slice), &values)
            })
        })
}

/// Whether a condition holds for the values that the request has of a key; none if it lacks the key.
fn condition(operator: &str, found: &[String], values: &[&str]) -> bool {
    if operator == "Null" {
        let [absent] = values else {
            panic!("{values:?}")
        };
        return found.is_empty() == (*absent == "true");
    }
    let (set, operator) = operator.split_once(':').unwrap_or(("", operator));
    let test = match operator {
        "StringEquals" => |value: &str, pattern: &str| value == pattern,
        "StringLike" => |value: &str, pattern: &str| like(pattern, value),
        other => panic!("operator {other}"),
    };
    let one = |value: &String| values.iter().any(|pattern| test(value, pattern));
    match set {
        // Holds when the key is absent.
        "ForAllValues" => found.iter().all(one),
        "ForAnyValue" => found.iter().any(one),
        "" => match found {
            [] => false,
            [value] => one(value),
            several => panic!("several values without a set operator: {several:?}"),
        },
        other => panic!("set operator {other}"),
    }
}

/// `*` stands for any letters, `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return text.is_empty();
    };
    let rest = &pattern[first.len_utf8()..];
    if first == '*' {
        let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        return ends.any(|at| like(rest, &text[at..]));
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) => (first == '?' || first == letter) && like(rest, letters.as_str()),
        None => false,
    }
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    each(value).map(|item| item.as_str().unwrap())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether one condition lets a request with these values of `k` pass.
    fn passes(operator: &str, values: Value, found: &[&str]) -> bool {
        let policy = json!({ "Statement": {
            "Effect": "Allow", "Action": "s:*", "Resource": "*", "Condition": { operator: { "K": values } },
        } });
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let context = BTreeMap::from([("k".to_owned(), found)]);
        let request = Request {
            action: "s:Get",
            resource: "arn",
            context: &context,
        };
        decide(&policy, &request) == Decision::Allow
    }

    #[test]
    fn conditions_are_those_of_the_documentation() {
        assert!(passes("StringEquals", json!("a"), &["a"]));
        assert!(passes("StringEquals", json!(["b", "a"]), &["a"]));
        assert!(!passes("StringEquals", json!("a"), &["A"]));
        assert!(!passes("StringEquals", json!("a*"), &["ab"]));
        assert!(!passes("StringEquals", json!("a"), &[]));
        assert!(passes("StringLike", json!("a*c?"), &["abbcd"]));
        assert!(!passes("StringLike", json!("a*c?"), &["abbc"]));
        // True for all of no values, and that is the trap.
        assert!(passes("ForAllValues:StringEquals", json!("a"), &[]));
        assert!(passes(
            "ForAllValues:StringLike",
            json!(["a", "b*"]),
            &["a", "bc"]
        ));
        assert!(!passes(
            "ForAllValues:StringLike",
            json!(["a", "b*"]),
            &["a", "c"]
        ));
        assert!(!passes("ForAnyValue:StringEquals", json!("a"), &[]));
        assert!(passes("ForAnyValue:StringEquals", json!("a"), &["b", "a"]));
        assert!(passes("Null", json!("true"), &[]) && !passes("Null", json!("false"), &[]));
        assert!(passes("Null", json!("false"), &["a"]) && !passes("Null", json!("true"), &["a"]));
    }

    #[test]
    fn a_denial_goes_before_what_is_allowed_and_silence_allows_nothing() {
        let policy = json!({ "Statement": [
            { "Effect": "Allow", "Action": ["s:Get*"], "Resource": "arn:a/*" },
            { "Effect": "Deny", "Action": "S:GETSECRET", "Resource": "*" },
        ] });
        let context = BTreeMap::new();
        let decide = |action, resource| {
            let request = Request {
                action,
                resource,
                context: &context,
            };
            decide(&policy, &request)
        };
        assert_eq!(decide("s:GetItem", "arn:a/b"), Decision::Allow);
        assert_eq!(decide("s:getitem", "arn:a/b"), Decision::Allow);
        assert_eq!(decide("s:GetItem", "arn:A/b"), Decision::NotAllowed);
        assert_eq!(decide("s:PutItem", "arn:a/b"), Decision::NotAllowed);
        assert_eq!(decide("s:GetSecret", "arn:a/b"), Decision::Denied);
    }
}
