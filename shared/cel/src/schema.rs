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
    /// A map and the type of its values; keys are not typed.
    Map(Box<Type>),
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

    /// A map with values of type `value`.
    #[must_use]
    pub fn map(value: Type) -> Type {
        Type::Map(Box::new(value))
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

    /// Whether a value of one type may be used where the other is asked for, as far as can be told before
    /// evaluation.
    pub(crate) fn fits(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::List(a), Type::List(b))
            | (Type::Map(a), Type::Map(b))
            | (Type::Optional(a), Type::Optional(b)) => a.fits(b),
            (Type::Object(a), Type::Object(b)) => a.name == b.name,
            (Type::Object(_), Type::Map(_)) | (Type::Map(_), Type::Object(_)) => true,
            (a, b) => a == b,
        }
    }

    /// Whether values of both types may be equal: as [`Type::fits`], but numbers of different types may be, too.
    pub(crate) fn may_equal(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::List(a), Type::List(b))
            | (Type::Map(a), Type::Map(b))
            | (Type::Optional(a), Type::Optional(b)) => a.may_equal(b),
            (Type::Null, _) | (_, Type::Null) => true,
            (a, b) => a.fits(b) || (a.is_number() && b.is_number()),
        }
    }

    /// The type of something that is one or the other, if they go together.
    pub(crate) fn join(self, other: Type) -> Option<Type> {
        match (self, other) {
            (Type::List(a), Type::List(b)) => a.join(*b).map(Type::list),
            (Type::Map(a), Type::Map(b)) => a.join(*b).map(Type::map),
            (Type::Optional(a), Type::Optional(b)) => a.join(*b).map(Type::optional),
            (a, b) if a == b => Some(a),
            (a, b) => a.fits(&b).then_some(Type::Dyn),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = match self {
            Type::List(element) => return write!(f, "list({element})"),
            Type::Map(value) => return write!(f, "map({value})"),
            Type::Optional(value) => return write!(f, "optional({value})"),
            Type::Object(schema) => &schema.name,
            Type::Dyn => "dyn",
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
