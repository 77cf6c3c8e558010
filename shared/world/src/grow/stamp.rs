//! Identity and time of an object: uid, resourceVersion, creationTimestamp, managedFields. All are
//! drawn from a hash of what the object is, never from a clock or a counter.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Soil;
use crate::kinds;
use crate::overlay::{Key, Moment};
use crate::sigv4::to_hex;

/// Stamps the object and returns its uid.
pub(super) fn stamp(
    value: &mut Value,
    key: &Key,
    soil: &Soil<'_>,
    born: Moment,
    changed: Moment,
    manager: &str,
) -> String {
    let Some(kind) = kinds::named(&key.kind) else {
        return String::new();
    };
    let seed = seed(soil.cluster, key, born);
    let uid = uid(&seed);
    value["apiVersion"] = json!(kind.api_version());
    value["kind"] = json!(kind.kind);
    let metadata = &mut value["metadata"];
    metadata["uid"] = json!(uid);
    metadata["resourceVersion"] = json!(resource_version(changed, number(&seed)).to_string());
    metadata["creationTimestamp"] = json!(time(soil.first_night, born, number(&seed)));
    if matches!(
        kind.kind,
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" | "CronJob"
    ) {
        metadata["generation"] = json!(changed.week + 1);
    }
    metadata["managedFields"] = json!([{
        "manager": manager,
        "operation": "Update",
        "apiVersion": kind.api_version(),
        "time": time(soil.first_night, changed, number(&seed)),
        "fieldsType": "FieldsV1",
        "fieldsV1": { "f:metadata": { "f:labels": {} } },
    }]);
    uid
}

/// The spread that makes a version the last of its week: a list's.
pub(crate) const NEWEST: u64 = 899;

/// The version of an object last changed then, or (with [`NEWEST`]) of a list read after it.
pub(crate) fn resource_version(changed: Moment, spread: u64) -> u64 {
    let week = u64::from(changed.week) * 1_000;
    match (changed.week, changed.edition) {
        (_, edition) if edition > 0 => 89_000 + week + u64::from(edition),
        (0, _) => 1_000 + spread % 80_000,
        _ => 88_000 + week + spread % 900,
    }
}

/// When an object made then came to be: months before the first night, or in the hours before the
/// night of its week.
fn time(first_night: Timestamp, at: Moment, spread: u64) -> String {
    let spread = i64::try_from(spread % 1_000_000).unwrap_or_default();
    let seconds = if at.week == 0 {
        -(30 * 86_400 + spread % (270 * 86_400))
    } else {
        i64::from(at.week) * 7 * 86_400 - (5 * 3_600 + spread % (20 * 3_600))
    };
    let time = first_night
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(first_night);
    Timestamp::from_second(time.as_second())
        .unwrap_or(time)
        .to_string()
}

fn seed(cluster: &str, key: &Key, born: Moment) -> [u8; 32] {
    let Key {
        kind,
        namespace,
        name,
    } = key;
    let text = format!(
        "{cluster}|{kind}|{namespace}|{name}|{}|{}",
        born.week, born.edition
    );
    Sha256::digest(text).into()
}

fn uid(seed: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&seed[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = to_hex(&bytes);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn number(seed: &[u8; 32]) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&seed[16..24]);
    u64::from_be_bytes(bytes)
}

/// A number that depends on the text alone.
pub(super) fn spread(text: &str) -> u64 {
    number(&Sha256::digest(text).into())
}

/// Letters as Kubernetes draws them for names (no vowels, nothing that looks like another).
pub(super) fn letters(text: &str, count: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let digest = Sha256::digest(text);
    let letters = digest.iter().take(count).map(|byte| {
        let index = usize::from(*byte) % ALPHABET.len();
        char::from(ALPHABET[index])
    });
    letters.collect()
}
