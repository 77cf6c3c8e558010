//! The table and what is made of it.

use super::*;

fn field(of: &Type, name: &str) -> Option<Type> {
    match of {
        Type::Object(schema) => schema.fields.get(name).cloned(),
        _ => None,
    }
}

#[test]
fn every_object_that_a_field_names_is_in_the_table() {
    let lines = FIELDS.lines().filter(|line| !line.starts_with('#'));
    let named = |text: &str| text.split_once(' ').unwrap().0.to_owned();
    let known: Vec<String> = lines.clone().map(named).collect();
    assert!(known.is_sorted() && known.len() > 300, "{}", known.len());
    for line in lines.chain(NEWER.iter().copied()) {
        for part in line.split(' ').skip(1) {
            let holds = part
                .split_once(':')
                .unwrap()
                .1
                .trim_matches(['[', ']', '{', '}']);
            let plain = ["string", "int", "double", "bool", "any"].contains(&holds);
            assert!(
                plain || known.iter().any(|name| name == holds),
                "{line}: {part}"
            );
        }
    }
}

#[test]
fn what_is_newer_is_not_in_the_table_yet() {
    for line in NEWER {
        let (name, fields) = line.split_once(' ').unwrap();
        let line = FIELDS
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        for part in fields.split(' ') {
            let field = part.split(':').next().unwrap();
            let known = line
                .unwrap()
                .split(' ')
                .any(|known| known.split(':').next() == Some(field));
            assert!(!known, "{name} {field}");
            assert!(field_of(name, field), "{name} {field}");
        }
    }
}

fn field_of(object: &str, name: &str) -> bool {
    field(&super::object(object), name).is_some()
}

#[test]
fn every_built_in_kind_has_its_fields() {
    let mut open = Vec::new();
    for kind in kind::all() {
        match of_kind(kind.name) {
            Type::Object(schema) if !schema.open => {
                assert!(schema.fields.contains_key("metadata"), "{}", kind.name);
            }
            _ if !kind.group.contains('.') || kind.group.ends_with(".k8s.io") => {
                open.push(kind.name)
            }
            _ => {}
        }
    }
    // The cluster is made up, the policies are gone since 1.25, and the gateways are a project of its own.
    assert_eq!(
        open,
        ["Cluster", "PodSecurityPolicy", "Gateway", "HTTPRoute"]
    );
}

#[test]
fn of_several_kinds_all_fields_may_be_read_and_those_that_differ_hold_anything() {
    let kinds = |names: &[&str]| {
        of_kinds(
            &names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let both = kinds(&["Role", "ClusterRole"]);
    assert_eq!(both.to_string(), "Role, ClusterRole");
    assert!(field(&both, "aggregationRule").is_some() && field(&both, "rule").is_none());
    assert_eq!(
        field(&both, "rules").unwrap().to_string(),
        "list(PolicyRule)"
    );
    let spec = field(&kinds(&["Service", "PersistentVolume"]), "spec").unwrap();
    assert!(
        field_named(&spec, "clusterIP") && field_named(&spec, "hostPath"),
        "{spec}"
    );
    let workload = field(&kinds(&["Workload"]), "spec").unwrap();
    assert_eq!(
        workload.to_string(),
        "PodSpec, DeploymentSpec, ReplicaSetSpec and 5 others"
    );
    // Of a custom resource only the metadata is known.
    let custom = kinds(&["Sandbox", "Pod"]);
    assert_eq!(field(&custom, "spec"), Some(Type::Dyn));
    assert_eq!(
        field(&custom, "metadata").unwrap().to_string(),
        "ObjectMeta"
    );
    assert_eq!(kinds(&["Cluster"]), Type::Dyn);
}

fn field_named(of: &Type, name: &str) -> bool {
    field(of, name).is_some()
}

#[test]
fn an_object_within_itself_may_hold_anything() {
    let properties = field(&object("JSONSchemaProps"), "properties").unwrap();
    assert_eq!(properties, Type::map(Type::Dyn));
}

#[test]
fn a_container_of_any_sort_has_the_fields_of_all() {
    let container = container();
    assert_eq!(container.to_string(), "Container");
    assert!(field_named(&container, "targetContainerName") && field_named(&container, "ports"));
}
