//! Names, field chains and indices, fused to paths.

use cel::common::ast::{CallExpr, Expr as Tree, IdedExpr, LiteralValue, SelectExpr, operators};

use super::{Compiled, Compiler, Origin};
use crate::code::{Expr, Field, Literal, Path, Root, Step};
use crate::error::CompileError;
use crate::kind::Kind;
use crate::program::Chain;
use crate::schema::Type;
use crate::source::nearest;

/// No step of the path is optional.
const NEVER: u16 = u16::MAX;

/// A path while its steps are collected, with the type it has so far.
pub(super) struct Parts {
    path: Path,
    ty: Type,
    /// Whether what follows is optional because something before is.
    optional: bool,
    /// What it goes through, for [`Compiler::record`]; several if it starts at another expression.
    from: Vec<Origin>,
    /// A type's name stands for itself.
    pub(super) constant: Option<Kind>,
}

impl Compiler<'_> {
    /// A name, selection or index.
    pub(super) fn path(&mut self, node: &IdedExpr) -> Result<Compiled, CompileError> {
        let parts = self.parts(node)?;
        if let Some(kind) = parts.constant {
            return Ok(Compiled {
                expr: Expr::Const(Literal::Type(kind)),
                ty: Type::Type,
                from: Vec::new(),
            });
        }
        self.record(&parts);
        let ty = if parts.optional {
            Type::optional(parts.ty)
        } else {
            parts.ty
        };
        let expr = match parts.path {
            Path {
                root: Root::Of(expr),
                steps,
                ..
            } if steps.is_empty() => *expr,
            path => Expr::Path(path),
        };
        Ok(Compiled {
            expr,
            ty,
            from: parts.from,
        })
    }

    /// `has(a.b)`.
    pub(super) fn has(
        &mut self,
        node: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Compiled, CompileError> {
        let [arg] = call.args.as_slice() else {
            return Err(
                self.call_error(node, "`has` takes one field, for example has(object.spec)")
            );
        };
        if !matches!(&arg.expr, Tree::Select(_)) {
            return Err(self.error_at(arg, "`has` needs a field, for example has(object.spec)"));
        }
        let parts = self.parts(arg)?;
        self.record(&parts);
        if parts.path.steps.is_empty() {
            return Err(self.error_at(arg, "`has` needs a field; this is a variable"));
        }
        Ok(Compiled {
            expr: Expr::Has(parts.path),
            ty: Type::Bool,
            from: Vec::new(),
        })
    }

    fn parts(&mut self, node: &IdedExpr) -> Result<Parts, CompileError> {
        if let Some(parts) = self.named(node)? {
            return Ok(parts);
        }
        match &node.expr {
            Tree::Select(SelectExpr {
                operand,
                field,
                test: false,
            }) => {
                let parts = self.parts(operand)?;
                let at = self.field_at(node);
                self.select(parts, field.clone(), false, at)
            }
            Tree::Call(call) if call.func_name == operators::OPT_SELECT => {
                match call.args.as_slice() {
                    [
                        operand,
                        IdedExpr {
                            expr: Tree::Literal(LiteralValue::String(field)),
                            ..
                        },
                    ] => {
                        let parts = self.parts(operand)?;
                        let at = self.field_at(node);
                        self.select(parts, field.inner().to_owned(), true, at)
                    }
                    _ => Err(self.error_at(node, "the expression cannot be read")),
                }
            }
            Tree::Call(call)
                if matches!(
                    call.func_name.as_str(),
                    operators::INDEX | operators::OPT_INDEX
                ) =>
            {
                let [operand, index] = call.args.as_slice() else {
                    return Err(self.error_at(node, "the expression cannot be read"));
                };
                let optional = call.func_name == operators::OPT_INDEX;
                let parts = self.parts(operand)?;
                self.index(node, parts, index, optional)
            }
            _ => {
                let of = self.expr(node)?;
                let (ty, optional) = match of.ty {
                    Type::Optional(inner) => (*inner, true),
                    other => (other, false),
                };
                let path = Path {
                    root: Root::Of(Box::new(of.expr)),
                    steps: Vec::new(),
                    optional_from: NEVER,
                };
                Ok(Parts {
                    path,
                    ty,
                    optional,
                    from: of.from,
                    constant: None,
                })
            }
        }
    }

    fn field_at(&self, node: &IdedExpr) -> (usize, usize) {
        self.source.name_after(self.at(node) as usize)
    }

    /// Adds a field to a path.
    fn select(
        &mut self,
        mut parts: Parts,
        field: String,
        optional: bool,
        (at, length): (usize, usize),
    ) -> Result<Parts, CompileError> {
        let ty = match &parts.ty {
            _ if parts.constant.is_some() => {
                return Err(self.source.error(
                    at,
                    length,
                    format!("a type has no field `{field}`"),
                ));
            }
            Type::Optional(inner) => {
                parts.optional = true;
                field_type(inner, &field)
            }
            ty => field_type(ty, &field),
        };
        parts.ty = ty.map_err(|(message, help)| {
            let mut error = self.source.error(at, length, message);
            error.help = help;
            error
        })?;
        parts
            .from
            .iter_mut()
            .for_each(|origin| origin.keys.push(field.clone()));
        let at = u32::try_from(at).unwrap_or(0);
        parts.push(Step::Field(Field::new(field, at)), optional);
        Ok(parts)
    }

    /// Adds an index to a path; a constant text is a field.
    fn index(
        &mut self,
        node: &IdedExpr,
        mut parts: Parts,
        index: &IdedExpr,
        optional: bool,
    ) -> Result<Parts, CompileError> {
        let at = self.at(index);
        let compiled = self.expr(index)?;
        let ty = match &parts.ty {
            Type::Optional(inner) => {
                parts.optional = true;
                inner.as_ref().clone()
            }
            ty => ty.clone(),
        };
        let list_index = matches!(compiled.ty, Type::Dyn | Type::Free | Type::Int);
        if let Expr::Const(Literal::Null | Literal::Bytes(_) | Literal::Type(_)) = &compiled.expr {
            let text = format!("{} is no index", compiled.ty);
            return Err(self.error_at(index, text));
        }
        if let Type::Map(key, _) = &ty
            && !compiled.ty.fits(key)
        {
            let text = format!(
                "a map with keys of type {key} has none of type {}",
                compiled.ty
            );
            return Err(self.error_at(index, text));
        }
        if let (
            Expr::Const(Literal::Str(key)),
            Type::Dyn | Type::Free | Type::Map(..) | Type::Object(_),
        ) = (&compiled.expr, &ty)
        {
            let token = self.spans.offset_for(index.id).unwrap_or((at, at));
            return self.select(
                parts,
                key.clone(),
                optional,
                (token.0 as usize, key.len() + 2),
            );
        }
        parts.ty = match ty {
            Type::Dyn | Type::Free => Type::Dyn,
            Type::List(element) if list_index => *element,
            Type::List(_) => {
                let text = format!("a list has no index of type {}", compiled.ty);
                return Err(self.error_at(index, text));
            }
            Type::Map(_, value) => *value,
            Type::Object(_) => Type::Dyn,
            other => return Err(self.error_at(node, format!("{other} has no elements"))),
        };
        parts
            .from
            .iter_mut()
            .for_each(|origin| origin.keys.push("*".to_owned()));
        let step = match compiled.expr {
            Expr::Const(Literal::Int(index)) => Step::Index { index, at },
            other => Step::Computed {
                index: Box::new(other),
                at,
            },
        };
        parts.push(step, optional);
        Ok(parts)
    }

    /// Notes what a path reads.
    fn record(&mut self, parts: &Parts) {
        let through_local = !matches!(parts.path.root, Root::Slot(_));
        for Origin { slot, keys } in &parts.from {
            let chain = Chain {
                slot: *slot,
                keys: keys.clone(),
                through_local,
            };
            if !self.chains.contains(&chain) {
                self.chains.push(chain);
            }
        }
    }
}

impl Parts {
    fn push(&mut self, step: Step, optional: bool) {
        if optional {
            self.optional = true;
            let place = u16::try_from(self.path.steps.len()).unwrap_or(NEVER);
            self.path.optional_from = self.path.optional_from.min(place);
        }
        self.path.steps.push(step);
    }
}

pub(super) fn parts_of(root: Root, ty: Type, from: Vec<Origin>) -> Parts {
    let (ty, optional) = match ty {
        Type::Optional(inner) => (*inner, true),
        other => (other, false),
    };
    Parts {
        path: Path {
            root,
            steps: Vec::new(),
            optional_from: NEVER,
        },
        ty,
        optional,
        from,
        constant: None,
    }
}

/// The type of a field, or why there is none and what may have been meant.
fn field_type(ty: &Type, field: &str) -> Result<Type, (String, Option<String>)> {
    match ty {
        Type::Dyn | Type::Free => Ok(Type::Dyn),
        Type::Map(_, value) => Ok(value.as_ref().clone()),
        Type::Object(schema) => match schema.fields.get(field) {
            Some(ty) => Ok(ty.clone()),
            None if schema.open => Ok(Type::Dyn),
            None => {
                let help = nearest(field, schema.fields.keys().map(String::as_str));
                Err((format!("unknown field `{field}` on {}", schema.name), help))
            }
        },
        Type::List(_) => {
            let help = "use an index, `all` or `exists`".to_owned();
            Err((format!("a list has no field `{field}`"), Some(help)))
        }
        other => Err((format!("{other} has no field `{field}`"), None)),
    }
}

/// The slot and keys that are read when a program's value is used as a whole.
pub(super) fn elements_of(from: &[Origin]) -> Vec<Origin> {
    let below = |origin: &Origin| {
        let mut keys = origin.keys.clone();
        keys.push("*".to_owned());
        Origin {
            slot: origin.slot,
            keys,
        }
    };
    from.iter().map(below).collect()
}
