//! `'%s is %d'.format([name, count])`.

use super::{Context, TextBuilder};
use crate::error::Stop;
use crate::value::{Value, double_text};

/// The most decimals that may be asked for.
const MOST_DECIMALS: usize = 100;

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
    while let Some((before, after)) = rest.split_once('%') {
        out.push(before)?;
        if let Some(after) = after.strip_prefix('%') {
            out.push("%")?;
            rest = after;
            continue;
        }
        let (decimals, after) = precision(cx, after)?;
        let Some(verb) = after.chars().next() else {
            return Err(cx.fail(format_args!("the format ends in the middle of a `%`")));
        };
        let Some(item) = items.next() else {
            return Err(cx.fail(format_args!(
                "the format has more verbs than there are values"
            )));
        };
        put(cx, &mut out, verb, decimals, &item)?;
        rest = &after[verb.len_utf8()..];
    }
    out.push(rest)?;
    Ok(Some(out.finish()))
}

/// `.3` before a verb, if it is there.
fn precision<'a, 't>(
    cx: &Context<'_, 'a>,
    text: &'t str,
) -> Result<(Option<usize>, &'t str), Stop<'a>> {
    let Some(digits) = text.strip_prefix('.') else {
        return Ok((None, text));
    };
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let decimals = digits[..end].parse().ok().filter(|n| *n <= MOST_DECIMALS);
    match decimals {
        Some(decimals) => Ok((Some(decimals), &digits[end..])),
        None => Err(cx.fail(format_args!(
            "the format asks for more than {MOST_DECIMALS} decimals"
        ))),
    }
}

fn put<'a>(
    cx: &Context<'_, 'a>,
    out: &mut TextBuilder<'_, 'a>,
    verb: char,
    decimals: Option<usize>,
    item: &Value<'a>,
) -> Result<(), Stop<'a>> {
    let text = match (verb, *item) {
        ('s', _) => return put_plain(out, item),
        ('d', Value::Int(_) | Value::Uint(_)) => item.key_text(),
        ('d' | 'f' | 'e', Value::Double(number)) if !number.is_finite() => {
            double_text(number).trim_start_matches('+').to_owned()
        }
        ('d', Value::Double(number)) => double_text(number),
        ('f', _) => match number(item) {
            Some(number) => format!("{number:.*}", decimals.unwrap_or(6)),
            None => return Err(wrong(cx, verb, item)),
        },
        ('e', _) => match number(item) {
            Some(number) => exponent(number, decimals.unwrap_or(6)),
            None => return Err(wrong(cx, verb, item)),
        },
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
        ('d' | 'b' | 'o', _) => return Err(wrong(cx, verb, item)),
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

fn number(item: &Value<'_>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "shown with few decimals")]
    match *item {
        Value::Double(number) => Some(number),
        Value::Int(number) => Some(number as f64),
        Value::Uint(number) => Some(number as f64),
        _ => None,
    }
}

fn signed(value: i64, digits: String) -> String {
    if value < 0 {
        format!("-{digits}")
    } else {
        digits
    }
}

fn exponent(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$e}");
    match text.split_once('e') {
        Some((digits, power)) => {
            let (sign, power) = power
                .strip_prefix('-')
                .map_or(('+', power), |power| ('-', power));
            format!("{digits}e{sign}{power:0>2}")
        }
        None => text,
    }
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

/// `%s`: any value; lists in brackets, maps sorted by key in braces.
fn put_plain<'a>(out: &mut TextBuilder<'_, 'a>, item: &Value<'a>) -> Result<(), Stop<'a>> {
    match *item {
        Value::Nodes(_) | Value::List(_) => {
            out.push("[")?;
            for (number, item) in item.items().enumerate() {
                if number > 0 {
                    out.push(", ")?;
                }
                put_plain(out, &item)?;
            }
            out.push("]")
        }
        Value::Entries(_) | Value::Map(_) => {
            let mut pairs: Vec<(String, Value<'a>)> = match *item {
                Value::Entries(entries) => entries
                    .iter()
                    .map(|entry| (entry.key.to_owned(), entry.value.into()))
                    .collect(),
                Value::Map(pairs) => pairs
                    .iter()
                    .map(|(key, value)| (key.key_text(), *value))
                    .collect(),
                _ => Vec::new(),
            };
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            out.push("{")?;
            for (number, (key, value)) in pairs.iter().enumerate() {
                if number > 0 {
                    out.push(", ")?;
                }
                out.push(key)?;
                out.push(": ")?;
                put_plain(out, value)?;
            }
            out.push("}")
        }
        Value::Bytes(bytes) => out.push(&String::from_utf8_lossy(bytes)),
        Value::Double(number) => {
            let text = double_text(number);
            out.push(
                text.strip_prefix("+Inf")
                    .map_or(text.as_str(), |_| "Infinity"),
            )
        }
        _ => out.push(&item.key_text()),
    }
}
