//! Functions on text. Positions count code points; rules of the edges are those of cel-go's strings extension.

use super::{Context, Function, ListBuilder, TextBuilder, int};
use crate::error::Stop;
use crate::value::Value;

type Outcome<'a> = Result<Option<Value<'a>>, Stop<'a>>;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Outcome<'a> {
    let Some(Value::Str(text)) = args.first().copied() else {
        return Ok(None);
    };
    cx.budget.charge_text(text.len())?;
    let done = match (function, &args[1..]) {
        (Function::Contains, [Value::Str(part)]) => Value::Bool(text.contains(part)),
        (Function::StartsWith, [Value::Str(part)]) => Value::Bool(text.starts_with(part)),
        (Function::EndsWith, [Value::Str(part)]) => Value::Bool(text.ends_with(part)),
        (Function::CharAt, [Value::Int(at)]) => char_at(cx, text, *at)?,
        (Function::IndexOf, [Value::Str(part)]) => index_of(cx, text, part, 0)?,
        (Function::IndexOf, [Value::Str(part), Value::Int(from)]) => {
            index_of(cx, text, part, *from)?
        }
        (Function::LastIndexOf, [Value::Str(part)]) => last_index_of(cx, text, part, None)?,
        (Function::LastIndexOf, [Value::Str(part), Value::Int(from)]) => {
            last_index_of(cx, text, part, Some(*from))?
        }
        (Function::LowerAscii, []) => match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => cx.text(&text.to_ascii_lowercase())?,
            false => Value::Str(text),
        },
        (Function::UpperAscii, []) => match text.bytes().any(|b| b.is_ascii_lowercase()) {
            true => cx.text(&text.to_ascii_uppercase())?,
            false => Value::Str(text),
        },
        (Function::Trim, []) => Value::Str(text.trim()),
        (Function::Quote, []) => quote(cx, text)?,
        (Function::Replace, [Value::Str(old), Value::Str(new)]) => replace(cx, text, old, new, -1)?,
        (Function::Replace, [Value::Str(old), Value::Str(new), Value::Int(times)]) => {
            replace(cx, text, old, new, *times)?
        }
        (Function::Split, [Value::Str(separator)]) => split(cx, text, separator, -1)?,
        (Function::Split, [Value::Str(separator), Value::Int(parts)]) => {
            split(cx, text, separator, *parts)?
        }
        (Function::Substring, [Value::Int(from)]) => substring(cx, text, *from, None)?,
        (Function::Substring, [Value::Int(from), Value::Int(to)]) => {
            substring(cx, text, *from, Some(*to))?
        }
        _ => return Ok(None),
    };
    Ok(Some(done))
}

/// The byte offset of a code point, `None` past the end; the end itself counts.
fn offset(text: &str, at: i64) -> Option<usize> {
    let at = usize::try_from(at).ok()?;
    if text.is_ascii() {
        return (at <= text.len()).then_some(at);
    }
    text.char_indices()
        .map(|(offset, _)| offset)
        .chain([text.len()])
        .nth(at)
}

fn in_range<'a>(cx: &Context<'_, 'a>, text: &str, at: i64) -> Result<usize, Stop<'a>> {
    offset(text, at).ok_or_else(|| cx.fail(format_args!("index out of range: {at}")))
}

fn char_at<'a>(cx: &Context<'_, 'a>, text: &'a str, at: i64) -> Result<Value<'a>, Stop<'a>> {
    let rest = &text[in_range(cx, text, at)?..];
    Ok(Value::Str(
        &rest[..rest.chars().next().map_or(0, char::len_utf8)],
    ))
}

fn substring<'a>(
    cx: &Context<'_, 'a>,
    text: &'a str,
    from: i64,
    to: Option<i64>,
) -> Result<Value<'a>, Stop<'a>> {
    let start = in_range(cx, text, from)?;
    let end = to.map_or(Ok(text.len()), |to| in_range(cx, text, to))?;
    match text.get(start..end) {
        Some(part) => Ok(Value::Str(part)),
        None => Err(cx.fail(format_args!(
            "substring from {from} to {} is no range",
            to.unwrap_or(0)
        ))),
    }
}

fn index_of<'a>(
    cx: &Context<'_, 'a>,
    text: &str,
    part: &str,
    from: i64,
) -> Result<Value<'a>, Stop<'a>> {
    cx.budget.charge_text(part.len())?;
    if part.is_empty() {
        return Ok(Value::Int(from));
    }
    if from < 0 {
        return Err(cx.fail(format_args!("index out of range: {from}")));
    }
    let found = offset(text, from).and_then(|start| text[start..].find(part).map(|at| start + at));
    Ok(found.map_or(Value::Int(-1), |at| int(text[..at].chars().count())))
}

fn last_index_of<'a>(
    cx: &Context<'_, 'a>,
    text: &str,
    part: &str,
    from: Option<i64>,
) -> Result<Value<'a>, Stop<'a>> {
    cx.budget.charge_text(part.len())?;
    if part.is_empty() {
        return Ok(from.map_or_else(|| int(text.chars().count()), Value::Int));
    }
    let searched = match from {
        None => text,
        Some(from) if from < 0 => return Err(cx.fail(format_args!("index out of range: {from}"))),
        // A match may begin at `from` at the latest; from the end on there is none.
        Some(from) => match offset(text, from) {
            Some(start) if start < text.len() => {
                let end = part.chars().count();
                let last = text[start..]
                    .char_indices()
                    .nth(end)
                    .map_or(text.len(), |(at, _)| start + at);
                &text[..last]
            }
            _ => return Ok(Value::Int(-1)),
        },
    };
    Ok(searched
        .rfind(part)
        .map_or(Value::Int(-1), |at| int(text[..at].chars().count())))
}

fn replace<'a>(
    cx: &Context<'_, 'a>,
    text: &str,
    old: &str,
    new: &str,
    times: i64,
) -> Result<Value<'a>, Stop<'a>> {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let mut result = TextBuilder::new(cx);
    let mut copied = 0;
    for (at, found) in text.match_indices(old).take(times) {
        result.push(&text[copied..at])?;
        result.push(new)?;
        copied = at + found.len();
    }
    result.push(&text[copied..])?;
    Ok(result.finish())
}

fn split<'a>(
    cx: &Context<'_, 'a>,
    text: &'a str,
    separator: &str,
    parts: i64,
) -> Result<Value<'a>, Stop<'a>> {
    let mut list = ListBuilder::new(cx, 8);
    let most = usize::try_from(parts).unwrap_or(usize::MAX);
    if most == 0 {
        return Ok(list.finish());
    }
    if separator.is_empty() {
        // Into code points, the last part taking the rest.
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let end = if list.items().len() + 1 == most {
                rest.len()
            } else {
                c.len_utf8()
            };
            list.push(Value::Str(&rest[..end]))?;
            rest = &rest[end..];
        }
        return Ok(list.finish());
    }
    for part in text.splitn(most, separator) {
        list.push(Value::Str(part))?;
    }
    Ok(list.finish())
}

/// In double quotes, with the escapes that CEL has for what cannot be printed.
fn quote<'a>(cx: &Context<'_, 'a>, text: &str) -> Result<Value<'a>, Stop<'a>> {
    let mut quoted = TextBuilder::new(cx);
    quoted.push("\"")?;
    for c in text.chars() {
        match c {
            '\u{7}' => quoted.push("\\a")?,
            '\u{8}' => quoted.push("\\b")?,
            '\u{c}' => quoted.push("\\f")?,
            '\n' => quoted.push("\\n")?,
            '\r' => quoted.push("\\r")?,
            '\t' => quoted.push("\\t")?,
            '\u{b}' => quoted.push("\\v")?,
            '\\' => quoted.push("\\\\")?,
            '"' => quoted.push("\\\"")?,
            other => quoted.push_char(other)?,
        }
    }
    quoted.push("\"")?;
    Ok(quoted.finish())
}
