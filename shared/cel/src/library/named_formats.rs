//! The named formats of Kubernetes, `format.dns1123Label()`: what a text lacks to have one.

use serde::{Deserialize, Serialize};

use super::{Context, Function, ListBuilder};
use crate::error::Stop;
use crate::instant::Instant;
use crate::url::is_url;
use crate::value::Value;

/// A format by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamedFormat {
    /// `dns1123Label`.
    Dns1123Label,
    /// `dns1123LabelPrefix`: may end in a dash.
    Dns1123LabelPrefix,
    /// `dns1123Subdomain`.
    Dns1123Subdomain,
    /// `dns1123SubdomainPrefix`: may end in a dash.
    Dns1123SubdomainPrefix,
    /// `dns1035Label`.
    Dns1035Label,
    /// `dns1035LabelPrefix`: may end in a dash.
    Dns1035LabelPrefix,
    /// `qualifiedName`, the key of a label.
    QualifiedName,
    /// `labelValue`.
    LabelValue,
    /// `uri`.
    Uri,
    /// `uuid`.
    Uuid,
    /// `byte`, base64.
    Byte,
    /// `date`.
    Date,
    /// `datetime`.
    DateTime,
}

/// The longest label, and the longest subdomain, in bytes (RFC 1035).
const LONGEST_LABEL: usize = 63;
const LONGEST_SUBDOMAIN: usize = 253;

const LABEL: &str =
    "a label has only a-z, 0-9 and dashes, and begins and ends with one of the former";
const LABEL_1035: &str =
    "a label has only a-z, 0-9 and dashes, begins with a-z and does not end with a dash";
const SUBDOMAIN: &str = "a subdomain is a row of labels with dots between them: a-z, 0-9 and dashes, no dash first or last";
const KEY: &str = "the name has only letters, digits, dashes, underscores and dots, with a letter or digit first and last";
const VALUE: &str = "a value is empty or has only letters, digits, dashes, underscores and dots, with a letter or digit first and last";

impl NamedFormat {
    /// All of them, with their names.
    pub(crate) const ALL: [(&'static str, NamedFormat); 13] = [
        ("dns1123Label", NamedFormat::Dns1123Label),
        ("dns1123LabelPrefix", NamedFormat::Dns1123LabelPrefix),
        ("dns1123Subdomain", NamedFormat::Dns1123Subdomain),
        (
            "dns1123SubdomainPrefix",
            NamedFormat::Dns1123SubdomainPrefix,
        ),
        ("dns1035Label", NamedFormat::Dns1035Label),
        ("dns1035LabelPrefix", NamedFormat::Dns1035LabelPrefix),
        ("qualifiedName", NamedFormat::QualifiedName),
        ("labelValue", NamedFormat::LabelValue),
        ("uri", NamedFormat::Uri),
        ("uuid", NamedFormat::Uuid),
        ("byte", NamedFormat::Byte),
        ("date", NamedFormat::Date),
        ("datetime", NamedFormat::DateTime),
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = NamedFormat::ALL.iter().find(|(_, format)| *format == self);
        found.map_or("", |(name, _)| name)
    }

    fn named(name: &str) -> Option<NamedFormat> {
        let found = NamedFormat::ALL.iter().find(|(other, _)| *other == name);
        found.map(|(_, format)| *format)
    }

    /// What is wrong with a text; nothing if it has the format.
    fn faults(self, text: &str) -> Vec<String> {
        let fault = |fine: bool, fault: &str| match fine {
            true => Vec::new(),
            false => vec![fault.to_owned()],
        };
        match self {
            NamedFormat::Dns1123Label => label(text),
            NamedFormat::Dns1123LabelPrefix => label(&masked(text)),
            NamedFormat::Dns1123Subdomain => subdomain(text),
            NamedFormat::Dns1123SubdomainPrefix => subdomain(&masked(text)),
            NamedFormat::Dns1035Label => label_1035(text),
            NamedFormat::Dns1035LabelPrefix => label_1035(&masked(text)),
            NamedFormat::QualifiedName => qualified_name(text),
            NamedFormat::LabelValue => {
                let mut faults = too_long(text, LONGEST_LABEL);
                faults.extend(fault(text.is_empty() || is_key_name(text), VALUE));
                faults
            }
            NamedFormat::Uri => fault(is_url(text), "this is neither a URI nor an absolute path"),
            NamedFormat::Uuid => fault(is_uuid(text), "this is not a UUID"),
            NamedFormat::Byte => fault(is_base64(text), "this is not base64"),
            NamedFormat::Date => fault(is_date(text), "this is not a date (year-month-day)"),
            NamedFormat::DateTime => {
                fault(is_datetime(text), "this is not a date and time (RFC 3339)")
            }
        }
    }
}

/// Calls a function on formats; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    Ok(Some(match (function, args) {
        (Function::FormatOf(format), []) => Value::Format(format),
        (Function::FormatNamed, [Value::Str(name)]) => match NamedFormat::named(name) {
            Some(format) => Value::some(cx.arena, Value::Format(format)),
            None => Value::Optional(None),
        },
        (Function::FormatValidate, [Value::Format(format), Value::Str(text)]) => {
            cx.budget.charge_text(text.len() * 4)?;
            let faults = format.faults(text);
            if faults.is_empty() {
                return Ok(Some(Value::Optional(None)));
            }
            let mut list = ListBuilder::new(cx, faults.len());
            for fault in &faults {
                list.push(cx.text(fault)?)?;
            }
            Value::some(cx.arena, list.finish())
        }
        _ => return Ok(None),
    }))
}

/// For names that something is added to, a dash at the end is as good as a letter (which stands for it and what
/// precedes it, as in the API server).
fn masked(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let kept = rest.char_indices().next_back().map_or(0, |(at, _)| at);
            format!("{}a", &rest[..kept])
        }
        _ => text.to_owned(),
    }
}

fn too_long(text: &str, most: usize) -> Vec<String> {
    match text.len() > most {
        true => vec![format!("it has more than {most} bytes")],
        false => Vec::new(),
    }
}

fn is_label(text: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|b| *b == b'-' || edge(Some(b)))
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn label(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_LABEL);
    if !is_label(text) {
        let dots = is_subdomain(text);
        faults.push(if dots { "a label has no dots" } else { LABEL }.to_owned());
    }
    faults
}

fn label_1035(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_LABEL);
    if !is_label(text) || text.starts_with(|c: char| c.is_ascii_digit()) {
        faults.push(LABEL_1035.to_owned());
    }
    faults
}

fn subdomain(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_SUBDOMAIN);
    if !is_subdomain(text) {
        faults.push(SUBDOMAIN.to_owned());
    }
    faults
}

fn is_key_name(text: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b"-_.".contains(b) || edge(Some(b)))
}

fn qualified_name(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = match text.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        ["", name] => {
            faults.push("the part before the slash is empty".to_owned());
            *name
        }
        [prefix, name] => {
            let prefixed = subdomain(prefix).into_iter();
            faults.extend(prefixed.map(|fault| format!("the part before the slash: {fault}")));
            *name
        }
        _ => return vec!["it has more than one slash".to_owned()],
    };
    if name.is_empty() {
        faults.push("the name is empty".to_owned());
    } else {
        faults.extend(too_long(name, LONGEST_LABEL));
    }
    if !is_key_name(name) {
        faults.push(KEY.to_owned());
    }
    faults
}

/// 8-4-4-4-12 hexadecimal digits; each dash may be missing.
fn is_uuid(text: &str) -> bool {
    let mut rest = text.as_bytes();
    for (place, count) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
        }
        match rest.split_at_checked(count) {
            Some((digits, after)) if digits.iter().all(u8::is_ascii_hexdigit) => rest = after,
            _ => return false,
        }
    }
    rest.is_empty()
}

/// Of the standard alphabet, padded, not empty.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

fn is_date(text: &str) -> bool {
    // Any year of four digits goes, the year 0 too, which is a leap year like 2000.
    let of_2000 = text.strip_prefix("0000").map(|rest| format!("2000{rest}"));
    let date = of_2000.as_deref().unwrap_or(text);
    date.len() == 10 && Instant::parse(&format!("{date}T00:00:00Z")).is_some()
}

/// A date, a `t` and a time with an offset. What follows a second `t` is not looked at; a comma or whatever character
/// may stand before the decimals: as in the API server.
fn is_datetime(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else {
        return false;
    };
    is_date(date) && is_time(time)
}

fn is_time(text: &str) -> bool {
    let (Some(clock), Some(rest)) = (text.get(..8), text.get(8..)) else {
        return false;
    };
    let shaped = clock.bytes().enumerate().all(|(place, b)| match place {
        2 | 5 => b == b':',
        _ => b.is_ascii_digit(),
    });
    if !shaped || &clock[..2] > "23" || &clock[3..5] > "59" || &clock[6..] > "59" {
        return false;
    }
    let is_offset = |text: &str| {
        let bytes = text.as_bytes();
        text == "z"
            || (bytes.len() == 6
                && matches!(bytes[0], b'+' | b'-')
                && bytes[3] == b':'
                && [1, 2, 4, 5]
                    .iter()
                    .all(|place| bytes[*place].is_ascii_digit()))
    };
    // Decimals: any one character, then digits.
    let mut after = rest.chars();
    let separated = after.next().is_some_and(|c| c != '\n');
    let digits = after.as_str();
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    is_offset(rest) || (separated && end > 0 && is_offset(&digits[end..]))
}
