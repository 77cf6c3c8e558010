//! What can go wrong when the example world is built.

/// Why the example world could not start or change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// No free port on the loopback interface: the caller can only report it.
    #[error("the example world could not listen on 127.0.0.1: {0}")]
    Listen(#[source] std::io::Error),
    /// A certificate could not be made.
    #[error("the example world could not make its certificates: {0}")]
    Certificate(String),
    /// A file of the world, embedded or given by a test, does not hold what it should.
    #[error("example data {place}: {reason}")]
    Data {
        /// The file, or the text given.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No cluster of that name.
    #[error("the example world has no cluster {0}")]
    NoSuchCluster(String),
}

impl WorldError {
    pub(crate) fn data(place: &str, reason: impl std::fmt::Display) -> Self {
        Self::Data {
            place: place.to_owned(),
            reason: reason.to_string(),
        }
    }
}
