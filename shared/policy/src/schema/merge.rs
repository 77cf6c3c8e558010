//! One type for what may be any of several.

use std::collections::BTreeMap;

use plimsoll_cel::{Schema, Type};

/// How many objects a message names.
const NAMED: usize = 3;

/// The type of what has one of some types: an object with the fields of all, and anything where they do not go together.
pub(super) fn merged(types: &[Type]) -> Type {
    let mut different: Vec<&Type> = Vec::new();
    for ty in types {
        if !different.contains(&ty) {
            different.push(ty);
        }
    }
    if let [only] = different[..] {
        return only.clone();
    }
    let all = |part: fn(&Type) -> Option<&Type>| -> Option<Vec<Type>> {
        different.iter().map(|ty| part(ty).cloned()).collect()
    };
    let lists = all(|ty| match ty {
        Type::List(element) => Some(element),
        _ => None,
    });
    let maps = all(|ty| match ty {
        Type::Map(key, value) if **key == Type::String => Some(value),
        _ => None,
    });
    let objects: Option<Vec<&Schema>> = different
        .iter()
        .map(|ty| match ty {
            Type::Object(schema) => Some(schema.as_ref()),
            _ => None,
        })
        .collect();
    match (lists, maps, objects) {
        (Some(elements), _, _) if !elements.is_empty() => Type::list(merged(&elements)),
        (_, Some(values), _) if !values.is_empty() => Type::map(merged(&values)),
        (_, _, Some(objects)) if !objects.is_empty() => merged_objects(&objects),
        _ => Type::Dyn,
    }
}

fn merged_objects(objects: &[&Schema]) -> Type {
    let mut fields: BTreeMap<&str, Vec<Type>> = BTreeMap::new();
    for object in objects {
        for (field, ty) in &object.fields {
            fields.entry(field).or_default().push(ty.clone());
        }
    }
    let fields = fields.into_iter().map(|(field, types)| {
        // Where it is not known, it may hold anything.
        let anything = objects
            .iter()
            .any(|object| object.open && !object.fields.contains_key(field));
        let ty = if anything { Type::Dyn } else { merged(&types) };
        (field.to_owned(), ty)
    });
    Type::object(Schema {
        name: names(objects),
        fields: fields.collect(),
        open: objects.iter().any(|object| object.open),
    })
}

/// `Pod, Deployment, StatefulSet and 5 others`.
fn names(objects: &[&Schema]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for object in objects {
        if !names.contains(&object.name.as_str()) {
            names.push(&object.name);
        }
    }
    match names.len() {
        0..=NAMED => names.join(", "),
        more => format!("{} and {} others", names[..NAMED].join(", "), more - NAMED),
    }
}
