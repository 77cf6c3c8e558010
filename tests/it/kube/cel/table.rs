//! The table of fields by which policies are checked, as the server itself describes its kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_model::kind::{KINDS, Kind};
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde_json::Value;

const FILE: &str = "../shared/policy/src/schema/fields.txt";

/// What the server says of the objects of built-in kinds.
pub(super) struct Described {
    /// `v1.36.4`.
    server: String,
    /// By the name that references use: `io.k8s.api.core.v1.Pod`.
    pub(super) schemas: BTreeMap<String, Value>,
    /// The kinds that it serves, each with a version and the name of its schema.
    pub(super) kinds: Vec<(&'static Kind, String, String)>,
}

impl Described {
    pub(super) async fn by(api: &Api) -> anyhow::Result<Described> {
        let version = api.get("/version").await?.body;
        let index = api.get("/openapi/v3").await?.body;
        let mut described = Described {
            server: version["gitVersion"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            schemas: BTreeMap::new(),
            kinds: Vec::new(),
        };
        let places = index["paths"].as_object().into_iter().flatten();
        let places: Vec<&String> = places.map(|(place, _)| place).collect();
        let groups: BTreeSet<&str> = KINDS.iter().map(|kind| kind.group).collect();
        for group in groups {
            let root = match group {
                "" => "api/".to_owned(),
                named => format!("apis/{named}/"),
            };
            for place in &places {
                let Some(version) = place.strip_prefix(&root).filter(|rest| !rest.contains('/'))
                else {
                    continue;
                };
                let mut answer = api.get(&format!("/openapi/v3/{place}")).await?;
                let schemas = answer.body["components"]["schemas"].take();
                described.add(group, version, schemas);
            }
        }
        Ok(described)
    }

    fn add(&mut self, group: &str, version: &str, schemas: Value) {
        let Value::Object(schemas) = schemas else {
            return;
        };
        for (name, schema) in schemas {
            let kinds = schema["x-kubernetes-group-version-kind"].as_array();
            for is in kinds.into_iter().flatten() {
                let here = is["group"] == group && is["version"] == version;
                let kind = KINDS
                    .iter()
                    .find(|kind| kind.group == group && is["kind"] == kind.name);
                if let Some(kind) = kind.filter(|_| here) {
                    self.kinds.push((kind, version.to_owned(), name.clone()));
                }
            }
            self.schemas.insert(name, schema);
        }
    }

    /// The name of the schema with fields that a property refers to.
    pub(super) fn object_of<'s>(&self, property: &'s Value) -> Option<&'s str> {
        let name = referred(property)?;
        self.schemas[name]["properties"].is_object().then_some(name)
    }

    /// Whether what a property holds in the end may be of more than one type, as quantities may.
    pub(super) fn is_untyped(&self, property: &Value) -> bool {
        let mut inner = property;
        while let Some(deeper) = inside(inner) {
            inner = deeper;
        }
        referred(inner).is_some_and(|name| self.schemas[name]["type"].is_null())
    }

    /// Schemas with fields that a kind's consists of.
    fn reachable(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&str> = self.kinds.iter().map(|(.., name)| name.as_str()).collect();
        while let Some(name) = next.pop() {
            if !found.insert(name) {
                continue;
            }
            let properties = self.schemas[name]["properties"].as_object();
            for (_, property) in properties.into_iter().flatten() {
                let mut inner = property;
                while let Some(deeper) = inside(inner) {
                    inner = deeper;
                }
                next.extend(self.object_of(inner));
            }
        }
        found
    }

    fn table(&self) -> String {
        let objects = self.reachable();
        let mut short: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &objects {
            *short.entry(last(name)).or_default() += 1;
        }
        let name = |of: &str| match short[last(of)] {
            1 => last(of).to_owned(),
            _ => {
                let mut parts = of.rsplit('.').skip(1);
                let (version, group) = (parts.next().unwrap(), parts.next().unwrap());
                format!("{}@{group}.{version}", last(of))
            }
        };
        let line = |object: &&str| {
            let properties = self.schemas[*object]["properties"].as_object().unwrap();
            let fields: BTreeMap<_, _> = properties.iter().collect();
            let field = |(field, property): (&String, &Value)| {
                format!(" {field}:{}", self.holds(property, &name))
            };
            let fields: String = fields.into_iter().map(field).collect();
            format!("{}{fields}", name(object))
        };
        let mut lines: Vec<String> = objects.iter().map(line).collect();
        lines.sort();
        format!(
            "# The fields of the built-in kinds as Kubernetes {} describes them, an object a line; \
             `tests/it/kube/cel/table.rs` writes it.\n\
             # After a colon stands what a field holds: another object, string, int, double, bool or any; [x] is a list, \
             {{x}} a map with texts as keys.\n\
             # Objects of one name are told apart by their group and version after an @.\n{}\n",
            self.server,
            lines.join("\n")
        )
    }

    fn holds(&self, property: &Value, name: &dyn Fn(&str) -> String) -> String {
        if let Some(object) = self.object_of(property) {
            return name(object);
        }
        if let Some(plain) = referred(property) {
            // Points in time are texts where they are read; quantities are texts or numbers.
            let text = self.schemas[plain]["type"] == "string";
            return if text { "string" } else { "any" }.to_owned();
        }
        let within = inside(property).map(|inner| self.holds(inner, name));
        match (property["type"].as_str(), within) {
            (Some("array"), Some(element)) => format!("[{element}]"),
            (Some("object"), Some(value)) => format!("{{{value}}}"),
            (Some("string"), _) => "string".to_owned(),
            (Some("integer"), _) => "int".to_owned(),
            (Some("number"), _) => "double".to_owned(),
            (Some("boolean"), _) => "bool".to_owned(),
            _ => "any".to_owned(),
        }
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The schema that a property refers to, if it does.
fn referred(property: &Value) -> Option<&str> {
    let reference = property["$ref"]
        .as_str()
        .or(property["allOf"][0]["$ref"].as_str());
    reference?.rsplit('/').next()
}

/// The elements of a list, or the values of a map.
pub(super) fn inside(property: &Value) -> Option<&Value> {
    let value = match property["type"].as_str() {
        Some("array") => &property["items"],
        Some("object") => &property["additionalProperties"],
        _ => return None,
    };
    value.is_object().then_some(value)
}

#[tokio::test]
async fn the_table_of_fields_is_the_servers() {
    let server = KubeServer::start().await.unwrap();
    let described = Described::by(&server.api(Caller::Admin).unwrap())
        .await
        .unwrap();
    let table = described.table();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("PLIMSOLL_WRITE_FIELDS").is_some() {
        std::fs::write(&ours, &table).unwrap();
    }
    let same = std::fs::read_to_string(&ours).unwrap() == table;
    assert!(
        same,
        "the server's kinds have other fields: write them with PLIMSOLL_WRITE_FIELDS=1 and read the difference"
    );
    println!(
        "exercised: the fields of {} kinds as {} describes them, {} objects",
        described.kinds.len(),
        described.server,
        table.lines().count() - 3
    );
}
