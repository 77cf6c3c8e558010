//! What runs is watched and bounded: alarms, the dashboard, concurrency, who may use a dead-letter queue, how long logs stay.

use std::collections::BTreeSet;

use yaml_serde::Value;

use super::functions::{Resource, resources, words};
use super::tree;

fn of_kind<'r>(resources: &'r [Resource], kind: &'r str) -> impl Iterator<Item = &'r Resource> {
    resources.iter().filter(move |one| one.kind() == kind)
}

fn property<'r>(resource: &'r Resource, name: &str) -> Option<&'r Value> {
    resource.body.get("Properties")?.get(name)
}

/// Everything named by the alarms on a metric.
fn watched(resources: &[Resource], metric: &str) -> BTreeSet<String> {
    of_kind(resources, "AWS::CloudWatch::Alarm")
        .map(|alarm| words(&alarm.body))
        .filter(|words| words.contains(metric))
        .flatten()
        .collect()
}

/// The number in a property, behind its condition as well.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::Sequence(items) => items.iter().find_map(number),
        Value::Tagged(tagged) => number(&tagged.value),
        _ => None,
    }
}

#[test]
fn functions_and_queues_are_watched_and_bounded() {
    let resources = resources();
    let mut complaints = Vec::new();
    let mut need = |holds: bool, what: String| {
        if !holds {
            complaints.push(what);
        }
    };
    let dashboard: BTreeSet<String> = of_kind(&resources, "AWS::CloudWatch::Dashboard")
        .flat_map(|dashboard| words(&dashboard.body))
        .collect();
    let (errors, throttles) = (
        watched(&resources, "Errors"),
        watched(&resources, "Throttles"),
    );
    let logs: BTreeSet<&str> = of_kind(&resources, "AWS::Logs::LogGroup")
        .filter(|group| property(group, "RetentionInDays").is_some())
        .map(|group| group.id.as_str())
        .collect();
    let mut functions = 0;
    for function in of_kind(&resources, "AWS::Serverless::Function") {
        let id = &function.id;
        functions += 1;
        need(errors.contains(id), format!("{id}: no alarm on errors"));
        need(
            throttles.contains(id),
            format!("{id}: no alarm on throttles"),
        );
        need(
            dashboard.contains(id),
            format!("{id}: not on the dashboard"),
        );
        let own = property(function, "LoggingConfig")
            .map(words)
            .unwrap_or_default();
        let kept = own.iter().any(|word| logs.contains(word.as_str()));
        need(kept, format!("{id}: its log is kept for ever"));
        let reserved = property(function, "ReservedConcurrentExecutions").and_then(number);
        need(reserved.is_some(), format!("{id}: no reserved concurrency"));
        let most = property(function, "Events")
            .into_iter()
            .filter_map(Value::as_mapping);
        let most = most.flatten().find_map(|(_, event)| {
            let scaling = event.get("Properties")?.get("ScalingConfig")?;
            scaling.get("MaximumConcurrency").and_then(number)
        });
        // More than is reserved would be throttled, and throttled messages end up among the dead letters.
        need(
            most <= reserved,
            format!("{id}: {most:?} at once, {reserved:?} reserved"),
        );
    }
    let ages = watched(&resources, "ApproximateAgeOfOldestMessage");
    for queue in of_kind(&resources, "AWS::SQS::Queue") {
        let id = &queue.id;
        need(
            dashboard.contains(id),
            format!("{id}: not on the dashboard"),
        );
        if property(queue, "RedrivePolicy").is_some() {
            need(
                ages.contains(id),
                format!("{id}: no alarm on the age of messages"),
            );
        } else {
            let allowed = property(queue, "RedriveAllowPolicy")
                .map(words)
                .unwrap_or_default();
            let feeds = of_kind(&resources, "AWS::SQS::Queue").filter(|other| {
                property(other, "RedrivePolicy").is_some_and(|policy| words(policy).contains(id))
            });
            let names: Vec<String> = feeds
                .map(|queue| words(property(queue, "QueueName").unwrap()))
                .map(|words| {
                    words
                        .into_iter()
                        .find(|word| word.starts_with('-'))
                        .unwrap()
                })
                .collect();
            let as_wanted = match names.as_slice() {
                [] => allowed.contains("denyAll"),
                names => {
                    allowed.contains("byQueue") && names.iter().all(|name| allowed.contains(name))
                }
            };
            need(
                as_wanted,
                format!("{id}: others may put their dead letters there: {allowed:?}"),
            );
        }
    }
    println!("exercised: alarms and bounds of {functions} functions");
    assert!(functions >= 7);
    tree::assert_none(&complaints);
}
