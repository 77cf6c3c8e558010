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

mod claim;

pub use claim::{ClaimedDelivery, DeliveryClaim, WhenLapsed};

/// Counts the writes of a delivery's state.
const VERSION: &str = "version";

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
