//! What a scalar stands for, its quotes and its tag considered.

use saphyr_parser::{ScalarStyle, Tag};

use super::super::marked::Extent;
use super::super::problem::{Fault, ProblemCode};
use super::super::scalar::{self, Plain};
use super::fault;

/// A scalar's meaning.
pub(super) enum Meaning {
    /// By the rules for plain scalars.
    Plain(Plain),
    /// Its text as it stands.
    Text,
    /// What its base 64 decodes to.
    Bytes(String),
}

pub(super) fn meaning(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    extent: Extent,
) -> Result<Meaning, Fault> {
    let quoted = style != ScalarStyle::Plain;
    let Some(tag) = tag else {
        return Ok(if quoted {
            Meaning::Text
        } else {
            Meaning::Plain(scalar::resolve(text))
        });
    };
    if !tag.is_yaml_core_schema() {
        return Ok(Meaning::Text);
    }
    let plain = scalar::resolve(text);
    let fits = match tag.suffix.as_str() {
        "null" => plain == Plain::Null,
        "bool" => matches!(plain, Plain::Bool(_)),
        "int" => matches!(plain, Plain::Int(_) | Plain::Double { unsigned: true, .. }),
        "float" => matches!(plain, Plain::Int(_) | Plain::Double { .. }),
        "binary" => {
            return binary(text)
                .ok_or_else(|| fault(ProblemCode::NotYaml, "this is not base64", extent));
        }
        _ => return Ok(Meaning::Text),
    };
    if fits {
        Ok(Meaning::Plain(plain))
    } else {
        Err(fault(
            ProblemCode::NotYaml,
            format!("this is no value of type `!!{}`", tag.suffix),
            extent,
        ))
    }
}

fn binary(text: &str) -> Option<Meaning> {
    use base64::Engine;
    let compact: String = text.split_ascii_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(compact)
        .ok()?;
    Some(Meaning::Bytes(String::from_utf8_lossy(&bytes).into_owned()))
}
