//! Refusals as each protocol writes them: a code and a message.

use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::table::Protocol;
use super::xml::{Event, Scanner};

/// Where [`ErrorMetadata`] keeps the region in which a bucket really is.
pub(crate) const REGION: &str = "region";

/// Reads a refusal. A body that cannot be read leaves the status as the only thing known.
pub(crate) fn read(
    protocol: Protocol,
    status: u16,
    headers: &Headers,
    body: &[u8],
) -> ErrorMetadata {
    let (mut code, message) = match protocol {
        Protocol::Json(_) | Protocol::RestJson => of_json(body),
        Protocol::Ec2 | Protocol::Query | Protocol::RestXml => of_xml(body).unwrap_or_default(),
    };
    if let Some(named) = headers.get("x-amzn-errortype") {
        code = Some(named.to_owned());
    }
    let code = code.as_deref().map(bare).filter(|code| !code.is_empty());
    let mut fault = ErrorMetadata::builder().code(code.unwrap_or(&status.to_string()));
    fault = fault.message(match &message {
        Some(message) if !message.is_empty() => message.clone(),
        _ => format!("status {status}"),
    });
    if let Some(region) = headers.get("x-amz-bucket-region") {
        fault = fault.custom(REGION, region);
    }
    fault.build()
}

/// `com.amazonaws.eks#Code:http://…` is `Code`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim()
}

fn of_json(body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return (None, None);
    };
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| members.get(*name)?.as_str());
        found.map(str::to_owned)
    };
    (
        text(&["__type", "code", "Code"]),
        text(&["message", "Message", "errorMessage"]),
    )
}

/// `Code` and `Message` of the first `Error`, wherever it stands: in `ErrorResponse` for most, in `Response` and
/// `Errors` for EC2, and the root for S3.
fn of_xml(body: &[u8]) -> Result<(Option<String>, Option<String>), String> {
    let mut scanner = Scanner::new(body)?;
    let (mut code, mut message) = (None, None);
    let mut inside = false;
    loop {
        match scanner.next()? {
            Event::Open(element) => match element.name {
                "Error" => inside = true,
                "Code" if inside => code = Some(scanner.text()?.into_owned()),
                "Message" if inside => {
                    message = Some(scanner.text()?.into_owned());
                }
                _ => {}
            },
            Event::End => return Ok((code, message)),
            Event::Text(_) | Event::Close => {}
        }
        if code.is_some() && message.is_some() {
            return Ok((code, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(protocol: Protocol, body: &str) -> (String, String) {
        let fault = read(protocol, 400, &Headers::new(), body.as_bytes());
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        (text(fault.code()), text(fault.message()))
    }

    fn pair(code: &str, message: &str) -> (String, String) {
        (code.to_owned(), message.to_owned())
    }

    #[test]
    fn each_protocol_has_its_own_way() {
        for (protocol, body) in [
            (
                Protocol::Ec2,
                "<Response><Errors><Error><Code>C</Code><Message>m</Message></Error></Errors><RequestID>1</RequestID></Response>",
            ),
            (
                Protocol::Query,
                "<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>m</Message></Error></ErrorResponse>",
            ),
            (
                Protocol::RestXml,
                "<?xml version=\"1.0\"?><Error><Code>C</Code><Message>m</Message></Error>",
            ),
            (
                Protocol::Json("1.1"),
                r#"{"__type":"com.amazonaws.x#C","message":"m"}"#,
            ),
            (Protocol::RestJson, r#"{"code":"C","Message":"m"}"#),
        ] {
            assert_eq!(told(protocol, body), pair("C", "m"), "{body}");
        }
    }

    #[test]
    fn a_header_names_the_code_and_the_region() {
        let mut headers = Headers::new();
        headers.insert(
            "x-amzn-errortype",
            "AccessDeniedException:http://internal.amazon.com/",
        );
        headers.insert("x-amz-bucket-region", "eu-west-1");
        let fault = read(Protocol::RestJson, 403, &headers, b"{\"message\":\"no\"}");
        assert_eq!(fault.code(), Some("AccessDeniedException"));
        assert_eq!(fault.extra(REGION), Some("eu-west-1"));
    }

    #[test]
    fn what_says_nothing_is_known_by_its_status() {
        for (protocol, body) in [
            (Protocol::RestXml, ""),
            (Protocol::Query, "<html><body>502"),
            (Protocol::RestJson, "[]"),
        ] {
            assert_eq!(told(protocol, body), pair("400", "status 400"));
        }
    }
}
