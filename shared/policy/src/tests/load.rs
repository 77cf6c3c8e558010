//! A broken policy is refused with its place.

use crate::{Catalogue, CatalogueFile};

const GOOD: &str = r#"id: no-latest
title: Image tag is latest
severity: medium
match: { kinds: [Workload] }
each: { container: variables.containers }
expression: '!container.image.endsWith(":latest")'
message: an image is latest
why: The tag moves.
fix: { text: Pin it. }
"#;

fn load(text: &str) -> Result<Catalogue, Vec<crate::LoadError>> {
    Catalogue::load(&[CatalogueFile {
        path: "own/no-latest/policy.yaml".into(),
        text: text.into(),
    }])
}

#[test]
fn a_good_policy_loads_and_finds_its_path_by_itself() {
    let catalogue = load(GOOD).unwrap_or_else(|errors| panic!("{}", errors[0]));
    assert_eq!(catalogue.policies[0].compiled.paths.len(), 1);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    for (from, to, line, message) in [
        ("severity: medium", "severity: bad", 3, "bad"),
        ("title: Image tag is latest", "titel: x", 2, "titel"),
        ("id: no-latest", "id: other", 1, "folder's name"),
        ("!container.image", "!containr.image", 6, "containr"),
        (
            "'!container.image.endsWith(\":latest\")'",
            "'container.image.size()'",
            6,
            "bool",
        ),
        (
            "kinds: [Workload]",
            "kinds: [Workloads]",
            0,
            "no kind we read",
        ),
        ("message: an image is latest", "", 0, "exactly one of"),
        (
            "'!container.image.endsWith(\":latest\")'",
            "'container.image == container.name'",
            6,
            "`path` is missing",
        ),
        (
            "why: The tag moves.",
            "why: The tag moves.\nneeds: [pod]",
            9,
            "no list we read",
        ),
    ] {
        let errors = load(&GOOD.replace(from, to)).expect_err(from);
        let found = errors
            .iter()
            .any(|error| error.line == line && error.message.contains(message));
        assert!(found, "{from}: {errors:?}");
    }
    let position = load(&GOOD.replace("!container.image", "!containr.image"))
        .unwrap_err()
        .remove(0);
    assert_eq!((position.column, position.length), (15, 8), "{position}");
}

#[test]
fn a_misspelt_field_is_refused_with_its_place_and_the_nearest_name() {
    let refused = |from: &str, to: &str| load(&GOOD.replace(from, to)).unwrap_err().remove(0);
    let error = refused("container.image.", "container.imagee.");
    assert_eq!(
        (error.line, error.column, error.length),
        (6, 25, 6),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "own/no-latest/policy.yaml:6:25: unknown field `imagee` on Container; did you mean `image`?"
    );
    for (expression, wrong, near) in [
        (
            "container.?securityContext.?priviledged.orValue(false)",
            "SecurityContext",
            "privileged",
        ),
        (
            "variables.podSpec.?hostPid.orValue(false)",
            "PodSpec",
            "hostPID",
        ),
        (
            "variables.podSpec.securityContext.runAsNonroot",
            "PodSecurityContext",
            "runAsNonRoot",
        ),
        (
            "container.?ports.orValue([]).all(p, p.hostport == 0)",
            "ContainerPort",
            "hostPort",
        ),
        ("has(container.livenessProbe.httpget)", "Probe", "httpGet"),
        (
            "variables.podSpec.volumes.exists(v, v.hostpath.path == '/')",
            "Volume",
            "hostPath",
        ),
        ("'a' in variables.podMetadata.label", "ObjectMeta", "labels"),
    ] {
        let quoted = format!("\"{expression}\"");
        let error = refused("'!container.image.endsWith(\":latest\")'", &quoted);
        assert_eq!(error.line, 6, "{error}");
        assert!(error.message.ends_with(&format!("on {wrong}")), "{error}");
        assert_eq!(
            error.help,
            Some(format!("did you mean `{near}`?")),
            "{error}"
        );
    }
}

#[test]
fn a_misspelt_field_of_any_built_in_kind_is_refused() {
    for (kinds, expression, wrong, near) in [
        (
            "Service",
            "object.spec.typ == 'NodePort'",
            "ServiceSpec",
            "type",
        ),
        (
            "Service",
            "object.spec.ports.all(p, p.nodeport > 0)",
            "ServicePort",
            "nodePort",
        ),
        (
            "Ingress",
            "object.spec.tsl.size() > 0",
            "IngressSpec",
            "tls",
        ),
        (
            "ClusterRole",
            "object.rules.all(r, !('*' in r.verb))",
            "PolicyRule",
            "verbs",
        ),
        (
            "Role, ClusterRole",
            "has(object.aggregationRules)",
            "Role, ClusterRole",
            "aggregationRule",
        ),
        (
            "Workload",
            "object.spec.replica > 1",
            "PodSpec, DeploymentSpec, ReplicaSetSpec and 5 others",
            "replicas",
        ),
        (
            "Pod",
            "object.spec.affinity.nodeAfinity != null",
            "Affinity",
            "nodeAffinity",
        ),
        (
            "Pod",
            "object.spec.volumes.all(v, v.csi.drivr == '')",
            "CSIVolumeSource",
            "driver",
        ),
        (
            "Namespace",
            "object.metadata.lables.size() > 0",
            "ObjectMeta",
            "labels",
        ),
        (
            "Sandbox",
            "has(object.metadata.anotations)",
            "ObjectMeta",
            "annotations",
        ),
        (
            "HorizontalPodAutoscaler",
            "object.spec.minReplica > 1",
            "HorizontalPodAutoscalerSpec",
            "minReplicas",
        ),
        (
            "Deployment",
            "namespaceObject.metadata.nme == ''",
            "ObjectMeta",
            "name",
        ),
    ] {
        let text = GOOD
            .replace("kinds: [Workload]", &format!("kinds: [{kinds}]"))
            .replace("each: { container: variables.containers }", "path: spec")
            .replace(
                "'!container.image.endsWith(\":latest\")'",
                &format!("\"{expression}\""),
            );
        let error = load(&text).unwrap_err().remove(0);
        assert_eq!((error.line, error.length > 2), (6, true), "{error}");
        assert!(error.message.ends_with(&format!("on {wrong}")), "{error}");
        assert_eq!(
            error.help,
            Some(format!("did you mean `{near}`?")),
            "{error}"
        );
    }
}

#[test]
fn what_a_field_holds_is_known_and_custom_resources_are_free() {
    for (kinds, expression, message) in [
        ("Deployment", "object.spec.replicas == '3'", Some("int")),
        (
            "Deployment",
            "object.metadata.name.first == 'a'",
            Some("string has no field"),
        ),
        ("Sandbox", "object.spec.whatever.it.is == 1", None),
        ("Deployment, Sandbox", "object.spec.whatever == 1", None),
        (
            "Deployment",
            "object.spec.template.spec.containers[0].resources.limits.cpu == '1'",
            None,
        ),
        (
            "Service",
            "object.spec.ports.all(p, p.targetPort == 80 || p.targetPort == 'http')",
            None,
        ),
    ] {
        let text = GOOD
            .replace("kinds: [Workload]", &format!("kinds: [{kinds}]"))
            .replace("each: { container: variables.containers }", "path: spec")
            .replace(
                "'!container.image.endsWith(\":latest\")'",
                &format!("\"{expression}\""),
            );
        match (load(&text), message) {
            (Ok(_), None) => {}
            (Err(errors), Some(message)) => {
                assert!(errors[0].message.contains(message), "{}", errors[0]);
            }
            (found, _) => panic!("{expression}: {found:?}"),
        }
    }
}

#[test]
fn an_element_of_each_has_the_type_of_its_list() {
    let text = GOOD.replace(
        "each: { container: variables.containers }",
        "each: { container: variables.containers, port: 'container.?ports.orValue([])' }",
    );
    let expression = "'!container.image.endsWith(\":latest\")'";
    assert!(load(&text.replace(expression, "port.hostPort == 0")).is_ok());
    let error = load(&text.replace(expression, "port.hostPrt == 0"))
        .unwrap_err()
        .remove(0);
    assert_eq!(
        error.help.as_deref(),
        Some("did you mean `hostPort`?"),
        "{error}"
    );
}

#[test]
fn fields_of_a_newer_kubernetes_are_read_through_dyn() {
    let expression = "'!container.image.endsWith(\":latest\")'";
    let text = GOOD.replace(expression, "dyn(container).?fromTheFuture.orValue(false)");
    load(&text.replace("message:", "path: fromTheFuture\nmessage:")).unwrap();
}

#[test]
fn a_join_that_needs_does_not_name_is_refused() {
    let text = GOOD.replace(
        "'!container.image.endsWith(\":latest\")'",
        "'size(facts.services) == 0'",
    );
    let errors = load(&text.replace("message:", "path: image\nmessage:")).unwrap_err();
    assert!(errors[0].message.contains("services"), "{}", errors[0]);
}
