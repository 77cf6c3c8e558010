//! The functions of Kubernetes CEL: their names and signatures, and what they do.

use std::cell::Cell;
use std::fmt;

use bumpalo::Bump;
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::error::Stop;
use crate::value::Value;

mod addresses;
mod build;
mod convert;
mod floats;
pub(crate) mod format;
mod lists;
mod named_formats;
mod optionals;
mod quantities;
pub(crate) mod regex;
mod sets;
mod strings;
mod table;
mod time;
mod urls;
mod versions;

pub(crate) use build::{ListBuilder, TextBuilder};
pub(crate) use lists::sort_keyed;
pub use named_formats::NamedFormat;
pub(crate) use sets::has as has_element;
pub(crate) use table::{FOREIGN, NEWER, signatures};

/// What a function needs beside its arguments.
pub(crate) struct Context<'m, 'a> {
    pub(crate) arena: &'a Bump,
    pub(crate) budget: &'m Budget,
    /// Where in the source the function that runs was called, for errors.
    pub(crate) at: Cell<u32>,
}

impl<'a> Context<'_, 'a> {
    /// An error at the call.
    #[cold]
    pub(crate) fn fail(&self, text: fmt::Arguments<'_>) -> Stop<'a> {
        Stop::message(self.arena, text, self.at.get())
    }

    /// A value that somebody is about to use, unless it is not known.
    #[inline]
    pub(crate) fn known(&self, value: Value<'a>) -> Result<Value<'a>, Stop<'a>> {
        match value {
            Value::Unknown(reason) => Err(Stop::unknown(self.arena, reason)),
            value => Ok(value),
        }
    }

    /// A map whose keys somebody is about to use all, unless one may be there or not.
    pub(crate) fn known_keys(&self, map: &Value<'a>) -> Result<(), Stop<'a>> {
        match map.unknown_key() {
            Some(reason) => Err(Stop::unknown(self.arena, reason)),
            None => Ok(()),
        }
    }

    /// Text in the arena, charged first.
    pub(crate) fn text(&self, text: &str) -> Result<Value<'a>, Stop<'a>> {
        self.budget.charge_text(text.len())?;
        Ok(Value::Str(self.arena.alloc_str(text)))
    }

    /// A list in the arena, charged first.
    pub(crate) fn list(&self, items: &[Value<'a>]) -> Result<Value<'a>, Stop<'a>> {
        self.budget.charge(items.len() as u64)?;
        Ok(Value::List(self.arena.alloc_slice_copy(items)))
    }
}

/// A function by what it does; several names and overloads may share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Function {
    Size,
    // Conversions.
    Bool,
    Bytes,
    Double,
    Duration,
    Dyn,
    Int,
    String,
    Timestamp,
    TypeOf,
    Uint,
    // Text.
    CharAt,
    Contains,
    EndsWith,
    Find,
    FindAll,
    Format,
    IndexOf,
    Join,
    LastIndexOf,
    LowerAscii,
    Matches,
    Quote,
    Replace,
    Reverse,
    Split,
    StartsWith,
    Substring,
    Trim,
    UpperAscii,
    // Lists and sets.
    Distinct,
    First,
    Flatten,
    Includes,
    IsSorted,
    Last,
    Max,
    Min,
    Range,
    SetsContains,
    SetsEquivalent,
    SetsIntersects,
    Slice,
    Sort,
    Sum,
    // Optionals.
    HasValue,
    OptionalNone,
    OptionalOf,
    OptionalOfNonZero,
    Or,
    OrValue,
    UnwrapOptionals,
    UnwrapOptional,
    // Quantities.
    AsFloat,
    AsInteger,
    CompareTo,
    IsGreater,
    IsInteger,
    IsLess,
    IsQuantity,
    QuantityAdd,
    QuantityOf,
    QuantitySign,
    QuantitySubtract,
    // Addresses and networks.
    CidrAddress,
    CidrMasked,
    CidrOf,
    CidrPrefixLength,
    ContainsCidr,
    ContainsIp,
    IpFamily,
    IpIsCanonical,
    IpIsGlobalUnicast,
    IpIsLinkLocalMulticast,
    IpIsLinkLocalUnicast,
    IpIsLoopback,
    IpIsUnspecified,
    IpOf,
    IsCidr,
    IsIp,
    // Semantic versions.
    IsSemver,
    SemverMajor,
    SemverMinor,
    SemverOf,
    SemverPatch,
    // URLs.
    IsUrl,
    UrlHost,
    UrlHostname,
    UrlOf,
    UrlPath,
    UrlPort,
    UrlQuery,
    UrlScheme,
    // Named formats.
    FormatNamed,
    FormatOf(NamedFormat),
    FormatValidate,
    // Times and spans of time.
    GetDate,
    GetDayOfMonth,
    GetDayOfWeek,
    GetDayOfYear,
    GetFullYear,
    GetHours,
    GetMilliseconds,
    GetMinutes,
    GetMonth,
    GetSeconds,
}

/// Calls a function. The arguments' number was checked when the call was compiled; their types may be wrong where
/// they were not known then.
pub(crate) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Value<'a>, Stop<'a>> {
    use Function as F;
    let first = args.first().copied().unwrap_or(Value::Null);
    let done = match function {
        F::Size => size(cx, first)?,
        F::Bool | F::Bytes | F::Double | F::Dyn | F::Int | F::String | F::TypeOf | F::Uint => {
            convert::call(cx, function, first)?
        }
        F::Duration | F::Timestamp => time::convert(cx, function, first)?,
        F::IndexOf | F::LastIndexOf if first.kind() == crate::Kind::List => {
            lists::call(cx, function, args)?
        }
        F::CharAt
        | F::Contains
        | F::EndsWith
        | F::IndexOf
        | F::LastIndexOf
        | F::LowerAscii
        | F::Quote
        | F::Replace
        | F::Split
        | F::StartsWith
        | F::Substring
        | F::Trim
        | F::UpperAscii => strings::call(cx, function, args)?,
        F::Format => format::call(cx, args)?,
        F::Find | F::FindAll | F::Matches => regex::call(cx, function, args)?,
        F::Join
        | F::Distinct
        | F::First
        | F::Flatten
        | F::Includes
        | F::IsSorted
        | F::Last
        | F::Max
        | F::Min
        | F::Range
        | F::Reverse
        | F::Slice
        | F::Sort
        | F::Sum => lists::call(cx, function, args)?,
        F::SetsContains | F::SetsEquivalent | F::SetsIntersects => sets::call(cx, function, args)?,
        F::HasValue
        | F::OptionalNone
        | F::OptionalOf
        | F::OptionalOfNonZero
        | F::Or
        | F::OrValue
        | F::UnwrapOptional
        | F::UnwrapOptionals => optionals::call(cx, function, args)?,
        F::CidrAddress
        | F::CidrMasked
        | F::CidrOf
        | F::CidrPrefixLength
        | F::ContainsCidr
        | F::ContainsIp
        | F::IpFamily
        | F::IpIsCanonical
        | F::IpIsGlobalUnicast
        | F::IpIsLinkLocalMulticast
        | F::IpIsLinkLocalUnicast
        | F::IpIsLoopback
        | F::IpIsUnspecified
        | F::IpOf
        | F::IsCidr
        | F::IsIp => addresses::call(cx, function, args)?,
        F::IsSemver | F::SemverMajor | F::SemverMinor | F::SemverOf | F::SemverPatch => {
            versions::call(cx, function, args)?
        }
        F::CompareTo | F::IsGreater | F::IsLess if first.kind() == crate::Kind::Semver => {
            versions::call(cx, function, args)?
        }
        F::AsFloat
        | F::AsInteger
        | F::CompareTo
        | F::IsGreater
        | F::IsInteger
        | F::IsLess
        | F::IsQuantity
        | F::QuantityAdd
        | F::QuantityOf
        | F::QuantitySign
        | F::QuantitySubtract => quantities::call(cx, function, args)?,
        F::IsUrl
        | F::UrlHost
        | F::UrlHostname
        | F::UrlOf
        | F::UrlPath
        | F::UrlPort
        | F::UrlQuery
        | F::UrlScheme => urls::call(cx, function, args)?,
        F::FormatNamed | F::FormatOf(_) | F::FormatValidate => {
            named_formats::call(cx, function, args)?
        }
        F::GetDate
        | F::GetDayOfMonth
        | F::GetDayOfWeek
        | F::GetDayOfYear
        | F::GetFullYear
        | F::GetHours
        | F::GetMilliseconds
        | F::GetMinutes
        | F::GetMonth
        | F::GetSeconds => time::part(cx, function, args)?,
    };
    match done {
        Some(value) => Ok(value),
        None => Err(mismatch(cx, function, args)),
    }
}

/// The error for arguments of types that a function does not take.
#[cold]
pub(crate) fn mismatch<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'_>],
) -> Stop<'a> {
    let mut parts = args.iter().flat_map(Value::items);
    let unknown = parts.find_map(|part| match part {
        Value::Unknown(reason) => Some(reason),
        _ => None,
    });
    if let Some(reason) = unknown {
        return Stop::unknown(cx.arena, cx.arena.alloc_str(reason));
    }
    let kinds: Vec<_> = args.iter().map(|arg| arg.kind().name()).collect();
    let name = table::name_of(function);
    cx.fail(format_args!(
        "`{name}` does not take ({})",
        kinds.join(", ")
    ))
}

fn size<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    let count = match of {
        Value::Str(text) => {
            cx.budget.charge_text(text.len())?;
            text.chars().count()
        }
        Value::Bytes(bytes) => bytes.len(),
        other => match other.len() {
            Some(len) => {
                cx.known_keys(&other)?;
                len
            }
            None => return Ok(None),
        },
    };
    Ok(Some(int(count)))
}

/// A count as a value.
pub(crate) fn int<'a>(count: usize) -> Value<'a> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
