//! Names and signatures. `A` and `B` stand for any type, the same within one line.
//!
//! Sources: the CEL language definition's standard functions, cel-go's strings, lists, sets and optional
//! extensions, and the Kubernetes libraries ("CEL in Kubernetes").

use super::Function;

mod extensions;

/// What each function is called, takes and gives.
const TABLE: &[(Function, &[&str])] = &[
    (
        Function::Size,
        &[
            "size(string) int",
            "size(bytes) int",
            "size(list(dyn)) int",
            "size(map(dyn)) int",
            "string.size() int",
            "bytes.size() int",
            "list(dyn).size() int",
            "map(dyn).size() int",
        ],
    ),
    (Function::Bool, &["bool(bool) bool", "bool(string) bool"]),
    (
        Function::Bytes,
        &["bytes(bytes) bytes", "bytes(string) bytes"],
    ),
    (
        Function::Double,
        &[
            "double(double) double",
            "double(int) double",
            "double(uint) double",
            "double(string) double",
        ],
    ),
    (
        Function::Duration,
        &["duration(duration) duration", "duration(string) duration"],
    ),
    (Function::Dyn, &["dyn(A) dyn"]),
    (
        Function::Int,
        &[
            "int(int) int",
            "int(uint) int",
            "int(double) int",
            "int(string) int",
            "int(timestamp) int",
            "int(duration) int",
        ],
    ),
    (
        Function::String,
        &[
            "string(string) string",
            "string(bool) string",
            "string(int) string",
            "string(uint) string",
            "string(double) string",
            "string(bytes) string",
            "string(timestamp) string",
            "string(duration) string",
            "string(IP) string",
            "string(cidr) string",
        ],
    ),
    (
        Function::Timestamp,
        &[
            "timestamp(timestamp) timestamp",
            "timestamp(string) timestamp",
            "timestamp(int) timestamp",
        ],
    ),
    (Function::TypeOf, &["type(A) type"]),
    (
        Function::Uint,
        &[
            "uint(uint) uint",
            "uint(int) uint",
            "uint(double) uint",
            "uint(string) uint",
        ],
    ),
    (Function::CharAt, &["string.charAt(int) string"]),
    (Function::Contains, &["string.contains(string) bool"]),
    (Function::EndsWith, &["string.endsWith(string) bool"]),
    (Function::Find, &["string.find(string) string"]),
    (
        Function::FindAll,
        &[
            "string.findAll(string) list(string)",
            "string.findAll(string, int) list(string)",
        ],
    ),
    (Function::Format, &["string.format(list(dyn)) string"]),
    (
        Function::IndexOf,
        &[
            "string.indexOf(string) int",
            "string.indexOf(string, int) int",
            "list(A).indexOf(A) int",
        ],
    ),
    (
        Function::Join,
        &[
            "list(string).join() string",
            "list(string).join(string) string",
        ],
    ),
    (
        Function::LastIndexOf,
        &[
            "string.lastIndexOf(string) int",
            "string.lastIndexOf(string, int) int",
            "list(A).lastIndexOf(A) int",
        ],
    ),
    (Function::LowerAscii, &["string.lowerAscii() string"]),
    (
        Function::Matches,
        &[
            "string.matches(string) bool",
            "matches(string, string) bool",
        ],
    ),
    (Function::Quote, &["strings.quote(string) string"]),
    (
        Function::Replace,
        &[
            "string.replace(string, string) string",
            "string.replace(string, string, int) string",
        ],
    ),
    (Function::Reverse, &["list(A).reverse() list(A)"]),
    (
        Function::Split,
        &[
            "string.split(string) list(string)",
            "string.split(string, int) list(string)",
        ],
    ),
    (Function::StartsWith, &["string.startsWith(string) bool"]),
    (
        Function::Substring,
        &[
            "string.substring(int) string",
            "string.substring(int, int) string",
        ],
    ),
    (Function::Trim, &["string.trim() string"]),
    (Function::UpperAscii, &["string.upperAscii() string"]),
    (Function::Distinct, &["list(A).distinct() list(A)"]),
    (Function::First, &["list(A).first() optional(A)"]),
    (
        Function::Flatten,
        &[
            "list(list(A)).flatten() list(A)",
            "list(dyn).flatten(int) list(dyn)",
        ],
    ),
    (Function::Includes, &["dyn.includes(dyn) bool"]),
    (
        Function::IsSorted,
        &[
            "list(int).isSorted() bool",
            "list(uint).isSorted() bool",
            "list(double).isSorted() bool",
            "list(bool).isSorted() bool",
            "list(duration).isSorted() bool",
            "list(timestamp).isSorted() bool",
            "list(string).isSorted() bool",
            "list(bytes).isSorted() bool",
        ],
    ),
    (Function::Last, &["list(A).last() optional(A)"]),
    (
        Function::Max,
        &[
            "list(int).max() int",
            "list(uint).max() uint",
            "list(double).max() double",
            "list(bool).max() bool",
            "list(duration).max() duration",
            "list(timestamp).max() timestamp",
            "list(string).max() string",
            "list(bytes).max() bytes",
        ],
    ),
    (
        Function::Min,
        &[
            "list(int).min() int",
            "list(uint).min() uint",
            "list(double).min() double",
            "list(bool).min() bool",
            "list(duration).min() duration",
            "list(timestamp).min() timestamp",
            "list(string).min() string",
            "list(bytes).min() bytes",
        ],
    ),
    (Function::Range, &["lists.range(int) list(int)"]),
    (
        Function::SetsContains,
        &["sets.contains(list(A), list(A)) bool"],
    ),
    (
        Function::SetsEquivalent,
        &["sets.equivalent(list(A), list(A)) bool"],
    ),
    (
        Function::SetsIntersects,
        &["sets.intersects(list(A), list(A)) bool"],
    ),
    (Function::Slice, &["list(A).slice(int, int) list(A)"]),
    (
        Function::Sort,
        &[
            "list(int).sort() list(int)",
            "list(uint).sort() list(uint)",
            "list(double).sort() list(double)",
            "list(bool).sort() list(bool)",
            "list(duration).sort() list(duration)",
            "list(timestamp).sort() list(timestamp)",
            "list(string).sort() list(string)",
            "list(bytes).sort() list(bytes)",
        ],
    ),
    (
        Function::Sum,
        &[
            "list(int).sum() int",
            "list(uint).sum() uint",
            "list(double).sum() double",
            "list(duration).sum() duration",
        ],
    ),
];

/// All signatures.
pub(crate) fn signatures() -> impl Iterator<Item = (Function, &'static [&'static str])> {
    TABLE.iter().chain(extensions::TABLE).copied()
}

/// Functions that only newer API servers have: the name, and the same with the first Kubernetes version.
pub(crate) const NEWER: &[(&str, &str)] = &[("includes", "includes (1.37)")];

/// Namespaces of functions that other hosts of the language have and no API server does.
pub(crate) const FOREIGN: &[&str] = &["base64", "math", "proto", "regex"];

/// The name that messages use for a function.
pub(super) fn name_of(function: Function) -> &'static str {
    let line = signatures()
        .find(|(of, _)| *of == function)
        .and_then(|(_, lines)| lines.first());
    line.map_or("", |line| crate::signature::name_in(line))
}
