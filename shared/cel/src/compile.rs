//! From a syntax tree to a [`Program`]: names are resolved, types checked, chains fused, in one walk.

use std::collections::BTreeSet;

use cel::common::ast::{Expr as Tree, IdedExpr, LiteralValue, SourceInfo};

use crate::code::{Expr, Literal};
use crate::env::{Env, Limits, Slot};
use crate::error::CompileError;
use crate::parse::parse;
use crate::program::{Chain, Pattern, Program};
use crate::scan::scan;
use crate::schema::Type;
use crate::source::Source;

mod arithmetic;
mod calls;
mod constants;
mod formats;
mod macros;
mod names;
mod operators;
mod path;

/// The stack on which sources are parsed: the parser and the walk over its tree use some 100 KB a level in a debug
/// build, and [`Limits::MAX_DEPTH`] levels there are at most. It is reserved, not filled.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// Checks and compiles a source.
pub(crate) fn compile(env: &Env, text: &str, limits: Limits) -> Result<Program, CompileError> {
    let source = Source(text);
    let depth = scan(source, limits)?;
    let unreadable = || source.error(0, 1, "the expression cannot be read");
    std::thread::scope(|threads| {
        let work = || compile_here(env, source, depth);
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(threads, work);
        thread
            .map_err(|_| unreadable())?
            .join()
            .map_err(|_| unreadable())?
    })
}

fn compile_here(env: &Env, source: Source<'_>, depth: u32) -> Result<Program, CompileError> {
    let (tree, spans) = parse(source)?;
    let mut compiler = Compiler {
        env,
        source,
        spans,
        locals: Vec::new(),
        most_locals: 0,
        patterns: Vec::new(),
        reads: BTreeSet::new(),
        chains: Vec::new(),
        beyond: BTreeSet::new(),
        in_format: false,
        format_values: Vec::new(),
    };
    let root = compiler.expr(&tree)?;
    let name = |slot: &Slot| {
        env.variable(*slot)
            .map(|(name, _)| name.to_owned())
            .unwrap_or_default()
    };
    Ok(Program {
        source: source.0.to_owned(),
        result: root.ty.closed(),
        root: root.expr,
        locals: compiler.most_locals,
        depth,
        patterns: compiler.patterns,
        reads: compiler
            .reads
            .iter()
            .map(|slot| (*slot, name(slot)))
            .collect(),
        chains: compiler.chains,
        beyond: compiler.beyond.into_iter().map(str::to_owned).collect(),
    })
}

/// A part that is compiled.
struct Compiled {
    expr: Expr,
    ty: Type,
    /// The parts of variables that its value may be or come from.
    from: Vec<Origin>,
}

/// A variable's field chain.
#[derive(Clone, Debug, PartialEq)]
struct Origin {
    slot: Slot,
    keys: Vec<String>,
}

/// A macro's variable.
struct Local {
    name: String,
    ty: Type,
    from: Vec<Origin>,
}

struct Compiler<'s> {
    env: &'s Env,
    source: Source<'s>,
    spans: SourceInfo,
    locals: Vec<Local>,
    most_locals: u16,
    patterns: Vec<Pattern>,
    reads: BTreeSet<Slot>,
    chains: Vec<Chain>,
    /// What it uses that not every supported API server has.
    beyond: BTreeSet<&'static str>,
    /// Whether this is an argument of `format`, whose lists may mix types.
    in_format: bool,
    /// The types of the elements of the last list within such an argument.
    format_values: Vec<Type>,
}

impl Compiler<'_> {
    fn expr(&mut self, node: &IdedExpr) -> Result<Compiled, CompileError> {
        match &node.expr {
            Tree::Literal(literal) => Ok(constant(literal)),
            Tree::Ident(_) | Tree::Select(_) => self.path(node),
            Tree::Call(call) => self.call(node, call),
            Tree::List(list) => {
                let mut items = Vec::with_capacity(list.elements.len());
                let mut element = Type::Free;
                let mut types = Vec::new();
                let mut from = Vec::new();
                for (number, node) in list.elements.iter().enumerate() {
                    let optional = list.optional_indices.contains(&number);
                    let mut item = self.element(node, optional)?;
                    if self.in_format {
                        types.push(item.ty.clone());
                    }
                    let before = items.first().map(|(expr, _)| expr);
                    element = self.uniform(node, element, item.ty, (before, &item.expr))?;
                    from.append(&mut item.from);
                    items.push((item.expr, optional));
                }
                self.format_values = types;
                let ty = Type::list(element);
                Ok(Compiled {
                    expr: Expr::List(items, self.at(node)),
                    ty,
                    from,
                })
            }
            Tree::Map(map) => self.map(node, map),
            Tree::Struct(message) => {
                let text = format!("messages (`{}{{}}`) cannot be made here", message.type_name);
                Err(self.error_at(node, text))
            }
            Tree::Comprehension(_) | Tree::Unspecified => {
                Err(self.error_at(node, "the expression cannot be read"))
            }
        }
    }

    fn map(
        &mut self,
        node: &IdedExpr,
        map: &cel::common::ast::MapExpr,
    ) -> Result<Compiled, CompileError> {
        use cel::common::ast::EntryExpr;
        let mut entries = Vec::with_capacity(map.entries.len());
        let (mut key_ty, mut value_ty) = (Type::Free, Type::Free);
        let mut from = Vec::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(self.error_at(node, "the expression cannot be read"));
            };
            let key = self.expr(&entry.key)?;
            if !matches!(
                key.ty,
                Type::Dyn | Type::Free | Type::String | Type::Int | Type::Uint | Type::Bool
            ) {
                return Err(self.error_at(&entry.key, format!("{} cannot be a key", key.ty)));
            }
            key_ty = self.uniform(&entry.key, key_ty, key.ty, (None, &key.expr))?;
            let mut value = self.element(&entry.value, entry.optional)?;
            value_ty = self.uniform(&entry.value, value_ty, value.ty, (None, &value.expr))?;
            from.append(&mut value.from);
            entries.push((key.expr, value.expr, entry.optional));
        }
        let ty = Type::map_of(key_ty, value_ty);
        Ok(Compiled {
            expr: Expr::Map(entries, self.at(node)),
            ty,
            from,
        })
    }

    /// An element of a list or map; after a `?` its type is that of the optional's value.
    fn element(&mut self, node: &IdedExpr, optional: bool) -> Result<Compiled, CompileError> {
        let mut element = self.expr(node)?;
        if optional {
            element.ty = match element.ty {
                Type::Optional(inner) => *inner,
                Type::Dyn | Type::Free => Type::Dyn,
                other => {
                    return Err(self.error_at(node, format!("`?` needs an optional, not {other}")));
                }
            };
        }
        Ok(element)
    }

    /// The type of the elements so far, one more taken in. The elements of a literal have one type, as in an API
    /// server; what `dyn` hides is a type of its own.
    fn uniform(
        &self,
        node: &IdedExpr,
        before: Type,
        ty: Type,
        (first, this): (Option<&Expr>, &Expr),
    ) -> Result<Type, CompileError> {
        let constant = |expr: &Expr| match expr {
            Expr::Const(Literal::Type(kind)) => Some(*kind),
            _ => None,
        };
        let differ = match (first.and_then(constant), constant(this)) {
            (Some(first), Some(this)) => first != this,
            _ => false,
        };
        if !self.in_format && (differ || !before.same(&ty)) {
            let text = format!("the elements must have one type: this is {ty}, not {before}");
            let mut error = self.error_at(node, text);
            if !differ {
                error.help = Some("`dyn(..)` around each of them makes it one".to_owned());
            }
            return Err(error);
        }
        Ok(before.join(ty).unwrap_or(Type::Dyn))
    }

    /// A part that must be a condition.
    fn condition(&mut self, node: &IdedExpr, what: &str) -> Result<Expr, CompileError> {
        let part = self.expr(node)?;
        match part.ty {
            Type::Bool | Type::Dyn | Type::Free => Ok(part.expr),
            other => Err(self.error_at(node, format!("{what} must be bool, this is {other}"))),
        }
    }

    /// Where a node's token begins, in bytes.
    fn at(&self, node: &IdedExpr) -> u32 {
        self.spans.offset_for(node.id).map_or(0, |(start, _)| start)
    }

    /// An error at a node's own token.
    fn error_at(&self, node: &IdedExpr, message: impl Into<String>) -> CompileError {
        let (start, stop) = self.spans.offset_for(node.id).unwrap_or((0, 0));
        let text = self.source.0;
        // The parser gives the first byte of the last character.
        let start = start as usize;
        let last = text.floor_char_boundary((stop as usize).min(text.len()));
        let end = text[last..]
            .chars()
            .next()
            .map_or(last, |c| last + c.len_utf8());
        match &node.expr {
            // A selection's own token is its dot: the name after it says more.
            Tree::Select(_) => {
                let (from, length) = self.source.name_after(start);
                self.source.error(from, length, message)
            }
            _ => self
                .source
                .error(start, end.saturating_sub(start).max(1), message),
        }
    }
}

fn constant(literal: &LiteralValue) -> Compiled {
    let (literal, ty) = match literal {
        LiteralValue::Boolean(value) => (Literal::Bool(*value.inner()), Type::Bool),
        LiteralValue::Bytes(value) => (Literal::Bytes(value.inner().to_vec()), Type::Bytes),
        LiteralValue::Double(value) => (Literal::Double(*value.inner()), Type::Double),
        LiteralValue::Int(value) => (Literal::Int(*value.inner()), Type::Int),
        LiteralValue::Null => (Literal::Null, Type::Null),
        LiteralValue::String(value) => (Literal::Str(value.inner().to_owned()), Type::String),
        LiteralValue::UInt(value) => (Literal::Uint(*value.inner()), Type::Uint),
    };
    Compiled {
        expr: Expr::Const(literal),
        ty,
        from: Vec::new(),
    }
}
