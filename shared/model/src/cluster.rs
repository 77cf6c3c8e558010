//! One Kubernetes cluster, or one AWS account or region of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterId, ConnectionId, FrameworkScore, Reason, ScanCounts, ScanId, Severity, Stage};

/// A cluster as we know it: the scope item of its scans and findings. What an account has as a whole, or one region of it,
/// whichever clusters are there, is a scope like a cluster: [`Provider::Aws`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its id, the scope of its findings.
    pub id: ClusterId,
    /// How we reach it.
    pub connection: ConnectionId,
    /// Its name: letters, digits, `-`, `_`.
    pub name: String,
    /// Who runs it.
    pub provider: Provider,
    /// Region, for a cloud's cluster.
    pub region: Option<String>,
    /// AWS account, for EKS.
    pub account: Option<String>,
    /// Kubernetes minor version such as `1.34`, once known.
    pub version: Option<String>,
    /// Its tags or labels, by which escalation policies name stages and routes.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Release stage.
    pub stage: Stage,
    /// Whether the last attempt could read it.
    pub readable: Readable,
    /// The next slot for which it is due.
    pub next_scan: Timestamp,
    /// The last finished scan.
    pub last_scan: Option<ScanId>,
    /// When that scan finished.
    pub last_scan_at: Option<Timestamp>,
    /// Counts of that scan.
    pub counts: ScanCounts,
    /// Open findings by severity after that scan, worst first.
    pub open: Vec<(Severity, u32)>,
    /// Scores of that scan.
    pub scores: Vec<FrameworkScore>,
    /// Object-store key of the published manifest.
    pub manifest: Option<String>,
    /// Object-store key of a manifest put but not yet published, left by an attempt that may have died.
    pub pending_manifest: Option<String>,
    /// Who is scanning it.
    pub lease: Lease,
}

impl Cluster {
    /// Whether it is a cluster, and not what an account has beside.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.provider != Provider::Aws
    }

    /// The counts of the last scan, if the cluster could not be read then and only what is around it was judged.
    #[must_use]
    pub fn known_around(&self) -> Option<&ScanCounts> {
        match &self.readable {
            Readable::No { since, .. } if self.last_scan_at >= Some(*since) => Some(&self.counts),
            _ => None,
        }
    }

    /// Its name for people: that of a cluster as it is, `AWS 4711…0815, eu-central-1` for a region of an account and
    /// `AWS 4711…0815` for what the account has for all regions.
    #[must_use]
    pub fn shown_name(&self) -> String {
        let account = shown_account(self.account.as_deref().unwrap_or(&self.name));
        match (self.provider, &self.region) {
            (Provider::Aws, Some(region)) => format!("{account}, {region}"),
            (Provider::Aws, None) => account,
            _ => self.name.clone(),
        }
    }
}

/// An AWS account for people, `AWS 4711…0815`: four digits at both ends tell its owner which it is, and whoever else reads
/// along too little.
#[must_use]
pub fn shown_account(account: &str) -> String {
    let twelve_digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    match (account.get(..4), account.get(8..)) {
        (Some(first), Some(last)) if twelve_digits => format!("AWS {first}…{last}"),
        _ => format!("AWS {account}"),
    }
}

/// Who runs the control plane, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon EKS.
    Eks,
    /// Google Kubernetes Engine.
    Gke,
    /// Azure Kubernetes Service.
    Aks,
    /// Whoever set it up runs it, or nobody said who does.
    Other,
    /// No cluster, but an AWS account, or where there is a region that region of it.
    Aws,
}

impl Provider {
    /// The provider as frameworks name it; none for an AWS account.
    #[must_use]
    pub fn of_frameworks(self) -> Option<&'static str> {
        match self {
            Provider::Eks => Some("eks"),
            Provider::Gke => Some("gke"),
            Provider::Aks => Some("aks"),
            Provider::Other => Some("other"),
            Provider::Aws => None,
        }
    }
}

/// Whether a cluster can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "readable", rename_all = "camelCase")]
pub enum Readable {
    /// Found, not read yet.
    Unknown,
    /// The last scan read it.
    Yes,
    /// It could not be read at all.
    No {
        /// Why and how to mend it.
        reason: Reason,
        /// Since when.
        since: Timestamp,
    },
}

/// The right to write a cluster's findings. Every write is conditional on `epoch`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Counts takeovers, from 0.
    pub epoch: u64,
    /// The scan that holds it; none when free.
    pub scan: Option<ScanId>,
    /// When it lapses unless renewed.
    pub until: Option<Timestamp>,
}
