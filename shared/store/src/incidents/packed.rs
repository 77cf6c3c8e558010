//! An incident as an item. Its sets of fingerprints, 16 bytes each, are what could outgrow the 400 KB of an item, so
//! they are kept as bytes: the open ones, and by how much what people were told differs from them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use plimsoll_model::{Fingerprint, Incident};

use crate::StoreError;
use crate::item::{Item, attribute, decode, decode_json, encode, json, key_of, text};
use crate::keys::Key;

/// Told of, but not open.
const TOLD_MORE: &str = "told_more";
/// Open, but not told of.
const TOLD_LESS: &str = "told_less";

pub(super) fn encode_incident(key: &Key, incident: &Incident) -> Result<Item, StoreError> {
    let mut item = encode(key, incident)?;
    item.insert("escalation".to_owned(), json(&incident.escalation)?);
    item.remove("told");
    let sets = [
        ("open", pack(incident.open.iter())),
        (TOLD_MORE, pack(incident.told.difference(&incident.open))),
        (TOLD_LESS, pack(incident.open.difference(&incident.told))),
    ];
    for (name, bytes) in sets {
        item.insert(name.to_owned(), AttributeValue::B(Blob::new(bytes)));
    }
    Ok(item)
}

pub(super) fn decode_incident(mut item: Item) -> Result<Incident, StoreError> {
    let open = unpack(&item, "open")?;
    let more = unpack(&item, TOLD_MORE)?;
    let less = unpack(&item, TOLD_LESS)?;
    let told: BTreeSet<Fingerprint> = open.difference(&less).chain(&more).copied().collect();
    let escalation: serde_json::Value = decode_json(&item, "escalation")?;
    item.insert("open".to_owned(), attribute(&open)?);
    item.insert("told".to_owned(), attribute(&told)?);
    item.insert("escalation".to_owned(), text(""));
    let incident: Incident = decode(item)?;
    Ok(Incident {
        escalation,
        ..incident
    })
}

fn pack<'a>(fingerprints: impl Iterator<Item = &'a Fingerprint>) -> Vec<u8> {
    fingerprints
        .flat_map(|fingerprint| fingerprint.bytes())
        .collect()
}

fn unpack(item: &Item, name: &str) -> Result<BTreeSet<Fingerprint>, StoreError> {
    let Some(AttributeValue::B(bytes)) = item.get(name) else {
        let reason = format!("no {name}");
        return Err(StoreError::Corrupt {
            key: key_of(item).to_string(),
            reason,
        });
    };
    let (whole, _) = bytes.as_ref().as_chunks::<16>();
    Ok(whole
        .iter()
        .map(|bytes| Fingerprint::from_bytes(*bytes))
        .collect())
}
