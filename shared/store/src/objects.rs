//! Objects: manifests, snapshots and what is too large for an item. In S3, in files, or in memory; always under
//! `t/<tenant>/`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::primitives::ByteStream;
use plimsoll_model::TenantId;

use crate::session::Sessions;
use crate::store::Shared;
use crate::{StoreError, TenantStore};

mod files;
mod whole;

/// Where the bytes are.
#[derive(Debug, Clone)]
pub(crate) enum ObjectStore {
    /// A bucket.
    S3 {
        client: aws_sdk_s3::Client,
        bucket: String,
    },
    /// A directory.
    #[cfg_attr(
        not(feature = "embedded"),
        expect(dead_code, reason = "made by Store::embedded only")
    )]
    Files(PathBuf),
    /// This process.
    #[cfg_attr(
        not(feature = "embedded"),
        expect(dead_code, reason = "made by Store::embedded only")
    )]
    Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>),
}

impl ObjectStore {
    /// The same, reached with these credentials; only S3 asks for any.
    pub(crate) fn with(self, credentials: SharedCredentialsProvider) -> Self {
        let ObjectStore::S3 { client, bucket } = self else {
            return self;
        };
        let config = client.config().to_builder();
        let config = config
            .credentials_provider(credentials)
            .identity_cache(Sessions::cache());
        ObjectStore::S3 {
            client: aws_sdk_s3::Client::from_conf(config.build()),
            bucket,
        }
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        match self {
            ObjectStore::S3 { client, bucket } => {
                client
                    .put_object()
                    .bucket(bucket)
                    .key(key)
                    .body(ByteStream::from(bytes))
                    .send()
                    .await?;
                Ok(())
            }
            ObjectStore::Files(root) => {
                let path = root.join(key);
                files::off_the_runtime(move || files::write(&path, &bytes)).await
            }
            ObjectStore::Memory(map) => {
                map.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(key.to_owned(), bytes);
                Ok(())
            }
        }
    }

    async fn put_file(&self, key: &str, from: &Path) -> Result<(), StoreError> {
        match self {
            ObjectStore::S3 { client, bucket } => {
                let body = ByteStream::from_path(from)
                    .await
                    .map_err(StoreError::other)?;
                client
                    .put_object()
                    .bucket(bucket)
                    .key(key)
                    .body(body)
                    .send()
                    .await?;
                Ok(())
            }
            ObjectStore::Files(root) => {
                let (path, from) = (root.join(key), from.to_owned());
                files::off_the_runtime(move || files::copy(&from, &path)).await
            }
            ObjectStore::Memory(_) => {
                let bytes = tokio::fs::read(from).await.map_err(StoreError::other)?;
                self.put(key, bytes).await
            }
        }
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        let missing = || StoreError::NotFound(key.to_owned());
        match self {
            ObjectStore::S3 { client, bucket } => {
                let answer = client.get_object().bucket(bucket).key(key).send().await;
                let answer = answer.map_err(|error| match StoreError::from(error) {
                    StoreError::NotFound(_) => missing(),
                    other => other,
                })?;
                Ok(answer
                    .body
                    .collect()
                    .await
                    .map_err(StoreError::other)?
                    .to_vec())
            }
            ObjectStore::Files(root) => {
                let path = root.join(key);
                files::off_the_runtime(move || files::read(&path))
                    .await?
                    .ok_or_else(missing)
            }
            ObjectStore::Memory(map) => map
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(key)
                .cloned()
                .ok_or_else(missing),
        }
    }

    /// Writes an object into a file, a piece at a time where it comes in pieces.
    async fn get_file(&self, key: &str, to: &Path) -> Result<(), StoreError> {
        match self {
            ObjectStore::S3 { client, bucket } => {
                let answer = client.get_object().bucket(bucket).key(key).send().await;
                let answer = answer.map_err(|error| match StoreError::from(error) {
                    StoreError::NotFound(_) => StoreError::NotFound(key.to_owned()),
                    other => other,
                })?;
                let mut body = answer.body;
                let mut file = std::fs::File::create(to).map_err(StoreError::other)?;
                while let Some(piece) = body.try_next().await.map_err(StoreError::other)? {
                    file.write_all(&piece).map_err(StoreError::other)?;
                }
                Ok(())
            }
            ObjectStore::Files(_) | ObjectStore::Memory(_) => {
                let bytes = self.get(key).await?;
                std::fs::write(to, bytes).map_err(StoreError::other)
            }
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self {
            ObjectStore::S3 { client, bucket } => {
                client
                    .delete_object()
                    .bucket(bucket)
                    .key(key)
                    .send()
                    .await?;
                Ok(())
            }
            ObjectStore::Files(root) => {
                let path = root.join(key);
                files::off_the_runtime(move || files::remove(&path)).await
            }
            ObjectStore::Memory(map) => {
                map.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(key);
                Ok(())
            }
        }
    }
}

impl TenantStore {
    /// Puts an object under a name such as `snapshots/clu_…/scn_….zst`, replacing what was there, all or nothing.
    /// Returns its full key, to be stored in items.
    ///
    /// # Errors
    /// [`StoreError::CrossTenant`] for a name that would leave the tenant's place; otherwise as the object store fails.
    pub async fn put_object(&self, name: &str, bytes: Vec<u8>) -> Result<String, StoreError> {
        let key = object_key(self.tenant(), name)?;
        let shared = self.shared();
        shared
            .counted("put object", Box::pin(self.objects().put(&key, bytes)))
            .await?;
        Ok(key)
    }

    /// The same from a file, which need not fit into memory.
    ///
    /// # Errors
    /// As [`TenantStore::put_object`], and when the file cannot be read.
    pub async fn put_object_file(&self, name: &str, from: &Path) -> Result<String, StoreError> {
        let key = object_key(self.tenant(), name)?;
        let shared = self.shared();
        shared
            .counted("put object", Box::pin(self.objects().put_file(&key, from)))
            .await?;
        Ok(key)
    }

    /// Reads an object by its full key.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::CrossTenant`] for another tenant's key.
    pub async fn get_object(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        own_key(self.tenant(), key)?;
        let shared = self.shared();
        shared
            .counted("get object", Box::pin(self.objects().get(key)))
            .await
    }

    /// Reads an object by its full key into a file: it need not fit into memory.
    ///
    /// # Errors
    /// As [`TenantStore::get_object`], and when the file cannot be written.
    pub async fn get_object_file(&self, key: &str, to: &Path) -> Result<(), StoreError> {
        own_key(self.tenant(), key)?;
        let shared = self.shared();
        shared
            .counted("get object", Box::pin(self.objects().get_file(key, to)))
            .await
    }

    /// Reads an object by the name that it was put under.
    ///
    /// # Errors
    /// As [`TenantStore::get_object`].
    pub async fn get_object_named(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        self.get_object(&object_key(self.tenant(), name)?).await
    }

    /// Deletes an object by its full key; one that is not there is no error.
    ///
    /// # Errors
    /// [`StoreError::CrossTenant`] for another tenant's key; otherwise as the object store fails.
    pub async fn delete_object(&self, key: &str) -> Result<(), StoreError> {
        own_key(self.tenant(), key)?;
        let shared = self.shared();
        shared
            .counted("delete object", Box::pin(self.objects().delete(key)))
            .await
    }
}

impl Shared {
    /// Every request to the object store passes here, as those to the tables and queues pass through their client. It
    /// comes in a box: an SDK call is large, and would lie in every caller's future.
    #[cfg_attr(
        not(feature = "embedded"),
        expect(unused_variables, reason = "only an embedded store can be ended")
    )]
    async fn counted<T>(
        &self,
        name: &'static str,
        request: Pin<Box<impl Future<Output = T>>>,
    ) -> T {
        #[cfg(feature = "embedded")]
        if let Some(life) = &self.life {
            return life.around(name, request).await;
        }
        request.await
    }
}

fn object_key(tenant: &TenantId, name: &str) -> Result<String, StoreError> {
    let key = format!("t/{tenant}/{name}");
    own_key(tenant, &key)?;
    Ok(key)
}

/// Refuses keys outside `t/<tenant>/` and segments that a file system would read otherwise.
fn own_key(tenant: &TenantId, key: &str) -> Result<(), StoreError> {
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    let name = key
        .strip_prefix("t/")
        .and_then(|rest| rest.strip_prefix(tenant.as_str()));
    match name.and_then(|rest| rest.strip_prefix('/')) {
        Some(name) if name.split('/').all(plain) => Ok(()),
        _ => Err(StoreError::CrossTenant(key.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_its_tenant() {
        let tenant = TenantId::of(&["acme"]);
        let other = TenantId::of(&["other"]);
        assert!(object_key(&tenant, "manifests/a.json.zst").is_ok());
        for name in [
            "../x",
            "a/../../b",
            "",
            "/etc/passwd",
            "a//b",
            ".hidden",
            "a\\b",
            "a/",
            "a b",
        ] {
            assert!(object_key(&tenant, name).is_err(), "{name}");
        }
        let foreign = object_key(&other, "x").unwrap();
        assert!(own_key(&tenant, &foreign).is_err());
        assert!(own_key(&tenant, &format!("t/{tenant}x/y")).is_err());
    }
}
