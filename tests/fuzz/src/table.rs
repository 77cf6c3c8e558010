//! Types of the grammar, read from the engine's own table of functions, so that a function added there is tried here.

/// A type as the table writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    Plain(&'static str),
    List(Box<Ty>),
    /// With texts as keys.
    Map(Box<Ty>),
    Optional(Box<Ty>),
    /// Any, the same wherever it occurs: `A` or `B`.
    Any(usize),
}

/// The plain types of which there are literals or functions.
pub(crate) const PLAIN: &[&str] = &[
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "timestamp",
    "duration",
    "quantity",
    "IP",
    "cidr",
    "semver",
    "URL",
    "Format",
    "type",
    "dyn",
];

/// A way to call a function.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) receiver: Option<Ty>,
    pub(crate) args: Vec<Ty>,
    pub(crate) result: Ty,
}

const TABLES: [&str; 2] = [
    include_str!("../../../shared/cel/src/library/table.rs"),
    include_str!("../../../shared/cel/src/library/table/extensions.rs"),
];

/// Every line of the tables: what stands in quotes and reads as a call.
pub(crate) fn calls() -> Vec<Call> {
    let quoted = TABLES
        .iter()
        .flat_map(|table| table.split('"').skip(1).step_by(2));
    let calls: Vec<Call> = quoted.filter_map(call).collect();
    assert!(
        calls.len() > 150,
        "only {} calls are read from the tables",
        calls.len()
    );
    calls
}

fn call(line: &'static str) -> Option<Call> {
    let (head, result) = line.rsplit_once(") ").map(|(head, rest)| (head, rest))?;
    let dot = (0..head.len()).find(|at| head[*at..].starts_with('.') && ty(&head[..*at]).is_some());
    let (receiver, rest) = match dot {
        Some(dot) => (ty(&head[..dot]), &head[dot + 1..]),
        None => (None, head),
    };
    let (name, args) = rest.split_once('(')?;
    let args: Option<Vec<Ty>> = args
        .split(", ")
        .filter(|arg| !arg.is_empty())
        .map(ty)
        .collect();
    let (args, result) = (args?, ty(result)?);
    Some(Call {
        name,
        receiver,
        args,
        result,
    })
}

fn ty(text: &'static str) -> Option<Ty> {
    if let Some((outer, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let inner = Box::new(ty(inner)?);
        return match outer {
            "list" => Some(Ty::List(inner)),
            "map" => Some(Ty::Map(inner)),
            "optional" => Some(Ty::Optional(inner)),
            _ => None,
        };
    }
    match text {
        "A" => Some(Ty::Any(0)),
        "B" => Some(Ty::Any(1)),
        _ => PLAIN
            .iter()
            .find(|plain| **plain == text)
            .map(|plain| Ty::Plain(plain)),
    }
}

impl Ty {
    /// Takes what `A` and `B` must be for this to be `wanted`.
    pub(crate) fn meets(&self, wanted: &Ty, bound: &mut [Option<Ty>; 2]) -> bool {
        match (self, wanted) {
            (Ty::Any(which), wanted) => match &bound[*which] {
                Some(before) => before == wanted,
                None => {
                    bound[*which] = Some(wanted.clone());
                    true
                }
            },
            (Ty::List(a), Ty::List(b))
            | (Ty::Map(a), Ty::Map(b))
            | (Ty::Optional(a), Ty::Optional(b)) => a.meets(b, bound),
            (a, b) => a == b,
        }
    }

    /// This with `A` and `B` in place.
    pub(crate) fn with(&self, bound: &[Option<Ty>; 2]) -> Ty {
        match self {
            Ty::Any(which) => bound[*which].clone().unwrap_or(Ty::Plain("int")),
            Ty::List(inner) => Ty::List(Box::new(inner.with(bound))),
            Ty::Map(inner) => Ty::Map(Box::new(inner.with(bound))),
            Ty::Optional(inner) => Ty::Optional(Box::new(inner.with(bound))),
            plain => plain.clone(),
        }
    }
}
