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
        "own/no-latest/policy.yaml:6:25: unknown field `imagee` on container; did you mean `image`?"
    );
    for (expression, wrong, near) in [
        (
            "container.?securityContext.?priviledged.orValue(false)",
            "security context",
            "privileged",
        ),
        (
            "variables.podSpec.?hostPid.orValue(false)",
            "pod spec",
            "hostPID",
        ),
        (
            "variables.podSpec.securityContext.runAsNonroot",
            "pod security context",
            "runAsNonRoot",
        ),
        (
            "container.?ports.orValue([]).all(p, p.hostport == 0)",
            "container port",
            "hostPort",
        ),
        ("has(container.livenessProbe.httpget)", "probe", "httpGet"),
        (
            "variables.podSpec.volumes.exists(v, v.hostpath.path == '/')",
            "volume",
            "hostPath",
        ),
        (
            "'a' in variables.podMetadata.label",
            "pod metadata",
            "labels",
        ),
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
