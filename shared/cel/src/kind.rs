//! Run-time types, with the names that CEL gives them.

use serde::{Deserialize, Serialize};

/// The type of a value, as `type(x)` sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// `dyn`, which only a conversion names.
    Dyn,
    /// `null_type`.
    Null,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `uint`.
    Uint,
    /// `double`.
    Double,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `list`.
    List,
    /// `map`.
    Map,
    /// `optional_type`.
    Optional,
    /// `google.protobuf.Timestamp`.
    Timestamp,
    /// `google.protobuf.Duration`.
    Duration,
    /// `type`.
    Type,
    /// `kubernetes.Quantity`.
    Quantity,
    /// `net.IP`.
    Ip,
    /// `net.CIDR`.
    Cidr,
    /// `kubernetes.Semver`.
    Semver,
    /// `kubernetes.URL`.
    Url,
    /// `kubernetes.NamedFormat`.
    Format,
}

impl Kind {
    /// All types that have a name in sources.
    pub(crate) const NAMED: [Kind; 15] = [
        Kind::Null,
        Kind::Bool,
        Kind::Int,
        Kind::Uint,
        Kind::Double,
        Kind::String,
        Kind::Bytes,
        Kind::List,
        Kind::Map,
        Kind::Optional,
        Kind::Timestamp,
        Kind::Duration,
        Kind::Type,
        Kind::Ip,
        Kind::Cidr,
    ];

    /// The name in sources and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Dyn => "dyn",
            Kind::Null => "null_type",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Double => "double",
            Kind::String => "string",
            Kind::Bytes => "bytes",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Optional => "optional_type",
            Kind::Timestamp => "google.protobuf.Timestamp",
            Kind::Duration => "google.protobuf.Duration",
            Kind::Type => "type",
            Kind::Quantity => "kubernetes.Quantity",
            Kind::Ip => "net.IP",
            Kind::Cidr => "net.CIDR",
            Kind::Semver => "kubernetes.Semver",
            Kind::Url => "kubernetes.URL",
            Kind::Format => "kubernetes.NamedFormat",
        }
    }
}
