//! `'%s is %d'.format([name, count])`.

use super::{Context, TextBuilder};
use crate::error::Stop;
use crate::value::{Value, double_text};

/// The most decimals that may be asked for.
const MOST_DECIMALS: usize = 1000;

/// A part of a format.
pub(crate) enum Piece<'t> {
    Text(&'t str),
    /// `%.3f`.
    Clause(char, Option<usize>),
}

/// The first part of a format and what follows it; nothing at the end. The error is a plain sentence.
pub(crate) fn piece(format: &str) -> Result<Option<(Piece<'_>, &str)>, String> {
    let Some(after) = format.strip_prefix('%') else {
        let (text, rest) = format.split_at(format.find('%').unwrap_or(format.len()));
        return Ok((!text.is_empty()).then_some((Piece::Text(text), rest)));
    };
    if let Some(rest) = after.strip_prefix('%') {
        return Ok(Some((Piece::Text("%"), rest)));
    }
    let (decimals, after) = match after.strip_prefix('.') {
        None => (None, after),
        Some(digits) => {
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            let decimals: Result<usize, _> = digits[..end].parse();
            let decimals = decimals.map_err(|_| "the format lacks a number of decimals")?;
            if decimals > MOST_DECIMALS {
                return Err(format!(
                    "the format asks for more than {MOST_DECIMALS} decimals"
                ));
            }
            (Some(decimals), &digits[end..])
        }
    };
    match after.chars().next() {
        Some(verb @ ('s' | 'd' | 'f' | 'e' | 'b' | 'o' | 'x' | 'X')) => {
            Ok(Some((Piece::Clause(verb, decimals), &after[1..])))
        }
        Some(verb) => Err(format!("`%{verb}` is not a verb of formats")),
        None => Err("the format ends in the middle of a `%`".to_owned()),
    }
}

/// Fills a format's verbs with a list's elements; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let [
        Value::Str(format),
        list @ (Value::Nodes(_) | Value::List(_)),
    ] = args
    else {
        return Ok(None);
    };
    let mut out = TextBuilder::new(cx);
    let mut items = list.items();
    let mut rest = *format;
    while let Some((piece, after)) = piece(rest).map_err(|text| cx.fail(format_args!("{text}")))? {
        rest = after;
        match piece {
            Piece::Text(text) => out.push(text)?,
            Piece::Clause(verb, decimals) => match items.next() {
                Some(item) => put(cx, &mut out, verb, decimals, &item)?,
                None => {
                    return Err(cx.fail(format_args!(
                        "the format has more verbs than there are values"
                    )));
                }
            },
        }
    }
    Ok(Some(out.finish()))
}

fn put<'a>(
    cx: &Context<'_, 'a>,
    out: &mut TextBuilder<'_, 'a>,
    verb: char,
    decimals: Option<usize>,
    item: &Value<'a>,
) -> Result<(), Stop<'a>> {
    let text = match (verb, *item) {
        ('s', Value::Str(text)) => return out.push(text),
        ('s', Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        ('s', Value::Double(number)) => double_text(number).trim_start_matches('+').to_owned(),
        ('s', Value::Duration(_) | Value::Timestamp(_)) => item.key_text(),
        ('s', _) => return put_nested(cx, out, item),
        ('d', Value::Int(_) | Value::Uint(_)) => item.key_text(),
        ('f', Value::Double(number)) => fixed(number, decimals.unwrap_or(6)),
        ('e', Value::Double(number)) => scientific(number),
        ('b', Value::Bool(value)) => u8::from(value).to_string(),
        ('b', Value::Int(value)) => signed(value, format!("{:b}", value.unsigned_abs())),
        ('b', Value::Uint(value)) => format!("{value:b}"),
        ('o', Value::Int(value)) => signed(value, format!("{:o}", value.unsigned_abs())),
        ('o', Value::Uint(value)) => format!("{value:o}"),
        ('x' | 'X', _) => match hexadecimal(item) {
            Some(text) if verb == 'X' => text.to_ascii_uppercase(),
            Some(text) => text,
            None => return Err(wrong(cx, verb, item)),
        },
        ('d' | 'f' | 'e' | 'b' | 'o', _) => return Err(wrong(cx, verb, item)),
        _ => return Err(cx.fail(format_args!("`%{verb}` is not a verb of formats"))),
    };
    out.push(&text)
}

fn wrong<'a>(cx: &Context<'_, 'a>, verb: char, item: &Value<'a>) -> Stop<'a> {
    cx.fail(format_args!(
        "`%{verb}` does not take {}",
        item.kind().name()
    ))
}

fn signed(value: i64, digits: String) -> String {
    if value < 0 {
        format!("-{digits}")
    } else {
        digits
    }
}

/// With commas between thousands, as an API server writes it.
fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return infinite(number);
    }
    let text = format!("{number:.decimals$}");
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |text| ("-", text));
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// `1.5×10⁰³`, with six decimals whatever was asked for, as an API server writes it.
fn scientific(number: f64) -> String {
    if !number.is_finite() {
        return infinite(number);
    }
    let text = format!("{number:.6e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power
        .strip_prefix('-')
        .map_or(("", power), |power| ("⁻", power));
    let raised = |digit: char| match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    };
    let power: String = format!("{power:0>2}").chars().map(raised).collect();
    format!("{digits}×10{sign}{power}")
}

fn infinite(number: f64) -> String {
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "∞"
    } else {
        "-∞"
    };
    text.to_owned()
}

fn hexadecimal(item: &Value<'_>) -> Option<String> {
    let bytes = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match *item {
        Value::Int(value) => Some(signed(value, format!("{:x}", value.unsigned_abs()))),
        Value::Uint(value) => Some(format!("{value:x}")),
        Value::Str(text) => Some(bytes(text.as_bytes())),
        Value::Bytes(raw) => Some(bytes(raw)),
        _ => None,
    }
}

/// A value within a list or map: texts in quotes, other types as calls where they have no notation of their own.
fn put_nested<'a>(
    cx: &Context<'_, 'a>,
    out: &mut TextBuilder<'_, 'a>,
    item: &Value<'a>,
) -> Result<(), Stop<'a>> {
    match *item {
        Value::Nodes(_) | Value::List(_) => {
            out.push("[")?;
            for (number, item) in item.items().enumerate() {
                if number > 0 {
                    out.push(", ")?;
                }
                put_nested(cx, out, &item)?;
            }
            out.push("]")
        }
        Value::Entries(_) | Value::Map(_) => put_map(cx, out, item),
        Value::Str(text) => out.push(&format!("\"{text}\"")),
        Value::Bytes(bytes) => out.push(&format!("b\"{}\"", String::from_utf8_lossy(bytes))),
        Value::Double(number) => out.push(&format!("{number:.6}")),
        Value::Duration(_) => out.push(&format!("duration(\"{}\")", item.key_text())),
        Value::Timestamp(_) => out.push(&format!("timestamp(\"{}\")", item.key_text())),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Type(_) => {
            out.push(&item.key_text())
        }
        _ => Err(wrong(cx, 's', item)),
    }
}

/// A map in braces, sorted by key.
fn put_map<'a>(
    cx: &Context<'_, 'a>,
    out: &mut TextBuilder<'_, 'a>,
    map: &Value<'a>,
) -> Result<(), Stop<'a>> {
    let mut pairs: Vec<(Value<'a>, Value<'a>)> = match *map {
        Value::Entries(entries) => entries
            .iter()
            .map(|entry| (Value::Str(entry.key), entry.value.into()))
            .collect(),
        Value::Map(pairs) => pairs.to_vec(),
        _ => Vec::new(),
    };
    pairs.sort_by_key(|(key, _)| key.key_text());
    out.push("{")?;
    for (number, (key, value)) in pairs.iter().enumerate() {
        if number > 0 {
            out.push(", ")?;
        }
        put_nested(cx, out, key)?;
        out.push(":")?;
        put_nested(cx, out, value)?;
    }
    out.push("}")
}
