//! Why a policy cannot be exported.

use thiserror::Error;

/// Why API servers cannot judge a policy by themselves. Each says what the policy needs that they do not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotExportable {
    /// It reads facts: an admission policy sees one object at a time.
    #[error("it joins other objects ({}), and an API server judges one object at a time", .0.join(", "))]
    Facts(Vec<String>),
    /// It is about the cluster, which no request creates.
    #[error("it is about the cluster as a whole, which nobody submits for admission")]
    Cluster,
    /// It is about AWS resources.
    #[error("it is about AWS resources, which no API server of Kubernetes admits")]
    Aws,
    /// It reads the build of the server.
    #[error(
        "it reads the server's whole version (cluster.gitVersion), which an admission policy cannot see"
    )]
    GitVersion,
    /// It reads what the system reports later.
    #[error("it reads the object's status, which is empty when the object is submitted")]
    Status,
    /// It reads how an object is written.
    #[error(
        "it reads the object's apiVersion or managedFields, and API servers convert an object before they judge it"
    )]
    WrittenForm,
    /// No kind of it comes to admission policies.
    #[error("API servers never show {0} to admission policies")]
    NeverShown(String),
    /// With these parameters or this version it applies to nothing.
    #[error("it applies to nothing as long as its condition `{condition}` is false{hint}")]
    Inert {
        /// The condition, as in the policy's file.
        condition: String,
        /// What may change that.
        hint: String,
    },
    /// A function or form that servers do not have.
    #[error("{0}")]
    Unsupported(String),
}
