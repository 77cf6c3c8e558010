//! The EKS clusters of a region, each described once: what EKS said goes on to the readers.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::error::AwsError;
use super::wire::Account;
use crate::kube::EksTarget;

/// A cluster as EKS describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredCluster {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The answer's `cluster`.
    pub(crate) described: Value,
}

impl DiscoveredCluster {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.described["arn"].as_str().unwrap_or_default()
    }

    /// Kubernetes version, for example `1.34`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.described["version"].as_str()
    }

    /// `ACTIVE`, `CREATING`, …
    #[must_use]
    pub fn status(&self) -> &str {
        self.described["status"].as_str().unwrap_or_default()
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.described["tags"].as_object().into_iter().flatten();
        tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect()
    }

    /// How it is reached; none while it is being created.
    #[must_use]
    pub fn target(&self) -> Option<EksTarget> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(EksTarget {
            name: self.name.clone(),
            region: self.region.clone(),
            endpoint: text(&self.described["endpoint"])?,
            certificate_authority: text(&self.described["certificateAuthority"]["data"])?,
        })
    }
}

/// All clusters of the region of `account`, by name. One that goes while they are described is none.
///
/// # Errors
/// As AWS says; a page or a description that is lost makes the whole list an error.
pub async fn discover_clusters(account: &Account) -> Result<Vec<DiscoveredCluster>, AwsError> {
    let names = account.pages("eks", "ListClusters", &json!({})).await?;
    let mut names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    let described = join_all(
        names
            .into_iter()
            .map(|name| describe_cluster(account, name)),
    )
    .await;
    let gone = |answer: &Result<_, _>| matches!(answer, Err(AwsError::NotFound { .. }));
    described
        .into_iter()
        .filter(|answer| !gone(answer))
        .collect()
}

/// One cluster of the region of `account`.
///
/// # Errors
/// As AWS says.
pub async fn describe_cluster(
    account: &Account,
    name: &str,
) -> Result<DiscoveredCluster, AwsError> {
    let input = json!({ "name": name });
    let mut answer = account.call("eks", "DescribeCluster", &input).await?;
    let described = answer["cluster"].take();
    if described.is_null() {
        return Err(AwsError::Unreadable {
            call: "eks:DescribeCluster".to_owned(),
            message: "the answer holds no cluster".to_owned(),
        });
    }
    Ok(DiscoveredCluster {
        name: name.to_owned(),
        region: account.region().to_owned(),
        described,
    })
}
