//! The store as a whole: the only place that holds unguarded clients, and the door to each tenant's data.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use plimsoll_model::TenantId;

use crate::guard::Guard;
use crate::objects::ObjectStore;
use crate::queues::QueueUrls;
use crate::session::Sessions;
use crate::{Control, DataRole, Due, Queues, StoreError, TenantStore, provision};

/// Names of what the store uses in AWS.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Table of all tenants' data.
    pub table: String,
    /// Table of uniqueness claims, look-ups and cursors.
    pub control_table: String,
    /// Bucket for manifests and snapshots.
    pub bucket: String,
    /// Queue URLs.
    pub queues: QueueUrls,
    /// Over how many partitions the due work of one minute is spread, 1 to 4: the same for all who write and read.
    pub due_shards: u8,
    /// ARN of the role through which tenants' data is reached; without one, it is reached with the credentials that the
    /// store is made with.
    pub data_role: Option<String>,
}

/// DynamoDB tables, objects and queues, in AWS or embedded. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

/// What all handles share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Configuration of guarded clients.
    pub(crate) dynamo: aws_sdk_dynamodb::Config,
    /// Reaches every key: for [`Control`], [`Due`] and [`provision`] only.
    pub(crate) unguarded: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// With the store's own credentials: tenants' handles have their own.
    pub(crate) objects: ObjectStore,
    /// Where tenants' credentials come from, if they have their own.
    pub(crate) sessions: Option<Sessions>,
    pub(crate) table: String,
    pub(crate) control_table: String,
    pub(crate) queues: QueueUrls,
    pub(crate) due_shards: u8,
    /// Whether due work is found by reading its whole index instead of minute by minute.
    pub(crate) due_by_index: bool,
    /// The lock on the data directory, for as long as the store lives.
    pub(crate) _lock: Option<std::fs::File>,
    /// What may end the store at one of its requests: tests only.
    #[cfg(feature = "embedded")]
    pub(crate) life: Option<crate::embedded::Life>,
    pub(crate) tenants: Mutex<HashMap<TenantId, Clients>>,
}

/// What one tenant's handles reach their data with.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    pub(crate) dynamo: aws_sdk_dynamodb::Client,
    pub(crate) objects: ObjectStore,
}

impl Store {
    /// The store in AWS, by the names in `config`.
    #[must_use]
    pub fn aws(sdk: &SdkConfig, config: StoreConfig) -> Self {
        let dynamo = aws_sdk_dynamodb::config::Builder::from(sdk).build();
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        let sessions = config.data_role.map(|arn| {
            let role = DataRole {
                arn,
                region,
                table: config.table.clone(),
                bucket: config.bucket.clone(),
            };
            Sessions::new(sdk, role)
        });
        let objects = ObjectStore::S3 {
            client: aws_sdk_s3::Client::new(sdk),
            bucket: config.bucket,
        };
        Self {
            shared: Arc::new(Shared {
                unguarded: aws_sdk_dynamodb::Client::from_conf(dynamo.clone()),
                dynamo,
                sqs: aws_sdk_sqs::Client::new(sdk),
                objects,
                sessions,
                table: config.table,
                control_table: config.control_table,
                queues: config.queues,
                due_shards: config.due_shards.clamp(1, 4),
                due_by_index: false,
                _lock: None,
                #[cfg(feature = "embedded")]
                life: None,
                tenants: Mutex::default(),
            }),
        }
    }

    /// One tenant's data: the only way to it. Every request of the handle is checked for its keys.
    #[must_use]
    pub fn of(&self, tenant: &TenantId) -> TenantStore {
        // A client per tenant is kept: making one costs more than most requests save.
        let mut clients = self
            .shared
            .tenants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_tenant = clients
            .entry(tenant.clone())
            .or_insert_with(|| self.shared.clients(tenant))
            .clone();
        TenantStore::new(tenant.clone(), of_tenant, Arc::clone(&self.shared))
    }

    /// Due work of all tenants: for the planner, the escalator and the summary sender.
    #[must_use]
    pub fn due(&self) -> Due {
        Due::new(Arc::clone(&self.shared))
    }

    /// The queues.
    #[must_use]
    pub fn queues(&self) -> Queues {
        Queues::new(Arc::clone(&self.shared))
    }

    /// The list of tenants and what only one of them may have.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }

    /// Makes the tables and their indexes where they are missing, and waits until they can be used.
    ///
    /// # Errors
    /// When DynamoDB refuses.
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        let shared = &self.shared;
        provision::create_tables(&shared.unguarded, &shared.table, &shared.control_table).await
    }
}

impl Shared {
    /// Clients for one tenant: guarded, and with the tenant's own credentials where there are such.
    fn clients(&self, tenant: &TenantId) -> Clients {
        let guard = Guard::new(&self.table, tenant);
        let mut dynamo = self.dynamo.to_builder().interceptor(guard);
        let mut objects = self.objects.clone();
        if let Some(sessions) = &self.sessions {
            let credentials = sessions.of(tenant);
            dynamo = dynamo
                .credentials_provider(credentials.clone())
                .identity_cache(Sessions::cache());
            objects = objects.with(credentials);
        }
        Clients {
            dynamo: aws_sdk_dynamodb::Client::from_conf(dynamo.build()),
            objects,
        }
    }
}
