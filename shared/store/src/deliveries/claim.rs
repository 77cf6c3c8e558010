//! Who may send a delivery, and what came of it.

use jiff::Timestamp;
use plimsoll_model::{Delivery, DeliveryState, IncidentId};

use super::{VERSION, read};
use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{attribute, number, text};
use crate::keys::Key;
use crate::{StoreError, TenantStore};

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
    pub(super) version: u64,
}

impl TenantStore {
    /// Claims a delivery until `until`, by its incident and sort key. `lapsed` says what becomes of one whose sender was
    /// lost.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn claim_delivery(
        &self,
        incident: Option<&IncidentId>,
        key: &str,
        now: Timestamp,
        until: Timestamp,
        lapsed: impl FnOnce(&Delivery) -> WhenLapsed + Send,
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
            DeliveryState::Claimed { .. } if lapsed(&found.delivery) == WhenLapsed::GiveUp => {
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

    /// Gives a claimed delivery back, to be tried again at `not_before`, when the sweep finds it; `trouble` says why it
    /// was not sent, and stands in it until an attempt settles it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the claim lapsed and another took it.
    pub async fn delivery_later(
        &self,
        mut claimed: ClaimedDelivery,
        not_before: Timestamp,
        trouble: &str,
    ) -> Result<Delivery, StoreError> {
        claimed.delivery.trouble = Some(trouble.to_owned());
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
        let trouble = from.delivery.trouble.as_ref().filter(|_| due.is_some());
        let change = Expression::new()
            .set("state", attribute(&state)?)
            .set("attempts", number(from.delivery.attempts))
            .set_or_remove("trouble", trouble.map(text))
            .add(VERSION, 1)
            .require_equal(VERSION, number(from.version));
        read(
            self.update(&key, &self.set_due(change, DueKind::Delivery, due, &key))
                .await?,
        )
    }
}
