//! Findings: read by fingerprint, by cluster, or by severity while open; written under the lease.

use std::collections::HashMap;

use plimsoll_model::{ClusterId, Finding, FindingState, Fingerprint, Severity};

use crate::expression::Expression;
use crate::item::{Item, decode, encode, key_of, text};
use crate::keys::{OPEN_PK, OPEN_SK, stamp};
use crate::lease::ScanLease;
use crate::transaction::{Aborted, MOST_ACTIONS};
use crate::{Page, StoreError, TenantStore};

/// Over how many partitions a cluster's findings are spread (by [`Fingerprint::shard`]).
pub const FINDING_SHARDS: u8 = 8;

/// Findings that one transaction writes, beside its look at the lease.
pub const FINDINGS_AT_ONCE: usize = MOST_ACTIONS - 1;

impl TenantStore {
    /// A finding.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_finding(
        &self,
        cluster: &ClusterId,
        fingerprint: &Fingerprint,
    ) -> Result<Finding, StoreError> {
        let key = self.keys().finding(cluster, fingerprint);
        decode(self.expect(&key, &format!("finding {fingerprint}")).await?)
    }

    /// Those of a cluster's findings with these fingerprints that exist, open or resolved.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn get_findings(
        &self,
        cluster: &ClusterId,
        fingerprints: impl IntoIterator<Item = Fingerprint>,
    ) -> Result<HashMap<Fingerprint, Finding>, StoreError> {
        let mut wanted: Vec<Fingerprint> = fingerprints.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let keys: Vec<_> = wanted
            .iter()
            .map(|fingerprint| self.keys().finding(cluster, fingerprint))
            .collect();
        let found = self
            .get_many(&keys)
            .await?
            .into_iter()
            .map(decode::<Finding>);
        found
            .map(|finding| finding.map(|finding| (finding.fingerprint, finding)))
            .collect()
    }

    /// One page of a shard (0 to 7) of a cluster's findings, by fingerprint, beginning after `after`.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn findings_page(
        &self,
        cluster: &ClusterId,
        shard: u8,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<Finding>, StoreError> {
        let partition = self.keys().findings(cluster, shard);
        let page = self.page(&partition, "F#", after, limit, false).await?;
        let items: Result<Vec<Finding>, StoreError> = page.items.into_iter().map(decode).collect();
        Ok(Page {
            items: items?,
            next: page.next,
        })
    }

    /// All findings of a cluster, open and resolved, by shard and fingerprint.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn cluster_findings(&self, cluster: &ClusterId) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for shard in 0..FINDING_SHARDS {
            for item in self
                .all(&self.keys().findings(cluster, shard), "F#")
                .await?
            {
                findings.push(decode(item)?);
            }
        }
        Ok(findings)
    }

    /// The tenant's open findings of a severity, the longest open first, at most `limit`.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn open_findings(
        &self,
        severity: Severity,
        limit: usize,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut entries: Vec<Item> = Vec::new();
        for shard in 0..FINDING_SHARDS {
            entries.extend(
                self.open_keys(&self.keys().open_findings(severity, shard), limit)
                    .await?,
            );
        }
        let age = |item: &Item| item.get(OPEN_SK).and_then(|age| age.as_s().ok().cloned());
        entries.sort_by_key(age);
        entries.truncate(limit);
        let keys: Vec<_> = entries.iter().map(key_of).collect();
        let found: Result<Vec<Finding>, StoreError> = self
            .get_many(&keys)
            .await?
            .into_iter()
            .map(decode)
            .collect();
        let mut found = found?;
        // The index may lag behind the items.
        found.retain(|finding| finding.state == FindingState::Open && finding.severity == severity);
        found.sort_by_key(|finding| (finding.first_seen, finding.fingerprint));
        Ok(found)
    }

    /// Writes findings whole, those that are open into the index of open ones: in transactions of at most
    /// [`FINDINGS_AT_ONCE`], each on condition of the lease. After a failure some may be written; writing all again is the same.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]: of the transaction that failed and all after it, nothing is written.
    pub async fn write_findings(
        &self,
        lease: &ScanLease,
        findings: &[Finding],
    ) -> Result<(), StoreError> {
        for chunk in findings.chunks(FINDINGS_AT_ONCE) {
            let mut transaction = self.transaction();
            transaction.check(
                &self.keys().cluster(&lease.cluster),
                &lease.required(Expression::new()),
            )?;
            for finding in chunk {
                transaction.put(self.finding_item(lease, finding)?, &Expression::new())?;
            }
            transaction
                .run(self.client())
                .await
                .map_err(|aborted| match aborted {
                    Aborted::Refused(_) => lease.lost(),
                    Aborted::Failed(error) => error,
                })?;
        }
        Ok(())
    }

    fn finding_item(&self, lease: &ScanLease, finding: &Finding) -> Result<Item, StoreError> {
        let mut item = encode(
            &self.keys().finding(&lease.cluster, &finding.fingerprint),
            finding,
        )?;
        if finding.state == FindingState::Open {
            let shard = finding.fingerprint.shard();
            item.insert(
                OPEN_PK.to_owned(),
                text(self.keys().open_findings(finding.severity, shard)),
            );
            item.insert(OPEN_SK.to_owned(), text(stamp(finding.first_seen)));
        }
        Ok(item)
    }
}
