//! Bodies of the two oldest protocols: `Filter.1.Value.1=running`.

use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use super::super::form::Form;
use super::super::table::{Operation, Service};
use super::text;

/// The whole body.
pub(super) fn write(
    service: &Service,
    operation: &Operation,
    given: &Map<String, Value>,
) -> Result<String, String> {
    let mut body = Serializer::new(String::new());
    body.append_pair("Action", operation.name);
    body.append_pair("Version", service.version);
    members(&mut body, "", &operation.input, given)?;
    Ok(body.finish())
}

fn members(
    body: &mut Serializer<'_, String>,
    prefix: &str,
    form: &Form,
    given: &Map<String, Value>,
) -> Result<(), String> {
    // In the order of the table, so that the same call is the same text.
    for member in form.members() {
        if let Some(value) = given.get(member.name).filter(|value| !value.is_null()) {
            let name = match prefix {
                "" => member.wire.to_owned(),
                _ => format!("{prefix}.{}", member.wire),
            };
            add(body, &name, &member.form, value)?;
        }
    }
    let known = |key: &String| form.members().iter().any(|member| member.name == key);
    match given.keys().find(|key| !known(key)) {
        Some(unknown) => Err(format!("there is no input `{unknown}`")),
        None => Ok(()),
    }
}

fn add(
    body: &mut Serializer<'_, String>,
    name: &str,
    form: &Form,
    value: &Value,
) -> Result<(), String> {
    match (form, value) {
        (Form::List { item, flat }, Value::Array(items)) => {
            for (index, value) in (1_usize..).zip(items) {
                let between = if *flat { "" } else { ".member" };
                add(body, &format!("{name}{between}.{index}"), item, value)?;
            }
            Ok(())
        }
        (Form::Record(_), Value::Object(given)) => members(body, name, form, given),
        (Form::List { .. } | Form::Record(_) | Form::Map { .. }, _) => {
            Err(format!("`{name}` is of another kind than the input"))
        }
        _ => {
            body.append_pair(name, &text(value)?);
            Ok(())
        }
    }
}
