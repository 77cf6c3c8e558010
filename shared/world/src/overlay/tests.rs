use serde_json::json;

use super::*;

const NIGHT: Moment = Moment {
    week: 0,
    edition: 0,
};
const WEEK_1: Moment = Moment {
    week: 1,
    edition: 0,
};

fn deployment(image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "ledger", "namespace": "payments" },
        "spec": { "template": { "spec": { "containers": [ { "name": "app", "image": image } ] } } },
    })
}

fn change(text: &str) -> Change {
    changes("test", text).unwrap().remove(0)
}

#[test]
fn a_changed_template_is_kept_in_the_history() {
    let mut objects = Objects::new();
    put(&mut objects, deployment("a:1"), NIGHT, None).unwrap();
    put(&mut objects, deployment("a:1"), WEEK_1, None).unwrap();
    let key = Key::parse("Deployment payments/ledger").unwrap();
    assert_eq!(objects[&key].changed, NIGHT, "an equal object is no change");
    put(&mut objects, deployment("a:2"), WEEK_1, None).unwrap();
    assert_eq!(objects[&key].templates.len(), 2);
    assert_eq!((objects[&key].born, objects[&key].changed), (NIGHT, WEEK_1));
    put(&mut objects, deployment("a:1"), WEEK_1, None).unwrap();
    assert_eq!(
        objects[&key].templates.len(),
        2,
        "a template that comes back is not twice there"
    );
}

#[test]
fn a_change_sets_makes_parents_appends_and_removes() {
    let mut objects = Objects::new();
    put(&mut objects, deployment("a:1"), NIGHT, None).unwrap();
    let text = "
- object: Deployment payments/ledger
  why: test
  by: ana
  set:
    /spec/template/spec/containers/0/securityContext/privileged: true
    /spec/template/spec/containers/-: { name: second }
    /metadata/labels/a~1b: c
  remove: [ /spec/template/spec/containers/0/image ]
";
    apply(&mut objects, &change(text), WEEK_1).unwrap();
    let object = &objects[&Key::parse("Deployment payments/ledger").unwrap()];
    assert_eq!(
        object
            .value
            .pointer("/spec/template/spec/containers")
            .unwrap(),
        &json!([ { "name": "app", "securityContext": { "privileged": true } }, { "name": "second" } ])
    );
    assert_eq!(object.value.pointer("/metadata/labels/a~1b").unwrap(), "c");
    assert_eq!(object.by.as_deref(), Some("ana"));
}

#[test]
fn a_story_that_misses_is_an_error() {
    let mut objects = Objects::new();
    put(&mut objects, deployment("a:1"), NIGHT, None).unwrap();
    let same = "- { object: Deployment payments/ledger, why: x, set: { /spec/template/spec/containers/0/image: 'a:1' } }";
    let gone = "- { object: Deployment payments/other, why: x, delete: true }";
    let field = "- { object: Deployment payments/ledger, why: x, remove: [ /spec/nothing ] }";
    for text in [same, gone, field] {
        assert!(
            apply(&mut objects, &change(text), WEEK_1).is_err(),
            "{text}"
        );
    }
    let delete = "- { object: Deployment payments/ledger, why: x, delete: true }";
    apply(&mut objects, &change(delete), WEEK_1).unwrap();
    assert!(objects.is_empty());
}

#[test]
fn objects_are_checked_when_they_are_written() {
    let mut objects = Objects::new();
    for (value, word) in [
        (
            json!({ "kind": "Widget", "metadata": { "name": "x" } }),
            "not served",
        ),
        (
            json!({ "kind": "Pod", "apiVersion": "v2", "metadata": { "name": "x" } }),
            "apiVersion",
        ),
        (
            json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "x" } }),
            "namespace",
        ),
        (json!({ "kind": "Pod", "apiVersion": "v1" }), "without name"),
    ] {
        assert!(
            put(&mut objects, value, NIGHT, None)
                .unwrap_err()
                .contains(word)
        );
    }
    let entry = Key::parse("AccessEntry arn:aws:iam::1:role/R").unwrap();
    assert_eq!(entry.name, "arn:aws:iam::1:role/R");
}
