//! Exports without a server: what is refused and why, and what the expressions become.

use serde_json::{Value, json};

use super::*;
use crate::{Catalogue, CatalogueFile};

/// A policy called `x` with these lines.
fn policy(lines: &str) -> Policy {
    let head = "id: x\ntitle: Title\nseverity: low\nwhy: w\nfix: { text: f }\npath: spec\n";
    let file = CatalogueFile {
        path: "x/policy.yaml".into(),
        text: format!("{head}{lines}"),
    };
    let catalogue = Catalogue::load(&[file]).unwrap_or_else(|errors| panic!("{errors:?}"));
    catalogue.policies[0].clone()
}

/// The policies' specs by name.
fn specs(lines: &str) -> Vec<(String, Value)> {
    let pairs = policy(lines).export(&ExportOptions::default());
    let pairs = pairs.unwrap_or_else(|why| panic!("{why}"));
    pairs
        .iter()
        .map(|pair| {
            let policy = serde_json::to_value(&pair.policy).unwrap();
            let name = policy["metadata"]["name"].as_str().unwrap().to_owned();
            (name, policy["spec"].clone())
        })
        .collect()
}

fn refusal(lines: &str) -> String {
    let pairs = policy(lines).export(&ExportOptions::default());
    pairs.expect_err("it can be exported").to_string()
}

#[test]
fn what_one_object_does_not_show_is_refused_with_the_reason() {
    for (lines, reason) in [
        (
            "match: { kinds: [Pod] }\nexpression: facts.serviceAccount.exists && facts.services.names.size() > 0\n\
             message: m\nneeds: [serviceaccounts, services]",
            "it joins other objects (facts.serviceAccount, facts.services), and an API server judges one object at a time",
        ),
        (
            "match: { kinds: [Cluster] }\nexpression: 'cluster.version != \"\"'\nmessage: m",
            "it is about the cluster as a whole, which nobody submits for admission",
        ),
        (
            "match: { kinds: [Pod] }\nexpression: 'cluster.gitVersion != \"\"'\nmessage: m",
            "it reads the server's whole version (cluster.gitVersion), which an admission policy cannot see",
        ),
        (
            "match: { kinds: [Pod] }\nexpression: 'object.?status.?phase.orValue(\"\") != \"Failed\"'\nmessage: m",
            "it reads the object's status, which is empty when the object is submitted",
        ),
        (
            "match: { kinds: [Pod] }\nexpression: 'object.apiVersion == \"v1\"'\nmessage: m",
            "it reads the object's apiVersion or managedFields, and API servers convert an object before they judge it",
        ),
        (
            "match: { kinds: [ValidatingAdmissionPolicy] }\nexpression: has(object.spec)\nmessage: m",
            "API servers never show ValidatingAdmissionPolicy to admission policies",
        ),
        (
            "match: { kinds: [Pod] }\nwhen: [params.names.size() > 0]\nexpression: has(object.spec)\nmessage: m\n\
             params: { names: { type: list, default: [], description: d } }",
            "it applies to nothing as long as its condition `params.names.size() > 0` is false: its parameters need values",
        ),
        (
            "match: { kinds: [Pod] }\nexpression: 'cel.bind(s, object.spec, has(s.nodeName))'\nmessage: m",
            "it calls `cel.bind`, which API servers do not have",
        ),
        (
            "match: { kinds: [Pod] }\neach: { c: variables.containers }\n\
             variables: [{ name: v, expression: c.name }]\n\
             expression: 'object.spec.tolerations.all(c, c.key != variables.v)'\nmessage: m",
            "its variable `v` means another `c` than the macro around it",
        ),
    ] {
        assert_eq!(refusal(lines), reason, "{lines}");
    }
}

#[test]
fn a_workload_becomes_one_policy_for_each_shape() {
    let specs = specs(
        "match: { kinds: [Workload] }\neach: { container: variables.containers, port: 'container.?ports.orValue([])' }\n\
         when: ['!variables.podSpec.?hostNetwork.orValue(false)']\n\
         expression: 'port.containerPort != 22'\nmessageExpression: '\"port of \" + container.name'",
    );
    let names: Vec<&str> = specs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["plimsoll-x", "plimsoll-x-templates", "plimsoll-x-cronjobs"]
    );
    let (_, pods) = &specs[0];
    assert_eq!(
        pods["matchConstraints"]["resourceRules"],
        json!([{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                 "resources": ["pods", "pods/ephemeralcontainers"] }])
    );
    assert_eq!(
        pods["matchConditions"],
        json!([{ "name": "when-1", "expression": "!object.spec.?hostNetwork.orValue(false)" }])
    );
    assert_eq!(
        pods["validations"],
        json!([{
            "expression": "variables.containers.all(container, container.?ports.orValue([]).all(port, port.containerPort != 22))",
            "message": "Title",
            "messageExpression": "variables.containers.map(container, container.?ports.orValue([])\
                .map(port, !(port.containerPort != 22), \"port of \" + container.name).join(\"; \"))\
                .filter(text, text != \"\").join(\"; \")",
        }])
    );
    let (_, templates) = &specs[1];
    assert_eq!(
        templates["variables"][0]["expression"],
        "object.spec.template.spec"
    );
    let rules = templates["matchConstraints"]["resourceRules"]
        .as_array()
        .unwrap();
    assert_eq!(rules.len(), 3, "{rules:?}");
    let (_, cron) = &specs[2];
    assert_eq!(
        cron["variables"][0]["expression"],
        "object.spec.jobTemplate.spec.template.spec"
    );
}

#[test]
fn fields_that_only_some_kinds_have_are_read_without_types() {
    let text = "expression: 'object.kind == \"Job\" || object.spec.a && object.metadata.name == \"\"'\nmessage: m";
    let expression = |kinds: &str| {
        let specs = specs(&format!("match: {{ kinds: [{kinds}] }}\n{text}"));
        specs[0].1["validations"][0]["expression"].clone()
    };
    assert_eq!(
        expression("Job, CronJob"),
        "object.kind == \"Job\" || dyn(object).spec.a && object.metadata.name == \"\""
    );
    assert_eq!(
        expression("Sandbox"),
        expression("Job, CronJob"),
        "a custom resource"
    );
    assert_eq!(
        expression("Job"),
        "object.kind == \"Job\" || object.spec.a && object.metadata.name == \"\""
    );
}

#[test]
fn null_is_absence_where_servers_write_it() {
    let specs = specs(
        "match: { kinds: [Role] }\nwhen: [has(object.rules)]\neach: { rule: 'object.?rules.orValue([])' }\n\
         expression: rule.verbs.size() > 0\nmessage: m",
    );
    let (_, spec) = &specs[0];
    assert_eq!(
        spec["matchConditions"][0]["expression"],
        "has((has(object.rules) && dyn(object.rules) != null ? {\"rules\": dyn(object.rules)} : {}).rules)"
    );
    assert_eq!(
        spec["validations"][0]["expression"],
        "object.?rules.optFlatMap(given, dyn(given) == null ? optional.none() : optional.of(given)).orValue([])\
         .all(rule, rule.verbs.size() > 0)"
    );
}

#[test]
fn optionals_and_reserved_words_are_no_variables() {
    let specs = specs(
        "match: { kinds: [Pod] }\nvariables:\n- { name: context, expression: 'object.?spec.?securityContext' }\n\
         - { name: twice, expression: variables.context }\n- { name: import, expression: '1' }\n- { name: user, expression: 'variables.twice.?runAsUser.orValue(0)' }\n\
         expression: variables.user == 0 && variables.import == 1\nmessage: m",
    );
    let (_, spec) = &specs[0];
    assert_eq!(
        spec["validations"][0]["expression"],
        "variables.user == 0 && (1) == 1"
    );
    assert_eq!(
        spec["variables"],
        json!([{ "name": "user", "expression": "((object.?spec.?securityContext)).?runAsUser.orValue(0)" }])
    );
}

#[test]
fn variables_of_elements_are_put_in_their_place_and_others_stay() {
    let specs = specs(
        "match: { kinds: [RoleBinding] }\neach: { subject: object.subjects }\nvariables:\n\
         - { name: kind, expression: object.roleRef.kind }\n- { name: unused, expression: object.roleRef }\n\
         - { name: who, expression: 'subject.kind + \" variables.kind\"' }\n\
         expression: 'variables.who + \"params.a\" != variables.kind && subject.namespace in params.a && params.n > 0'\n\
         messageExpression: variables.who + subject.?namespace.orValue(cluster.version)\n\
         unknown: [{ when: subject.name == \"?\", reason: r }]\n\
         params: { a: { type: list, default: ['a\"b'], description: d }, n: { type: int, default: -1, description: d } }",
    );
    let (name, spec) = &specs[0];
    assert_eq!(name, "plimsoll-x");
    assert_eq!(
        spec["variables"],
        json!([{ "name": "kind", "expression": "object.roleRef.kind" }])
    );
    assert_eq!(
        spec["validations"][0]["expression"],
        "object.subjects.all(subject, (subject.name == \"?\") ? true : ((subject.kind + \" variables.kind\") + \
         \"params.a\" != variables.kind && dyn(subject).namespace in [\"a\\\"b\"] && (-1) > 0))"
    );
    let message = spec["validations"][0]["messageExpression"]
        .as_str()
        .unwrap();
    assert!(
        message.contains("dyn(subject).?namespace.orValue(\"1.37\")"),
        "{message}"
    );
}

#[test]
fn conditions_are_booleans_and_messages_texts_whatever_the_object_holds() {
    let specs = specs(
        "match: { kinds: [Pod] }\nwhen: [object.spec.hostPID, namespaceObject.metadata.labels.a == 'b']\n\
         expression: object.spec.hostIPC\nmessageExpression: object.metadata.name\nneeds: [namespaces]",
    );
    let (_, spec) = &specs[0];
    assert_eq!(
        spec["matchConditions"][0]["expression"],
        "(object.spec.hostPID) ? true : false"
    );
    assert_eq!(spec["matchConditions"].as_array().unwrap().len(), 1);
    assert_eq!(
        spec["validations"][0]["expression"],
        "((namespaceObject.metadata.labels.a == 'b') ? (object.spec.hostIPC) : true) ? true : false"
    );
    assert_eq!(
        spec["validations"][0]["messageExpression"],
        "string(object.metadata.name)"
    );
}
