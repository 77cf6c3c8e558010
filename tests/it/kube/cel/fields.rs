//! The fields of a pod, right and misspelt, before the engine's type check and the server's.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_policy::{Catalogue, CatalogueFile};
use plimsoll_tests::kube_server::{Caller, KubeServer};
use serde_json::{Value, json};

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
    let server = KubeServer::start().await.unwrap();
    let api = server.api(Caller::Admin).unwrap();
    let schemas = api.get("/openapi/v3/api/v1").await.unwrap().body;
    let fields = fields(&schemas["components"]["schemas"]);
    let ours = refused_by_us(&fields);
    let theirs = refused_by_server(&server, &fields);

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

/// What the server's type check warns of, with its words.
fn refused_by_server(server: &KubeServer, fields: &[Field]) -> BTreeMap<usize, String> {
    let policy = |(number, chunk): (usize, &[Field])| {
        let expression = |field: &Field| json!({ "expression": format!("has({})", field.theirs) });
        let validations: Vec<Value> = chunk.iter().map(expression).collect();
        let rule = json!({ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] });
        json!({
            "metadata": { "name": number.to_string() },
            "spec": { "matchConstraints": { "resourceRules": [rule] }, "validations": validations },
        })
    };
    let policies: Vec<Value> = fields.chunks(AT_ONCE).enumerate().map(policy).collect();
    let mut refused = BTreeMap::new();
    for (number, warnings) in server.type_warnings(&policies).unwrap() {
        let first = number.parse::<usize>().unwrap() * AT_ONCE;
        for warning in warnings {
            let place = warning.field.strip_prefix("spec.validations[");
            let place = place.and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
            assert!(warning.text.contains("undefined field"), "{warning:?}");
            refused.insert(first + place.unwrap(), warning.text);
        }
    }
    refused
}
