//! Names and signatures. `A` and `B` stand for any type, the same within one line.
//!
//! Sources: the CEL language definition's standard functions, cel-go's strings, lists, sets and optional
//! extensions, and the Kubernetes libraries ("CEL in Kubernetes").

use super::{Function, NamedFormat};

/// What each function is called, takes and gives.
pub(crate) const TABLE: &[(Function, &[&str])] = &[
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
    (Function::HasValue, &["optional(A).hasValue() bool"]),
    (Function::OptionalNone, &["optional.none() optional(A)"]),
    (Function::OptionalOf, &["optional.of(A) optional(A)"]),
    (
        Function::OptionalOfNonZero,
        &["optional.ofNonZeroValue(A) optional(A)"],
    ),
    (Function::Or, &["optional(A).or(optional(A)) optional(A)"]),
    (Function::OrValue, &["optional(A).orValue(A) A"]),
    (
        Function::UnwrapOptionals,
        &[
            "optional.unwrap(list(optional(A))) list(A)",
            "list(optional(A)).unwrapOpt() list(A)",
        ],
    ),
    (Function::UnwrapOptional, &["optional(A).value() A"]),
    (Function::AsFloat, &["quantity.asApproximateFloat() double"]),
    (Function::AsInteger, &["quantity.asInteger() int"]),
    (
        Function::CompareTo,
        &[
            "quantity.compareTo(quantity) int",
            "semver.compareTo(semver) int",
        ],
    ),
    (
        Function::IsGreater,
        &[
            "quantity.isGreaterThan(quantity) bool",
            "semver.isGreaterThan(semver) bool",
        ],
    ),
    (Function::IsInteger, &["quantity.isInteger() bool"]),
    (
        Function::IsLess,
        &[
            "quantity.isLessThan(quantity) bool",
            "semver.isLessThan(semver) bool",
        ],
    ),
    (Function::IsQuantity, &["isQuantity(string) bool"]),
    (
        Function::QuantityAdd,
        &[
            "quantity.add(quantity) quantity",
            "quantity.add(int) quantity",
        ],
    ),
    (Function::QuantityOf, &["quantity(string) quantity"]),
    (Function::QuantitySign, &["sign(quantity) int"]),
    (
        Function::QuantitySubtract,
        &[
            "quantity.sub(quantity) quantity",
            "quantity.sub(int) quantity",
        ],
    ),
    (Function::CidrAddress, &["cidr.ip() IP"]),
    (Function::CidrMasked, &["cidr.masked() cidr"]),
    (Function::CidrOf, &["cidr(string) cidr"]),
    (Function::CidrPrefixLength, &["cidr.prefixLength() int"]),
    (
        Function::ContainsCidr,
        &[
            "cidr.containsCIDR(cidr) bool",
            "cidr.containsCIDR(string) bool",
        ],
    ),
    (
        Function::ContainsIp,
        &["cidr.containsIP(IP) bool", "cidr.containsIP(string) bool"],
    ),
    (Function::IpFamily, &["IP.family() int"]),
    (Function::IpIsCanonical, &["ip.isCanonical(string) bool"]),
    (Function::IpIsGlobalUnicast, &["IP.isGlobalUnicast() bool"]),
    (
        Function::IpIsLinkLocalMulticast,
        &["IP.isLinkLocalMulticast() bool"],
    ),
    (
        Function::IpIsLinkLocalUnicast,
        &["IP.isLinkLocalUnicast() bool"],
    ),
    (Function::IpIsLoopback, &["IP.isLoopback() bool"]),
    (Function::IpIsUnspecified, &["IP.isUnspecified() bool"]),
    (Function::IpOf, &["ip(string) IP"]),
    (Function::IsCidr, &["isCIDR(string) bool"]),
    (Function::IsIp, &["isIP(string) bool"]),
    (
        Function::IsSemver,
        &["isSemver(string) bool", "isSemver(string, bool) bool"],
    ),
    (Function::SemverMajor, &["semver.major() int"]),
    (Function::SemverMinor, &["semver.minor() int"]),
    (
        Function::SemverOf,
        &["semver(string) semver", "semver(string, bool) semver"],
    ),
    (Function::SemverPatch, &["semver.patch() int"]),
    (Function::IsUrl, &["isURL(string) bool"]),
    (Function::UrlOf, &["url(string) URL"]),
    (Function::UrlScheme, &["URL.getScheme() string"]),
    (Function::UrlHost, &["URL.getHost() string"]),
    (Function::UrlHostname, &["URL.getHostname() string"]),
    (Function::UrlPort, &["URL.getPort() string"]),
    (Function::UrlPath, &["URL.getEscapedPath() string"]),
    (Function::UrlQuery, &["URL.getQuery() map(list(string))"]),
    (
        Function::FormatOf(NamedFormat::Dns1123Label),
        &["format.dns1123Label() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Dns1123LabelPrefix),
        &["format.dns1123LabelPrefix() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Dns1123Subdomain),
        &["format.dns1123Subdomain() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Dns1123SubdomainPrefix),
        &["format.dns1123SubdomainPrefix() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Dns1035Label),
        &["format.dns1035Label() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Dns1035LabelPrefix),
        &["format.dns1035LabelPrefix() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::QualifiedName),
        &["format.qualifiedName() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::LabelValue),
        &["format.labelValue() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Uri),
        &["format.uri() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Uuid),
        &["format.uuid() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Byte),
        &["format.byte() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::Date),
        &["format.date() Format"],
    ),
    (
        Function::FormatOf(NamedFormat::DateTime),
        &["format.datetime() Format"],
    ),
    (
        Function::FormatNamed,
        &["format.named(string) optional(Format)"],
    ),
    (
        Function::FormatValidate,
        &["Format.validate(string) optional(list(string))"],
    ),
    (
        Function::GetDate,
        &["timestamp.getDate() int", "timestamp.getDate(string) int"],
    ),
    (
        Function::GetDayOfMonth,
        &[
            "timestamp.getDayOfMonth() int",
            "timestamp.getDayOfMonth(string) int",
        ],
    ),
    (
        Function::GetDayOfWeek,
        &[
            "timestamp.getDayOfWeek() int",
            "timestamp.getDayOfWeek(string) int",
        ],
    ),
    (
        Function::GetDayOfYear,
        &[
            "timestamp.getDayOfYear() int",
            "timestamp.getDayOfYear(string) int",
        ],
    ),
    (
        Function::GetFullYear,
        &[
            "timestamp.getFullYear() int",
            "timestamp.getFullYear(string) int",
        ],
    ),
    (
        Function::GetHours,
        &[
            "timestamp.getHours() int",
            "timestamp.getHours(string) int",
            "duration.getHours() int",
        ],
    ),
    (
        Function::GetMilliseconds,
        &[
            "timestamp.getMilliseconds() int",
            "timestamp.getMilliseconds(string) int",
            "duration.getMilliseconds() int",
        ],
    ),
    (
        Function::GetMinutes,
        &[
            "timestamp.getMinutes() int",
            "timestamp.getMinutes(string) int",
            "duration.getMinutes() int",
        ],
    ),
    (
        Function::GetMonth,
        &["timestamp.getMonth() int", "timestamp.getMonth(string) int"],
    ),
    (
        Function::GetSeconds,
        &[
            "timestamp.getSeconds() int",
            "timestamp.getSeconds(string) int",
            "duration.getSeconds() int",
        ],
    ),
];

/// Functions that only newer API servers have: the name, and the same with the first Kubernetes version.
pub(crate) const NEWER: &[(&str, &str)] = &[("includes", "includes (1.37)")];

/// Namespaces of functions that other hosts of the language have and no API server does.
pub(crate) const FOREIGN: &[&str] = &["base64", "math", "proto", "regex"];

/// The name that messages use for a function.
pub(super) fn name_of(function: Function) -> &'static str {
    let line = TABLE
        .iter()
        .find(|(of, _)| *of == function)
        .and_then(|(_, lines)| lines.first());
    line.map_or("", |line| crate::signature::name_in(line))
}
