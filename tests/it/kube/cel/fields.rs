//! The fields of every built-in kind, right and misspelt, before the engine's type check and the server's.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::kind::{self, Kind};
use plimsoll_policy::{Catalogue, CatalogueFile};
use plimsoll_tests::kube_server::{Caller, KubeServer};
use serde_json::{Value, json};

use super::table::{Described, inside};

/// Expressions of one policy.
const AT_ONCE: usize = 60;

/// Names that the language keeps to itself: the server's type check knows such fields by another name, which then is not
/// there when the policy is evaluated.
const RESERVED: [&str; 3] = ["continue", "in", "namespace"];

/// A field where it stands: for the engine, and for the server.
#[derive(Clone)]
struct Field {
    kind: &'static Kind,
    version: String,
    ours: String,
    theirs: String,
    /// Whether it is misspelt.
    wrong: bool,
    /// Whether the server's type check takes it for misspelt, though it is there: something that it has no type for
    /// (quantities, any JSON), or a name that the language keeps.
    strange: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn misspelt_fields_are_found_where_the_server_finds_them() {
    let server = KubeServer::start().await.unwrap();
    let described = Described::by(&server.api(Caller::Admin).unwrap())
        .await
        .unwrap();
    let fields = fields(&described);
    let ours = refused_by_us(&fields);
    let theirs = refused_by_server(&server, &fields);

    let (mut both, mut strange) = (0, 0);
    let mut differences = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        match (
            field.wrong,
            ours.contains_key(&place),
            theirs.contains_key(&place),
        ) {
            (true, true, true) => both += 1,
            (false, false, false) => {}
            (false, false, true) if field.strange => strange += 1,
            (_, ours, theirs) => differences.push(format!(
                "{} of {}: refused by us {ours}, by the server {theirs}",
                field.ours, field.kind.name
            )),
        }
    }
    let known = fields.iter().filter(|field| !field.wrong).count();
    println!(
        "exercised: {known} fields of {} kinds accepted by both type checks, save {strange} \
         that have no type or a reserved name by the server's; {both} misspelt ones refused by both, {} differences",
        described.kinds.len(),
        differences.len()
    );
    assert_eq!(differences, Vec::<String>::new());
    assert!(both >= 1_500, "{both}");
}

/// Every field of the objects that kinds consist of, each object where it is first met, and a misspelling of each.
fn fields(described: &Described) -> Vec<Field> {
    let mut walk = Walk {
        described,
        seen: BTreeSet::new(),
        all: Vec::new(),
    };
    for (kind, version, schema) in &described.kinds {
        walk.below(kind, version, schema, "object", "object");
    }
    let pod = kind::named("Pod").unwrap();
    for (schema, ours, theirs) in [
        ("core.v1.PodSpec", "variables.podSpec", "object.spec"),
        (
            "core.v1.Container",
            "variables.containers[0]",
            "object.spec.containers[0]",
        ),
    ] {
        walk.own(pod, "v1", &format!("io.k8s.api.{schema}"), ours, theirs);
    }
    let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    walk.own(
        pod,
        "v1",
        metadata,
        "variables.podMetadata",
        "object.metadata",
    );
    walk.all
}

struct Walk<'d> {
    described: &'d Described,
    seen: BTreeSet<String>,
    all: Vec<Field>,
}

impl Walk<'_> {
    /// The fields of an object and of those within it.
    fn below(
        &mut self,
        kind: &'static Kind,
        version: &str,
        schema: &str,
        ours: &str,
        theirs: &str,
    ) {
        if !self.seen.insert(schema.to_owned()) {
            return;
        }
        self.own(kind, version, schema, ours, theirs);
        let described = self.described;
        let properties = described.schemas[schema]["properties"].as_object();
        for (name, property) in properties
            .into_iter()
            .flatten()
            .filter(|(name, _)| is_name(name))
        {
            let (mut inner, mut index) = (property, String::new());
            while let Some(deeper) = inside(inner) {
                index.push_str(if inner["type"] == "array" {
                    "[0]"
                } else {
                    "['a']"
                });
                inner = deeper;
            }
            if let Some(object) = described.object_of(inner) {
                let (ours, theirs) = (
                    format!("{ours}.{name}{index}"),
                    format!("{theirs}.{name}{index}"),
                );
                self.below(kind, version, object, &ours, &theirs);
            }
        }
    }

    /// The fields of an object.
    fn own(&mut self, kind: &'static Kind, version: &str, schema: &str, ours: &str, theirs: &str) {
        let Some(properties) = self.described.schemas[schema]["properties"].as_object() else {
            return;
        };
        for (name, property) in properties.iter().filter(|(name, _)| is_name(name)) {
            let mut add = |name: &str, wrong: bool| {
                self.all.push(Field {
                    kind,
                    version: version.to_owned(),
                    ours: format!("{ours}.{name}"),
                    theirs: format!("{theirs}.{name}"),
                    wrong,
                    strange: self.described.is_untyped(property) || RESERVED.contains(&name),
                });
            };
            add(name, false);
            let misspelt = format!("{name}z");
            if !properties.contains_key(&misspelt) {
                add(&misspelt, true);
            }
        }
    }
}

/// Whether it can stand behind a dot.
fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What the engine refuses when policies are loaded, with why.
fn refused_by_us(fields: &[Field]) -> BTreeMap<usize, String> {
    let file = |(place, field): (usize, &Field)| {
        let policy = json!({
            "id": format!("field-{place}"), "title": format!("Field {place}"), "severity": "low",
            "lifecycle": "stable", "match": { "kinds": [field.kind.name] }, "expression": format!("has({})", field.ours),
            "path": "metadata", "message": format!("field {place}"), "plural": format!("fields {place}"),
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
        assert!(error.line > 0 && error.column > 0, "{error}");
        assert!(
            error
                .help
                .as_ref()
                .is_some_and(|help| help.contains("did you mean")),
            "{error}"
        );
        refused.insert(place, error.message);
    }
    refused
}

/// What the server's type check warns of, with its words.
fn refused_by_server(server: &KubeServer, fields: &[Field]) -> BTreeMap<usize, String> {
    let mut by_kind: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, field) in fields.iter().enumerate() {
        let of = (field.kind.name, field.version.as_str());
        by_kind.entry(of).or_default().push(place);
    }
    let chunks: Vec<&[usize]> = by_kind
        .values()
        .flat_map(|places| places.chunks(AT_ONCE))
        .collect();
    let policy = |(number, chunk): (usize, &&[usize])| {
        let expression =
            |place: &usize| json!({ "expression": format!("has({})", fields[*place].theirs) });
        let validations: Vec<Value> = chunk.iter().map(expression).collect();
        let Field { kind, version, .. } = &fields[chunk[0]];
        let rule = json!({
            "apiGroups": [kind.group], "apiVersions": [version], "operations": ["CREATE"], "resources": [kind.plural],
        });
        json!({
            "metadata": { "name": number.to_string() },
            "spec": { "matchConstraints": { "resourceRules": [rule] }, "validations": validations },
        })
    };
    let policies: Vec<Value> = chunks.iter().enumerate().map(policy).collect();
    let mut refused = BTreeMap::new();
    for (number, warnings) in server.type_warnings(&policies).unwrap() {
        let chunk = chunks[number.parse::<usize>().unwrap()];
        for warning in warnings {
            let place = warning.field.strip_prefix("spec.validations[");
            let place = place.and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
            assert!(warning.text.contains("undefined field"), "{warning:?}");
            refused.insert(chunk[place.unwrap()], warning.text);
        }
    }
    refused
}
