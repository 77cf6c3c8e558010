//! The fields of a pod, right and misspelt, before the engine's type check and the server's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use plimsoll_policy::{Catalogue, CatalogueFile};
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde_json::{Value, json};

/// The controller that writes `status.typeChecking`.
const CONTROLLER: &str = "validatingadmissionpolicy-status-controller";
/// A policy is checked within a second or two; a busy machine takes longer.
const CHECKED_WITHIN: Duration = Duration::from_secs(60);
/// Expressions of one policy.
const AT_ONCE: usize = 60;
/// The deepest fields looked at.
const DEEPEST: usize = 6;

/// A field where it stands: for the engine, and for the server.
#[derive(Clone)]
struct Field {
    ours: String,
    theirs: String,
    /// Whether it is misspelt.
    wrong: bool,
    /// Whether it is a quantity, or a map of some: the server's type check has no type for those and takes their
    /// fields for misspelt.
    quantity: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn misspelt_fields_are_found_where_the_server_finds_them() {
    let mut server = KubeServer::start().await.unwrap();
    server.start_controller(CONTROLLER).unwrap();
    let api = server.api(Caller::Admin).unwrap();
    let schemas = api.get("/openapi/v3/api/v1").await.unwrap().body;
    let fields = fields(&schemas["components"]["schemas"]);
    let ours = refused_by_us(&fields);
    let theirs = refused_by_server(&api, &fields).await.unwrap();

    let (mut both, mut quantities) = (0, 0);
    let (mut open, mut differences) = (BTreeSet::new(), Vec::new());
    for (place, field) in fields.iter().enumerate() {
        match (
            field.wrong,
            ours.contains_key(&place),
            theirs.contains_key(&place),
        ) {
            (true, true, true) => both += 1,
            (false, false, false) => {}
            (false, false, true) if field.quantity => quantities += 1,
            // What is below a field of which nothing is known may have any name here.
            (true, false, true) => {
                let parent = field.ours.rsplit_once('.').map_or("", |(parent, _)| parent);
                open.insert(parent.to_owned());
            }
            (_, ours, theirs) => differences.push(format!(
                "{}: refused by us {ours}, by the server {theirs}",
                field.ours
            )),
        }
    }
    let known = fields.iter().filter(|field| !field.wrong).count();
    let inside = |name: &str, outer: &str| {
        let rest = name.strip_prefix(outer);
        rest.is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let outermost: Vec<&str> = open
        .iter()
        .map(String::as_str)
        .filter(|name| !open.iter().any(|outer| inside(name, outer)))
        .collect();
    println!(
        "objects whose fields only the server knows, with all in them: {}",
        outermost.join(", ")
    );
    println!(
        "exercised: {known} fields of pods accepted by both type checks, save {quantities} quantities \
         by the server's; {both} misspelt ones refused by both, {} differences",
        differences.len()
    );
    assert_eq!(differences, Vec::<String>::new());
    assert!(both >= 150, "{both}");
}

/// Every field of a pod and a misspelling of each.
fn fields(schemas: &Value) -> Vec<Field> {
    let mut all = Vec::new();
    for (schema, ours, theirs) in [
        ("PodSpec", "variables.podSpec", "object.spec"),
        (
            "Container",
            "variables.containers[0]",
            "object.spec.containers[0]",
        ),
    ] {
        below(
            schemas,
            &schemas[format!("io.k8s.api.core.v1.{schema}")],
            ours,
            theirs,
            0,
            &mut all,
        );
    }
    let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    below(
        schemas,
        &schemas[metadata],
        "variables.podMetadata",
        "object.metadata",
        DEEPEST,
        &mut all,
    );
    all
}

fn below(
    schemas: &Value,
    schema: &Value,
    ours: &str,
    theirs: &str,
    depth: usize,
    all: &mut Vec<Field>,
) {
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    // Ephemeral containers are containers here.
    for (name, property) in properties {
        let mut add = |name: &str, wrong: bool| {
            all.push(Field {
                ours: format!("{ours}.{name}"),
                theirs: format!("{theirs}.{name}"),
                wrong,
                quantity: property.to_string().contains("api.resource.Quantity"),
            });
        };
        add(name, false);
        let misspelt = format!("{name}z");
        if !properties.contains_key(&misspelt) {
            add(&misspelt, true);
        }
        let skipped = matches!(
            name.as_str(),
            "containers" | "initContainers" | "ephemeralContainers"
        );
        if depth + 1 >= DEEPEST || skipped {
            continue;
        }
        let (inner, index) = match property["type"].as_str() {
            Some("array") => (&property["items"], "[0]"),
            _ => (property, ""),
        };
        let reference = inner["$ref"]
            .as_str()
            .or(inner["allOf"][0]["$ref"].as_str());
        if let Some(inner) = reference.and_then(|reference| reference.rsplit('/').next()) {
            let (ours, theirs) = (
                format!("{ours}.{name}{index}"),
                format!("{theirs}.{name}{index}"),
            );
            below(schemas, &schemas[inner], &ours, &theirs, depth + 1, all);
        }
    }
}

/// What the engine refuses when policies are loaded, with why.
fn refused_by_us(fields: &[Field]) -> BTreeMap<usize, String> {
    let file = |(place, field): (usize, &Field)| {
        let policy = json!({
            "id": format!("field-{place}"), "title": format!("Field {place}"), "severity": "low",
            "lifecycle": "stable", "match": { "kinds": ["Workload"] }, "expression": format!("has({})", field.ours),
            "path": "podSpec", "message": format!("field {place}"), "plural": format!("fields {place}"),
            "why": format!("Field {place} is looked at."), "fix": { "text": format!("Mend field {place}.") },
        });
        CatalogueFile {
            path: format!("fields/field-{place}/policy.yaml"),
            text: policy.to_string(),
        }
    };
    let files: Vec<CatalogueFile> = fields.iter().enumerate().map(file).collect();
    let errors = Catalogue::load(&files).err().unwrap_or_default();
    let mut refused = BTreeMap::new();
    for error in errors {
        let place = error
            .file
            .split("field-")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let place: usize = place.unwrap().parse().unwrap();
        assert!(error.message.contains("unknown field"), "{error}");
        assert!(
            error.help.is_some_and(|help| help.contains("did you mean")),
            "{}",
            error.message
        );
        refused.insert(place, error.message);
    }
    refused
}

const VERSION: &str = "admissionregistration.k8s.io/v1";
const POLICIES: &str = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";

/// What the server warns of, with its words.
async fn refused_by_server(api: &Api, fields: &[Field]) -> anyhow::Result<BTreeMap<usize, String>> {
    let count = fields.chunks(AT_ONCE).count();
    for (number, chunk) in fields.chunks(AT_ONCE).enumerate() {
        let validations: Vec<Value> = chunk
            .iter()
            .map(|field| json!({ "expression": format!("has({})", field.theirs) }))
            .collect();
        let rule = json!({ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] });
        let policy = json!({
            "apiVersion": VERSION, "kind": "ValidatingAdmissionPolicy", "metadata": { "name": format!("f{number}") },
            "spec": { "matchConstraints": { "resourceRules": [rule] }, "validations": validations },
        });
        let answer = api.post(POLICIES, &policy).await?;
        if answer.status != 201 {
            bail!("{}", answer.message());
        }
    }
    let mut refused = BTreeMap::new();
    for number in 0..count {
        let status = checked(api, &format!("{POLICIES}/f{number}")).await?;
        for warning in status["typeChecking"]["expressionWarnings"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let field = warning["fieldRef"].as_str().unwrap_or_default();
            let place: usize = field
                .strip_prefix("spec.validations[")
                .and_then(|rest| rest.split(']').next()?.parse().ok())
                .with_context(|| format!("a warning about something else: {warning}"))?;
            let text = warning["warning"].as_str().unwrap_or_default().to_owned();
            if !text.contains("undefined field") {
                bail!("{text}");
            }
            refused.insert(number * AT_ONCE + place, text);
        }
    }
    Ok(refused)
}

/// The status of a policy when its types were checked.
async fn checked(api: &Api, path: &str) -> anyhow::Result<Value> {
    let started = Instant::now();
    loop {
        let policy = api.get(path).await?.body;
        if policy["status"]["observedGeneration"] == policy["metadata"]["generation"] {
            return Ok(policy["status"].clone());
        }
        if started.elapsed() > CHECKED_WITHIN {
            bail!("{path} is not checked after {CHECKED_WITHIN:?}: {policy}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
