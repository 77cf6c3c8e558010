//! Parameters count by their defaults.

use plimsoll_cel::Node;

use super::resolve::scalar_text;
use super::template::{Known, Template};
use super::unresolved;
use crate::files::marked::{Extent, Marked};

impl<'a> Template<'a> {
    /// What a parameter is if nobody says otherwise; a secret one, or one whose default is the name of something else, is
    /// not known.
    pub(super) fn parameter(
        &self,
        name: &str,
        parameter: &Marked<'a>,
        extent: Extent,
    ) -> Known<'a, Marked<'a>> {
        let unknown = || unresolved(self.arena, &format!("!Ref {name}"));
        let told = |key| parameter.entry(key).map(|child| child.value.node);
        let text = |key| told(key).and_then(|node| scalar_text(&node));
        let of_type = text("Type").unwrap_or_default();
        let is_secret = text("NoEcho").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        if is_secret || of_type.starts_with("AWS::SSM::Parameter::Value") {
            return Err(unknown());
        }
        let default = told("Default").ok_or_else(unknown)?;
        let text = scalar_text(&default).ok_or_else(unknown)?;
        self.without_secrets(&text)?;
        if of_type == "CommaDelimitedList" || of_type.starts_with("List<") {
            let parts = text.split(',').map(str::trim);
            return self.texts(parts.filter(|part| !part.is_empty()), extent);
        }
        Ok(Marked::scalar(as_written(default), extent))
    }
}

/// A default of `true` is the text `true` to CloudFormation; numbers are the same either way.
fn as_written(default: Node<'_>) -> Node<'_> {
    match default {
        Node::Bool(true) => Node::Str("true"),
        Node::Bool(false) => Node::Str("false"),
        other => other,
    }
}
