//! CloudFormation takes texts for booleans and numbers, and the other way round: each becomes what its property holds.

use plimsoll_cel::{Bump, Node, Type};

use super::link;
use super::resolve::scalar_text;
use super::unresolved;
use crate::files::marked::{Child, Marked};

/// The value with everything of the type that belongs there, where it can be.
pub(super) fn coerced<'a>(arena: &'a Bump, value: &Marked<'a>, ty: &Type) -> Marked<'a> {
    let all = |of: &dyn Fn(&Child<'a>) -> Marked<'a>| -> Vec<Child<'a>> {
        let children = value.children.iter();
        children
            .map(|child| Child {
                value: of(child),
                ..*child
            })
            .collect()
    };
    match (ty, value.node) {
        (Type::Object(schema), Node::Map(_)) => {
            let children = all(&|child| {
                let field = child.key.and_then(|key| schema.fields.get(key.text));
                field.map_or(child.value, |ty| coerced(arena, &child.value, ty))
            });
            Marked::map(arena, value.extent, &children)
        }
        (Type::Map(_, of), Node::Map(_)) => {
            let children = all(&|child| coerced(arena, &child.value, of));
            Marked::map(arena, value.extent, &children)
        }
        (Type::List(of), Node::List(_)) => {
            let children = all(&|child| coerced(arena, &child.value, of));
            Marked::list(arena, value.extent, &children)
        }
        (ty, node) => Marked {
            node: scalar(arena, node, ty),
            ..*value
        },
    }
}

fn scalar<'a>(arena: &'a Bump, node: Node<'a>, ty: &Type) -> Node<'a> {
    match (ty, node) {
        // What a resource will be called tells nothing of anything but a name.
        (Type::String | Type::Dyn, Node::Str(_)) => node,
        (_, Node::Str(text)) if link::target(text).is_some() => {
            Node::Unknown(unresolved(arena, text))
        }
        (Type::Bool, Node::Str(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Node::Bool(true),
            "false" | "no" | "off" => Node::Bool(false),
            _ => node,
        },
        (Type::Int, Node::Str(text)) => text.trim().parse().map_or(node, Node::Int),
        (Type::Double, Node::Str(text)) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Node::Double(number),
            _ => node,
        },
        (Type::String, Node::Bool(_) | Node::Int(_) | Node::Double(_)) => {
            scalar_text(&node).map_or(node, |text| Node::text_in(arena, &text))
        }
        _ => node,
    }
}
