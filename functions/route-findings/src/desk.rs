//! What everybody who tells people something needs at hand: the tenant's settings and policy, words about policies, and
//! the way to the delivery queue. Also used by `escalate-incidents` and `send-summaries`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_alerting::{EscalationPolicy, Links, PolicyWords, Scene};
use plimsoll_model::{
    Delivery, DeliveryJob, Exception, Finding, Incident, Message, PolicyId, Tenant, TenantId,
};
use plimsoll_policy::{Catalogue, CatalogueFile, Policy};
use plimsoll_store::{Store, StoreError, TenantStore};

use crate::RouteError;

/// The desk: store, catalogue, links.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The store.
    pub store: &'a Store,
    /// What policies say of themselves.
    pub catalogue: &'a Catalogue,
    /// Where messages point to.
    pub links: &'a Links,
    /// The time.
    pub now: Timestamp,
}

/// One tenant's file on the desk.
#[derive(Debug)]
pub struct Dossier {
    /// Its data.
    pub store: TenantStore,
    /// Its settings.
    pub tenant: Tenant,
    /// Its escalation policy in force; none before it has one.
    pub policy: Option<EscalationPolicy>,
    /// Its exceptions, those that have ended as well.
    pub exceptions: Vec<Exception>,
    /// The policies of its own that are in force.
    pub own: Vec<Policy>,
}

impl Desk<'_> {
    /// Opens a tenant's file.
    ///
    /// # Errors
    /// When the store fails, or the stored policy cannot be read any more.
    pub async fn open(&self, tenant: &TenantId) -> Result<Dossier, RouteError> {
        let store = self.store.of(tenant);
        let settings = store.get_tenant().await?;
        let policy = match settings.escalation_version {
            0 => None,
            version => {
                let text = store.get_escalation(version).await?.text;
                let parsed = EscalationPolicy::parse(&text);
                Some(parsed.map_err(|errors| {
                    RouteError::Document(
                        errors.first().map_or_else(String::new, ToString::to_string),
                    )
                })?)
            }
        };
        let exceptions = store.list_exceptions().await?;
        let own = store.active_policies().await?;
        let own = own.into_iter().filter_map(|version| {
            let file = CatalogueFile {
                path: format!("{}/policy.yaml", version.id),
                text: version.text?,
            };
            // One that cannot be read any more finds nothing; it is named by its id.
            Catalogue::load(&[file]).ok()?.policies.pop()
        });
        let own = own.collect();
        Ok(Dossier {
            store,
            tenant: settings,
            policy,
            exceptions,
            own,
        })
    }

    /// The scene for transitions of a tenant's incidents.
    #[must_use]
    pub fn scene<'s>(&'s self, dossier: &'s Dossier) -> Scene<'s> {
        Scene {
            tenant: &dossier.tenant,
            links: self.links,
            now: self.now,
        }
    }

    /// A policy that is built in, or the tenant's own.
    #[must_use]
    pub fn policy<'d>(&'d self, dossier: &'d Dossier, id: &PolicyId) -> Option<&'d Policy> {
        let own = || dossier.own.iter().find(|policy| policy.id == *id);
        self.catalogue.policy(id.as_str()).or_else(own)
    }

    /// What a policy says of itself; a policy that is gone from the catalogue is named by its id.
    #[must_use]
    pub fn words(&self, dossier: &Dossier, id: &PolicyId) -> PolicyWords {
        let Some(policy) = self.policy(dossier, id) else {
            return PolicyWords {
                title: id.to_string(),
                plural: String::new(),
                why: String::new(),
                fix: String::new(),
                patch: None,
                controls: Vec::new(),
            };
        };
        PolicyWords {
            title: policy.title.clone(),
            plural: policy.plural.clone(),
            why: policy.why.clone(),
            fix: policy.fix.clone(),
            patch: None,
            controls: self.catalogue.control_names(policy),
        }
    }

    /// Tells the queue of new deliveries. They are in the table already: a failure only makes them late.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn enqueue(
        &self,
        dossier: &Dossier,
        deliveries: &[Delivery],
    ) -> Result<(), StoreError> {
        let message = |delivery: &Delivery| {
            Message::DeliveryJob(DeliveryJob {
                tenant: dossier.tenant.id.clone(),
                incident: delivery.incident.clone(),
                delivery: delivery.id.clone(),
                key: dossier.store.delivery_sort_key(delivery),
            })
        };
        let messages: Vec<Message> = deliveries.iter().map(message).collect();
        self.store.queues().send_all(&messages).await
    }
}

impl Dossier {
    /// Whether an exception covers the finding: one that its resource says, or one of the tenant that counts at `now`.
    #[must_use]
    pub fn excepts(&self, finding: &Finding, now: Timestamp) -> bool {
        finding.excepted.is_some()
            || self
                .exceptions
                .iter()
                .any(|exception| covers(exception, finding, now))
    }

    /// The findings that an incident's message may name: those in it, and `also`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn findings(
        &self,
        incident: &Incident,
        also: impl IntoIterator<Item = plimsoll_model::Fingerprint>,
    ) -> Result<Vec<Finding>, StoreError> {
        let wanted: BTreeSet<_> = incident
            .open
            .iter()
            .chain(&incident.told)
            .copied()
            .chain(also)
            .collect();
        Ok(self
            .store
            .get_findings(&incident.cluster, wanted)
            .await?
            .into_values()
            .collect())
    }
}

fn covers(exception: &Exception, finding: &Finding, now: Timestamp) -> bool {
    exception.expires.is_none_or(|end| now < end)
        && exception.policy == finding.policy
        && exception
            .cluster
            .as_ref()
            .is_none_or(|cluster| *cluster == finding.cluster)
        && exception
            .namespace
            .as_ref()
            .is_none_or(|namespace| finding.resource.namespace.as_ref() == Some(namespace))
        && exception
            .fingerprint
            .is_none_or(|fingerprint| fingerprint == finding.fingerprint)
}
