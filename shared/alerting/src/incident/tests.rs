use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_model::{
    Change, ChangeKind, Cluster, ClusterId, ConnectionId, DeliveryState, Destination, FindingState,
    Fingerprint, FingerprintParts, Lease, PolicyId, Provider, Readable, ReasonCode, ResourceRef,
    ScanCounts, ScanId, Severity, Stage, TenantId,
};

use super::*;
use crate::chain::Chain;
use crate::document::EscalationPolicy;
use crate::route::{IncidentFacts, route};

mod answers;
mod any;
mod changes;
mod connection;
mod opening;
mod unreadable;
mod wakes;

/// Monday, 02:10 in Berlin.
const NIGHT: &str = "2026-11-16T01:10:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn fingerprint(name: &str) -> Fingerprint {
    Fingerprint::of(&FingerprintParts {
        policy: "privileged-container",
        scope: "c",
        group: "apps",
        kind: "Deployment",
        namespace: "payments",
        name,
        element: "app",
    })
}

fn finding(name: &str) -> Finding {
    Finding {
        fingerprint: fingerprint(name),
        cluster: ClusterId::of(&["c"]),
        policy: PolicyId::new("privileged-container"),
        title: "Container runs privileged".to_owned(),
        severity: Severity::Critical,
        resource: Arc::new(ResourceRef {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            namespace: Some("payments".to_owned()),
            name: Some(name.to_owned()),
            ..ResourceRef::default()
        }),
        element: Some("app".to_owned()),
        paths: vec!["spec.template.spec.containers[0].securityContext.privileged".to_owned()],
        observed: Some("true".to_owned()),
        message: "container app runs privileged".to_owned(),
        state: FindingState::Open,
        excepted: None,
        first_seen: at(NIGHT),
        reopened: None,
        resolved: None,
        scan: ScanId::of_slot(&ClusterId::of(&["c"]), at(NIGHT)),
    }
}

fn change(name: &str, what: ChangeKind) -> Change {
    Change {
        fingerprint: fingerprint(name),
        policy: PolicyId::new("privileged-container"),
        severity: Severity::Critical,
        what,
    }
}

/// A small world: one tenant, one cluster, one policy, three findings.
struct World {
    tenant: Tenant,
    links: Links,
    cluster: Cluster,
    document: EscalationPolicy,
    words: PolicyWords,
    findings: Vec<Finding>,
    scan: ScanId,
    severity: Severity,
}

impl World {
    fn new() -> Self {
        Self::with(include_str!("../document/example.yaml"))
    }

    fn with(document: &str) -> Self {
        let id = ClusterId::of(&["c"]);
        Self {
            tenant: Tenant {
                id: TenantId::of(&["acme"]),
                slug: "acme".to_owned(),
                name: "Acme".to_owned(),
                slack: None,
                mail: None,
                escalation_version: 1,
                last_incident_number: 0,
            },
            links: Links {
                base: Some("https://plimsoll.example".to_owned()),
                buttons: true,
            },
            cluster: Cluster {
                id: id.clone(),
                connection: ConnectionId::of(&["con"]),
                name: "prod-eu-1".to_owned(),
                provider: Provider::Eks,
                region: None,
                account: None,
                version: None,
                stage: Stage::Prod,
                readable: Readable::Yes,
                next_scan: at(NIGHT),
                last_scan: None,
                last_scan_at: Some(at(NIGHT)),
                counts: ScanCounts::default(),
                open: vec![(Severity::Critical, 2), (Severity::Low, 110)],
                scores: Vec::new(),
                manifest: None,
                pending_manifest: None,
                tags: Default::default(),
                lease: Lease::default(),
            },
            document: EscalationPolicy::parse(document).unwrap(),
            words: PolicyWords {
                title: "Container runs privileged".to_owned(),
                plural: "containers run privileged".to_owned(),
                why: "A privileged container can take over its node.".to_owned(),
                fix: "Remove securityContext.privileged.".to_owned(),
                patch: Some("- privileged: true".to_owned()),
                controls: vec!["CIS EKS 4.2.1".to_owned()],
            },
            findings: ["ledger", "agent", "web"].map(finding).to_vec(),
            scan: ScanId::of_slot(&id, at(NIGHT)),
            severity: Severity::Critical,
        }
    }

    fn topic(&self) -> Topic<'_> {
        Topic::Policy {
            words: &self.words,
            findings: &self.findings,
        }
    }

    fn scene(&self, now: &str) -> Scene<'_> {
        Scene {
            tenant: &self.tenant,
            links: &self.links,
            now: at(now),
        }
    }

    fn facts<'a>(
        &'a self,
        policy: Option<&'a PolicyId>,
        tags: &'a BTreeMap<String, String>,
    ) -> IncidentFacts<'a> {
        IncidentFacts {
            severity: self.severity,
            stage: self.cluster.stage,
            cluster: &self.cluster.name,
            policy,
            tags,
        }
    }

    fn chain(&self, policy: Option<&PolicyId>) -> Chain {
        let tags = BTreeMap::new();
        let matches = route(&self.document, &self.facts(policy, &tags));
        Chain::of(&self.document, &matches, self.severity, self.cluster.stage).unwrap()
    }

    /// Opens the incident of the policy with these findings.
    fn open(&self, names: &[&str], now: &str) -> Outcome {
        let policy = PolicyId::new("privileged-container");
        let opening = Opening {
            cluster: &self.cluster,
            scan: &self.scan,
            number: 1042,
            policy: Some(&policy),
            severity: self.severity,
            open: names.iter().map(|name| fingerprint(name)).collect(),
            chain: self.chain(Some(&policy)),
            due: self.document.due(self.severity, Stage::Prod, at(now)),
        };
        open_incident(opening, &self.topic(), &self.scene(now))
    }

    fn change(&self, incident: &Incident, changes: &[Change], now: &str) -> Outcome {
        apply_changes(incident.clone(), changes, &self.topic(), &self.scene(now))
    }

    /// Handles the incident's own wake-up at the moment it is due.
    fn wake(&self, incident: &Incident) -> Outcome {
        let wake_up = incident.wake_up.clone().unwrap();
        let now = wake_up.at.to_string();
        on_wake_up(
            incident.clone(),
            &wake_up,
            false,
            &self.topic(),
            &self.scene(&now),
        )
    }
}

/// Deliveries in a line each: where, what, and whether it edits (`~`) or replies (`>`).
fn lines(outcome: &Outcome) -> Vec<String> {
    outcome
        .deliveries
        .iter()
        .map(|delivery| {
            let content = &delivery.content;
            let mark = match (&content.edits, &content.thread) {
                (Some(_), _) => "~",
                (None, Some(_)) => ">",
                (None, None) => "",
            };
            format!("{mark}{} {}", delivery.destination.key(), content.message)
        })
        .collect()
}

fn context(outcome: &Outcome, index: usize) -> crate::context::IncidentContext {
    serde_json::from_value(outcome.deliveries[index].content.context.clone()).unwrap()
}

fn ids(outcome: &Outcome) -> Vec<String> {
    outcome
        .deliveries
        .iter()
        .map(|delivery| delivery.id.to_string())
        .collect()
}
