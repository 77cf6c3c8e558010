//! All objects of a tenant at once, for its end: in a bucket every version of each, and what marks deleted ones.

use std::path::Path;
use std::sync::PoisonError;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use plimsoll_model::TenantId;

use super::{ObjectStore, files};
use crate::StoreError;

/// S3's limit on the objects of one delete, and the size of a page of versions.
const MOST: usize = 1_000;

/// Below what a tenant's objects lie.
fn prefix(tenant: &TenantId) -> String {
    format!("t/{tenant}/")
}

impl ObjectStore {
    /// How many objects there are of a tenant.
    pub(crate) async fn count_all(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        let prefix = prefix(tenant);
        match self {
            ObjectStore::S3 { client, bucket } => {
                let (mut count, mut after) = (0, Marker::default());
                loop {
                    let (versions, next) = versions(client, bucket, &prefix, after).await?;
                    count += versions.len() as u64;
                    match next {
                        Some(next) => after = next,
                        None => return Ok(count),
                    }
                }
            }
            ObjectStore::Files(root) => {
                let folder = root.join(&prefix);
                files::off_the_runtime(move || count_files(&folder)).await
            }
            ObjectStore::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(map.keys().filter(|key| key.starts_with(&prefix)).count() as u64)
            }
        }
    }

    /// Deletes them. Returns how many there were.
    pub(crate) async fn delete_all(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        let prefix = prefix(tenant);
        match self {
            ObjectStore::S3 { client, bucket } => {
                let mut deleted = 0;
                loop {
                    // What is deleted is not listed again: each page is the first.
                    let (versions, _) =
                        versions(client, bucket, &prefix, Marker::default()).await?;
                    if versions.is_empty() {
                        return Ok(deleted);
                    }
                    deleted += versions.len() as u64;
                    delete_versions(client, bucket, versions).await?;
                }
            }
            ObjectStore::Files(root) => {
                let folder = root.join(&prefix);
                files::off_the_runtime(move || {
                    let count = count_files(&folder)?;
                    match std::fs::remove_dir_all(&folder) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                        _ => Ok(count),
                    }
                })
                .await
            }
            ObjectStore::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                let before = map.len();
                map.retain(|key, _| !key.starts_with(&prefix));
                Ok((before - map.len()) as u64)
            }
        }
    }
}

/// Where the next page of versions begins.
#[derive(Debug, Default)]
struct Marker {
    key: Option<String>,
    version: Option<String>,
}

async fn versions(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    prefix: &str,
    after: Marker,
) -> Result<(Vec<ObjectIdentifier>, Option<Marker>), StoreError> {
    let answer = client
        .list_object_versions()
        .bucket(bucket)
        .prefix(prefix)
        .max_keys(MOST as i32)
        .set_key_marker(after.key)
        .set_version_id_marker(after.version)
        .send()
        .await?;
    let living = answer.versions.unwrap_or_default().into_iter();
    let living = living.map(|version| (version.key, version.version_id));
    let marks = answer.delete_markers.unwrap_or_default().into_iter();
    let marks = marks.map(|mark| (mark.key, mark.version_id));
    let mut found = Vec::new();
    for (key, version) in living.chain(marks) {
        let one = ObjectIdentifier::builder()
            .key(key.unwrap_or_default())
            .set_version_id(version)
            .build()
            .map_err(StoreError::other)?;
        found.push(one);
    }
    let next = answer.is_truncated.unwrap_or(false).then_some(Marker {
        key: answer.next_key_marker,
        version: answer.next_version_id_marker,
    });
    Ok((found, next))
}

async fn delete_versions(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    versions: Vec<ObjectIdentifier>,
) -> Result<(), StoreError> {
    let delete = Delete::builder()
        .set_objects(Some(versions))
        .quiet(true)
        .build()
        .map_err(StoreError::other)?;
    let answer = client
        .delete_objects()
        .bucket(bucket)
        .delete(delete)
        .send()
        .await?;
    match answer.errors().first() {
        None => Ok(()),
        Some(error) => {
            let code = error.code().unwrap_or("without a code");
            let text = format!("{code}: {}", error.message().unwrap_or_default());
            Err(StoreError::of_code(code, &text).unwrap_or_else(|| StoreError::other(text)))
        }
    }
}

/// The files below a folder, those half written as well.
fn count_files(folder: &Path) -> std::io::Result<u64> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut count = 0;
    for entry in entries {
        let entry = entry?;
        count += match entry.file_type()?.is_dir() {
            true => count_files(&entry.path())?,
            false => 1,
        };
    }
    Ok(count)
}
