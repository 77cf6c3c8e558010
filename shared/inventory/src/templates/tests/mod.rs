//! Templates as the readers of files give them.

mod functions;
mod gathered;
mod hostile;
mod places;
mod told;

use std::sync::Arc;

use plimsoll_cel::{Bump, Schema, Type};
use serde_json::Value;

use crate::files::{FileEntry, FileOutcome, ObjectIn, read_typed};

/// A few properties of every type; the tables proper belong to who judges.
fn types(_: &str) -> Type {
    let object = |fields: &[(&str, Type)]| {
        let fields = fields
            .iter()
            .map(|(name, ty)| ((*name).to_owned(), ty.clone()));
        Type::object(Schema {
            name: "Some".to_owned(),
            fields: fields.collect(),
            open: false,
        })
    };
    let rule = object(&[("FromPort", Type::Int), ("CidrIp", Type::String)]);
    let properties = object(&[
        ("Flag", Type::Bool),
        ("Port", Type::Int),
        ("Share", Type::Double),
        ("Name", Type::String),
        ("Ports", Type::list(Type::Int)),
        ("Labels", Type::map(Type::Bool)),
        ("SecurityGroupIngress", Type::list(rule)),
    ]);
    object(&[("Properties", properties)])
}

fn each(file: &str, text: &str, then: &mut dyn FnMut(ObjectIn<'_>)) -> FileOutcome {
    let entry = FileEntry {
        display_path: Arc::from(file),
        path: file.into(),
        named: true,
        chart: None,
    };
    read_typed(&entry, text, types, &mut Bump::new(), then)
}

/// The objects of a template by their names, as JSON.
fn objects(file: &str, text: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let outcome = each(file, text, &mut |object| {
        let json = serde_json::to_value(object.node).unwrap();
        found.push((json["metadata"]["name"].as_str().unwrap().to_owned(), json));
    });
    assert_eq!(outcome.problems, []);
    assert_eq!(outcome.objects as usize, found.len());
    found
}

fn object(text: &str, name: &str) -> Value {
    let found = objects("t.yaml", text);
    let found = found.into_iter().find(|(id, _)| id == name);
    found.unwrap_or_else(|| panic!("no {name}")).1
}

/// The properties of the only resource that is judged.
fn properties(file: &str, text: &str) -> Value {
    let [(_, only)] = &objects(file, text)[..] else {
        panic!("not one object")
    };
    only["Properties"].clone()
}

/// What stands in the place of a value that is not known.
fn unknown(what: &str) -> Value {
    serde_json::json!({ "$unknown": format!("unresolved {what}") })
}
