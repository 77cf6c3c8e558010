//! What functions there are, what they take and give: read from lines such as `list(A).indexOf(A) int`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::library::{Function, signatures};
use crate::schema::Type;

/// One way to call a function.
pub(crate) struct Overload {
    pub(crate) function: Function,
    /// As written in the table, for messages.
    pub(crate) text: &'static str,
    /// The receiver first, if there is one.
    args: Vec<Pattern>,
    result: Pattern,
}

/// All ways to call a name, apart for `x.name(..)` and `name(..)`.
#[derive(Default)]
pub(crate) struct Named {
    pub(crate) methods: Vec<Overload>,
    pub(crate) globals: Vec<Overload>,
}

static NAMES: LazyLock<BTreeMap<&'static str, Named>> = LazyLock::new(|| {
    let mut names: BTreeMap<&'static str, Named> = BTreeMap::new();
    for (function, lines) in signatures() {
        for line in lines {
            if let Some((name, method, overload)) = read(function, line) {
                let named = names.entry(name).or_default();
                if method {
                    &mut named.methods
                } else {
                    &mut named.globals
                }
                .push(overload);
            }
        }
    }
    names
});

/// The functions of a name; a namespaced one is `sets.contains`.
pub(crate) fn named(name: &str) -> Option<&'static Named> {
    NAMES.get(name)
}

/// All names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.keys().copied()
}

/// Whether any function's name starts with `namespace.`.
pub(crate) fn is_namespace(namespace: &str) -> bool {
    let has_prefix = |name: &&str| {
        name.strip_prefix(namespace)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    namespace == "cel" || names().any(|name| has_prefix(&name))
}

/// A type in a signature.
#[derive(Clone, Debug, PartialEq)]
enum Pattern {
    Exact(Type),
    /// `A` or `B`: any type, the same wherever it occurs.
    Any(usize),
    List(Box<Pattern>),
    Map(Box<Pattern>),
    Optional(Box<Pattern>),
}

/// What `A` and `B` turned out to be.
type Bound = [Option<Type>; 2];

impl Overload {
    /// The result's type for these arguments, or `None` if they do not go.
    pub(crate) fn apply(&self, args: &[Type]) -> Option<Type> {
        let mut bound = Bound::default();
        let all = self.args.len() == args.len()
            && self
                .args
                .iter()
                .zip(args)
                .all(|(pattern, ty)| pattern.accepts(ty, &mut bound));
        all.then(|| self.result.resolve(&bound))
    }

    /// How many arguments it takes, the receiver included.
    pub(crate) fn arity(&self) -> usize {
        self.args.len()
    }
}

impl Pattern {
    fn accepts(&self, ty: &Type, bound: &mut Bound) -> bool {
        match (self, ty) {
            (Pattern::Any(which), ty) => match bound[*which].take() {
                None => {
                    bound[*which] = Some(ty.clone());
                    true
                }
                Some(before) => {
                    let joined = before.join(ty.clone());
                    let fits = joined.is_some();
                    bound[*which] = joined;
                    fits
                }
            },
            (_, ty) if ty.is_open() => true,
            (Pattern::Exact(wanted), ty) => wanted.fits(ty),
            (Pattern::List(inner), Type::List(ty))
            | (Pattern::Map(inner), Type::Map(_, ty))
            | (Pattern::Optional(inner), Type::Optional(ty)) => inner.accepts(ty, bound),
            (Pattern::Map(inner), Type::Object(_)) => inner.accepts(&Type::Dyn, bound),
            _ => false,
        }
    }

    fn resolve(&self, bound: &Bound) -> Type {
        match self {
            Pattern::Exact(ty) => ty.clone(),
            Pattern::Any(which) => bound[*which].clone().unwrap_or(Type::Free),
            Pattern::List(inner) => Type::list(inner.resolve(bound)),
            Pattern::Map(inner) => Type::map(inner.resolve(bound)),
            Pattern::Optional(inner) => Type::optional(inner.resolve(bound)),
        }
    }
}

/// Reads a line: its name, whether it has a receiver, and the rest. `None` if the line is broken, which a test
/// rules out for the table.
fn read(function: Function, text: &'static str) -> Option<(&'static str, bool, Overload)> {
    // The receiver is a type; what else stands before a dot is part of the name.
    let (receiver, rest) = match split_receiver(text) {
        Some((receiver, rest)) => (Some(pattern(receiver)?), rest),
        None => (None, text),
    };
    let (name, rest) = rest.split_once('(')?;
    let (args, result) = rest.rsplit_once(") ")?;
    let mut all: Vec<Pattern> = receiver.iter().cloned().collect();
    for arg in args.split(", ").filter(|arg| !arg.is_empty()) {
        all.push(pattern(arg)?);
    }
    let overload = Overload {
        function,
        text,
        args: all,
        result: pattern(result)?,
    };
    Some((name, receiver.is_some(), overload))
}

/// The name in a line of the table.
pub(crate) fn name_in(text: &'static str) -> &'static str {
    let rest = split_receiver(text).map_or(text, |(_, rest)| rest);
    rest.split_once('(').map_or(rest, |(name, _)| name)
}

fn split_receiver(text: &'static str) -> Option<(&'static str, &'static str)> {
    let mut open = 0;
    let dot = text.char_indices().find(|(_, c)| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        *c == '.' && open == 0
    })?;
    let (receiver, rest) = (&text[..dot.0], &text[dot.0 + 1..]);
    (pattern(receiver).is_some() && rest.contains('(')).then_some((receiver, rest))
}

fn pattern(text: &str) -> Option<Pattern> {
    if let Some((outer, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let inner = Box::new(pattern(inner)?);
        return match outer {
            "list" => Some(Pattern::List(inner)),
            "map" => Some(Pattern::Map(inner)),
            "optional" => Some(Pattern::Optional(inner)),
            _ => None,
        };
    }
    Some(Pattern::Exact(match text {
        "A" => return Some(Pattern::Any(0)),
        "B" => return Some(Pattern::Any(1)),
        "dyn" => Type::Dyn,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        "type" => Type::Type,
        "quantity" => Type::Quantity,
        "IP" => Type::Ip,
        "cidr" => Type::Cidr,
        "semver" => Type::Semver,
        "URL" => Type::Url,
        "Format" => Type::Format,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        for (function, lines) in signatures() {
            assert!(!lines.is_empty(), "{function:?}");
            for line in lines {
                assert!(read(function, line).is_some(), "{line}");
            }
        }
    }

    #[test]
    fn receivers_and_namespaces_are_told_apart() {
        let method = read(Function::IndexOf, "list(A).indexOf(A) int").unwrap();
        assert_eq!((method.0, method.1, method.2.arity()), ("indexOf", true, 2));
        let global = read(
            Function::SetsContains,
            "sets.contains(list(A), list(A)) bool",
        )
        .unwrap();
        assert_eq!(
            (global.0, global.1, global.2.arity()),
            ("sets.contains", false, 2)
        );
        assert!(is_namespace("sets") && !is_namespace("set"));
    }

    #[test]
    fn type_variables_bind_across_arguments() {
        let (_, _, index_of) = read(Function::IndexOf, "list(A).indexOf(A) int").unwrap();
        let strings = Type::list(Type::String);
        assert_eq!(
            index_of.apply(&[strings.clone(), Type::String]),
            Some(Type::Int)
        );
        assert_eq!(index_of.apply(&[strings.clone(), Type::Int]), None);
        assert_eq!(index_of.apply(&[Type::Dyn, Type::Int]), Some(Type::Int));
        let (_, _, distinct) = read(Function::Distinct, "list(A).distinct() list(A)").unwrap();
        assert_eq!(
            distinct.apply(std::slice::from_ref(&strings)),
            Some(strings)
        );
    }
}
