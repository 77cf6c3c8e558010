//! Why an AWS call failed, by what the caller can do.

use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;

/// Why an AWS call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwsError {
    /// Refused: a permission, or for `sts:AssumeRole` the trust policy, is missing.
    #[error("{call} denied: {message}")]
    Denied {
        /// The action, for example `eks:DescribeCluster`.
        call: String,
        /// AWS's words.
        message: String,
    },
    /// The credentials have ended or are unknown to AWS.
    #[error("{call}: the credentials are not valid: {message}")]
    Credentials {
        /// The action.
        call: String,
        /// AWS's words.
        message: String,
    },
    /// There are no credentials to sign with.
    #[error("{call}: no AWS credentials found: {message}")]
    NoCredentials {
        /// The action.
        call: String,
        /// What was tried.
        message: String,
    },
    /// There is no such thing.
    #[error("{call}: {message}")]
    NotFound {
        /// The action.
        call: String,
        /// AWS's words.
        message: String,
    },
    /// Too many calls; later it will work.
    #[error("{call} throttled: {message}")]
    Throttled {
        /// The action.
        call: String,
        /// AWS's words.
        message: String,
    },
    /// AWS did not answer; later it may.
    #[error("{call}: no answer: {message}")]
    Unreachable {
        /// The action.
        call: String,
        /// What happened.
        message: String,
    },
    /// Anything else.
    #[error("{call} failed: {message}")]
    Other {
        /// The action.
        call: String,
        /// AWS's words, or what is wrong with the answer.
        message: String,
    },
}

impl AwsError {
    /// Sorts an SDK's error; the SDK has made its own further attempts before.
    pub(crate) fn of<E>(call: &str, error: &SdkError<E, Response>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let call = call.to_owned();
        match error {
            SdkError::ServiceError(service) => {
                let (code, message) = (
                    service.err().code().unwrap_or_default(),
                    service.err().message(),
                );
                Self::of_code(
                    call,
                    code,
                    message.unwrap_or(code).to_owned(),
                    service.raw().status().as_u16(),
                )
            }
            SdkError::ConstructionFailure(_) => AwsError::NoCredentials {
                call,
                message: root(error),
            },
            SdkError::DispatchFailure(failure) if !failure.is_io() && !failure.is_timeout() => {
                let message = root(error);
                let chain = chain(error);
                if chain.contains("credential") || chain.contains("identity") {
                    AwsError::NoCredentials { call, message }
                } else {
                    AwsError::Unreachable { call, message }
                }
            }
            SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => AwsError::Unreachable {
                call,
                message: root(error),
            },
            _ => AwsError::Other {
                call,
                message: root(error),
            },
        }
    }

    fn of_code(call: String, code: &str, message: String, status: u16) -> Self {
        match code {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                AwsError::Denied { call, message }
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "IncompleteSignature" => AwsError::Credentials { call, message },
            "ResourceNotFoundException" | "NoSuchEntity" => AwsError::NotFound { call, message },
            "Throttling"
            | "ThrottlingException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded" => AwsError::Throttled { call, message },
            "ServiceUnavailable" | "ServiceUnavailableException" => {
                AwsError::Unreachable { call, message }
            }
            _ if status == 403 => AwsError::Denied { call, message },
            _ if status == 429 => AwsError::Throttled { call, message },
            _ => AwsError::Other { call, message },
        }
    }

    /// Whether the same call may succeed later without anybody mending anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            AwsError::Throttled { .. } | AwsError::Unreachable { .. }
        )
    }
}

/// The innermost cause: what SDK errors print themselves says little.
fn root(error: &dyn std::error::Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut current = Some(error);
    while let Some(error) = current {
        text.push_str(&error.to_string().to_ascii_lowercase());
        text.push('\n');
        current = error.source();
    }
    text
}
