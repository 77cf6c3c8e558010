//! Takes the incident steps that are due: escalation, repeats, acknowledgements and snoozes that end, deadlines.

mod matter;

use plimsoll_alerting::{Outcome, Topic, on_wake_up};
use plimsoll_model::Incident;
use plimsoll_store::{DueItem, DueKind, DueWork, IncidentWrite, StoreError};
use route_findings::{Desk, Dossier, RouteError};

use self::matter::Matter;

/// How often a decision is made anew when somebody else has written the incident meanwhile.
const ATTEMPTS: usize = 5;

/// One tick: every incident whose wake-up is due at the desk's time. Returns how many changed.
///
/// # Errors
/// When the store fails; the tick that follows goes on from there.
pub async fn handle(desk: &Desk<'_>) -> Result<usize, RouteError> {
    let mut changed = 0;
    loop {
        let batch = desk.store.due().list(DueKind::Incident, desk.now).await?;
        for item in &batch.items {
            changed += usize::from(wake(desk, item).await?);
        }
        desk.store
            .due()
            .advance(DueKind::Incident, batch.reached)
            .await?;
        if batch.reached >= desk.now {
            return Ok(changed);
        }
    }
}

async fn wake(desk: &Desk<'_>, item: &DueItem) -> Result<bool, RouteError> {
    let DueWork::Incident(id) = &item.work else {
        return Ok(false);
    };
    let dossier = desk.open(&item.tenant).await?;
    for _ in 0..ATTEMPTS {
        let incident = dossier.store.get_incident(id).await?;
        // The index may show an entry that its item no longer has: then this wake-up is stale.
        let Some(wake_up) = incident
            .wake_up
            .clone()
            .filter(|wake_up| wake_up.at <= desk.now)
        else {
            return Ok(false);
        };
        let read = incident.revision;
        let Some(matter) = Matter::of(desk, &dossier, &incident).await? else {
            return Ok(false);
        };
        let scene = desk.scene(&dossier);
        let (muted, topic) = (matter.is_muted(), matter.topic());
        let outcome = on_wake_up(incident, &wake_up, muted, &topic, &scene);
        if !outcome.changed(read) {
            return Ok(false);
        }
        if write(desk, &dossier, &outcome, read).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Conflict(id.to_string()).into())
}

/// Writes an outcome and tells the queue; false when it has to be decided anew. Also for answers of people.
///
/// # Errors
/// When the store fails.
pub async fn write(
    desk: &Desk<'_>,
    dossier: &Dossier,
    outcome: &Outcome,
    read: u64,
) -> Result<bool, RouteError> {
    let write = IncidentWrite {
        incident: &outcome.incident,
        read: Some(read),
        deliveries: &outcome.deliveries,
        log: &outcome.log,
        part: None,
        now: desk.now,
    };
    match dossier.store.write_incident(&write).await {
        Ok(_) => {
            desk.enqueue(dossier, &outcome.deliveries).await?;
            Ok(true)
        }
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Lets `answer` decide on an incident as it is now, and writes that: how an acknowledgement or a snooze is taken.
///
/// # Errors
/// When the store fails, or others keep writing the incident.
pub async fn answer(
    desk: &Desk<'_>,
    dossier: &Dossier,
    id: &plimsoll_model::IncidentId,
    answer: impl Fn(Incident, &Topic<'_>, &plimsoll_alerting::Scene<'_>) -> Outcome,
) -> Result<(), RouteError> {
    for _ in 0..ATTEMPTS {
        let incident = dossier.store.get_incident(id).await?;
        let read = incident.revision;
        let Some(matter) = Matter::of(desk, dossier, &incident).await? else {
            return Ok(());
        };
        let outcome = answer(incident, &matter.topic(), &desk.scene(dossier));
        if !outcome.changed(read) || write(desk, dossier, &outcome, read).await? {
            return Ok(());
        }
    }
    Err(StoreError::Conflict(id.to_string()).into())
}
