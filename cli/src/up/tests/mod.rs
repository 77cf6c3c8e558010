//! The service through several nights of one small cluster, whose Deployment each test sets.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../tests/support/api.rs"]
mod api;
mod attestations;
mod exceptions;
mod own_policies;

use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::Links;
use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::{Cluster, Finding, Incident, TenantId};
use plimsoll_runtime::Clock;
use plimsoll_store::{Store, TenantStore};
use scan_cluster::Reach;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Config, InForce, Own, Service, TenantFiles, prepare, tenants};

/// Tuesday 27 October 2026, 02:10 in Berlin.
const FIRST_NIGHT: i64 = 1_793_063_400;

const CONFIG: &str = r#"
[service]
scan_every = "24h"
[[tenant]]
id = "acme"
name = "Acme"
escalation = "acme.escalation.yaml"
slack = { directory = "slack" }
[[tenant.connection]]
kube_context = "prod-eu-1"
"#;

const ESCALATION: &str = "version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { slack: '#security' } } ], repeat: 14d } }
";

/// A folder that processes live on one after the other, and the cluster they scan.
struct Nights {
    folder: TempDir,
    clock: Clock,
    shown: Arc<Mutex<Value>>,
}

fn night(number: i64) -> Timestamp {
    Timestamp::from_second(FIRST_NIGHT + number * 24 * 3600).unwrap()
}

/// A Deployment with a privileged container.
fn deployment(annotations: &Value) -> Value {
    json!({
        "metadata": { "name": "ledger", "namespace": "payments", "uid": "u", "annotations": annotations },
        "spec": { "template": { "spec": { "containers": [
            { "name": "app", "image": "a:1", "securityContext": { "privileged": true } },
        ] } } },
    })
}

impl Nights {
    fn new() -> Self {
        let _another_is_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let shown = Arc::new(Mutex::new(json!([])));
        let answers = shown.clone();
        let kubeconfig = api::serve(move |path| {
            let items = match path.split('?').next().unwrap() {
                "/version" => {
                    return (
                        200,
                        r#"{"major":"1","minor":"34","gitVersion":"v1.34.2"}"#.to_owned(),
                    );
                }
                "/apis/apps/v1/deployments" => answers.lock().unwrap().clone(),
                "/api/v1/nodes" => json!([{ "metadata": { "name": "one", "uid": "n" } }]),
                "/api/v1/namespaces" => json!([{ "metadata": { "name": "payments" } }]),
                _ => json!([]),
            };
            (
                200,
                json!({ "kind": "List", "metadata": {}, "items": items }).to_string(),
            )
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kubeconfig"), kubeconfig).unwrap();
        Self {
            folder,
            clock: Clock::by_hand(night(0)),
            shown,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn show(&self, annotations: &Value) {
        *self.shown.lock().unwrap() = json!([deployment(annotations)]);
    }

    /// A process that starts in night `number` and does what there is to do.
    async fn start(&self, number: i64) -> Service {
        self.start_with(number, "").await.0
    }

    /// The same with these lines more about the tenant.
    async fn start_with(&self, number: i64, tenant: &str) -> (Service, InForce) {
        self.clock.set(night(number));
        let slack = "slack = { directory = \"slack\" }\n";
        let text = CONFIG.replace(slack, &format!("{slack}{tenant}"));
        let config = Config::parse(&text).unwrap();
        let file = self.path().join("plimsoll.toml");
        std::fs::write(&file, &text).unwrap();
        let service = Service {
            store: Store::embedded(Some(&self.path().join("data")))
                .await
                .unwrap(),
            catalogue: plimsoll_catalogue::built_in().unwrap(),
            reach: Reach {
                sdk: super::sdk(&config).await,
                pace: Arc::new(Pace::unlimited()),
                allowed: AllowedNetworks::parse(&["127.0.0.0/8"]).unwrap(),
                patience: Patience::default(),
                kubeconfig: Some(self.path().join("kubeconfig")),
                keys: scan_cluster::Keys::default(),
                clock: self.clock.clone(),
            },
            channels: tenants::channels(&config, &file, None).await.unwrap(),
            links: Links {
                base: None,
                buttons: false,
            },
            clock: self.clock.clone(),
            every: config.scan_every(),
            domain: "plimsoll.example".to_owned(),
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let own = Own::read(&file, &text, &config.tenants[0], &service.catalogue);
        let files = [TenantFiles {
            escalation: ESCALATION.to_owned(),
            own: own.unwrap(),
            attested: config.tenants[0].attested(&file, &service.catalogue, night(number)),
            connections: config.tenants[0]
                .connections
                .iter()
                .map(|one| one.get_ref().clone())
                .collect(),
        }];
        let in_force = prepare(&service, &config, &files).await.unwrap();
        self.work(&service).await;
        (service, in_force.into_iter().next().unwrap())
    }

    /// Goes on to night `number`.
    async fn go_on(&self, service: &Service, number: i64) {
        self.clock.set(night(number));
        self.work(service).await;
        self.clock.set(night(number) + SignedDuration::from_mins(5));
        self.work(service).await;
    }

    async fn work(&self, service: &Service) {
        service.tick().await.unwrap();
        service.drain().await.unwrap();
    }
}

fn acme(service: &Service) -> TenantStore {
    service.store.of(&TenantId::of(&["acme"]))
}

async fn cluster(service: &Service) -> Cluster {
    let mut clusters = acme(service).list_clusters().await.unwrap();
    assert_eq!(clusters.len(), 1);
    clusters.remove(0)
}

/// The findings of a policy.
async fn findings(service: &Service, policy: &str) -> Vec<Finding> {
    let cluster = cluster(service).await;
    let mut all = acme(service).cluster_findings(&cluster.id).await.unwrap();
    all.retain(|finding| finding.policy.as_str() == policy);
    all
}

/// The open incidents of a policy.
async fn incidents(service: &Service, policy: &str) -> Vec<Incident> {
    let mut all = acme(service).open_incidents(None).await.unwrap();
    all.retain(|incident| {
        incident
            .policy
            .as_ref()
            .is_some_and(|id| id.as_str() == policy)
    });
    all
}

/// The audit trail of October and November.
async fn audit(service: &Service, action: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for month in [night(0), night(10)] {
        lines.extend(acme(service).list_audit(month).await.unwrap());
    }
    lines.retain(|line| line.action == action);
    lines.into_iter().map(|line| line.text).collect()
}
