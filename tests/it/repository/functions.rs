//! Every function is deployed, cannot lose a message in silence, is watched and is described.

use std::collections::BTreeSet;
use std::path::Path;

use yaml_serde::Value;

use super::tree;

/// A resource of the template with its logical id.
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) body: Value,
}

impl Resource {
    pub(super) fn kind(&self) -> &str {
        self.body
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

pub(super) fn resources() -> Vec<Resource> {
    let template: Value =
        yaml_serde::from_str(&tree::text(Path::new("infra/template.yaml"))).unwrap();
    let resources = template
        .get("Resources")
        .and_then(Value::as_mapping)
        .unwrap();
    resources
        .iter()
        .map(|(id, body)| Resource {
            id: id.as_str().unwrap().to_owned(),
            body: body.clone(),
        })
        .collect()
}

/// All strings in a value; those of intrinsic functions too.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Sequence(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Mapping(fields) => fields.iter().for_each(|(key, item)| {
            strings(key, found);
            strings(item, found);
        }),
        Value::Tagged(tagged) => strings(&tagged.value, found),
        _ => {}
    }
}

pub(super) fn words(value: &Value) -> BTreeSet<String> {
    let mut found = Vec::new();
    strings(value, &mut found);
    // `Queue.Arn`, `${Queue}` and `../functions/name` name a queue and a function.
    let parts = found
        .iter()
        .flat_map(|text| text.split(['.', '/', '$', '{', '}', ':']));
    parts.map(str::to_owned).collect()
}

/// The function resource that is built from a folder.
fn function<'a>(resources: &'a [Resource], folder: &str) -> Option<&'a Resource> {
    resources.iter().find(|resource| {
        resource.kind() == "AWS::Serverless::Function" && words(&resource.body).contains(folder)
    })
}

#[test]
fn every_function_is_in_the_template() {
    let resources = resources();
    let complaints: Vec<String> = tree::folders("functions")
        .into_iter()
        .filter(|folder| function(&resources, folder).is_none())
        .map(|folder| format!("functions/{folder}: no AWS::Serverless::Function names it"))
        .collect();
    println!(
        "exercised: {} functions against infra/template.yaml",
        tree::folders("functions").len()
    );
    tree::assert_none(&complaints);
}

/// Where messages end up that a function could not handle: the queues without a redrive policy that the
/// function or its schedule names, and those that the queues which drive it name in theirs.
fn dead_letter_queues<'a>(resources: &'a [Resource], function: &Resource) -> Vec<&'a Resource> {
    let mut named = words(&function.body);
    for schedule in resources
        .iter()
        .filter(|other| other.kind() == "AWS::Scheduler::Schedule")
    {
        let words = words(&schedule.body);
        if words.contains(&function.id) {
            named.extend(words);
        }
    }
    let events = function
        .body
        .get("Properties")
        .and_then(|properties| properties.get("Events"));
    let driving = events.map(words).unwrap_or_default();
    let queues = || {
        resources
            .iter()
            .filter(|resource| resource.kind() == "AWS::SQS::Queue")
    };
    for queue in queues().filter(|queue| driving.contains(&queue.id)) {
        named.extend(redrive_policy(queue).map(words).unwrap_or_default());
    }
    queues()
        .filter(|queue| redrive_policy(queue).is_none() && named.contains(&queue.id))
        .collect()
}

fn redrive_policy(queue: &Resource) -> Option<&Value> {
    queue.body.get("Properties")?.get("RedrivePolicy")
}

#[test]
fn every_function_has_a_dead_letter_queue_with_an_alarm() {
    let resources = resources();
    let alarms = resources
        .iter()
        .filter(|resource| resource.kind() == "AWS::CloudWatch::Alarm");
    let watched: BTreeSet<String> = alarms.flat_map(|alarm| words(&alarm.body)).collect();
    let mut complaints = Vec::new();
    for folder in tree::folders("functions") {
        let Some(function) = function(&resources, &folder) else {
            continue;
        };
        let queues = dead_letter_queues(&resources, function);
        if queues.is_empty() {
            complaints.push(format!("functions/{folder}: nothing keeps what fails"));
        }
        for queue in queues.iter().filter(|queue| !watched.contains(&queue.id)) {
            complaints.push(format!("functions/{folder}: no alarm watches {}", queue.id));
        }
    }
    tree::assert_none(&complaints);
}

#[test]
fn every_function_has_a_row_in_the_readme() {
    let readme = tree::text(Path::new("README.md"));
    let complaints: Vec<String> = tree::folders("functions")
        .into_iter()
        .filter(|folder| {
            !readme
                .lines()
                .any(|line| line.starts_with('|') && line.contains(folder.as_str()))
        })
        .map(|folder| format!("functions/{folder}: no row in README.md"))
        .collect();
    tree::assert_none(&complaints);
}
