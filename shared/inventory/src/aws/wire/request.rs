//! A call as an HTTP request, in the protocol of its service. The host is put before it later.

mod form_body;

use aws_smithy_http::{label, query};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value};

use super::form::{Form, Member, Place};
use super::table::{Operation, Protocol, Service};

/// Builds the request. `input` holds members by botocore's names; one that is null is not sent. `bucket_in_host`: the
/// bucket's name is in the host, so not in the path.
///
/// # Errors
/// The input does not fit the operation: what was given that it does not know, or what is of another kind.
pub(crate) fn request(
    service: &Service,
    operation: &Operation,
    input: &Value,
    bucket_in_host: bool,
) -> Result<Request<SdkBody>, String> {
    let given = object(input, operation.name)?;
    let members = operation.input.members();
    if let Some(unknown) = given
        .keys()
        .find(|key| !members.iter().any(|member| member.name == *key))
    {
        return Err(format!("{} has no input `{unknown}`", operation.name));
    }
    let mut request = http::Request::builder().method(operation.method).uri(uri(
        operation,
        given,
        bucket_in_host,
    )?);
    for (member, value) in placed(members, given, Place::Header) {
        request = request.header(member.wire, text(value)?);
    }
    let body = match service.protocol {
        Protocol::Ec2 | Protocol::Query => {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            form_body::write(service, operation, given)?
        }
        Protocol::Json(version) => {
            request = request
                .header("content-type", format!("application/x-amz-json-{version}"))
                .header(
                    "x-amz-target",
                    format!("{}.{}", service.target, operation.name),
                );
            json_body(members, given)?
        }
        Protocol::RestJson if operation.method != "GET" => {
            request = request.header("content-type", "application/json");
            json_body(members, given)?
        }
        Protocol::RestJson | Protocol::RestXml => String::new(),
    };
    let request = request
        .body(SdkBody::from(body))
        .map_err(|error| error.to_string())?;
    Request::try_from(request).map_err(|error| error.to_string())
}

/// The host's beginning for this input, for example `111122223333.`.
pub(crate) fn host_prefix(operation: &Operation, input: &Value) -> Option<String> {
    let (before, rest) = operation.host?.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    let value = input.get(name)?.as_str()?;
    // A host is made of it: nothing but what host names hold.
    let fits = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then(|| format!("{before}{value}{after}"))
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("`{name}` takes an object"))
}

fn placed<'a>(
    members: &'a [Member],
    given: &'a Map<String, Value>,
    place: Place,
) -> impl Iterator<Item = (&'a Member, &'a Value)> {
    members
        .iter()
        .filter(move |member| member.place == place)
        .filter_map(|member| Some((member, given.get(member.name)?)))
        .filter(|(_, value)| !value.is_null())
}

/// A scalar as text.
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        other => Err(format!("`{other}` is no text, number or truth")),
    }
}

fn uri(
    operation: &Operation,
    given: &Map<String, Value>,
    bucket_in_host: bool,
) -> Result<String, String> {
    let members = operation.input.members();
    let mut uri = operation.uri.to_owned();
    if bucket_in_host {
        uri = uri.replacen("/{Bucket}", "/", 1);
    }
    for member in members.iter().filter(|member| member.place == Place::Uri) {
        let value = given.get(member.name).filter(|value| !value.is_null());
        let value = text(value.ok_or_else(|| format!("`{}` is missing", member.name))?)?;
        // A path with these would be another path.
        if matches!(value.as_str(), "" | "." | "..") {
            return Err(format!("`{}` is no name", member.name));
        }
        let encoded = label::fmt_string(value, label::EncodingStrategy::Default);
        uri = uri.replacen(&format!("{{{}}}", member.wire), &encoded, 1);
    }
    let mut joint = if uri.contains('?') { '&' } else { '?' };
    for (member, value) in placed(members, given, Place::Query) {
        uri.push(joint);
        joint = '&';
        uri.push_str(member.wire);
        uri.push('=');
        uri.push_str(&query::fmt_string(text(value)?));
    }
    Ok(uri)
}

fn json_body(members: &[Member], given: &Map<String, Value>) -> Result<String, String> {
    let mut body = Map::new();
    for (member, value) in placed(members, given, Place::Body) {
        body.insert(member.wire.to_owned(), by_wire(&member.form, value)?);
    }
    Ok(Value::Object(body).to_string())
}

/// A value with the names of the wire.
fn by_wire(form: &Form, value: &Value) -> Result<Value, String> {
    Ok(match (form, value) {
        (Form::List { item, .. }, Value::Array(items)) => Value::Array(
            items
                .iter()
                .map(|value| by_wire(item, value))
                .collect::<Result<_, _>>()?,
        ),
        (Form::Map { value: form }, Value::Object(entries)) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), by_wire(form, value)?)))
                .collect::<Result<_, String>>()?,
        ),
        (Form::Record(members), Value::Object(given)) => {
            let mut object = Map::new();
            for (name, value) in given {
                let member = members.iter().find(|member| member.name == name);
                let member = member.ok_or_else(|| format!("there is no input `{name}`"))?;
                object.insert(member.wire.to_owned(), by_wire(&member.form, value)?);
            }
            Value::Object(object)
        }
        (Form::Text, Value::String(_))
        | (Form::Truth, Value::Bool(_))
        | (Form::Whole | Form::Real, Value::Number(_)) => value.clone(),
        (_, other) => return Err(format!("`{other}` is of another kind than the input")),
    })
}

#[cfg(test)]
mod tests;
