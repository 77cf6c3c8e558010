//! The EKS clusters of an account, region by region.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_eks::types::Cluster;

use super::error::AwsError;
use crate::kube::EksTarget;

/// A cluster as EKS describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredCluster {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its ARN.
    pub arn: String,
    /// Kubernetes version, for example `1.34`.
    pub version: Option<String>,
    /// `ACTIVE`, `CREATING`, …
    pub status: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How it is reached; none while it is being created.
    pub target: Option<EksTarget>,
}

/// The names of all clusters of a region. `config` is of the account and region.
///
/// # Errors
/// As AWS says; a page that is lost makes the whole list an error.
pub async fn list_clusters(config: &SdkConfig) -> Result<Vec<String>, AwsError> {
    let mut pages = aws_sdk_eks::Client::new(config)
        .list_clusters()
        .into_paginator()
        .send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::of("eks:ListClusters", &error))?;
        names.extend(page.clusters.unwrap_or_default());
    }
    names.sort_unstable();
    Ok(names)
}

/// One cluster.
///
/// # Errors
/// As AWS says.
pub async fn describe_cluster(
    config: &SdkConfig,
    name: &str,
) -> Result<DiscoveredCluster, AwsError> {
    let call = "eks:DescribeCluster";
    let answer = aws_sdk_eks::Client::new(config)
        .describe_cluster()
        .name(name)
        .send()
        .await;
    let answer = answer.map_err(|error| AwsError::of(call, &error))?;
    let region = config.region().map(ToString::to_string).unwrap_or_default();
    let cluster = answer.cluster.ok_or_else(|| AwsError::Other {
        call: call.to_owned(),
        message: "the answer holds no cluster".to_owned(),
    })?;
    Ok(discovered(name, &region, &cluster))
}

fn discovered(name: &str, region: &str, cluster: &Cluster) -> DiscoveredCluster {
    let authority = cluster
        .certificate_authority()
        .and_then(|authority| authority.data());
    let target = cluster
        .endpoint()
        .zip(authority)
        .map(|(endpoint, authority)| EksTarget {
            name: name.to_owned(),
            region: region.to_owned(),
            endpoint: endpoint.to_owned(),
            certificate_authority: authority.to_owned(),
        });
    DiscoveredCluster {
        name: name.to_owned(),
        region: region.to_owned(),
        arn: cluster.arn().unwrap_or_default().to_owned(),
        version: cluster.version().map(str::to_owned),
        status: cluster
            .status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        tags: cluster
            .tags()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        target,
    }
}
