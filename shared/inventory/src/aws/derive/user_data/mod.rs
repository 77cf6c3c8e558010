//! Secrets in the user data of instances and launch templates: the names of what was found, never a value.
//!
//! User data is removed from an object as soon as it was looked at; nothing that is stored holds it.

mod secrets;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::MultiGzDecoder;
use plimsoll_model::{Reason, ReasonCode};

use super::look::{Known, malformed};

/// EC2 takes 16 KB; what is compressed in it may be larger, but not without end.
const LARGEST: u64 = 4 << 20;
/// Compressed parts in encoded files of multipart data: more than that nobody writes.
const DEEPEST: usize = 5;

/// Like the standard alphabet's, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The names of the secrets in user data as EC2 gives it: Base64, of a text, or of something compressed or multipart. In
/// templates it may be the text itself.
pub(super) fn secrets(user_data: &str) -> Known<Vec<String>> {
    let mut found = BTreeSet::new();
    match decoded(user_data) {
        Some(bytes) => look(&bytes, 0, &mut found)?,
        None => look(user_data.as_bytes(), 0, &mut found)?,
    }
    Ok(found.into_iter().collect())
}

/// What a text is in Base64, whatever its lines are; none if it is none.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(joined).ok()
}

fn look(bytes: &[u8], depth: usize, found: &mut BTreeSet<String>) -> Known<()> {
    if depth > DEEPEST {
        let need = "user data that is packed in itself too often";
        return Err(Reason::new(ReasonCode::CostLimit, need));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return look(&unpacked(bytes)?, depth + 1, found);
    }
    let text = String::from_utf8_lossy(bytes);
    secrets::in_text(&text, found);
    for run in secrets::encoded_runs(&text) {
        if let Some(inner) = decoded(run).filter(|inner| is_readable(inner)) {
            look(&inner, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Random letters decode to something, too, but not to text or to something compressed.
fn is_readable(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || std::str::from_utf8(bytes).is_ok()
}

fn unpacked(bytes: &[u8]) -> Known<Vec<u8>> {
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes)
        .take(LARGEST + 1)
        .read_to_end(&mut unpacked);
    if read.is_err() {
        return Err(malformed("user data that does not unpack"));
    }
    if unpacked.len() as u64 > LARGEST {
        let need = "user data larger than 4 MiB unpacked";
        return Err(Reason::new(ReasonCode::CostLimit, need));
    }
    Ok(unpacked)
}
