//! Functions on lists.

use std::cmp::Ordering;

use super::{Context, Function, ListBuilder, TextBuilder, int};
use crate::error::Stop;
use crate::eval::arithmetic;
use crate::kind::Kind;
use crate::value::{self, Value};

type Outcome<'a> = Result<Option<Value<'a>>, Stop<'a>>;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Outcome<'a> {
    if let (Function::Range, [Value::Int(count)]) = (function, args) {
        return range(cx, *count).map(Some);
    }
    if let (Function::Includes, [of, wanted]) = (function, args)
        && of.kind() != Kind::List
    {
        return Ok(Some(Value::Bool(value::equal(of, wanted, cx.budget)?)));
    }
    let Some(list @ (Value::Nodes(_) | Value::List(_))) = args.first().copied() else {
        return Ok(None);
    };
    cx.budget.charge(list.len().unwrap_or(0) as u64)?;
    match (function, &args[1..]) {
        (Function::Join, []) => join(cx, list, ""),
        (Function::Join, [Value::Str(separator)]) => join(cx, list, separator),
        (Function::IndexOf, [wanted]) => index_of(cx, list, wanted).map(Some),
        (Function::LastIndexOf, [wanted]) => last_index_of(cx, list, wanted).map(Some),
        (Function::Reverse, []) => {
            let items: Vec<_> = list.items().collect();
            let mut reversed = ListBuilder::new(cx, items.len());
            items
                .into_iter()
                .rev()
                .try_for_each(|item| reversed.push(item))?;
            Ok(Some(reversed.finish()))
        }
        (Function::Distinct, []) => distinct(cx, list).map(Some),
        (Function::First, []) => Ok(Some(optional(cx, list.items().next()))),
        (Function::Last, []) => Ok(Some(optional(cx, list.items().last()))),
        (Function::Includes, [wanted]) => {
            Ok(Some(Value::Bool(super::has_element(cx, &list, wanted)?)))
        }
        (Function::Flatten, []) => flatten(cx, list, 1).map(Some),
        (Function::Flatten, [Value::Int(depth)]) => flatten(cx, list, *depth).map(Some),
        (Function::IsSorted, []) => {
            check_ordered(cx, list)?;
            // What has no order is not the wrong way round.
            let mut before = None;
            let mut sorted = true;
            for item in list.items() {
                let order = before.and_then(|before| value::compare(&before, &item));
                sorted &= order.is_none_or(Ordering::is_le);
                before = Some(item);
            }
            Ok(Some(Value::Bool(sorted)))
        }
        (Function::Sort, []) => sort(cx, list).map(Some),
        (Function::Max, []) => extreme(cx, list, Ordering::Greater, "max").map(Some),
        (Function::Min, []) => extreme(cx, list, Ordering::Less, "min").map(Some),
        (Function::Slice, [Value::Int(from), Value::Int(to)]) => {
            slice(cx, list, *from, *to).map(Some)
        }
        (Function::Sum, []) => sum(cx, list, Value::Int(0)).map(Some),
        (Function::Sum, [zero]) => sum(cx, list, *zero).map(Some),
        _ => Ok(None),
    }
}

fn optional<'a>(cx: &Context<'_, 'a>, value: Option<Value<'a>>) -> Value<'a> {
    value.map_or(Value::Optional(None), |value| Value::some(cx.arena, value))
}

/// Charged whole before anything is allocated.
fn range<'a>(cx: &Context<'_, 'a>, count: i64) -> Result<Value<'a>, Stop<'a>> {
    let count = usize::try_from(count).unwrap_or(0);
    cx.budget.charge(count as u64)?;
    Ok(Value::List(cx.arena.alloc_slice_fill_with(count, int)))
}

fn join<'a>(cx: &Context<'_, 'a>, list: Value<'a>, separator: &str) -> Outcome<'a> {
    let mut joined = TextBuilder::new(cx);
    for (number, item) in list.items().enumerate() {
        if number > 0 {
            joined.push(separator)?;
        }
        match item {
            Value::Str(text) => joined.push(text)?,
            _ => return Ok(None),
        }
    }
    Ok(Some(joined.finish()))
}

fn index_of<'a>(
    cx: &Context<'_, 'a>,
    list: Value<'a>,
    wanted: &Value<'a>,
) -> Result<Value<'a>, Stop<'a>> {
    for (at, item) in list.items().enumerate() {
        if value::equal(&item, wanted, cx.budget)? {
            return Ok(int(at));
        }
    }
    Ok(Value::Int(-1))
}

fn last_index_of<'a>(
    cx: &Context<'_, 'a>,
    list: Value<'a>,
    wanted: &Value<'a>,
) -> Result<Value<'a>, Stop<'a>> {
    let mut last = Value::Int(-1);
    for (at, item) in list.items().enumerate() {
        if value::equal(&item, wanted, cx.budget)? {
            last = int(at);
        }
    }
    Ok(last)
}

fn distinct<'a>(cx: &Context<'_, 'a>, list: Value<'a>) -> Result<Value<'a>, Stop<'a>> {
    let mut kept = ListBuilder::new(cx, list.len().unwrap_or(0));
    for item in list.items() {
        let mut seen = false;
        for earlier in kept.items() {
            cx.budget.charge(1)?;
            seen = seen || value::equal(earlier, &item, cx.budget)?;
        }
        if !seen {
            kept.push(item)?;
        }
    }
    Ok(kept.finish())
}

fn flatten<'a>(cx: &Context<'_, 'a>, list: Value<'a>, depth: i64) -> Result<Value<'a>, Stop<'a>> {
    if depth < 0 {
        return Err(cx.fail(format_args!("flatten cannot go {depth} levels deep")));
    }
    let mut flat = ListBuilder::new(cx, list.len().unwrap_or(0));
    flatten_into(cx, &mut flat, list, depth)?;
    Ok(flat.finish())
}

fn flatten_into<'a>(
    cx: &Context<'_, 'a>,
    flat: &mut ListBuilder<'_, 'a>,
    list: Value<'a>,
    depth: i64,
) -> Result<(), Stop<'a>> {
    for item in list.items() {
        match cx.known(item)? {
            Value::Nodes(_) | Value::List(_) if depth > 0 => {
                flatten_into(cx, flat, item, depth - 1)?
            }
            _ => flat.push(item)?,
        }
    }
    Ok(())
}

/// Errs for elements of types that have no order at all, and charges for comparing them.
fn check_ordered<'a>(cx: &Context<'_, 'a>, list: Value<'a>) -> Result<(), Stop<'a>> {
    for item in list.items() {
        match cx.known(item)? {
            Value::Str(text) => cx.budget.charge_text(text.len())?,
            Value::Bytes(bytes) => cx.budget.charge_text(bytes.len())?,
            Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_)
            | Value::Bool(_)
            | Value::Duration(_)
            | Value::Timestamp(_) => {}
            other => {
                let kind = other.kind().name();
                return Err(cx.fail(format_args!("{kind} has no order")));
            }
        }
    }
    Ok(())
}

/// Errs unless the elements are of one type that has an order.
fn check_sortable<'a>(cx: &Context<'_, 'a>, items: &[Value<'a>]) -> Result<(), Stop<'a>> {
    let Some(first) = items.first() else {
        return Ok(());
    };
    for item in items {
        cx.known(*item)?;
        if item.kind() != first.kind() || value::compare(first, item).is_none() {
            return Err(cx.fail(format_args!(
                "{} and {} have no order",
                first.kind().name(),
                item.kind().name()
            )));
        }
        if let Value::Str(text) = item {
            cx.budget.charge_text(text.len())?;
        }
    }
    Ok(())
}

fn sort<'a>(cx: &Context<'_, 'a>, list: Value<'a>) -> Result<Value<'a>, Stop<'a>> {
    let mut keyed: Vec<_> = list.items().map(|item| (item, item)).collect();
    sort_keyed(cx, &mut keyed)
}

/// The second values, sorted by the first ones; equal ones keep their order.
pub(crate) fn sort_keyed<'a>(
    cx: &Context<'_, 'a>,
    keyed: &mut [(Value<'a>, Value<'a>)],
) -> Result<Value<'a>, Stop<'a>> {
    let keys: Vec<_> = keyed.iter().map(|(key, _)| *key).collect();
    check_sortable(cx, &keys)?;
    let rounds = u64::from(usize::BITS - keyed.len().leading_zeros());
    cx.budget.charge(keyed.len() as u64 * rounds)?;
    keyed.sort_by(|(a, _), (b, _)| value::compare(a, b).unwrap_or(Ordering::Equal));
    let items: Vec<_> = keyed.iter().map(|(_, item)| *item).collect();
    cx.list(&items)
}

fn extreme<'a>(
    cx: &Context<'_, 'a>,
    list: Value<'a>,
    wanted: Ordering,
    name: &str,
) -> Result<Value<'a>, Stop<'a>> {
    check_ordered(cx, list)?;
    let found = list.items().reduce(|best, item| {
        if value::compare(&item, &best) == Some(wanted) {
            item
        } else {
            best
        }
    });
    found.ok_or_else(|| cx.fail(format_args!("`{name}` of an empty list")))
}

fn slice<'a>(
    cx: &Context<'_, 'a>,
    list: Value<'a>,
    from: i64,
    to: i64,
) -> Result<Value<'a>, Stop<'a>> {
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let part = range.and_then(|(from, to)| match list {
        Value::Nodes(items) => items.get(from..to).map(Value::Nodes),
        Value::List(items) => items.get(from..to).map(Value::List),
        _ => None,
    });
    part.ok_or_else(|| {
        let len = list.len().unwrap_or(0);
        cx.fail(format_args!("slice from {from} to {to} of a list of {len}"))
    })
}

/// The sum of a list's elements; `zero` is that of none, which only the type of the list tells.
fn sum<'a>(cx: &Context<'_, 'a>, list: Value<'a>, zero: Value<'a>) -> Result<Value<'a>, Stop<'a>> {
    let mut items = list.items();
    let Some(first) = items.next() else {
        return Ok(zero);
    };
    if !matches!(
        first,
        Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::Duration(_)
    ) {
        return Err(super::mismatch(cx, Function::Sum, &[list]));
    }
    items.try_fold(first, |total, item| {
        arithmetic(cx, crate::code::Arithmetic::Add, total, cx.known(item)?)
    })
}
