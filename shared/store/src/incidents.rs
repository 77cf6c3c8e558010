//! Incidents. One transaction writes an incident, its deliveries, its log and its wake-up, on condition of the revision
//! that was read.

use jiff::Timestamp;
use plimsoll_model::{
    ClusterId, Delivery, Incident, IncidentId, IncidentState, LogEntry, OutboxId, PolicyId,
};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, decode, encode, key_item, number, required, text, text_of};
use crate::keys::{Key, PK, stamp};
use crate::transaction::{Aborted, MOST_ACTIONS, Transaction};
use crate::{StoreError, TenantStore};

mod packed;

/// The incident a pointer points to.
const INCIDENT: &str = "incident";
/// Whether the incident a pointer points to is open (`1`) or resolved (`0`).
const OPEN: &str = "open";

/// What happens to an incident, all of it or nothing.
#[derive(Debug, Clone, Copy)]
pub struct IncidentWrite<'a> {
    /// The incident as it is to be; its revision is above the one that was read.
    pub incident: &'a Incident,
    /// The revision that was read; none for an incident that opens. Its number must then be one above the tenant's
    /// `last_incident_number`, which is counted here.
    pub read: Option<u64>,
    /// New messages.
    pub deliveries: &'a [Delivery],
    /// New lines of the log.
    pub log: &'a [LogEntry],
    /// The outbox item that this acts on, and the name of the part of it; none for wake-ups and answers.
    pub part: Option<(&'a OutboxId, &'a str)>,
    /// The time.
    pub now: Timestamp,
}

/// Whether a write was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was made.
    Now,
    /// This part of the outbox item was acted upon before; nothing is written.
    Before,
}

impl TenantStore {
    /// Writes an incident and what belongs to it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the incident is not at the revision that was read, another incident is open for
    /// its cluster and policy, or its number is taken: read again and decide again. An error too when more belongs to
    /// it than one transaction holds (about 90 deliveries).
    pub async fn write_incident(&self, write: &IncidentWrite<'_>) -> Result<Written, StoreError> {
        let mut transaction = self.transaction();
        // The marker stands first: when it is refused, all the others may be as well.
        if let Some((outbox, part)) = write.part {
            let marker = self.part_item(outbox, part, write.now);
            transaction.put(marker, &Expression::new().require_absent(PK))?;
        }
        self.incident_actions(&mut transaction, write)?;
        for delivery in write.deliveries {
            transaction.put(
                self.delivery_item(delivery)?,
                &Expression::new().require_absent(PK),
            )?;
        }
        let id = &write.incident.id;
        let revision = write.incident.revision;
        for (line, entry) in write.log.iter().enumerate() {
            // Lines of one time keep their order.
            let key = self
                .keys()
                .incident_log(id, &format!("{}#{revision:010}#{line:03}", stamp(entry.at)));
            transaction.put(encode(&key, entry)?, &Expression::new())?;
        }
        if transaction.len() > MOST_ACTIONS {
            return Err(StoreError::other(format!(
                "{} writes for one incident",
                transaction.len()
            )));
        }
        match transaction.run(self.client()).await {
            Ok(()) => Ok(Written::Now),
            Err(Aborted::Refused(actions)) if write.part.is_some() && actions.contains(&0) => {
                Ok(Written::Before)
            }
            Err(aborted) => Err(aborted.or_conflict(id.as_str())),
        }
    }

    fn incident_actions(
        &self,
        transaction: &mut Transaction,
        write: &IncidentWrite<'_>,
    ) -> Result<(), StoreError> {
        let incident = write.incident;
        let key = self.keys().incident(&incident.id);
        let mut item = packed::encode_incident(&key, incident)?;
        if let Some(wake_up) = &incident.wake_up {
            item.extend(self.due_attributes(DueKind::Incident, wake_up.at, &key));
        }
        let pointer = self
            .keys()
            .open_incident(&incident.cluster, incident.policy.as_ref());
        let mut pointing = key_item(&pointer);
        let open = !matches!(incident.state, IncidentState::Resolved { .. });
        pointing.insert(INCIDENT.to_owned(), text(incident.id.as_str()));
        pointing.insert(OPEN.to_owned(), number(u8::from(open)));
        match write.read {
            Some(revision) => {
                transaction.put(
                    item,
                    &Expression::new().require_equal("revision", number(revision)),
                )?;
                let ours = Expression::new().require_equal(INCIDENT, text(incident.id.as_str()));
                transaction.put(pointing, &ours)?;
            }
            None => {
                transaction.put(item, &Expression::new().require_absent(PK))?;
                transaction.put(
                    pointing,
                    &Expression::new().require_absent_or_equal(OPEN, number(0)),
                )?;
                let mut numbered = key_item(&self.keys().incident_number(incident.number));
                numbered.insert(INCIDENT.to_owned(), text(incident.id.as_str()));
                transaction.put(numbered, &Expression::new().require_absent(PK))?;
                let counted = Expression::new()
                    .set("last_incident_number", number(incident.number))
                    .require_equal(
                        "last_incident_number",
                        number(incident.number.saturating_sub(1)),
                    );
                transaction.update(&self.keys().meta(), &counted)?;
            }
        }
        Ok(())
    }

    /// An incident.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_incident(&self, id: &IncidentId) -> Result<Incident, StoreError> {
        packed::decode_incident(self.expect(&self.keys().incident(id), id.as_str()).await?)
    }

    /// The newest incident of a cluster and policy (`None` for "cannot be read"), open or resolved, if there ever was one.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn latest_incident(
        &self,
        cluster: &ClusterId,
        policy: Option<&PolicyId>,
    ) -> Result<Option<Incident>, StoreError> {
        match self
            .get(&self.keys().open_incident(cluster, policy))
            .await?
        {
            Some(pointer) => self.get_incident(&pointed(&pointer)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// The incident with a running number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn incident_by_number(&self, number: u32) -> Result<Incident, StoreError> {
        let pointer = self
            .expect(
                &self.keys().incident_number(number),
                &format!("INC-{number}"),
            )
            .await?;
        self.get_incident(&pointed(&pointer)?).await
    }

    /// Incidents that are not resolved, of one cluster or of all, by running number.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn open_incidents(
        &self,
        cluster: Option<&ClusterId>,
    ) -> Result<Vec<Incident>, StoreError> {
        let prefix = cluster.map_or_else(
            || "OPENINC#".to_owned(),
            |cluster| format!("OPENINC#{cluster}#"),
        );
        let mut pointers = self.all(&self.keys().root(), &prefix).await?;
        pointers.retain(|pointer| crate::item::number_of::<u8>(pointer, OPEN) == Some(1));
        self.pointed_incidents(&pointers).await
    }

    /// The incidents opened last, at most `limit`, by running number.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn recent_incidents(&self, limit: u32) -> Result<Vec<Incident>, StoreError> {
        let page = self
            .page(&self.keys().root(), "INC#", None, Some(limit), true)
            .await?;
        self.pointed_incidents(&page.items).await
    }

    async fn pointed_incidents(&self, pointers: &[Item]) -> Result<Vec<Incident>, StoreError> {
        let ids: Result<Vec<IncidentId>, StoreError> = pointers.iter().map(pointed).collect();
        let keys: Vec<Key> = ids?.iter().map(|id| self.keys().incident(id)).collect();
        let found = self.get_many(&keys).await?;
        let mut incidents = found
            .into_iter()
            .map(packed::decode_incident)
            .collect::<Result<Vec<_>, _>>()?;
        incidents.sort_by_key(|incident| incident.number);
        Ok(incidents)
    }

    /// An incident's log, oldest line first.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn incident_log(&self, id: &IncidentId) -> Result<Vec<LogEntry>, StoreError> {
        self.all(&self.keys().incident(id).pk, "LOG#")
            .await?
            .into_iter()
            .map(decode)
            .collect()
    }
}

fn pointed(pointer: &Item) -> Result<IncidentId, StoreError> {
    required(
        pointer,
        "incident",
        text_of(pointer, INCIDENT).and_then(|id| IncidentId::parse(id).ok()),
    )
}
