//! Deliveries as they begin: to whom, with what, not yet sent.

use jiff::Timestamp;
use plimsoll_model::{
    Delivery, DeliveryContent, DeliveryId, DeliveryState, Destination, Incident, IncidentId,
};
use serde::Serialize;

use crate::document::Person;

/// Whether a Slack destination is a place with threads that several people read, not a person.
pub(super) fn is_channel(destination: &Destination) -> bool {
    matches!(destination, Destination::Slack(to) if !to.starts_with(['U', 'W', 'D']))
}

pub(super) fn destination_of(person: &Person) -> Option<Destination> {
    match (&person.slack, &person.email) {
        (Some(id), _) => Some(Destination::Slack(id.clone())),
        (None, Some(address)) => Some(Destination::Email(address.clone())),
        (None, None) => None,
    }
}

pub(super) fn delivery(
    incident: &Incident,
    step: &str,
    destination: Destination,
    message: &str,
    context: &impl Serialize,
    now: Timestamp,
) -> Delivery {
    let key = destination.key();
    pending(
        DeliveryId::of(&[incident.id.as_str(), step, &key]),
        Some(incident.id.clone()),
        step,
        destination,
        message,
        context,
        now,
    )
}

pub(super) fn pending(
    id: DeliveryId,
    incident: Option<IncidentId>,
    step: &str,
    destination: Destination,
    message: &str,
    context: &impl Serialize,
    now: Timestamp,
) -> Delivery {
    Delivery {
        id,
        incident,
        step: step.to_owned(),
        destination,
        content: DeliveryContent {
            message: message.to_owned(),
            context: serde_json::to_value(context).unwrap_or_default(),
            edits: None,
            thread: None,
        },
        state: DeliveryState::Pending { not_before: now },
        created: now,
        attempts: 0,
        trouble: None,
    }
}
