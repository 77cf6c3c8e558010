//! Identifiers: prefixed, of fixed length, made by hashing what they stand for, so that a repeat makes the same id.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Crockford's base 32 in lower case: sorts as the bytes do and has no letters that look alike.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is no id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {form}")]
pub struct IdError {
    text: String,
    form: &'static str,
}

/// 20 letters (100 bits) of a SHA-256 over `parts`, each ended by a zero byte so that parts cannot run together.
#[must_use]
pub fn hash_text(parts: &[&str]) -> String {
    base32(&hashed(parts), 20)
}

/// 64 bits of the same hash: enough to notice that something changed, not to tell many things apart.
#[must_use]
pub fn hash_number(parts: &[&str]) -> u64 {
    let hashed = hashed(parts);
    hashed[..8]
        .iter()
        .fold(0, |all, byte| all << 8 | u64::from(*byte))
}

fn hashed(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

/// An id that sorts by time: 10 letters of milliseconds since 1970, then 16 letters of a hash of `parts`. It has the
/// length and order of a ULID; unlike one it is the same whenever it is made again of the same time and parts.
#[must_use]
pub fn ordered_id(at: Timestamp, parts: &[&str]) -> String {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let time: String = (0..10)
        .rev()
        .map(|i| char::from(ALPHABET[usize::try_from((millis >> (5 * i)) & 31).unwrap_or(0)]))
        .collect();
    format!("{time}{}", &hash_text(parts)[..16])
}

fn base32(bytes: &[u8], letters: usize) -> String {
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |byte| (byte >> (7 - i % 8)) & 1);
    (0..letters)
        .map(|letter| (0..5).fold(0_u8, |value, i| (value << 1) | bit(letter * 5 + i)))
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id of what `parts` name: the same parts give the same id.
            #[must_use]
            pub fn of(parts: &[&str]) -> Self {
                Self(format!("{}{}", $prefix, hash_text(parts)).into())
            }

            /// The text, as it stands in keys and messages.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Reads an id back from its text.
            ///
            /// # Errors
            /// When prefix, length or letters are not those of this kind of id.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let rest = text.strip_prefix($prefix);
                if rest.is_some_and(|r| r.len() == $length && r.bytes().all(|b| ALPHABET.contains(&b))) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError { text: text.into(), form: concat!($prefix, "…") })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A tenant, hashed from its short name, hence of fixed length in every key.
    TenantId, "ten_", 20
);
id!(
    /// A tenant's connection (an AWS account, or one cluster given by context or endpoint).
    ConnectionId, "con_", 20
);
id!(
    /// A cluster, hashed from its connection, region and name.
    ClusterId, "clu_", 20
);
id!(
    /// A scan: time slot and hash of scope and slot, so that planning the slot again is the same scan.
    ScanId, "scn_", 26
);
id!(
    /// An outbox item; its scan's id in another dress.
    OutboxId, "out_", 26
);
id!(
    /// An incident: hash of its scope, grouping key and the scan that opened it.
    IncidentId, "inc_", 20
);
id!(
    /// A delivery: hash of incident or summary, step and destination. The directory channel names files by it.
    DeliveryId, "dlv_", 20
);
id!(
    /// An exception: hash of what it covers and when it was made.
    ExceptionId, "exc_", 20
);

impl ScanId {
    /// The scan of `cluster` planned for the slot that begins at `slot`.
    #[must_use]
    pub fn of_slot(cluster: &ClusterId, slot: Timestamp) -> Self {
        let slot_text = slot.as_second().to_string();
        Self(format!("scn_{}", ordered_id(slot, &[cluster.as_str(), &slot_text])).into())
    }
}

impl OutboxId {
    /// The outbox item that `scan` leaves behind.
    #[must_use]
    pub fn of_scan(scan: &ScanId) -> Self {
        Self(format!("out_{}", &scan.as_str()[4..]).into())
    }
}

/// A policy's id, for example `privileged-container`: permanent, equal to its folder's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyId(Arc<str>);

impl PolicyId {
    /// Takes a name as it is; the catalogue checks its form.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_for_the_same_parts_and_parts_do_not_run_together() {
        assert_eq!(TenantId::of(&["acme"]), TenantId::of(&["acme"]));
        assert_ne!(ClusterId::of(&["ab", "c"]), ClusterId::of(&["a", "bc"]));
        assert_eq!(TenantId::of(&["acme"]).as_str().len(), 24);
    }

    #[test]
    fn scan_ids_sort_by_time_and_have_one_outbox_item() {
        let cluster = ClusterId::of(&["c"]);
        let early = ScanId::of_slot(&cluster, Timestamp::from_second(1_000_000).unwrap());
        let late = ScanId::of_slot(&cluster, Timestamp::from_second(2_000_000).unwrap());
        assert!(early < late);
        assert_eq!(OutboxId::of_scan(&early).as_str().len(), 30);
        assert_eq!(ScanId::parse(early.as_str()), Ok(early));
    }

    #[test]
    fn a_text_of_another_kind_is_refused() {
        assert!(TenantId::parse("con_00000000000000000000").is_err());
        assert!(TenantId::parse("ten_#").is_err());
        assert!(serde_json::from_str::<TenantId>("\"ten_../../etc\"").is_err());
    }
}
