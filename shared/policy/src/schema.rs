//! What fields objects have and what those hold, so that a misspelt one is refused when a policy is loaded.
//!
//! The tables are the API server's own description of its kinds and CloudFormation's of its resources (`schema/README.md`).
//! They are read when the first policy is compiled: the built-in ones are when a program is built, so most programs never
//! read them.

mod merge;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use plimsoll_cel::{Schema, Type};
use plimsoll_model::kind;

use crate::kinds::{WORKLOAD, workload_kinds};
use merge::merged;

/// Written by `tests/it/kube/cel/table.rs`, which says in its first lines how to read it.
const FIELDS: &str = include_str!("schema/fields.txt");

/// Written by `tests/gen/aws_fields.py`.
const AWS: &str = include_str!("schema/aws.txt");

/// Written by hand.
const DERIVED: &str = include_str!("schema/derived.txt");

/// What the newest Kubernetes that policies know has beyond the table, from its published API, in the table's notation. The
/// test that writes the table complains of what is in it by then.
const NEWER: &[&str] = &[
    "GRPCAction mode:string",
    "HTTPGetAction protocol:string",
    "PodSpec evictionResponders:[any] workloadRef:any",
    "VolumeMount bindMountOptions:[string]",
];

static OBJECTS: LazyLock<BTreeMap<&'static str, Type>> = LazyLock::new(|| {
    let mut reader = Reader::default();
    let tables = [FIELDS, AWS, DERIVED].into_iter();
    for line in tables
        .flat_map(str::lines)
        .filter(|line| !line.starts_with('#'))
        .chain(NEWER.iter().copied())
    {
        if let Some((name, fields)) = line.split_once(' ') {
            reader.lines.entry(name).or_default().push(fields);
        }
    }
    let names: Vec<&str> = reader.lines.keys().copied().collect();
    for name in names {
        reader.object(name);
    }
    reader.made
});

static CONTAINER: LazyLock<Type> =
    LazyLock::new(
        || match merged(&[object("Container"), object("EphemeralContainer")]) {
            Type::Object(both) => Type::object(Schema {
                name: "Container".to_owned(),
                ..both.as_ref().clone()
            }),
            other => other,
        },
    );

/// What [`WORKLOAD`] stands for.
static ANY_WORKLOAD: LazyLock<Type> = LazyLock::new(|| {
    let all: Vec<Type> = workload_kinds().map(of_kind).collect();
    merged(&all)
});

/// An object of the table by its name there; anything if there is none.
fn object(name: &str) -> Type {
    OBJECTS.get(name).cloned().unwrap_or(Type::Dyn)
}

/// The pod spec of whatever has one.
pub(crate) fn pod_spec() -> Type {
    object("PodSpec")
}

/// The metadata of a pod or of a template for pods; of any other object, too.
pub(crate) fn metadata() -> Type {
    object("ObjectMeta")
}

/// A container of any sort, as expressions see them all in one list.
pub(crate) fn container() -> Type {
    CONTAINER.clone()
}

/// A namespace.
pub(crate) fn namespace() -> Type {
    of_kind("Namespace")
}

/// What may be of any of the kinds that a policy matches. A field that only some of them have may be read: which one an
/// object is, the expression finds out.
pub(crate) fn of_kinds(kinds: &[String]) -> Type {
    let types = kinds.iter().map(|kind| match kind.as_str() {
        WORKLOAD => ANY_WORKLOAD.clone(),
        other => of_kind(other),
    });
    merged(&types.collect::<Vec<_>>())
}

/// An object of a kind in whatever version it is served. Of custom resources only the metadata is known.
fn of_kind(name: &str) -> Type {
    let versions = OBJECTS.range(name..).take_while(|(key, _)| {
        let rest = key.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
    });
    let versions: Vec<Type> = versions.map(|(_, ty)| ty.clone()).collect();
    if !versions.is_empty() {
        return merged(&versions);
    }
    let made_up = kind::named(name).is_none_or(|kind| kind == &kind::CLUSTER);
    if made_up {
        return Type::Dyn;
    }
    let fields = [
        ("apiVersion", Type::String),
        ("kind", Type::String),
        ("metadata", metadata()),
    ];
    Type::object(Schema {
        name: name.to_owned(),
        fields: fields.map(|(field, ty)| (field.to_owned(), ty)).into(),
        open: true,
    })
}

/// Reads the table's lines, each object once.
#[derive(Default)]
struct Reader {
    lines: BTreeMap<&'static str, Vec<&'static str>>,
    made: BTreeMap<&'static str, Type>,
    /// Those that are being read: an object within itself may hold anything.
    begun: Vec<&'static str>,
}

impl Reader {
    fn object(&mut self, name: &'static str) -> Type {
        if let Some(made) = self.made.get(name) {
            return made.clone();
        }
        let Some(lines) = self.lines.get(name).filter(|_| !self.begun.contains(&name)) else {
            return Type::Dyn;
        };
        let fields: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).collect();
        self.begun.push(name);
        let fields = fields.into_iter().filter_map(|field| {
            let (field, holds) = field.split_once(':')?;
            Some((field.to_owned(), self.holding(holds)))
        });
        let ty = Type::object(Schema {
            fields: fields.collect(),
            name: name.split('@').next().unwrap_or(name).to_owned(),
            open: false,
        });
        self.begun.pop();
        self.made.insert(name, ty.clone());
        ty
    }

    /// What stands after a field's colon.
    fn holding(&mut self, text: &'static str) -> Type {
        let inside = |open, close| {
            text.strip_prefix(open)
                .and_then(|rest| rest.strip_suffix(close))
        };
        if let Some(element) = inside('[', ']') {
            return Type::list(self.holding(element));
        }
        if let Some(value) = inside('{', '}') {
            return Type::map(self.holding(value));
        }
        match text {
            "string" => Type::String,
            "int" => Type::Int,
            "double" => Type::Double,
            "bool" => Type::Bool,
            other => self.object(other),
        }
    }
}
