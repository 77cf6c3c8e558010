//! Outbox items: what a finished scan leaves for the router. They are routed part by part, an incident each, and each
//! part leaves a marker in the transaction that acts on it, so that a repeat skips it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Change, OutboxId, OutboxItem};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, attribute, decode, encode, key_of, number, text, text_of};
use crate::keys::{DUE_PK, DUE_SK, EXPIRES, Key, PK};
use crate::manifests::{pack, unpack};
use crate::scans::SWEEP_AFTER;
use crate::{StoreError, TenantStore};

/// The changes, packed.
const CHANGES: &str = "changes";
/// The key of the object that holds them, where they are too many for an item.
const CHANGES_KEY: &str = "changes_key";
/// When it was routed; absent before.
const ROUTED: &str = "routed";
/// Largest packed list of changes kept in the item (an item may have 400 KB).
const MOST_BYTES: usize = 200_000;
/// How long items are kept once they are routed, and markers once they are made.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

impl TenantStore {
    /// The item to be put. Changes that are too many are put as an object before; if the item is never written, the
    /// object costs its room and no more.
    pub(crate) async fn outbox_item(&self, outbox: &OutboxItem) -> Result<Item, StoreError> {
        let key = self.keys().outbox(&outbox.id);
        let mut item = encode(&key, outbox)?;
        let packed = pack(&outbox.changes)?;
        if packed.len() > MOST_BYTES {
            let object = self
                .put_object(&format!("outbox/{}.json.zst", outbox.id), packed)
                .await?;
            item.remove(CHANGES);
            item.insert(CHANGES_KEY.to_owned(), text(object));
        } else {
            item.insert(CHANGES.to_owned(), AttributeValue::B(Blob::new(packed)));
        }
        item.extend(self.due_attributes(DueKind::Outbox, outbox.at + SWEEP_AFTER, &key));
        Ok(item)
    }

    /// An outbox item, or `None` when it has been routed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, also long after it has been routed.
    pub async fn get_outbox(&self, id: &OutboxId) -> Result<Option<OutboxItem>, StoreError> {
        let mut item = self.expect(&self.keys().outbox(id), id.as_str()).await?;
        if item.contains_key(ROUTED) {
            return Ok(None);
        }
        let name = key_of(&item).to_string();
        let packed = match (item.remove(CHANGES), text_of(&item, CHANGES_KEY)) {
            (Some(AttributeValue::B(packed)), _) => packed.into_inner(),
            (_, Some(object)) => self.get_object(object).await?,
            _ => {
                return Err(StoreError::Corrupt {
                    key: name,
                    reason: "no changes".to_owned(),
                });
            }
        };
        let changes: Vec<Change> = unpack(&name, &packed)?;
        item.insert(CHANGES.to_owned(), AttributeValue::L(Vec::new()));
        let outbox: OutboxItem = decode(item)?;
        Ok(Some(OutboxItem { changes, ..outbox }))
    }

    /// The parts of an outbox item that have been acted upon, as they were named.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn routed_parts(&self, id: &OutboxId) -> Result<BTreeSet<String>, StoreError> {
        let prefix: Key = self.keys().outbox_part(id, "");
        let items = self.all(&prefix.pk, &prefix.sk).await?;
        Ok(items
            .iter()
            .filter_map(|item| Some(key_of(item).sk.strip_prefix(&prefix.sk)?.to_owned()))
            .collect())
    }

    /// Says that all parts of an outbox item have been acted upon. Saying it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn mark_routed(&self, id: &OutboxId, now: Timestamp) -> Result<(), StoreError> {
        let change = Expression::new()
            .set_once(ROUTED, attribute(&now)?)
            .set_once(EXPIRES, number((now + KEPT).as_second()))
            .remove(DUE_PK)
            .remove(DUE_SK)
            .require_present(PK);
        match self.update(&self.keys().outbox(id), &change).await {
            Err(StoreError::Conflict(_)) => Err(StoreError::NotFound(id.to_string())),
            outcome => outcome.map(drop),
        }
    }

    /// The marker of one part. The part's name must be free of personal data; a cluster's or policy's id will do.
    pub(crate) fn part_item(&self, id: &OutboxId, part: &str, now: Timestamp) -> Item {
        let mut item = crate::item::key_item(&self.keys().outbox_part(id, part));
        item.insert(EXPIRES.to_owned(), number((now + KEPT).as_second()));
        item
    }
}
