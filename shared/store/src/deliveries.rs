//! Deliveries: claimed by a conditional write before sending, marked after. Nobody sends what another is sending.

use jiff::Timestamp;
use plimsoll_model::{Delivery, DeliveryId, DeliveryState, IncidentId, OutboxId};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::incidents::Written;
use crate::item::{Item, attribute, decode, decode_json, encode, json, number, number_of};
use crate::keys::{Key, PK};
use crate::scans::SWEEP_AFTER;
use crate::transaction::{Aborted, MOST_ACTIONS};
use crate::{StoreError, TenantStore};

/// Counts the writes of a delivery's state.
const VERSION: &str = "version";

/// What becomes of a delivery whose sender claimed it and was not heard of again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenLapsed {
    /// It is sent again: at least once.
    SendAgain,
    /// It is given up, because it may have been sent: at most once.
    GiveUp,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq)]
pub enum DeliveryClaim {
    /// Ours to send.
    Granted(ClaimedDelivery),
    /// Not to be sent before then.
    NotYet(Timestamp),
    /// Somebody else is sending it until then.
    Busy(Timestamp),
    /// It is sent or given up.
    Settled(Delivery),
}

/// A delivery that we may send, until the time in its state.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedDelivery {
    /// The delivery; its attempts include this one.
    pub delivery: Delivery,
    version: u64,
}

impl TenantStore {
    /// Puts deliveries that belong to no incident (first scan, summary, test message), each unless it is there already,
    /// and with them the marker of the part of the outbox item they act on, if they do.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or they are more than one transaction holds (99).
    pub async fn put_deliveries(
        &self,
        deliveries: &[Delivery],
        part: Option<(&OutboxId, &str)>,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let mut left: Vec<&Delivery> = deliveries.iter().collect();
        if left.len() >= MOST_ACTIONS {
            return Err(StoreError::other(format!(
                "{} deliveries at once",
                left.len()
            )));
        }
        loop {
            let mut transaction = self.transaction();
            if let Some((outbox, part)) = part {
                let marker = self.part_item(outbox, part, now);
                transaction.put(marker, &Expression::new().require_absent(PK))?;
            }
            let markers = transaction.len();
            for delivery in &left {
                transaction.put(
                    self.delivery_item(delivery)?,
                    &Expression::new().require_absent(PK),
                )?;
            }
            match transaction.run(self.client()).await {
                Ok(()) => return Ok(Written::Now),
                Err(Aborted::Refused(actions)) if markers > 0 && actions.contains(&0) => {
                    return Ok(Written::Before);
                }
                Err(Aborted::Refused(actions)) => {
                    let mut index = markers;
                    left.retain(|_| {
                        index += 1;
                        !actions.contains(&(index - 1))
                    });
                }
                Err(Aborted::Failed(error)) => return Err(error),
            }
        }
    }

    /// A delivery, by its incident and sort key as they stand in its message.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_delivery(
        &self,
        incident: Option<&IncidentId>,
        key: &str,
    ) -> Result<Delivery, StoreError> {
        let key = Key::new(self.keys().deliveries(incident), key);
        Ok(read(self.expect(&key, "the delivery").await?)?.delivery)
    }

    /// A delivery by its id, for those that edit or follow it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn find_delivery(
        &self,
        incident: Option<&IncidentId>,
        id: &DeliveryId,
    ) -> Result<Delivery, StoreError> {
        let deliveries = self.list_deliveries(incident).await?;
        deliveries
            .into_iter()
            .find(|delivery| delivery.id == *id)
            .ok_or_else(|| StoreError::NotFound(id.to_string()))
    }

    /// All deliveries of an incident, or all that belong to none, by step.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_deliveries(
        &self,
        incident: Option<&IncidentId>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let prefix = if incident.is_some() { "D#" } else { "" };
        let items = self.all(&self.keys().deliveries(incident), prefix).await?;
        items
            .into_iter()
            .map(|item| Ok(read(item)?.delivery))
            .collect()
    }

    /// Claims a delivery until `until`, by its incident and sort key.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn claim_delivery(
        &self,
        incident: Option<&IncidentId>,
        key: &str,
        now: Timestamp,
        until: Timestamp,
        lapsed: WhenLapsed,
    ) -> Result<DeliveryClaim, StoreError> {
        let key = Key::new(self.keys().deliveries(incident), key);
        let mut found = read(self.expect(&key, "the delivery").await?)?;
        match found.delivery.state {
            DeliveryState::Sent { .. } | DeliveryState::Failed { .. } => {
                return Ok(DeliveryClaim::Settled(found.delivery));
            }
            DeliveryState::Pending { not_before } if not_before > now => {
                return Ok(DeliveryClaim::NotYet(not_before));
            }
            DeliveryState::Claimed { until } if until > now => {
                return Ok(DeliveryClaim::Busy(until));
            }
            DeliveryState::Claimed { .. } if lapsed == WhenLapsed::GiveUp => {
                let reason = "its sender was lost, and it may have been sent".to_owned();
                let settled = self
                    .settle(found, DeliveryState::Failed { at: now, reason })
                    .await?;
                return Ok(DeliveryClaim::Settled(settled));
            }
            DeliveryState::Pending { .. } | DeliveryState::Claimed { .. } => {}
        }
        found.delivery.attempts += 1;
        match self
            .change_state(&found, DeliveryState::Claimed { until })
            .await
        {
            Ok(claimed) => Ok(DeliveryClaim::Granted(claimed)),
            Err(StoreError::Conflict(_)) => Ok(DeliveryClaim::Busy(until)),
            Err(error) => Err(error),
        }
    }

    /// Says that a claimed delivery was sent, and what the far end calls it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the claim lapsed and another took it.
    pub async fn delivery_sent(
        &self,
        claimed: ClaimedDelivery,
        at: Timestamp,
        remote_id: &str,
    ) -> Result<Delivery, StoreError> {
        self.settle(
            claimed,
            DeliveryState::Sent {
                at,
                remote_id: remote_id.to_owned(),
            },
        )
        .await
    }

    /// Says that a claimed delivery is given up, and why.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the claim lapsed and another took it.
    pub async fn delivery_failed(
        &self,
        claimed: ClaimedDelivery,
        at: Timestamp,
        reason: &str,
    ) -> Result<Delivery, StoreError> {
        self.settle(
            claimed,
            DeliveryState::Failed {
                at,
                reason: reason.to_owned(),
            },
        )
        .await
    }

    /// Gives a claimed delivery back, certainly not sent, to be tried again at `not_before`, when the sweep finds it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the claim lapsed and another took it.
    pub async fn delivery_later(
        &self,
        claimed: ClaimedDelivery,
        not_before: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.settle(claimed, DeliveryState::Pending { not_before })
            .await
    }

    async fn settle(
        &self,
        claimed: ClaimedDelivery,
        state: DeliveryState,
    ) -> Result<Delivery, StoreError> {
        match self.change_state(&claimed, state).await {
            Ok(changed) => Ok(changed.delivery),
            Err(StoreError::Conflict(_)) => {
                Err(StoreError::LeaseLost(claimed.delivery.id.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    async fn change_state(
        &self,
        from: &ClaimedDelivery,
        state: DeliveryState,
    ) -> Result<ClaimedDelivery, StoreError> {
        let key = self.delivery_key(&from.delivery);
        let due = match &state {
            DeliveryState::Pending { not_before } => Some(*not_before),
            DeliveryState::Claimed { until } => Some(*until),
            DeliveryState::Sent { .. } | DeliveryState::Failed { .. } => None,
        };
        let change = Expression::new()
            .set("state", attribute(&state)?)
            .set("attempts", number(from.delivery.attempts))
            .add(VERSION, 1)
            .require_equal(VERSION, number(from.version));
        read(
            self.update(&key, &self.set_due(change, DueKind::Delivery, due, &key))
                .await?,
        )
    }

    /// The sort key of a delivery, for its message.
    #[must_use]
    pub fn delivery_sort_key(&self, delivery: &Delivery) -> String {
        self.delivery_key(delivery).sk
    }

    fn delivery_key(&self, delivery: &Delivery) -> Key {
        self.keys()
            .delivery(delivery.incident.as_ref(), &delivery.step, &delivery.id)
    }

    /// The item of a new delivery.
    pub(crate) fn delivery_item(&self, delivery: &Delivery) -> Result<Item, StoreError> {
        let key = self.delivery_key(delivery);
        let mut item = encode(&key, delivery)?;
        item.insert("content".to_owned(), json(&delivery.content)?);
        item.insert(VERSION.to_owned(), number(0));
        if let DeliveryState::Pending { not_before } = delivery.state {
            let due = not_before.max(delivery.created + SWEEP_AFTER);
            item.extend(self.due_attributes(DueKind::Delivery, due, &key));
        }
        Ok(item)
    }
}

fn read(mut item: Item) -> Result<ClaimedDelivery, StoreError> {
    let version = number_of(&item, VERSION).unwrap_or(0);
    let content = decode_json(&item, "content")?;
    let empty = plimsoll_model::DeliveryContent {
        message: String::new(),
        context: serde_json::Value::Null,
        edits: None,
        thread: None,
    };
    item.insert("content".to_owned(), attribute(&empty)?);
    let delivery: Delivery = decode(item)?;
    Ok(ClaimedDelivery {
        delivery: Delivery {
            content,
            ..delivery
        },
        version,
    })
}
