//! How AWS says no. One refusal has three spellings: the query protocol of STS, that of EC2, and
//! the REST protocol of EKS; the codes and sentences are the ones the services write, because the
//! SDK and our own messages key on them.

use http::{HeaderValue, Response};

use crate::reply::{Reply, json, reply, xml_text};

/// Why an AWS call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unsigned,
    Incomplete,
    UnknownKey,
    SignatureMismatch,
    /// Signed too long ago or in the future: the sentence names both times.
    Skewed(String),
    SessionExpired,
    Denied(String),
    Throttled,
    Broken,
    UnknownOperation(String),
    Invalid(String),
    NotFound(String),
    /// A part that was never set, by the service's own code.
    NotSet(&'static str),
}

/// The way a service spells its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Sts,
    Ec2,
    RestJson,
}

impl Refusal {
    /// Status and code in a protocol.
    fn code(&self, protocol: Protocol) -> (u16, &'static str) {
        use Protocol::{Ec2, RestJson, Sts};
        match (self, protocol) {
            (Self::Unsigned, Sts | Ec2) => (403, "MissingAuthenticationToken"),
            (Self::Unsigned, RestJson) => (403, "MissingAuthenticationTokenException"),
            (Self::Incomplete, Sts | Ec2) => (400, "IncompleteSignature"),
            (Self::Incomplete, RestJson) => (403, "IncompleteSignatureException"),
            (Self::UnknownKey, Sts) => (403, "InvalidClientTokenId"),
            (Self::UnknownKey, Ec2) => (401, "AuthFailure"),
            (Self::UnknownKey, RestJson) => (403, "UnrecognizedClientException"),
            (Self::SignatureMismatch | Self::Skewed(_), Sts) => (403, "SignatureDoesNotMatch"),
            (Self::SignatureMismatch, Ec2) => (403, "SignatureDoesNotMatch"),
            (Self::Skewed(_), Ec2) => (400, "RequestExpired"),
            (Self::SignatureMismatch | Self::Skewed(_), RestJson) => {
                (403, "InvalidSignatureException")
            }
            (Self::SessionExpired, Sts) => (403, "ExpiredToken"),
            (Self::SessionExpired, Ec2) => (400, "RequestExpired"),
            (Self::SessionExpired, RestJson) => (403, "ExpiredTokenException"),
            (Self::Denied(_), Sts) => (403, "AccessDenied"),
            (Self::Denied(_), Ec2) => (403, "UnauthorizedOperation"),
            (Self::Denied(_), RestJson) => (403, "AccessDeniedException"),
            (Self::Throttled, Sts) => (400, "Throttling"),
            (Self::Throttled, Ec2) => (503, "RequestLimitExceeded"),
            (Self::Throttled, RestJson) => (429, "TooManyRequestsException"),
            (Self::Broken, Sts) => (500, "InternalFailure"),
            (Self::Broken, Ec2) => (500, "InternalError"),
            (Self::Broken, RestJson) => (500, "ServerException"),
            (Self::UnknownOperation(_), Sts | Ec2) => (400, "InvalidAction"),
            (Self::UnknownOperation(_), RestJson) => (404, "UnknownOperationException"),
            (Self::Invalid(_), Sts) => (400, "ValidationError"),
            (Self::Invalid(_), Ec2) => (400, "InvalidParameterValue"),
            (Self::Invalid(_), RestJson) => (400, "InvalidParameterException"),
            (Self::NotFound(_), Sts | Ec2) => (404, "NotFound"),
            (Self::NotFound(_), RestJson) => (404, "ResourceNotFoundException"),
            (Self::NotSet(code), _) => (400, code),
        }
    }

    /// The sentence beside the code.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Unsigned => "Request is missing Authentication Token".to_owned(),
            Self::Incomplete => {
                "The request signature does not conform to AWS standards".to_owned()
            }
            Self::UnknownKey => "The security token included in the request is invalid.".to_owned(),
            Self::SignatureMismatch => "The request signature we calculated does not match the \
                 signature you provided. Check your AWS Secret Access Key and signing method. \
                 Consult the service documentation for details."
                .to_owned(),
            Self::SessionExpired => {
                "The security token included in the request is expired".to_owned()
            }
            Self::Throttled => "Rate exceeded".to_owned(),
            Self::Broken => "An internal error occurred".to_owned(),
            Self::NotSet(_) => "It is not set.".to_owned(),
            Self::UnknownOperation(name) => {
                format!("The action {name} is not valid for this web service.")
            }
            Self::Skewed(message)
            | Self::Denied(message)
            | Self::Invalid(message)
            | Self::NotFound(message) => message.clone(),
        }
    }

    /// The answer on the wire.
    pub(crate) fn response(&self, protocol: Protocol, request_id: &str) -> Response<Reply> {
        let (status, code) = self.code(protocol);
        let message = self.message();
        match protocol {
            Protocol::Sts => {
                let side = if status < 500 { "Sender" } else { "Receiver" };
                let body = format!(
                    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
                     <Error>\n    <Type>{side}</Type>\n    <Code>{code}</Code>\n    \
                     <Message>{}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n\
                     </ErrorResponse>\n",
                    xml_text(&message)
                );
                reply(status, "text/xml", body)
            }
            Protocol::Ec2 => {
                let body = format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>\
                     <Code>{code}</Code><Message>{}</Message></Error></Errors>\
                     <RequestID>{request_id}</RequestID></Response>",
                    xml_text(&message)
                );
                reply(status, "text/xml;charset=UTF-8", body)
            }
            Protocol::RestJson => {
                let mut response = json(
                    status,
                    serde_json::json!({ "message": message }).to_string(),
                );
                let header = HeaderValue::from_static(code);
                response.headers_mut().insert("x-amzn-errortype", header);
                response
            }
        }
    }
}
