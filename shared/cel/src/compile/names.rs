//! Names: of variables, dots included, of macros' variables, of types.

use cel::common::ast::{Expr as Tree, IdedExpr, SelectExpr};

use super::path::{Parts, parts_of};
use super::{Compiler, Origin};
use crate::code::Root;
use crate::error::CompileError;
use crate::kind::Kind;
use crate::schema::Type;
use crate::signature;
use crate::source::nearest;

impl Compiler<'_> {
    /// A node that is wholly a name: a macro's variable, a declared variable (dots included) or a type.
    pub(super) fn named(&mut self, node: &IdedExpr) -> Result<Option<Parts>, CompileError> {
        let Some(name) = qualified(node) else {
            return Ok(None);
        };
        let root_name = name.split('.').next().unwrap_or_default();
        if let Some(local) = self
            .locals
            .iter()
            .rposition(|local| local.name == root_name)
        {
            if !matches!(node.expr, Tree::Ident(_)) {
                return Ok(None);
            }
            let (ty, from) = (
                self.locals[local].ty.clone(),
                self.locals[local].from.clone(),
            );
            let local = u16::try_from(local).unwrap_or(u16::MAX);
            return Ok(Some(parts_of(Root::Local(local), ty, from)));
        }
        if let Some(slot) = self.env.slot(&name) {
            self.reads.insert(slot);
            let ty = self
                .env
                .variable(slot)
                .map_or(Type::Dyn, |(_, ty)| ty.clone());
            return Ok(Some(parts_of(
                Root::Slot(slot),
                ty,
                vec![Origin {
                    slot,
                    keys: Vec::new(),
                }],
            )));
        }
        if let Some(kind) = Kind::NAMED.into_iter().find(|kind| kind.name() == name) {
            let mut parts = parts_of(Root::Local(0), Type::Type, Vec::new());
            parts.constant = Some(kind);
            return Ok(Some(parts));
        }
        let has_dotted = |prefix: &str| {
            let mut names = self.env.names();
            names.any(|n| {
                n.strip_prefix(prefix)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match &node.expr {
            // `variables.x` where only other `variables.…` are declared.
            Tree::Select(select)
                if qualified(&select.operand)
                    .is_some_and(|of| self.env.slot(&of).is_none() && has_dotted(&of))
                    && !has_dotted(&name)
                    && !self.starts_with_variable(&name) =>
            {
                Err(self.undeclared(node, &name))
            }
            Tree::Ident(_) if !has_dotted(&name) => Err(self.undeclared(node, &name)),
            Tree::Ident(_) => {
                Err(self.error_at(node, format!("`{name}` is no variable by itself")))
            }
            _ => Ok(None),
        }
    }

    /// Whether some prefix of a dotted name is a variable, whose field it then names.
    fn starts_with_variable(&self, name: &str) -> bool {
        name.match_indices('.')
            .any(|(dot, _)| self.env.slot(&name[..dot]).is_some())
    }

    pub(super) fn undeclared(&self, node: &IdedExpr, name: &str) -> CompileError {
        if name == "authorizer" {
            let text = "`authorizer` asks the API server that admits an object; there is none here";
            return self.error_at(node, text);
        }
        let mut error = self.error_at(node, format!("`{name}` is not declared"));
        let locals = self.locals.iter().map(|local| local.name.as_str());
        error.help = match name.rsplit_once('.') {
            Some((prefix, last)) => {
                let of_prefix = |n: &'_ str| {
                    n.strip_prefix(prefix)
                        .and_then(|rest| rest.strip_prefix('.'))
                        .is_some()
                };
                let known: Vec<&str> = self.env.names().filter(|n| of_prefix(n)).collect();
                let tails = known.iter().map(|n| &n[prefix.len() + 1..]);
                nearest(last, tails).map(|help| help.replacen('`', &format!("`{prefix}."), 1))
            }
            None => nearest(name, self.env.names().chain(locals)),
        };
        if error.help.is_none() && signature::named(name).is_some() {
            error.help = Some(format!("`{name}` is a function"));
        }
        error
    }
}

/// What a chain of calls and selections starts with.
pub(super) fn root(node: &IdedExpr) -> &IdedExpr {
    match &node.expr {
        Tree::Select(select) => root(&select.operand),
        Tree::Call(call) => call.target.as_deref().map_or(node, root),
        _ => node,
    }
}

/// `a.b.c` if a node is only that.
pub(super) fn qualified(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Tree::Ident(name) => Some(name.strip_prefix('.').unwrap_or(name).to_owned()),
        Tree::Select(SelectExpr {
            operand,
            field,
            test: false,
        }) => {
            let mut name = qualified(operand)?;
            name.push('.');
            name.push_str(field);
            Some(name)
        }
        _ => None,
    }
}
