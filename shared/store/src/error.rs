//! What can go wrong with the store, by what the caller can do about it.

use std::error::Error;
use std::path::PathBuf;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::guard::ForeignKey;

/// An error of the store; each variant says what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such item. For a caller from outside, another tenant's item looks the same.
    #[error("{0} does not exist")]
    NotFound(String),
    /// A condition failed: somebody else wrote in between. Read again and decide again.
    #[error("{0} was changed by somebody else")]
    Conflict(String),
    /// The lease was taken over or released. Stop; nothing was written.
    #[error("the lease on {0} is lost")]
    LeaseLost(String),
    /// Too much at once. Try again later.
    #[error("throttled: {0}")]
    Throttled(String),
    /// Our own permissions do not suffice. A matter for the operator.
    #[error("refused by AWS: {0}")]
    Denied(String),
    /// A request named a key outside the tenant of its handle. A defect of ours, caught before it left the process.
    #[error("key outside the tenant: {0}")]
    CrossTenant(String),
    /// Something stored cannot be read back.
    #[error("{key} cannot be read: {reason}")]
    Corrupt {
        /// Which item or object.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process uses the data directory.
    #[error("{} is in use by another process", .0.display())]
    DirectoryInUse(PathBuf),
    /// Anything else: network, disk, a refused request.
    #[error("the store failed: {0}")]
    Other(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same call may succeed later without anybody's doing.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, StoreError::Throttled(_) | StoreError::Other(_))
    }

    pub(crate) fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        StoreError::Other(error.into())
    }

    /// The error behind an SDK error's code.
    pub(crate) fn of_code(code: &str, message: &str) -> Option<Self> {
        let text = || format!("{code}: {message}");
        match code {
            "ConditionalCheckFailedException" => Some(StoreError::Conflict("the item".to_owned())),
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "TransactionConflictException"
            | "TransactionInProgressException"
            | "SlowDown"
            | "RequestThrottled"
            | "OverLimit" => Some(StoreError::Throttled(text())),
            "AccessDeniedException"
            | "AccessDenied"
            | "UnrecognizedClientException"
            | "ExpiredTokenException"
            | "InvalidSignatureException" => Some(StoreError::Denied(text())),
            "NoSuchKey" => Some(StoreError::NotFound("the object".to_owned())),
            _ => None,
        }
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        if let Some(key) = foreign_key(&error) {
            return StoreError::CrossTenant(key);
        }
        if let SdkError::ServiceError(service) = &error {
            let meta = service.err().meta();
            let code = meta.code().unwrap_or("without a code");
            let message = meta.message().unwrap_or_default();
            return StoreError::of_code(code, message)
                .unwrap_or_else(|| StoreError::other(format!("{code}: {message}")));
        }
        StoreError::other(error)
    }
}

/// The guard's refusal, wherever in the chain of causes it stands.
fn foreign_key(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(foreign) = error.downcast_ref::<ForeignKey>() {
            return Some(foreign.0.clone());
        }
        cause = error.source();
    }
    None
}
