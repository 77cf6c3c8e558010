//! Static types: what is known about a value before anything is evaluated.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The type of an expression or a declared variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// Not known before evaluation; goes with everything.
    Dyn,
    /// Still open: the elements of an empty list. Takes the type of what it meets; never the type of a program.
    Free,
    /// `bool`.
    Bool,
    /// `int`, 64 bits.
    Int,
    /// `uint`, 64 bits.
    Uint,
    /// `double`.
    Double,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `null`.
    Null,
    /// A point in time.
    Timestamp,
    /// A span of time.
    Duration,
    /// A list and the type of its elements.
    List(Box<Type>),
    /// A map and the types of its keys and values.
    Map(Box<Type>, Box<Type>),
    /// An optional and the type of its value.
    Optional(Box<Type>),
    /// A map with known fields.
    Object(#[serde(with = "shared")] Arc<Schema>),
    /// The type of a type, `type(x)`.
    Type,
    /// A Kubernetes quantity, `quantity('1Gi')`.
    Quantity,
    /// An IP address, `ip('10.0.0.1')`.
    Ip,
    /// A network, `cidr('10.0.0.0/8')`.
    Cidr,
    /// A semantic version, `semver('1.2.3')`.
    Semver,
    /// A URL, `url('https://example.com')`.
    Url,
    /// A named format, `format.uuid()`.
    Format,
}

/// The fields of an [`Type::Object`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// What to call the object in messages, for example `Container`.
    pub name: String,
    /// The known fields.
    pub fields: BTreeMap<String, Type>,
    /// Whether there may be other fields, which are then [`Type::Dyn`]; otherwise reading one is an error.
    pub open: bool,
}

impl Type {
    /// A list of `element`.
    #[must_use]
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A map with text keys and values of type `value`, as all of JSON are.
    #[must_use]
    pub fn map(value: Type) -> Type {
        Type::map_of(Type::String, value)
    }

    /// A map with keys and values of these types.
    #[must_use]
    pub fn map_of(key: Type, value: Type) -> Type {
        Type::Map(Box::new(key), Box::new(value))
    }

    /// An optional `value`.
    #[must_use]
    pub fn optional(value: Type) -> Type {
        Type::Optional(Box::new(value))
    }

    /// An object of `schema`.
    #[must_use]
    pub fn object(schema: Schema) -> Type {
        Type::Object(Arc::new(schema))
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// Whether nothing is known of it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Type::Dyn | Type::Free)
    }

    /// Whether `null` may stand in its place, which cel-go allows for everything that is not a plain value, a list or
    /// a map.
    fn is_nullable(&self) -> bool {
        matches!(
            self,
            Type::Null
                | Type::Optional(_)
                | Type::Timestamp
                | Type::Duration
                | Type::Object(_)
                | Type::Quantity
                | Type::Ip
                | Type::Cidr
                | Type::Semver
                | Type::Url
                | Type::Format
        )
    }

    /// Whether a value of one type may be used where the other is asked for, or be compared with one of it, as far as
    /// can be told before evaluation.
    pub(crate) fn fits(&self, other: &Type) -> bool {
        match (self, other) {
            (a, b) if a.is_open() || b.is_open() => true,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => a.fits(b),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                key.fits(other_key) && value.fits(other_value)
            }
            (Type::Object(a), Type::Object(b)) => a.name == b.name,
            (Type::Object(_), Type::Map(key, _)) | (Type::Map(key, _), Type::Object(_)) => {
                key.fits(&Type::String)
            }
            (Type::Null, other) | (other, Type::Null) => other.is_nullable(),
            (a, b) => a == b,
        }
    }

    /// The more general of two types that go together, `None` if they do not.
    pub(crate) fn join(self, other: Type) -> Option<Type> {
        match (self, other) {
            (Type::Free, other) | (other, Type::Free) => Some(other),
            (Type::List(a), Type::List(b)) => a.join(*b).map(Type::list),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => Some(Type::map_of(
                key.join(*other_key)?,
                value.join(*other_value)?,
            )),
            (Type::Optional(a), Type::Optional(b)) => a.join(*b).map(Type::optional),
            (a, b) if a == b => Some(a),
            (a, Type::Null) | (Type::Null, a) if a.is_nullable() => Some(a),
            (a, b) => a.fits(&b).then_some(Type::Dyn),
        }
    }

    /// Whether two types are the same, what is open taken for anything.
    pub(crate) fn same(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Free, _) | (_, Type::Free) => true,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => a.same(b),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                key.same(other_key) && value.same(other_value)
            }
            (a, b) => a == b,
        }
    }

    /// The type with what is still open taken for anything.
    pub(crate) fn closed(self) -> Type {
        match self {
            Type::Free => Type::Dyn,
            Type::List(element) => Type::list(element.closed()),
            Type::Map(key, value) => Type::map_of(key.closed(), value.closed()),
            Type::Optional(value) => Type::optional(value.closed()),
            other => other,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = match self {
            Type::List(element) => return write!(f, "list({element})"),
            Type::Map(key, value) => return write!(f, "map({key}, {value})"),
            Type::Optional(value) => return write!(f, "optional({value})"),
            Type::Object(schema) => &schema.name,
            Type::Dyn | Type::Free => "dyn",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Uint => "uint",
            Type::Double => "double",
            Type::String => "string",
            Type::Bytes => "bytes",
            Type::Null => "null",
            Type::Timestamp => "timestamp",
            Type::Duration => "duration",
            Type::Type => "type",
            Type::Quantity => "quantity",
            Type::Ip => "IP",
            Type::Cidr => "cidr",
            Type::Semver => "semver",
            Type::Url => "URL",
            Type::Format => "format",
        };
        f.write_str(plain)
    }
}

/// Serde for a shared schema: as if it were not shared.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Schema;

    pub(super) fn serialize<S: Serializer>(schema: &Arc<Schema>, to: S) -> Result<S::Ok, S::Error> {
        schema.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Schema>, D::Error> {
        Schema::deserialize(from).map(Arc::new)
    }
}
