//! What a setting may hold. A value of another form is not known, and is not kept: it may be anything, a password, too.

use serde_json::Value;

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
    /// On or off, of a feature gate: shown where it is off, too.
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

/// A value of the right form, none if it is as good as unset; else what is wrong with it.
type Formed = Result<Option<Value>, &'static str>;

impl Form {
    /// Of what a KubeletConfiguration says. Defaults are put in after a file is read: there an empty name, no time at all
    /// and a number of processes below nothing are as good as unset.
    pub(super) fn of_config(self, value: &Value) -> Formed {
        let formed = match (self, value) {
            (Form::Truth | Form::Gate, Value::Bool(_)) => value.clone(),
            (Form::Number, Value::Number(number)) => match number.as_i64() {
                Some(number) if number < 0 => return Ok(None),
                Some(number) => number.into(),
                None => return Err("no whole number"),
            },
            (Form::Words, Value::Array(items)) => words(items.iter().map(Value::as_str))?,
            (Form::Word | Form::Path | Form::Span | Form::Secret, Value::String(text)) => {
                let is_unset = text.is_empty() || self == Form::Span && is_no_time(text);
                return (!is_unset).then(|| self.of_text(text)).transpose();
            }
            _ => return Err("not of its type"),
        };
        Ok(Some(formed))
    }

    /// Of the value of a flag.
    pub(super) fn of_flag(self, text: &str) -> Result<Value, &'static str> {
        match self {
            Form::Truth | Form::Gate => {
                truth(text).map(Value::Bool).ok_or("neither true nor false")
            }
            Form::Number => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| "no whole number"),
            Form::Words => words(text.split(',').filter(|word| !word.is_empty()).map(Some)),
            Form::Span if is_no_time(text) => Ok("0s".into()),
            Form::Word | Form::Path | Form::Span | Form::Secret => self.of_text(text),
        }
    }

    fn of_text(self, text: &str) -> Result<Value, &'static str> {
        let fits = match self {
            Form::Path => text.starts_with('/') && text.bytes().all(is_of_path),
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

fn words<'a>(items: impl Iterator<Item = Option<&'a str>>) -> Result<Value, &'static str> {
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
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
