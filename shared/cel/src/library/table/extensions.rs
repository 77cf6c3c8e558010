//! Signatures of optionals and of what Kubernetes adds to the language.

use crate::library::{Function, NamedFormat};

/// What each function is called, takes and gives.
pub(super) const TABLE: &[(Function, &[&str])] = &[
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
