//! The Kubernetes library for URLs.

use super::convert::unreadable;
use super::{Context, Function, ListBuilder};
use crate::error::Stop;
use crate::url::{Url, is_url};
use crate::value::Value;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    if let [Value::Str(text)] = args {
        // Read twice, written once.
        cx.budget.charge_text(text.len() * 3)?;
    }
    Ok(Some(match (function, args) {
        (Function::IsUrl, [Value::Str(text)]) => Value::Bool(is_url(text)),
        (Function::UrlOf, [Value::Str(text)]) => {
            let url = Url::parse(cx.arena, text).ok_or_else(|| unreadable(cx, text, "a URL"))?;
            Value::Url(cx.arena.alloc(url))
        }
        (Function::UrlScheme, [Value::Url(url)]) => Value::Str(url.scheme),
        (Function::UrlHost, [Value::Url(url)]) => Value::Str(url.host),
        (Function::UrlHostname, [Value::Url(url)]) => Value::Str(url.hostname()),
        (Function::UrlPort, [Value::Url(url)]) => Value::Str(url.port()),
        (Function::UrlPath, [Value::Url(url)]) => Value::Str(url.path),
        (Function::UrlQuery, [Value::Url(url)]) => query(cx, url)?,
        _ => return Ok(None),
    }))
}

/// The values of each key, in order.
fn query<'a>(cx: &Context<'_, 'a>, url: &Url<'a>) -> Result<Value<'a>, Stop<'a>> {
    let pairs = url.query.split('&').count() as u64;
    cx.budget.charge_text(url.query.len())?;
    cx.budget.charge(pairs)?;
    let mut all: Vec<(String, String)> = url.query_pairs().collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut made = Vec::new();
    for same in all.chunk_by(|(a, _), (b, _)| a == b) {
        let mut values = ListBuilder::new(cx, same.len());
        for (_, value) in same {
            values.push(Value::Str(cx.arena.alloc_str(value)))?;
        }
        let key: &'a str = cx.arena.alloc_str(&same[0].0);
        made.push((Value::Str(key), values.finish()));
    }
    Ok(Value::Map(cx.arena.alloc_slice_copy(&made)))
}
