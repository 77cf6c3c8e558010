//! DynamoDB and SQS inside this process, without a socket: the same SDK clients, whose HTTP client hands each request
//! to the server linked in. What `plimsoll up`, the demo and the tests use.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

use crate::objects::ObjectStore;
use crate::store::{Shared, Store};
use crate::{StoreError, provision};

mod dynamo;
mod life;
mod meter;
mod sqs;
mod watched;

use watched::Watched;

pub use life::{Death, Life};
pub use meter::{Meter, Units};
pub use watched::Watch;

/// Who looks at the requests of an embedded store.
#[derive(Default)]
struct Watchers<'a> {
    life: Option<&'a Life>,
    watch: Option<Watch>,
    meter: Option<&'a Meter>,
}

/// Credentials that nobody checks.
fn credentials() -> Credentials {
    Credentials::new("embedded", "embedded", None, None, "embedded")
}

impl Store {
    /// A store in this process, its tables and queues made. With a directory, tables and objects outlive the process
    /// and the directory is locked against others; without one, everything lives in memory. Queues always start empty:
    /// the sweep finds from the tables what was in them.
    ///
    /// # Errors
    /// [`StoreError::DirectoryInUse`] when another process has the directory; otherwise when files cannot be made.
    pub async fn embedded(directory: Option<&Path>) -> Result<Self, StoreError> {
        Self::start(directory, true, Watchers::default()).await
    }

    /// A store in memory whose every request to the tables is shown to `watch`, the making of the tables as well; it
    /// looks for due work minute by minute, as the one in AWS does, or by its index: for tests.
    ///
    /// # Errors
    /// When its tables or queues cannot be made.
    pub async fn embedded_watched(due_by_minute: bool, watch: Watch) -> Result<Self, StoreError> {
        let watchers = Watchers {
            watch: Some(watch),
            ..Watchers::default()
        };
        Self::start(None, !due_by_minute, watchers).await
    }

    /// A store in a directory whose every request passes by `life`, the making of its tables and queues as well: for
    /// tests that kill it.
    ///
    /// # Errors
    /// As [`Store::embedded`].
    pub async fn embedded_mortal(directory: &Path, life: &Life) -> Result<Self, StoreError> {
        let watchers = Watchers {
            life: Some(life),
            ..Watchers::default()
        };
        Self::start(Some(directory), true, watchers).await
    }

    /// A store in memory whose every call is metered; it looks for due work minute by minute, as the one in AWS does.
    ///
    /// # Errors
    /// When its tables or queues cannot be made.
    pub async fn embedded_metered(meter: &Meter) -> Result<Self, StoreError> {
        let watchers = Watchers {
            meter: Some(meter),
            ..Watchers::default()
        };
        Self::start(None, false, watchers).await
    }

    async fn start(
        directory: Option<&Path>,
        due_by_index: bool,
        Watchers { life, watch, meter }: Watchers<'_>,
    ) -> Result<Self, StoreError> {
        let (lock, database, objects) = match directory {
            Some(directory) => {
                let lock = lock(directory)?;
                let path = directory.join("tables.sqlite");
                let database = dynamo::open(&path)?;
                (
                    Some(lock),
                    database,
                    ObjectStore::Files(directory.join("objects")),
                )
            }
            None => {
                let objects = ObjectStore::Memory(Arc::new(Mutex::new(BTreeMap::new())));
                (None, dynamo::in_memory()?, objects)
            }
        };
        let client = Watched {
            client: dynamo::EmbeddedDynamo::new(database, meter),
            watch,
        };
        let dynamo = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials())
            .http_client(life::client(client, life))
            .build();
        let sqs = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
            .region(aws_sdk_sqs::config::Region::from_static("us-east-1"))
            .credentials_provider(credentials())
            .http_client(life::client(sqs::EmbeddedSqs::new(), life))
            .build();
        let sqs = aws_sdk_sqs::Client::from_conf(sqs);
        let queues = provision::create_queues(&sqs, "").await?;
        let store = Store {
            shared: Arc::new(Shared {
                unguarded: aws_sdk_dynamodb::Client::from_conf(dynamo.clone()),
                dynamo,
                sqs,
                objects,
                sessions: None,
                table: "core".to_owned(),
                control_table: "control".to_owned(),
                queues,
                due_shards: 1,
                due_by_index,
                _lock: lock,
                life: life.cloned(),
                tenants: Mutex::default(),
            }),
        };
        store.create_tables().await?;
        Ok(store)
    }
}

/// Takes the directory for this process; the lock goes with the file handle, hence with the process.
fn lock(directory: &Path) -> Result<File, StoreError> {
    std::fs::create_dir_all(directory).map_err(StoreError::other)?;
    let file = File::create(directory.join("lock")).map_err(StoreError::other)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::DirectoryInUse(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::other(error)),
    }
}
