//! Names: of variables, dots included, of macros' variables, of types, and names that are written with escapes.

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

    fn undeclared(&self, node: &IdedExpr, name: &str) -> CompileError {
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

/// Kubernetes writes names that CEL reserves, or that are no names in CEL, with escapes: `__namespace__`,
/// `foo__dash__bar` ("CEL in Kubernetes", escaping).
pub(super) fn unescaped(field: &str) -> String {
    if !field.contains("__") {
        return field.to_owned();
    }
    let reserved = [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
    ];
    let word = field
        .strip_prefix("__")
        .and_then(|rest| rest.strip_suffix("__"));
    if let Some(word) = word.filter(|word| reserved.contains(word)) {
        return word.to_owned();
    }
    let mut plain = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = rest.find("__") {
        let escape = [
            ("__underscores__", "__"),
            ("__dot__", "."),
            ("__dash__", "-"),
            ("__slash__", "/"),
        ]
        .into_iter()
        .find(|(escape, _)| rest[at..].starts_with(escape));
        let (length, meant) = escape.map_or((2, "__"), |(escape, meant)| (escape.len(), meant));
        plain.push_str(&rest[..at]);
        plain.push_str(meant);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    plain
}
