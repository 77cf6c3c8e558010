//! One object of the unified inventory, by name.

use serde::{Deserialize, Serialize};

/// A reference to a Kubernetes object, or to an AWS resource (then `api_version` is `aws`, `kind` the CloudFormation
/// type, `namespace` the region, `name` the physical id).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRef {
    /// `apps/v1`, `v1`, or `aws`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// Namespace or region; none for cluster-wide objects.
    pub namespace: Option<String>,
    /// Name; none when the resource as such could not be read.
    pub name: Option<String>,
    /// The object's UID, if it is a live one.
    #[serde(default)]
    pub uid: Option<String>,
    /// The version read, if it is a live one.
    #[serde(default)]
    pub resource_version: Option<String>,
    /// The ARN of an AWS resource.
    #[serde(default)]
    pub arn: Option<String>,
}

impl ResourceRef {
    /// The API group: empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version
            .rsplit_once('/')
            .map_or("", |(group, _)| group)
    }

    /// `namespace/name`, or the name alone for what has no namespace: how people name a thing.
    #[must_use]
    pub fn short_name(&self) -> String {
        let name = self.name.as_deref().unwrap_or("(unnamed)");
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        }
    }

    /// `Kind namespace/name`.
    #[must_use]
    pub fn long_name(&self) -> String {
        format!("{} {}", self.kind, self.short_name())
    }
}
