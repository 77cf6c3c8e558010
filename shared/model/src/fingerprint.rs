//! The identity of a finding over time.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// `v1:` and 32 hexadecimal digits. It survives line moves, replica changes, new UIDs and new API versions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Fingerprint([u8; 16]);

/// What a fingerprint is made of. Never a UID, a version, an index or a line.
#[derive(Debug, Clone, Copy)]
pub struct FingerprintParts<'a> {
    /// The policy.
    pub policy: &'a str,
    /// The cluster or account-region; empty for files.
    pub scope: &'a str,
    /// API group, empty for core.
    pub group: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Namespace, empty for none.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Container name, or hash of a rule; empty when the whole object is judged.
    pub element: &'a str,
}

impl Fingerprint {
    /// Hashes the parts.
    #[must_use]
    pub fn of(parts: &FingerprintParts<'_>) -> Self {
        let mut hasher = Sha256::new();
        for part in [
            parts.policy,
            parts.scope,
            parts.group,
            parts.kind,
            parts.namespace,
            parts.name,
            parts.element,
        ] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize()[..16]);
        Self(bytes)
    }

    /// The fingerprint of 16 bytes given by [`Fingerprint::bytes`].
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// The key shard, 0 to 7, by the first byte.
    #[must_use]
    pub fn shard(&self) -> u8 {
        self.0[0] & 7
    }
}

impl Fingerprint {
    /// Its text, in ASCII.
    fn text(self) -> [u8; 35] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = *b"v1:00000000000000000000000000000000";
        for (place, byte) in text[3..].chunks_exact_mut(2).zip(self.0) {
            place.copy_from_slice(&[
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]);
        }
        text
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> String {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a fingerprint of the form v1:<32 hexadecimal digits>");
        let digits = text
            .strip_prefix("v1:")
            .filter(|d| d.len() == 32 && d.is_ascii())
            .ok_or_else(wrong)?;
        let mut bytes = [0; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_and_refuses_other_text() {
        let parts = FingerprintParts {
            policy: "p",
            scope: "",
            group: "",
            kind: "Pod",
            namespace: "n",
            name: "x",
            element: "app",
        };
        let fingerprint = Fingerprint::of(&parts);
        assert_eq!(
            Fingerprint::try_from(fingerprint.to_string()),
            Ok(fingerprint)
        );
        assert!(Fingerprint::try_from("v1:zz".to_owned()).is_err());
        assert_ne!(
            fingerprint,
            Fingerprint::of(&FingerprintParts {
                element: "",
                ..parts
            })
        );
    }
}
