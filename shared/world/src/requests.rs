//! The log of what was asked, for tests and for the demo's closing words.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// One request that reached the example world.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// When, by the world's clock.
    pub at: Timestamp,
    /// `sts`, `eks`, `ec2` or `kubernetes`; what the caller signed for, where that is none of them.
    pub service: String,
    /// `AssumeRole`, `DescribeCluster`, `list pods`, `get nodes`, or method and path.
    pub operation: String,
    /// The AWS account of the caller, once it is known.
    pub account: Option<String>,
    /// The cluster asked, or asked about.
    pub cluster: Option<String>,
    /// Path and query as they came.
    pub uri: String,
    /// The HTTP status of the answer, 0 if the connection was closed instead.
    pub status: u16,
    /// Why it was refused, in the world's own words; the client never sees these.
    pub reason: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<Vec<Request>>);

impl Requests {
    pub(crate) fn push(&self, request: Request) {
        tracing::debug!(
            service = request.service,
            operation = request.operation,
            status = request.status,
            "example world answered"
        );
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
