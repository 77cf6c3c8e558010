//! The running world.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::account::Replies;
use crate::cluster::{Address, Cluster};
use crate::error::WorldError;
use crate::faults::{Fault, Faults};
use crate::identity::{Credentials, VENDOR_PRINCIPAL};
use crate::kubeconfig::kubeconfig;
use crate::requests::{Request, Requests};
use crate::server::{Front, listen};
use crate::state::{Clock, Shared};
use crate::tenants::tenants;
use crate::tls;
use crate::trust::Roles;

/// How a world starts.
pub struct WorldConfig {
    /// The world's time: it judges signatures, sessions and tokens, and dates the answers.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// How far the time of a signed AWS request may be off; AWS allows five minutes. `None` checks
    /// no times of requests (expired sessions and EKS tokens are refused all the same).
    pub max_skew: Option<SignedDuration>,
}

impl WorldConfig {
    /// A world with the given clock and AWS's own five minutes.
    #[must_use]
    pub fn new(clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            clock: Arc::new(clock),
            max_skew: Some(SignedDuration::from_mins(5)),
        }
    }
}

/// The operator's own AWS credentials: an access key and its secret, no session token.
#[derive(Clone, PartialEq, Eq)]
pub struct VendorCredentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key (of the example world only).
    pub secret: String,
}

/// The example world: servers on 127.0.0.1 that end when this is dropped.
pub struct World {
    shared: Arc<Shared>,
    aws_endpoint: String,
    servers: JoinSet<()>,
}

impl World {
    /// Reads the embedded data, makes the certificates and listens on free ports.
    ///
    /// # Errors
    /// If there is no free port, or the embedded data is broken.
    pub async fn start(config: WorldConfig) -> Result<Self, WorldError> {
        let clock: Clock = config.clock;
        let first_night = clock();
        let (aws, aws_endpoint) = bind("http").await?;
        let mut fronts = vec![(aws, Front::Aws)];
        let mut clusters = Vec::new();
        for tenant in tenants()? {
            for account in tenant.accounts {
                for cluster in account.clusters {
                    let tls = tls::identity(&cluster.name)?;
                    let (listener, endpoint) = bind("https").await?;
                    let address = Address {
                        endpoint,
                        certificate_authority: tls.authority,
                    };
                    fronts.push((
                        listener,
                        Front::Cluster(clusters.len(), TlsAcceptor::from(tls.server)),
                    ));
                    clusters.push(Cluster::load(
                        &tenant.id,
                        &account.id,
                        &cluster.name,
                        address,
                        first_night,
                    )?);
                }
            }
        }
        let shared = Arc::new(Shared {
            clock,
            max_skew: config.max_skew,
            credentials: Credentials::new(),
            roles: Roles::default(),
            clusters,
            deleted: Mutex::default(),
            week: AtomicU32::new(0),
            faults: Faults::default(),
            replies: Replies::default(),
            requests: Requests::default(),
            request_number: AtomicU64::new(0),
        });
        let mut servers = JoinSet::new();
        for (listener, front) in fronts {
            servers.spawn(listen(listener, Arc::clone(&shared), front));
        }
        Ok(Self {
            shared,
            aws_endpoint,
            servers,
        })
    }

    /// Ends all servers and waits until they have ended.
    pub async fn shutdown(mut self) {
        self.servers.shutdown().await;
    }

    /// The endpoint of all AWS services, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn aws_endpoint(&self) -> String {
        self.aws_endpoint.clone()
    }

    /// The credentials of the operator's scanning principal, [`VENDOR_PRINCIPAL`](crate::VENDOR_PRINCIPAL).
    #[must_use]
    pub fn vendor_credentials(&self) -> VendorCredentials {
        let vendor = self.shared.credentials.vendor();
        let (access_key, secret) = vendor.map(|v| (v.access_key, v.secret)).unwrap_or_default();
        VendorCredentials { access_key, secret }
    }

    /// The environment under which an unchanged AWS client in another process talks to this world.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let vendor = self.vendor_credentials();
        vec![
            ("AWS_ACCESS_KEY_ID", vendor.access_key),
            ("AWS_SECRET_ACCESS_KEY", vendor.secret),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ENDPOINT_URL_STS", self.aws_endpoint()),
            ("AWS_ENDPOINT_URL_EKS", self.aws_endpoint()),
            ("AWS_ENDPOINT_URL_EC2", self.aws_endpoint()),
        ]
    }

    /// Makes a tenant's role, or changes its trust policy: it admits the principal (an ARN, or an
    /// account's `:root`), and only with this ExternalId if one is given. What the customer's stack
    /// does with the ExternalId that Plimsoll made.
    pub fn trust(&self, account: &str, role: &str, principal: &str, external_id: Option<&str>) {
        self.shared.roles.put(account, role, principal, external_id);
    }

    /// As [`World::trust`] for the operator's principal.
    pub fn trust_vendor(&self, account: &str, role: &str, external_id: &str) {
        self.trust(account, role, VENDOR_PRINCIPAL, Some(external_id));
    }

    /// Deletes a role: the customer removed the stack.
    pub fn delete_role(&self, account: &str, role: &str) {
        self.shared.roles.remove(account, role);
    }

    /// Moves all clusters to the state of a week; 0 is the first night. Weeks after the last change
    /// look like that one.
    pub fn set_week(&self, week: u32) {
        self.shared.week.store(week, Ordering::SeqCst);
    }

    /// Takes a cluster out of EKS.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn delete_cluster(&self, cluster: &str) -> Result<(), WorldError> {
        let name = self.find(cluster)?.name.clone();
        let deleted = self.shared.deleted.lock();
        deleted.unwrap_or_else(PoisonError::into_inner).insert(name);
        Ok(())
    }

    /// Adds or replaces objects of a cluster (YAML documents) on top of what the weeks say.
    ///
    /// # Errors
    /// If there is no such cluster or the YAML is not what the cluster serves; then nothing changes.
    pub fn put(&self, cluster: &str, yaml: &str) -> Result<(), WorldError> {
        self.find(cluster)?
            .put(yaml, self.shared.week.load(Ordering::SeqCst))
    }

    /// Changes or deletes objects of a cluster, in the form of the `changes.yaml` files: a list of
    /// `{ object: Deployment payments/ledger, why: …, set: {…}, remove: […], delete: true }`.
    ///
    /// # Errors
    /// If the cluster or an object does not exist, or nothing would change; then nothing changes.
    pub fn change(&self, cluster: &str, yaml: &str) -> Result<(), WorldError> {
        self.find(cluster)?
            .change(yaml, self.shared.week.load(Ordering::SeqCst))
    }

    /// The address of a cluster's API server, `https://127.0.0.1:PORT`, as EKS tells it.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn cluster_endpoint(&self, cluster: &str) -> Result<String, WorldError> {
        Ok(self.find(cluster)?.endpoint.clone())
    }

    /// A kubeconfig (its only context has the cluster's name) with a token of the role in the
    /// cluster's account, good for 15 minutes of the world's clock. The role need not trust anybody:
    /// this is the customer's own login.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn kubeconfig(&self, cluster: &str, role: &str) -> Result<String, WorldError> {
        let (cluster, credentials) = (self.find(cluster)?, &self.shared.credentials);
        Ok(kubeconfig(
            cluster,
            role,
            credentials,
            (self.shared.clock)(),
        ))
    }

    /// Orders a failure.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Takes all ordered failures back.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Puts an answer of an account beside those of the files, or in the place of one: `path` is what its file would be
    /// called below `data/accounts/`, `471100000815/eu-central-1/kms/GetKeyPolicy.json`.
    pub fn put_reply(&self, path: &str, text: &str) {
        self.shared.replies.put(path, text);
    }

    /// Everything that was asked so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.all()
    }

    fn find(&self, cluster: &str) -> Result<&Cluster, WorldError> {
        self.shared
            .cluster(cluster)
            .ok_or_else(|| WorldError::NoSuchCluster(cluster.to_owned()))
    }
}

async fn bind(scheme: &str) -> Result<(TcpListener, String), WorldError> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(WorldError::Listen)?;
    let address = listener.local_addr().map_err(WorldError::Listen)?;
    Ok((listener, format!("{scheme}://{address}")))
}

#[cfg(test)]
mod tests;
