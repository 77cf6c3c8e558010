//! Why an AWS call failed, by what the caller can do.

mod codes;

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
    /// The thing is there, and the part of it that was asked for was never set: no password policy, no repository
    /// policy. An answer rather than a failure.
    #[error("{call}: not set: {message}")]
    Absent {
        /// The action.
        call: String,
        /// AWS's words.
        message: String,
    },
    /// The account does not use the service, or may not use it. Of most services this is an answer.
    #[error("{call}: the account does not use it: {message}")]
    NotSubscribed {
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
    /// An answer came and could not be read.
    #[error("{call}: the answer cannot be read: {message}")]
    Unreadable {
        /// The action.
        call: String,
        /// What is wrong with it.
        message: String,
    },
    /// A list broke off after some pages: what was read of it does not count.
    #[error("{call}: the list was lost after {pages} pages: {message}")]
    PageLost {
        /// The action.
        call: String,
        /// The pages that had come.
        pages: usize,
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

    /// Whether the same call may succeed later without anybody mending anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            AwsError::Throttled { .. } | AwsError::Unreachable { .. } | AwsError::PageLost { .. }
        )
    }

    /// The action and what was said of it.
    pub(crate) fn told(&self) -> (&str, &str) {
        match self {
            AwsError::Denied { call, message }
            | AwsError::Credentials { call, message }
            | AwsError::NoCredentials { call, message }
            | AwsError::NotFound { call, message }
            | AwsError::Absent { call, message }
            | AwsError::NotSubscribed { call, message }
            | AwsError::Throttled { call, message }
            | AwsError::Unreachable { call, message }
            | AwsError::Unreadable { call, message }
            | AwsError::PageLost { call, message, .. }
            | AwsError::Other { call, message } => (call, message),
        }
    }
}

/// The innermost cause: what SDK errors print themselves says little.
pub(crate) fn root(error: &dyn std::error::Error) -> String {
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
