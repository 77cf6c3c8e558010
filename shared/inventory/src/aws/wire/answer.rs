//! An answer or a refusal, out of what came.

use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::{Map, Value};

use super::table::{Operation, Protocol, Service};
use super::{fault, json, xml};

/// An answer that came whole and is not what the table says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreadable(pub(super) String);

impl Unreadable {
    /// Looks for it among an error's causes.
    pub(super) fn among<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let mut current = Some(error);
        while let Some(error) = current {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            current = error.source();
        }
        None
    }
}

/// Reads an answer or a refusal.
pub(super) fn read(
    service: &Service,
    operation: &Operation,
    answer: &Response,
) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let body = answer.body().bytes().unwrap_or_default();
    let status = answer.status();
    if !status.is_success() {
        let refusal = fault::read(service.protocol, status.as_u16(), answer.headers(), body);
        return Err(OrchestratorError::operation(refusal));
    }
    decode(service, operation, body).map_err(|why| OrchestratorError::other(Unreadable(why)))
}

/// The members of a body that the table names.
pub(super) fn decode(
    service: &Service,
    operation: &Operation,
    body: &[u8],
) -> Result<Value, String> {
    if operation.output.members().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let payload = operation.payload.and_then(|name| {
        let mut members = operation.output.members().iter();
        members.find(|member| member.name == name)
    });
    let form = payload.map_or(&operation.output, |member| &member.form);
    let root = match operation.root {
        Some(root) => root.to_owned(),
        None => format!("{}Response", operation.name),
    };
    let value = match service.protocol {
        Protocol::Json(_) | Protocol::RestJson => json::decode(form, body)?,
        Protocol::Query => {
            let wrapper = format!("{}Result", operation.name);
            xml::decode(form, body, &root, Some(&wrapper))?
        }
        Protocol::Ec2 | Protocol::RestXml => xml::decode(form, body, &root, None)?,
    };
    Ok(match payload {
        Some(member) => Value::Object(Map::from_iter([(member.name.to_owned(), value)])),
        None => value,
    })
}
