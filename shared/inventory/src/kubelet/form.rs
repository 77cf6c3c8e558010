//! What a setting may hold. A value of another form is not known, and is not kept: it may be anything, a password, too.

use serde_json::Value;

use super::table::GATE;
use crate::redact::REDACTED;

/// The longest word, path or duration that is kept, in bytes.
const LONGEST: usize = 200;
/// The most items of a list that are kept.
const MOST: usize = 100;

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// On or off.
    Truth,
    /// On or off, of a feature gate that `--feature-gates` sets with others.
    Gate,
    /// A whole number.
    Number,
    /// A name without spaces.
    Word,
    /// Several of them.
    Words,
    /// Where a file lies.
    Path,
    /// A duration as Go writes it: `4h0m0s`.
    Span,
    /// Something that may hold credentials: only whether it is set is kept.
    Secret,
}

/// A value of the right form; else what is wrong with it.
type Formed = Result<Value, &'static str>;

impl Form {
    /// Of what a KubeletConfiguration says.
    pub(super) fn of_config(self, value: &Value) -> Formed {
        match (self, value) {
            (Form::Truth | Form::Gate, Value::Bool(_)) => Ok(value.clone()),
            (Form::Number, Value::Number(number)) => {
                number.as_i64().map(Value::from).ok_or("no whole number")
            }
            (Form::Words, Value::Array(items)) => words(items.iter().map(Value::as_str)),
            (Form::Word | Form::Path | Form::Span | Form::Secret, Value::String(text)) => {
                self.of_text(text)
            }
            _ => Err("not of its type"),
        }
    }

    /// Of all that a flag was given: the last counts, but lists that are given again are longer. None if nothing was.
    pub(super) fn of_flags(self, given: &[&str]) -> Option<Formed> {
        let last = given.last()?;
        Some(match self {
            Form::Truth => truth(last),
            Form::Gate => return gate(given).transpose(),
            Form::Number => last
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| "no whole number"),
            Form::Words => {
                let items = given.iter().flat_map(|list| list.split(','));
                words(items.filter(|word| !word.is_empty()).map(Some))
            }
            Form::Word | Form::Path | Form::Span | Form::Secret => self.of_text(last),
        })
    }

    /// Of a text.
    pub(super) fn of_text(self, text: &str) -> Formed {
        let fits = match self {
            Form::Path => text.is_empty() || text.starts_with('/') && text.bytes().all(is_of_path),
            Form::Span if is_no_time(text) => return Ok("0s".into()),
            Form::Span => is_span(text),
            Form::Secret => return Ok(if text.is_empty() { "" } else { REDACTED }.into()),
            _ => text.bytes().all(is_of_word),
        };
        match fits && text.len() <= LONGEST {
            true => Ok(text.into()),
            false => Err("not of its form"),
        }
    }
}

fn words<'a>(items: impl Iterator<Item = Option<&'a str>>) -> Formed {
    let mut words = Vec::new();
    for item in items {
        let word = item.ok_or("not of its type")?;
        words.push(Form::Word.of_text(word)?);
    }
    match words.len() <= MOST {
        true => Ok(words.into()),
        false => Err("longer than any"),
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-*/".contains(&byte)
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)
}

fn is_span(text: &str) -> bool {
    let ends_in_unit = text.ends_with(|last: char| "hms".contains(last));
    ends_in_unit
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".hmsnu".contains(&byte))
}

/// `0`, `0s`, `0h0m`.
fn is_no_time(text: &str) -> bool {
    text == "0" || is_span(text) && !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

/// As Go's `strconv.ParseBool`.
fn truth(text: &str) -> Formed {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true.into()),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false.into()),
        _ => Err("neither true nor false"),
    }
}

/// Of `NAME=TRUTH` between commas; none where the one gate that policies read is not named.
fn gate(given: &[&str]) -> Result<Option<Value>, &'static str> {
    let pairs = given.iter().flat_map(|list| list.split(','));
    let mut found = None;
    for pair in pairs.filter(|pair| !pair.trim().is_empty()) {
        let (name, word) = pair.split_once('=').ok_or("a gate without a truth")?;
        let value = truth(word.trim())?;
        if GATE.ends_with(&format!(".{}", name.trim())) {
            found = Some(value);
        }
    }
    Ok(found)
}
