//! Macros: calls whose arguments name variables.

use cel::common::ast::{CallExpr, Expr as Tree, IdedExpr};

use super::path::elements_of;
use super::{Compiled, Compiler, Local, Origin};
use crate::code::{Expr, Loop, LoopKind};
use crate::error::CompileError;
use crate::schema::Type;

/// The macros' names, for suggestions.
pub(super) const NAMES: &[&str] = &[
    "has",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "filter",
    "map",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "sortBy",
    "optMap",
    "optFlatMap",
    "cel.bind",
];

/// Which of a loop's arguments are what.
struct Shape<'n> {
    kind: LoopKind,
    names: &'n [IdedExpr],
    condition: Option<&'n IdedExpr>,
    output: Option<&'n IdedExpr>,
}

impl Compiler<'_> {
    /// A call that is a macro; `None` if it is something else.
    pub(super) fn macro_call(
        &mut self,
        node: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Option<Compiled>, CompileError> {
        let name = call.func_name.as_str();
        let Some(target) = call.target.as_deref() else {
            return if name == "has" {
                self.has(node, call).map(Some)
            } else {
                Ok(None)
            };
        };
        if name == "bind" && matches!(&target.expr, Tree::Ident(name) if name == "cel") {
            return self.bind(node, call).map(Some);
        }
        if matches!(name, "optMap" | "optFlatMap") {
            return self.map_optional(node, call, target).map(Some);
        }
        match shape(name, &call.args) {
            Some(shape) => self.looped(node, name, target, &shape).map(Some),
            None if NAMES.contains(&name) && name != "has" => {
                Err(self.call_error(node, format!("`{name}` does not take this many arguments")))
            }
            None => Ok(None),
        }
    }

    fn looped(
        &mut self,
        node: &IdedExpr,
        name: &str,
        target: &IdedExpr,
        shape: &Shape<'_>,
    ) -> Result<Compiled, CompileError> {
        let range = self.expr(target)?;
        let (key, value) = match &range.ty {
            Type::Dyn | Type::Free => (Type::Dyn, Type::Dyn),
            Type::List(element) if shape.names.len() == 1 => (element.as_ref().clone(), Type::Dyn),
            Type::List(element) => (Type::Int, element.as_ref().clone()),
            Type::Map(..) | Type::Object(_) if shape.kind == LoopKind::SortBy => {
                return Err(
                    self.call_error(node, format!("`{name}` needs a list, not {}", range.ty))
                );
            }
            Type::Map(key, value) => (key.as_ref().clone(), value.as_ref().clone()),
            Type::Object(_) => (Type::String, Type::Dyn),
            other => {
                return Err(
                    self.call_error(node, format!("`{name}` needs a list or a map, not {other}"))
                );
            }
        };
        if let [first, second] = shape.names
            && self.variable_name(first)? == self.variable_name(second)?
        {
            return Err(self.error_at(second, "the two variables must have different names"));
        }
        if name == "existsOne" && shape.names.len() == 1 {
            self.beyond.insert("existsOne of one variable (1.37)");
        }
        let from = elements_of(&range.from);
        let local = self.declare(&shape.names[0], key.clone(), &from)?;
        let second = match shape.names.get(1) {
            Some(second) => Some(self.declare(second, value, &from)?),
            None => None,
        };
        let condition = match shape.condition {
            Some(condition) => {
                Some(self.condition(condition, &format!("the condition of `{name}`"))?)
            }
            None => None,
        };
        let output = shape.output.map(|output| self.expr(output)).transpose()?;
        self.locals.truncate(self.locals.len() - shape.names.len());
        let (output, made) = match output {
            Some(output) => (Some(output.expr), Some((output.ty, output.from))),
            None => (None, None),
        };
        let (ty, from) = match (shape.kind, made) {
            (LoopKind::Map, Some((ty, from))) => (Type::list(ty), from),
            (LoopKind::TransformMap, Some((ty, from))) => (Type::map_of(key, ty), from),
            (LoopKind::TransformMapEntry, Some((ty, from))) => match ty {
                Type::Map(..) => (ty, from),
                Type::Dyn | Type::Free | Type::Object(_) => {
                    (Type::map_of(Type::Dyn, Type::Dyn), from)
                }
                other => {
                    let text = format!("`{name}` must give a map, not {other}");
                    return Err(self.call_error(node, text));
                }
            },
            (LoopKind::SortBy, Some((ty, _))) if !is_comparable(&ty) => {
                return Err(self.call_error(node, format!("`sortBy` has no order for {ty}")));
            }
            (LoopKind::Filter | LoopKind::SortBy, _) => (Type::list(key), range.from),
            _ => (Type::Bool, Vec::new()),
        };
        let looped = Loop {
            kind: shape.kind,
            range: range.expr,
            local,
            second,
            condition,
            output,
            at: u32::try_from(self.source.name_before(self.at(node) as usize).0).unwrap_or(0),
        };
        Ok(Compiled {
            expr: Expr::Loop(Box::new(looped)),
            ty,
            from,
        })
    }

    /// `cel.bind(name, value, body)`.
    fn bind(&mut self, node: &IdedExpr, call: &CallExpr) -> Result<Compiled, CompileError> {
        let [name, value, body] = call.args.as_slice() else {
            return Err(self.call_error(node, "`cel.bind` takes a name, a value and an expression"));
        };
        self.beyond.insert("cel.bind");
        let value = self.expr(value)?;
        let local = self.declare(name, value.ty, &value.from)?;
        let body = self.expr(body)?;
        self.locals.pop();
        let expr = Expr::Bind {
            local,
            value: Box::new(value.expr),
            body: Box::new(body.expr),
        };
        Ok(Compiled { expr, ..body })
    }

    /// `x.optMap(v, e)` and `x.optFlatMap(v, e)`.
    fn map_optional(
        &mut self,
        node: &IdedExpr,
        call: &CallExpr,
        target: &IdedExpr,
    ) -> Result<Compiled, CompileError> {
        let flat = call.func_name == "optFlatMap";
        let [name, body] = call.args.as_slice() else {
            let text = format!("`{}` takes a name and an expression", call.func_name);
            return Err(self.call_error(node, text));
        };
        let of = self.expr(target)?;
        let inner = match of.ty {
            Type::Optional(inner) => *inner,
            Type::Dyn | Type::Free => Type::Dyn,
            other => {
                let text = format!("`{}` needs an optional, not {other}", call.func_name);
                return Err(self.call_error(node, text));
            }
        };
        let local = self.declare(name, inner, &of.from)?;
        let made = self.expr(body)?;
        self.locals.pop();
        let ty = match made.ty {
            Type::Optional(_) | Type::Dyn | Type::Free if flat => made.ty,
            other if flat => {
                return Err(self.error_at(
                    body,
                    format!("`optFlatMap` must give an optional, not {other}"),
                ));
            }
            other => Type::optional(other),
        };
        let expr = Expr::MapOptional {
            of: Box::new(of.expr),
            local,
            body: Box::new(made.expr),
            flat,
            at: self.at(node),
        };
        Ok(Compiled {
            expr,
            ty,
            from: made.from,
        })
    }

    /// Makes a macro's variable known, until it is taken off again.
    fn declare(&mut self, node: &IdedExpr, ty: Type, from: &[Origin]) -> Result<u16, CompileError> {
        let name = self.variable_name(node)?;
        let place = u16::try_from(self.locals.len()).unwrap_or(u16::MAX - 1);
        self.locals.push(Local {
            name,
            ty,
            from: from.to_vec(),
        });
        self.most_locals = self.most_locals.max(place + 1);
        Ok(place)
    }
}

/// Whether a list of it can be sorted.
fn is_comparable(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Dyn
            | Type::Free
            | Type::Int
            | Type::Uint
            | Type::Double
            | Type::Bool
            | Type::Duration
            | Type::Timestamp
            | Type::String
            | Type::Bytes
    )
}

fn shape<'n>(name: &str, args: &'n [IdedExpr]) -> Option<Shape<'n>> {
    let kind = match name {
        "all" => LoopKind::All,
        "exists" => LoopKind::Exists,
        "exists_one" | "existsOne" => LoopKind::ExistsOne,
        "filter" => LoopKind::Filter,
        "map" | "transformList" => LoopKind::Map,
        "transformMap" => LoopKind::TransformMap,
        "transformMapEntry" => LoopKind::TransformMapEntry,
        "sortBy" => LoopKind::SortBy,
        _ => return None,
    };
    let two = name.starts_with("transform");
    let (names, rest) = match (kind, args.len()) {
        (LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne, 3) => args.split_at(2),
        (_, 2..=4) if two => args.split_at(2),
        (_, 2 | 3) => args.split_at(1),
        _ => return None,
    };
    let (condition, output) = match (kind, rest) {
        (
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne | LoopKind::Filter,
            [condition],
        ) => (Some(condition), None),
        (LoopKind::SortBy, [output]) => (None, Some(output)),
        (LoopKind::Map | LoopKind::TransformMap | LoopKind::TransformMapEntry, [output]) => {
            (None, Some(output))
        }
        (
            LoopKind::Map | LoopKind::TransformMap | LoopKind::TransformMapEntry,
            [condition, output],
        ) => (Some(condition), Some(output)),
        _ => return None,
    };
    Some(Shape {
        kind,
        names,
        condition,
        output,
    })
}
