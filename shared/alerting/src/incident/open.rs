//! An incident opens.

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_model::{
    Cluster, Fingerprint, Incident, IncidentId, IncidentState, PolicyId, ScanId, Severity,
};

use super::wake::take_step;
use super::{Outcome, Scene, Topic, log, set_wake_up};
use crate::chain::Chain;
use crate::context::{capital, no_longer};
use crate::decide::Reason;
use crate::route::UNREADABLE;
use crate::step::Position;

/// What an incident begins with.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// Where; for a connection what stands for it ([`plimsoll_model::Connection::as_scope`]).
    pub cluster: &'a Cluster,
    /// The scan that opens it.
    pub scan: &'a ScanId,
    /// Its running number.
    pub number: u32,
    /// The policy; none for a cluster that cannot be read, and for a connection.
    pub policy: Option<&'a PolicyId>,
    /// How bad.
    pub severity: Severity,
    /// The findings that open it; none for a cluster that cannot be read.
    pub open: BTreeSet<Fingerprint>,
    /// Who is told.
    pub chain: Chain,
    /// When it is to be fixed by.
    pub due: Option<Timestamp>,
}

impl Opening<'_> {
    /// The incident's id: of its cluster, its policy and the scan that opens it, so that a repeat opens the same one.
    #[must_use]
    pub fn id(&self) -> IncidentId {
        let policy = self.policy.map_or(UNREADABLE, PolicyId::as_str);
        IncidentId::of(&[self.cluster.id.as_str(), policy, self.scan.as_str()])
    }
}

/// Opens an incident and takes the first step of its chain.
#[must_use]
pub fn open_incident(opening: Opening<'_>, topic: &Topic<'_>, scene: &Scene<'_>) -> Outcome {
    let id = opening.id();
    let title = match topic {
        Topic::Policy { words, .. } => words.incident_title(),
        Topic::Unreadable { .. } => "Cannot be read".to_owned(),
        Topic::Connection { trouble, .. } => capital(no_longer(trouble)),
    };
    let incident = Incident {
        id,
        number: opening.number,
        cluster: opening.cluster.id.clone(),
        cluster_name: opening.cluster.shown_name(),
        stage: opening.cluster.stage,
        connection: match topic {
            Topic::Connection { connection, .. } => Some((*connection).clone()),
            _ => None,
        },
        policy: opening.policy.cloned(),
        title,
        severity: opening.severity,
        total: u32::try_from(opening.open.len()).unwrap_or(u32::MAX),
        open: opening.open,
        state: IncidentState::Open,
        opened: scene.now,
        due: opening.due,
        escalation: opening.chain.to_json(),
        escalation_name: opening.chain.name.clone(),
        step: 0,
        round: 0,
        told: BTreeSet::new(),
        told_at: None,
        audience: Vec::new(),
        chain_at: None,
        overdue_told: false,
        wake_up: None,
        revision: 1,
    };
    let reason = if incident.policy.is_some() {
        Reason::First
    } else {
        Reason::Unreadable
    };
    let begin = Position { step: 0, round: 0 };
    let mut outcome = take_step(&incident, begin, reason, topic, scene, incident.clone());
    let way = opening.chain.path.join(" → ");
    outcome.log.insert(
        0,
        log(
            scene.now,
            reason,
            format!("Opened with {}: {way}.", opening.chain.name),
        ),
    );
    set_wake_up(&mut outcome.incident, scene.now);
    outcome
}
