//! Manifests: what a scan left behind, to compare the next one with. A manifest is *pending* from before the first
//! finding is written until the scan is published, so that whatever a dead attempt wrote is known to the next.

use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use plimsoll_model::{Cluster, Manifest, Union};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::expression::Expression;
use crate::item::text;
use crate::lease::ScanLease;
use crate::{StoreError, TenantStore};

/// zstd's own default: manifests are mostly hashes, more effort gains nothing.
const LEVEL: i32 = 3;

impl TenantStore {
    /// The manifest of a cluster's last finished scan; none before the first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the object is gone, [`StoreError::Corrupt`] when it cannot be read.
    pub async fn published_manifest(
        &self,
        cluster: &Cluster,
    ) -> Result<Option<Manifest>, StoreError> {
        self.manifest(cluster.manifest.as_deref()).await
    }

    /// Everything that attempts which have not published may have written since; none when there was no such attempt.
    ///
    /// # Errors
    /// As [`TenantStore::published_manifest`].
    pub async fn pending_manifest(
        &self,
        cluster: &Cluster,
    ) -> Result<Option<Manifest>, StoreError> {
        self.manifest(cluster.pending_manifest.as_deref()).await
    }

    async fn manifest(&self, key: Option<&str>) -> Result<Option<Manifest>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        let file = NamedTempFile::new().map_err(StoreError::other)?;
        self.get_object_file(key, file.path()).await?;
        read(key, file.path()).map(Some)
    }

    /// Puts the new manifest as pending; to be called before [`TenantStore::write_findings`]. Returns its key, to be
    /// published. What stood in the pending manifest when the lease was taken, `earlier`, stays pending as well.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn put_pending_manifest(
        &self,
        lease: &ScanLease,
        newer: &Manifest,
        earlier: Option<&Manifest>,
    ) -> Result<String, StoreError> {
        let name = format!("manifests/{}/{}-{}", lease.cluster, lease.scan, lease.epoch);
        let key = self.put_manifest(&name, newer).await?;
        let pending = match earlier {
            Some(earlier) => {
                let both = Union { newer, earlier };
                self.put_manifest(&format!("{name}-pending"), &both).await?
            }
            None => key.clone(),
        };
        let change = lease.required(Expression::new().set("pending_manifest", text(pending)));
        let written = self
            .update(&self.keys().cluster(&lease.cluster), &change)
            .await;
        written.map_err(|error| lease.or_lost(error))?;
        Ok(key)
    }

    async fn put_manifest(
        &self,
        name: &str,
        manifest: &impl Serialize,
    ) -> Result<String, StoreError> {
        let file = NamedTempFile::new().map_err(StoreError::other)?;
        write(manifest, file.path()).map_err(StoreError::other)?;
        self.put_object_file(&format!("{name}.json.zst"), file.path())
            .await
    }
}

/// Writes it entry by entry: as text it is many times as large as in memory.
fn write(manifest: &impl Serialize, to: &Path) -> std::io::Result<()> {
    let mut packed = zstd::Encoder::new(std::fs::File::create(to)?, LEVEL)?;
    let mut text = BufWriter::new(&mut packed);
    serde_json::to_writer(&mut text, manifest)?;
    text.flush()?;
    drop(text);
    packed.finish()?.flush()
}

fn read(key: &str, from: &Path) -> Result<Manifest, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key.to_owned(),
        reason,
    };
    let file = std::fs::File::open(from).map_err(StoreError::other)?;
    let text = zstd::Decoder::new(file).map_err(|error| corrupt(error.to_string()))?;
    serde_json::from_reader(BufReader::new(text)).map_err(|error| corrupt(error.to_string()))
}

pub(crate) fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    let bytes = serde_json::to_vec(value).map_err(StoreError::other)?;
    zstd::encode_all(bytes.as_slice(), LEVEL).map_err(StoreError::other)
}

pub(crate) fn unpack<T: serde::de::DeserializeOwned>(
    key: &str,
    bytes: &[u8],
) -> Result<T, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key.to_owned(),
        reason,
    };
    let bytes = zstd::decode_all(bytes).map_err(|error| corrupt(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| corrupt(error.to_string()))
}
