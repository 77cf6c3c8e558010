//! What `infra/template.yaml` says about functions: their variables and what their roles may do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use yaml_serde::{Mapping, Value};

/// A function of the template.
pub(super) struct Declared {
    /// Its folder in `functions`, which names its binary too.
    pub(super) folder: String,
    /// Its variables: those of all functions and its own.
    pub(super) variables: BTreeMap<String, Value>,
    /// Those that only it has.
    pub(super) own: BTreeSet<String>,
    /// Its role: action and resource, `TenantData/index/due` being an index of the table `TenantData`.
    pub(super) allowed: BTreeSet<(String, String)>,
}

fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(*name))
}

fn variables(of: Option<&Value>) -> BTreeMap<String, Value> {
    let named = of.and_then(|value| at(value, &["Environment", "Variables"]));
    let named = named.and_then(Value::as_mapping).into_iter().flatten();
    named
        .map(|(name, value)| (name.as_str().unwrap().to_owned(), value.clone()))
        .collect()
}

/// All functions of the template.
pub(super) fn functions() -> Vec<Declared> {
    let template = template();
    let shared = variables(at(&template, &["Globals", "Function"]));
    let resources = template.get("Resources").and_then(Value::as_mapping);
    let resources = resources.unwrap();
    let functions = resources.iter().filter(|(_, body)| {
        body.get("Type").and_then(Value::as_str) == Some("AWS::Serverless::Function")
    });
    functions
        .map(|(id, body)| {
            let properties = body.get("Properties").unwrap();
            let folder = properties.get("CodeUri").and_then(Value::as_str).unwrap();
            let own = variables(Some(properties));
            Declared {
                folder: folder.rsplit('/').next().unwrap().to_owned(),
                own: own.keys().cloned().collect(),
                variables: shared.clone().into_iter().chain(own).collect(),
                allowed: allowed(id.as_str().unwrap(), properties, resources),
            }
        })
        .collect()
}

/// The function of a folder.
pub(super) fn function(folder: &str) -> Declared {
    let mut functions = functions().into_iter();
    let found = functions.find(|function| function.folder == folder);
    found.unwrap_or_else(|| panic!("the template has no function of {folder}"))
}

/// By the function's own policies, or by the role that it names, and by the policies that name that role; what AWS's
/// managed policies allow so that a function gets messages and writes its log is left out.
fn allowed(id: &str, properties: &Value, resources: &Mapping) -> BTreeSet<(String, String)> {
    match properties.get("Role") {
        Some(role) => of_role(&named(role), resources),
        None => {
            let mut documents: Vec<&Value> = list(properties, "Policies").iter().collect();
            // SAM's name for the role that it makes.
            let role = format!("{id}Role");
            documents.extend(naming(&role, resources));
            permissions(&documents)
        }
    }
}

/// What a role may do, by the policies in it and those that name it.
fn of_role(id: &str, resources: &Mapping) -> BTreeSet<(String, String)> {
    let role = resources.get(id).unwrap();
    let policies = list(role.get("Properties").unwrap(), "Policies").iter();
    let mut documents: Vec<&Value> = policies
        .map(|policy| policy.get("PolicyDocument").unwrap())
        .collect();
    documents.extend(naming(id, resources));
    permissions(&documents)
}

/// What a role of the template may do.
pub(super) fn role(id: &str) -> BTreeSet<(String, String)> {
    let template = template();
    let resources = template.get("Resources").and_then(Value::as_mapping);
    of_role(id, resources.unwrap())
}

/// The documents of policies that stand by themselves and name a role.
fn naming<'r>(role: &'r str, resources: &'r Mapping) -> impl Iterator<Item = &'r Value> {
    let policies = resources
        .iter()
        .filter(|(_, body)| body.get("Type").and_then(Value::as_str) == Some("AWS::IAM::Policy"));
    let properties = policies.map(|(_, body)| body.get("Properties").unwrap());
    properties
        .filter(move |policy| {
            list(policy, "Roles")
                .iter()
                .any(|named| text(named) == role)
        })
        .map(|policy| policy.get("PolicyDocument").unwrap())
}

fn permissions(documents: &[&Value]) -> BTreeSet<(String, String)> {
    let mut allowed = BTreeSet::new();
    for document in documents {
        for statement in list(document, "Statement") {
            assert_eq!(
                statement.get("Effect").and_then(Value::as_str),
                Some("Allow")
            );
            for action in list(statement, "Action") {
                for resource in list(statement, "Resource") {
                    allowed.insert((text(action), named(resource)));
                }
            }
        }
    }
    allowed
}

fn list<'v>(of: &'v Value, name: &str) -> &'v Vec<Value> {
    let list = of.get(name).and_then(Value::as_sequence);
    list.unwrap_or_else(|| panic!("no list {name} in {of:?}"))
}

/// `!GetAtt Table.Arn` and `!Sub ${Table.Arn}/index/due` by what they name.
fn named(resource: &Value) -> String {
    text(resource)
        .replace("${", "")
        .replace('}', "")
        .replacen(".Arn", "", 1)
}

/// A scalar, that of an intrinsic function too.
fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) => text(&tagged.value),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("no scalar: {other:?}"),
    }
}

/// A variable's value: a parameter's default, or what stands in for the resource that it refers to.
pub(super) fn value(value: &Value, stand_in: impl Fn(&str) -> String) -> String {
    let Value::Tagged(tagged) = value else {
        return text(value);
    };
    let known = tagged.tag == "Ref" || tagged.tag == "GetAtt";
    assert!(known, "{} is not understood here", tagged.tag);
    let name = text(&tagged.value).replace(".Arn", "");
    match at(&template(), &["Parameters", &name, "Default"]) {
        Some(default) => text(default),
        None => stand_in(&name),
    }
}
