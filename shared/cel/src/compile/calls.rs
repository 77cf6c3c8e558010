//! Function calls: which overload is meant, and the calls that have a form of their own.

use cel::common::ast::{CallExpr, Expr as Tree, IdedExpr};

use super::names::{qualified, root};
use super::{Compiled, Compiler};
use crate::code::{Expr, Literal, TextTest};
use crate::error::CompileError;
use crate::library::{self, FOREIGN, Function, NEWER};
use crate::program::Pattern;
use crate::schema::Type;
use crate::signature::{self, Overload};
use crate::source::nearest;

/// What the sum of no elements is, where that is not the 0 of `int`.
fn zero(ty: &Type) -> Option<Literal> {
    match ty {
        Type::Uint => Some(Literal::Uint(0)),
        Type::Double => Some(Literal::Double(0.0)),
        Type::Duration => Some(Literal::Duration(0)),
        _ => None,
    }
}

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        node: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Compiled, CompileError> {
        if let Some(compiled) = self.operator(node, call)? {
            return Ok(compiled);
        }
        if let Some(compiled) = self.macro_call(node, call)? {
            return Ok(compiled);
        }
        let name = call.func_name.strip_prefix('.').unwrap_or(&call.func_name);
        self.refuse_foreign(node, call, name)?;
        // `sets.contains(..)`: the target is a namespace unless it is a variable.
        let namespace = call
            .target
            .as_ref()
            .and_then(|target| qualified(target))
            .filter(|target| signature::is_namespace(target) && !self.is_variable(target));
        let (name, target) = match (namespace, &call.target) {
            (Some(namespace), _) => (format!("{namespace}.{name}"), None),
            (None, target) => (name.to_owned(), target.as_deref()),
        };
        let overloads = self.overloads(node, &name, target.is_some())?;
        if let Some((_, since)) = NEWER.iter().find(|(newer, _)| *newer == name) {
            self.beyond.insert(since);
        }
        let in_format = self.in_format;
        self.in_format |= name == "format";
        let mut args = Vec::with_capacity(call.args.len() + 1);
        for arg in target.into_iter().chain(&call.args) {
            args.push(self.expr(arg)?);
        }
        self.in_format = in_format;
        if name == "format"
            && let (Some(target), [list]) = (target, call.args.as_slice())
        {
            self.check_format(node, target, list)?;
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty.clone()).collect();
        let fitting: Vec<_> = overloads
            .iter()
            .filter_map(|overload| {
                overload
                    .apply(&types)
                    .map(|result| (overload.function, result))
            })
            .collect();
        let Some((function, mut ty)) = fitting.first().cloned() else {
            return Err(self.no_overload(node, &name, overloads, &types));
        };
        if fitting.iter().any(|(_, other)| *other != ty) {
            ty = Type::Dyn;
        }
        let from = args
            .iter()
            .flat_map(|arg| arg.from.iter().cloned())
            .collect();
        let literals: Vec<&IdedExpr> = target.into_iter().chain(&call.args).collect();
        let at = u32::try_from(self.source.name_before(self.at(node) as usize).0).unwrap_or(0);
        let mut args: Vec<Expr> = args.into_iter().map(|arg| arg.expr).collect();
        if function == Function::Sum {
            args.extend(zero(&ty).map(Expr::Const));
        }
        if let Some(folded) = self.fold(function, &args, &literals)? {
            return Ok(Compiled {
                expr: folded,
                ty,
                from,
            });
        }
        let expr = self.special(function, args, at, &literals)?;
        Ok(Compiled { expr, ty, from })
    }

    /// `math.ceil(..)`: what other hosts of the language have and no API server does.
    fn refuse_foreign(
        &self,
        node: &IdedExpr,
        call: &CallExpr,
        name: &str,
    ) -> Result<(), CompileError> {
        let target = call.target.as_deref();
        if let Some(start) = target.map(root)
            && matches!(&start.expr, Tree::Ident(name) if name == "authorizer")
            && !self.is_variable("authorizer")
        {
            return Err(self.undeclared(start, "authorizer"));
        }
        match target.and_then(qualified) {
            Some(of) if FOREIGN.contains(&of.as_str()) && !self.is_variable(&of) => {
                let text = format!("Kubernetes has no function `{of}.{name}`");
                Err(self.call_error(node, text))
            }
            _ => Ok(()),
        }
    }

    fn is_variable(&self, name: &str) -> bool {
        self.env.slot(name).is_some() || self.locals.iter().any(|local| local.name == name)
    }

    /// The overloads of a name, or why there are none.
    fn overloads(
        &self,
        node: &IdedExpr,
        name: &str,
        method: bool,
    ) -> Result<&'static [Overload], CompileError> {
        let named = signature::named(name);
        let wanted = named.map(|named| {
            if method {
                &named.methods
            } else {
                &named.globals
            }
        });
        if let Some(overloads) = wanted.filter(|overloads| !overloads.is_empty()) {
            return Ok(overloads);
        }
        if let Some(named) = named {
            let other = if method {
                named.globals.first()
            } else {
                named.methods.first()
            };
            let mut error = self.call_error(node, format!("`{name}` is not called like this"));
            error.help = other.map(|overload| format!("it is `{}`", overload.text));
            return Err(error);
        }
        let mut error = self.call_error(node, format!("there is no function `{name}`"));
        error.help = nearest(
            name,
            signature::names().chain(super::macros::NAMES.iter().copied()),
        );
        Err(error)
    }

    fn no_overload(
        &self,
        node: &IdedExpr,
        name: &str,
        overloads: &[Overload],
        types: &[Type],
    ) -> CompileError {
        let given: Vec<_> = types.iter().map(ToString::to_string).collect();
        let mut error = if overloads
            .iter()
            .all(|overload| overload.arity() != types.len())
        {
            self.call_error(node, format!("`{name}` does not take this many arguments"))
        } else {
            self.call_error(
                node,
                format!("`{name}` does not take ({})", given.join(", ")),
            )
        };
        let texts: Vec<_> = overloads
            .iter()
            .take(3)
            .map(|overload| format!("`{}`", overload.text))
            .collect();
        error.help = Some(format!("it is {}", texts.join(" or ")));
        error
    }

    /// An error at the name that is called.
    pub(super) fn call_error(&self, node: &IdedExpr, message: impl Into<String>) -> CompileError {
        let (at, length) = self.source.name_before(self.at(node) as usize);
        self.source.error(at, length, message)
    }

    /// The expression for a call; some have one of their own, and constants are checked.
    fn special(
        &mut self,
        function: Function,
        args: Vec<Expr>,
        at: u32,
        nodes: &[&IdedExpr],
    ) -> Result<Expr, CompileError> {
        let mut args = args;
        let boxed = |expr: Option<Expr>| Box::new(expr.unwrap_or(Expr::Const(Literal::Null)));
        match (function, args.as_slice()) {
            (Function::HasValue, [Expr::Path(path)]) if path.is_optional() => {
                return Ok(Expr::Has(path.clone()));
            }
            _ => {}
        }
        match function {
            Function::Contains | Function::StartsWith | Function::EndsWith if args.len() == 2 => {
                let test = match function {
                    Function::Contains => TextTest::Contains,
                    Function::StartsWith => TextTest::StartsWith,
                    _ => TextTest::EndsWith,
                };
                let with = boxed(args.pop());
                Ok(Expr::TextTest {
                    test,
                    text: boxed(args.pop()),
                    with,
                    at,
                })
            }
            Function::OrValue | Function::Or if args.len() == 2 => {
                let otherwise = boxed(args.pop());
                let unwrap = function == Function::OrValue;
                Ok(Expr::OrElse {
                    of: boxed(args.pop()),
                    otherwise,
                    unwrap,
                    at,
                })
            }
            Function::Matches | Function::Find | Function::FindAll => {
                let Some(Expr::Const(Literal::Str(source))) = args.get(1) else {
                    return Ok(Expr::Call { function, args, at });
                };
                let pattern = self.pattern(source.clone(), nodes.get(1).copied())?;
                let mut args = args.into_iter();
                let text = boxed(args.next());
                if function == Function::Matches {
                    return Ok(Expr::Matches { text, pattern, at });
                }
                let limit = args.nth(1).map(Box::new);
                Ok(Expr::Find {
                    function,
                    text,
                    pattern,
                    limit,
                    at,
                })
            }
            _ => Ok(Expr::Call { function, args, at }),
        }
    }

    /// The place of a constant pattern among the program's.
    fn pattern(&mut self, source: String, node: Option<&IdedExpr>) -> Result<u16, CompileError> {
        if let Some(place) = self
            .patterns
            .iter()
            .position(|pattern| pattern.source() == source)
        {
            return Ok(u16::try_from(place).unwrap_or(u16::MAX));
        }
        if let Err(message) = library::regex::build(&source) {
            return Err(match node {
                Some(node) => self.error_at(node, message),
                None => self.source.error(0, 1, message),
            });
        }
        self.patterns.push(Pattern::new(&source));
        Ok(u16::try_from(self.patterns.len() - 1).unwrap_or(u16::MAX))
    }

    /// Whether a node is a plain name, as a macro's variable must be.
    pub(super) fn variable_name(&self, node: &IdedExpr) -> Result<String, CompileError> {
        match &node.expr {
            Tree::Ident(name) if !name.starts_with('.') && name != "__result__" => Ok(name.clone()),
            _ => Err(self.error_at(node, "a macro's variable must be a plain name")),
        }
    }
}
