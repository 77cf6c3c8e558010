//! Work that is due, of all tenants: found by kind and minute through a sparse index whose attributes stand on the item
//! itself, so that a wake-up cannot be lost between two writes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::hash_text;

use crate::expression::Expression;
use crate::item::{Item, key_of, text, text_of};
use crate::keys::{DUE_INDEX, DUE_PK, DUE_SK, Key, minute, stamp};
use crate::store::Shared;
use crate::{Control, StoreError, TenantStore};

mod work;

pub use work::{DueItem, DueKind, DueWork};

/// Minutes read again behind the cursor, for entries written late by a machine whose clock lags.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// How far back a reader begins who has no cursor yet: nothing is older than the installation then.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(1);
/// How much of a long absence one call catches up, so that a call ends in time.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_hours(6);
/// About how many entries one batch has unless said otherwise: bounds memory; the rest comes with the next call.
const BATCH: usize = 1_000;

/// The partition and sort key under which an item due at a time stands in the index.
pub(crate) fn index_key(kind: DueKind, at: Timestamp, key: &Key, shards: u8) -> (String, String) {
    let letter = hash_text(&[&key.pk, &key.sk]).bytes().next().unwrap_or(0);
    (partition(kind, at, letter % shards.max(1)), stamp(at))
}

fn partition(kind: DueKind, at: Timestamp, shard: u8) -> String {
    format!("DUE#{}#{}#{shard}", kind.as_str(), minute(at))
}

/// Reads due work. What is due stays in the index until its item is written with another due time or none.
#[derive(Debug, Clone)]
pub struct Due {
    shared: Arc<Shared>,
    most: usize,
}

/// Due work, oldest first.
#[derive(Debug, Clone)]
pub struct DueBatch {
    /// What is due.
    pub items: Vec<DueItem>,
    /// Up to when this batch is complete: to be given to [`Due::advance`] once everything in it has been dealt with.
    pub reached: Timestamp,
}

impl Due {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            most: BATCH,
        }
    }

    /// The same with batches of about `items`; a minute's entries come together.
    #[must_use]
    pub fn at_most(self, items: usize) -> Self {
        Self {
            most: items.max(1),
            ..self
        }
    }

    /// What of a kind is due at `now`, from the cursor on; missed minutes are caught up, at most some hours and about a
    /// thousand entries a call, so that after a long absence `reached` is behind `now` for some calls.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an entry is corrupt.
    pub async fn list(&self, kind: DueKind, now: Timestamp) -> Result<DueBatch, StoreError> {
        if self.shared.due_by_index {
            return self.list_index(kind, now).await;
        }
        let cursor = self.cursor(kind).await?;
        let from = cursor.map_or(now - FIRST_LOOK, |cursor| cursor.min(now) - OVERLAP);
        let mut items = Vec::new();
        let mut at = from;
        loop {
            for shard in 0..self.shared.due_shards {
                items.extend(self.query(&partition(kind, at, shard), kind, now).await?);
            }
            let last = minute(at) >= minute(now);
            if last || items.len() >= self.most || at.duration_since(from) > LONGEST_LOOK {
                items.sort_by_key(|item| item.at);
                return Ok(DueBatch {
                    items,
                    reached: if last { now } else { at },
                });
            }
            at += SignedDuration::from_mins(1);
        }
    }

    /// Remembers that everything of a kind due until `reached` has been dealt with. Never goes back.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn advance(&self, kind: DueKind, reached: Timestamp) -> Result<(), StoreError> {
        let change = Expression::new()
            .set("at", text(stamp(reached)))
            .require_absent_or_less("at", text(stamp(reached)));
        match self.control().update(&cursor_key(kind), &change).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            outcome => outcome,
        }
    }

    /// Until when everything of a kind has been dealt with, as its reader has last said; none if it never has.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn reached(&self, kind: DueKind) -> Result<Option<Timestamp>, StoreError> {
        self.cursor(kind).await
    }

    async fn cursor(&self, kind: DueKind) -> Result<Option<Timestamp>, StoreError> {
        let item = self.control().get(&cursor_key(kind)).await?;
        Ok(item
            .as_ref()
            .and_then(|item| text_of(item, "at"))
            .and_then(|at| at.parse().ok()))
    }

    fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }

    async fn query(
        &self,
        partition: &str,
        kind: DueKind,
        now: Timestamp,
    ) -> Result<Vec<DueItem>, StoreError> {
        let mut found = Vec::new();
        let mut after: Option<Item> = None;
        loop {
            let answer = self
                .shared
                .unguarded
                .query()
                .table_name(&self.shared.table)
                .index_name(DUE_INDEX)
                .key_condition_expression(format!("{DUE_PK} = :pk AND {DUE_SK} <= :now"))
                .expression_attribute_values(":pk", text(partition))
                .expression_attribute_values(":now", text(stamp(now)))
                .set_exclusive_start_key(after)
                .send()
                .await?;
            for item in answer.items.unwrap_or_default() {
                found.push(DueItem::read(kind, &item)?);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Everything of a kind that is due, however old, by reading the index from end to end: cheap on one machine.
    async fn list_index(&self, kind: DueKind, now: Timestamp) -> Result<DueBatch, StoreError> {
        let mut items = Vec::new();
        let mut after: Option<Item> = None;
        loop {
            let answer = self
                .shared
                .unguarded
                .scan()
                .table_name(&self.shared.table)
                .index_name(DUE_INDEX)
                .filter_expression(format!("begins_with({DUE_PK}, :kind) AND {DUE_SK} <= :now"))
                .set_expression_attribute_values(Some(HashMap::from([
                    (":kind".to_owned(), text(format!("DUE#{}#", kind.as_str()))),
                    (":now".to_owned(), text(stamp(now))),
                ])))
                .set_exclusive_start_key(after)
                .send()
                .await?;
            for item in answer.items.unwrap_or_default() {
                items.push(DueItem::read(kind, &item)?);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                break;
            }
        }
        items.sort_by_key(|item| item.at);
        items.truncate(self.most);
        let reached = if items.len() < self.most {
            now
        } else {
            items.last().map_or(now, |item| item.at)
        };
        Ok(DueBatch { items, reached })
    }
}

fn cursor_key(kind: DueKind) -> Key {
    Key::new("CURSORS", kind.as_str())
}

impl TenantStore {
    /// Moves a due entry to a later time, so that it is found again if what was begun for it is lost. Does nothing if
    /// its item has been written with another due time since.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn defer(&self, item: &DueItem, to: Timestamp) -> Result<(), StoreError> {
        let change = Expression::new().require_equal(DUE_SK, text(stamp(item.at)));
        let change = self.set_due(change, item.kind, Some(to), &item.key);
        match self.update(&item.key, &change).await {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl DueItem {
    fn read(kind: DueKind, item: &Item) -> Result<Self, StoreError> {
        let key = key_of(item);
        let at = text_of(item, DUE_SK).and_then(|at| at.parse().ok());
        let work = DueWork::of_key(&key);
        match (at, work) {
            (Some(at), Some((tenant, work))) => Ok(Self {
                kind,
                at,
                tenant,
                work,
                key,
            }),
            _ => Err(StoreError::Corrupt {
                key: key.to_string(),
                reason: "not an entry of due work".to_owned(),
            }),
        }
    }
}
