//! User data of instances and launch templates: its text, and the secrets in it, of which the names of what was found are
//! told, never a value.
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
/// How what is compressed begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

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

/// The text of user data as EC2 gives it, or of a part of it that is encoded: unpacked, and decoded as often as it is
/// Base64 again.
///
/// # Errors
/// It does not unpack, or is no text.
pub(super) fn text(user_data: &str) -> Known<String> {
    text_of_bytes(decoded(user_data).unwrap_or_else(|| user_data.into()))
}

/// The text of a part of it that need not be encoded.
///
/// # Errors
/// As there.
pub(super) fn text_of_part(part: &str) -> Known<String> {
    text_of_bytes(part.into())
}

fn text_of_bytes(mut bytes: Vec<u8>) -> Known<String> {
    for _ in 0..DEEPEST {
        if bytes.starts_with(&GZIP) {
            bytes = unpacked(&bytes)?;
            continue;
        }
        let text = String::from_utf8(bytes).map_err(|_| malformed("user data that is no text"))?;
        match decoded(&text).filter(|inner| !inner.is_empty() && is_readable(inner)) {
            Some(inner) => bytes = inner,
            None => return Ok(text),
        }
    }
    let need = "user data that is packed in itself too often";
    Err(Reason::new(ReasonCode::CostLimit, need))
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
    if bytes.starts_with(&GZIP) {
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
    bytes.starts_with(&GZIP) || std::str::from_utf8(bytes).is_ok()
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
