//! What kubectl reads in a plain scalar.
//!
//! kubectl decodes YAML with `sigs.k8s.io/yaml`, whose resolver keeps YAML 1.1 habits: `yes`, `on` and `y` are
//! booleans, `0644` is octal, `1_000` a number; whole floats become integers because the result passes through JSON.
//! `tests/kubectl-scalars.tsv` holds what version 1.6.0 of that library answers, printed by it.

use std::borrow::Cow;

use plimsoll_cel::Node;

/// What a scalar without quotes stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    /// Any other finite number; `unsigned` if it is a whole one above `i64` that fits `u64`.
    Double {
        value: f64,
        unsigned: bool,
    },
    /// Infinite or not a number: JSON has no such value, kubectl refuses it.
    NotJson,
    Text,
}

impl Plain {
    /// The value, if there is one.
    pub(crate) fn node<'a>(self, text: &'a str) -> Option<Node<'a>> {
        Some(match self {
            Plain::Null => Node::Null,
            Plain::Bool(value) => Node::Bool(value),
            Plain::Int(value) => Node::Int(value),
            Plain::Double { value, .. } => whole(value).map_or(Node::Double(value), Node::Int),
            Plain::NotJson => return None,
            Plain::Text => Node::Str(text),
        })
    }

    /// The text a map key becomes, if it may be one.
    pub(crate) fn key(self, text: &str) -> Option<Cow<'_, str>> {
        Some(match self {
            Plain::Text => text.into(),
            Plain::Bool(value) => value.to_string().into(),
            Plain::Int(value) => value.to_string().into(),
            Plain::Double {
                value,
                unsigned: false,
            } => short_float(value).into(),
            Plain::NotJson if text.eq_ignore_ascii_case(".nan") => ".nan".into(),
            Plain::NotJson if text.starts_with('-') => "-.inf".into(),
            Plain::NotJson => ".inf".into(),
            Plain::Null | Plain::Double { .. } => return None,
        })
    }
}

/// The meaning of `text` without quotes.
pub(crate) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Plain::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Plain::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => return Plain::NotJson,
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' if underscores_part_digits(text) => float(&text.replace('_', "")),
        b'+' | b'-' | b'0'..=b'9' => number(&text.replace('_', "")),
        _ => Plain::Text,
    }
}

fn number(text: &str) -> Plain {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    if let Some(size) = magnitude(digits) {
        let value = if negative {
            0_i128 - i128::from(size)
        } else {
            i128::from(size)
        };
        if let Ok(value) = i64::try_from(value) {
            return Plain::Int(value);
        }
        // A sign is not allowed on what only fits 64 bits unsigned; it is read as a float below.
        if !text.starts_with(['+', '-']) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a number past i64 is a double, as in the API server"
            )]
            return Plain::Double {
                value: size as f64,
                unsigned: true,
            };
        }
    }
    if looks_like_float(digits) {
        float(text)
    } else {
        Plain::Text
    }
}

/// An unsigned whole number in the notation its prefix names: `0x`, `0b`, `0o`, or `0` alone for octal.
fn magnitude(digits: &str) -> Option<u64> {
    let (radix, rest) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let clean = rest.bytes().all(|b| b.is_ascii_alphanumeric());
    clean
        .then(|| u64::from_str_radix(rest, radix).ok())
        .flatten()
}

/// `[0-9]+(\.[0-9]*)?` or `\.[0-9]+`, then perhaps an exponent.
fn looks_like_float(text: &str) -> bool {
    let (mantissa, exponent) = text
        .split_once(['e', 'E'])
        .map_or((text, None), |(m, e)| (m, Some(e)));
    let (whole, part) = mantissa
        .split_once('.')
        .map_or((mantissa, None), |(w, p)| (w, Some(p)));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    exponent
        && digits(whole)
        && part.is_none_or(digits)
        && !(whole.is_empty() && part.is_none_or(str::is_empty))
}

/// Go allows an underscore in a float between two digits alone.
fn underscores_part_digits(text: &str) -> bool {
    let digit = |at: Option<usize>| {
        at.and_then(|i| text.as_bytes().get(i))
            .is_some_and(u8::is_ascii_digit)
    };
    text.match_indices('_')
        .all(|(i, _)| digit(i.checked_sub(1)) && digit(Some(i + 1)))
}

fn float(text: &str) -> Plain {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && looks_like_float(digits) => Plain::Double {
            value,
            unsigned: false,
        },
        _ => Plain::Text,
    }
}

/// A float that JSON writes without a fraction or exponent is an integer to the API server, if it fits.
pub(crate) fn whole(value: f64) -> Option<i64> {
    // Rust writes such a float as Go's JSON does: shortest digits, then zeros.
    (value.fract() == 0.0 && value.abs() < 1e21)
        .then(|| value.to_string().parse().ok())
        .flatten()
}

/// A float as that library writes it in a key: shortest form of its 32-bit neighbour, exponent from a million on.
fn short_float(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the library rounds to 32 bits here"
    )]
    let value = value as f32;
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_means_what_kubectls_library_reads() {
        let table = include_str!("../../tests/kubectl-scalars.tsv");
        let mut checked = 0;
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let [text, value, key] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let ours = resolve(text);
            let node = ours.node(text).map(|n| serde_json::to_value(n).unwrap());
            let theirs = if value == "refused" {
                None
            } else {
                Some(normal(value))
            };
            assert_eq!(node, theirs, "value of {text}");
            let key = if key == "refused" {
                None
            } else {
                Some(key.to_owned())
            };
            assert_eq!(ours.key(text).map(Cow::into_owned), key, "key {text}");
            checked += 1;
        }
        assert!(checked > 80, "{checked}");
    }

    /// A JSON number as the API server holds it: past `i64` it is a float.
    fn normal(json: &str) -> serde_json::Value {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        match value.as_f64() {
            Some(0.0) => 0.into(),
            Some(float) if value.as_i64().is_none() => float.into(),
            _ => value,
        }
    }
}
