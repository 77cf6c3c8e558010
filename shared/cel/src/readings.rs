//! Which variables a source reads, and where exactly: for those who write one expression from another, such as an
//! admission policy from one of ours. A text that looks like a name is none.

use cel::common::ast::{Expr as Tree, IdedExpr, LiteralValue, SelectExpr, SourceInfo, operators};

use crate::compile::STACK_BYTES;
use crate::env::Limits;
use crate::error::CompileError;
use crate::parse::parse;
use crate::scan::scan;
use crate::source::Source;

/// One place where a source reads a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The variable's first name and the fields that follow it, by `.`, by `.?` or as a text in `[ ]`.
    pub path: Vec<String>,
    /// The byte at which the first name begins.
    pub start: usize,
    /// For every step of `path`, the byte after it.
    pub ends: Vec<usize>,
    /// For every step of `path`, whether it may be missing (`.?`, `[?`).
    pub optional: Vec<bool>,
    /// Whether it is what a `has(…)` asks for.
    pub tested: bool,
    /// The names that macros bind around it, outermost first.
    pub bound: Vec<String>,
}

impl Reading {
    /// Whether it is a variable of the environment, not one that a macro binds.
    #[must_use]
    pub fn is_free(&self) -> bool {
        let name = self.path.first();
        name.is_some_and(|name| !self.bound.contains(name))
    }

    /// Whether the path begins with these steps.
    #[must_use]
    pub fn begins(&self, steps: &[&str]) -> bool {
        self.path.len() >= steps.len() && self.path.iter().zip(steps).all(|(a, b)| a == b)
    }
}

/// The readings of a source, in the order in which they stand, and the functions it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Names, each with all the fields that follow it.
    pub names: Vec<Reading>,
    /// The names of functions and macros, those of namespaces (`cel.bind`) whole.
    pub functions: Vec<String>,
    /// Whether a selection or a call may follow the source as it stands, without brackets around it.
    pub primary: bool,
}

impl Readings {
    /// Looks through a source within the given limits.
    ///
    /// # Errors
    /// A source past the limits, or broken syntax, with its place.
    pub fn of(text: &str, limits: Limits) -> Result<Readings, CompileError> {
        let source = Source(text);
        scan(source, limits)?;
        let unreadable = || source.error(0, 1, "the expression cannot be read");
        std::thread::scope(|threads| {
            let work = || {
                let (tree, spans) = parse(source)?;
                let mut walk = Walk {
                    source,
                    spans,
                    bound: Vec::new(),
                    found: Readings::default(),
                };
                walk.node(&tree);
                walk.found.primary = is_primary(&tree);
                walk.found
                    .names
                    .sort_by_key(|reading| (reading.start, reading.path.len()));
                Ok(walk.found)
            };
            let thread = std::thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(threads, work);
            thread
                .map_err(|_| unreadable())?
                .join()
                .map_err(|_| unreadable())?
        })
    }
}

struct Walk<'s> {
    source: Source<'s>,
    spans: SourceInfo,
    bound: Vec<String>,
    found: Readings,
}

impl Walk<'_> {
    fn node(&mut self, node: &IdedExpr) {
        if let Some(reading) = self.chain(node) {
            self.found.names.push(reading);
            return;
        }
        match &node.expr {
            Tree::Select(select) => self.node(&select.operand),
            Tree::Call(call) => {
                let namespace = match call.target.as_deref().map(|target| &target.expr) {
                    Some(Tree::Ident(name)) if name == "cel" => "cel.",
                    _ => "",
                };
                let name = format!("{namespace}{}", call.func_name);
                let names = match (&call.target, name.as_str()) {
                    (Some(_), "cel.bind") => 1,
                    (Some(_), name) => names_bound(name, call.args.len()),
                    (None, _) => 0,
                };
                if let Some(target) = call.target.as_deref().filter(|_| namespace.is_empty()) {
                    self.node(target);
                }
                if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    self.found.functions.push(name);
                }
                let (binds, rest) = call.args.split_at(names.min(call.args.len()));
                // The value of `cel.bind` is outside of what it binds.
                let (outside, inside) =
                    rest.split_at(usize::from(!namespace.is_empty()).min(rest.len()));
                outside.iter().for_each(|arg| self.node(arg));
                let before = self.bound.len();
                self.bound
                    .extend(binds.iter().filter_map(|name| match &name.expr {
                        Tree::Ident(name) => Some(name.clone()),
                        _ => None,
                    }));
                inside.iter().for_each(|arg| self.node(arg));
                self.bound.truncate(before);
                if call.target.is_none() && call.func_name == "has" {
                    let asked = self.found.names.last_mut();
                    if let Some(asked) = asked.filter(|_| call.args.first().is_some_and(is_field)) {
                        asked.tested = true;
                    }
                }
            }
            Tree::List(list) => list.elements.iter().for_each(|item| self.node(item)),
            Tree::Map(map) => {
                for entry in &map.entries {
                    if let cel::common::ast::EntryExpr::MapEntry(entry) = &entry.expr {
                        self.node(&entry.key);
                        self.node(&entry.value);
                    }
                }
            }
            Tree::Ident(_)
            | Tree::Literal(_)
            | Tree::Struct(_)
            | Tree::Comprehension(_)
            | Tree::Unspecified => {}
        }
    }

    /// A node that is a name and fields after it, and nothing else.
    fn chain(&self, node: &IdedExpr) -> Option<Reading> {
        let (operand, field, end, optional) = match &node.expr {
            Tree::Ident(name) => {
                let start = self.at(node);
                return Some(Reading {
                    path: vec![name.clone()],
                    start,
                    ends: vec![start + name.len()],
                    optional: vec![false],
                    tested: false,
                    bound: self.bound.clone(),
                });
            }
            Tree::Select(SelectExpr { operand, field, .. }) => (
                operand.as_ref(),
                field.as_str(),
                self.after_name(node),
                false,
            ),
            Tree::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::OPT_SELECT, [operand, field]) => {
                    (operand, text(field)?, self.after_name(node), true)
                }
                (index @ (operators::INDEX | operators::OPT_INDEX), [operand, field]) => {
                    let optional = index == operators::OPT_INDEX;
                    (operand, text(field)?, self.after_bracket(field)?, optional)
                }
                _ => return None,
            },
            _ => return None,
        };
        let mut reading = self.chain(operand)?;
        reading.path.push(field.to_owned());
        reading.ends.push(end);
        reading.optional.push(optional);
        Some(reading)
    }

    /// Where a node's token begins.
    fn at(&self, node: &IdedExpr) -> usize {
        self.spans
            .offset_for(node.id)
            .map_or(0, |(start, _)| start as usize)
    }

    /// The end of the name after a selection's dot.
    fn after_name(&self, node: &IdedExpr) -> usize {
        let (from, length) = self.source.name_after(self.at(node));
        from + length
    }

    /// The end of an index, its bracket included.
    fn after_bracket(&self, text: &IdedExpr) -> Option<usize> {
        let (_, last) = self.spans.offset_for(text.id)?;
        let rest = self.source.0.get(last as usize..)?;
        Some(last as usize + rest.find(']')? + 1)
    }
}

/// Whether a node is a field of a name, however deep.
fn is_field(node: &IdedExpr) -> bool {
    match &node.expr {
        Tree::Select(select) => {
            matches!(select.operand.expr, Tree::Ident(_)) || is_field(&select.operand)
        }
        _ => false,
    }
}

/// Names, literals, selections, indices and calls; operators are calls too, of names that are none.
fn is_primary(node: &IdedExpr) -> bool {
    match &node.expr {
        Tree::Call(call) => {
            let operator = call.func_name.as_str();
            operator.starts_with(|c: char| c.is_ascii_alphabetic())
                || [
                    operators::INDEX,
                    operators::OPT_INDEX,
                    operators::OPT_SELECT,
                ]
                .contains(&operator)
        }
        _ => true,
    }
}

fn text(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Tree::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// How many of a macro's arguments are names.
fn names_bound(name: &str, arguments: usize) -> usize {
    match (name, arguments) {
        ("all" | "exists" | "exists_one" | "existsOne", 3) => 2,
        ("transformList" | "transformMap" | "transformMapEntry", _) => 2,
        ("all" | "exists" | "exists_one" | "existsOne" | "filter" | "sortBy", 2) => 1,
        ("optMap" | "optFlatMap", 2) | ("map", 2 | 3) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
