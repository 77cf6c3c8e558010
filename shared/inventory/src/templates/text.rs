//! Functions that make texts, and lists of texts.

use base64::Engine;
use plimsoll_cel::Node;

use super::resolve::{scalar_text, written};
use super::template::{Known, Template};
use super::unresolved;
use crate::files::marked::{Child, Extent, Marked};

impl<'a> Template<'a> {
    /// The text that a value is, or that CloudFormation makes of it.
    pub(super) fn text_of(&self, at: &Marked<'a>) -> Known<'a, String> {
        self.text_in(&self.known(at)?)
    }

    fn text_in(&self, value: &Marked<'a>) -> Known<'a, String> {
        if let Node::Unknown(reason) = value.node {
            return Err(reason);
        }
        let text = scalar_text(&value.node);
        text.ok_or_else(|| unresolved(self.arena, "a list or map where text belongs"))
    }

    /// `Fn::Join`.
    pub(super) fn joined(&self, argument: &Marked<'a>, extent: Extent) -> Known<'a, Marked<'a>> {
        let [between, list] = argument.children else {
            return Err(unresolved(self.arena, &written("Fn::Join", argument)));
        };
        let between = self.text_of(&between.value)?;
        let list = self.known(&list.value)?;
        let mut text = String::new();
        for (number, child) in list.children.iter().enumerate() {
            if number > 0 {
                text.push_str(&between);
            }
            let part = self.text_in(&child.value)?;
            self.afford(between.len() + part.len())?;
            text.push_str(&part);
        }
        self.text(&text, extent)
    }

    /// `Fn::Split`.
    pub(super) fn split(&self, argument: &Marked<'a>, extent: Extent) -> Known<'a, Marked<'a>> {
        let wrong = || unresolved(self.arena, &written("Fn::Split", argument));
        let [at, text] = argument.children else {
            return Err(wrong());
        };
        let (at, text) = (self.text_of(&at.value)?, self.text_of(&text.value)?);
        if at.is_empty() {
            return Err(wrong());
        }
        self.texts(text.split(at.as_str()), extent)
    }

    /// A list of texts, all of them standing where the list does.
    pub(super) fn texts<'t>(
        &self,
        texts: impl Iterator<Item = &'t str>,
        extent: Extent,
    ) -> Known<'a, Marked<'a>> {
        let children = texts.map(|text| {
            self.afford(size_of::<Child<'_>>())?;
            Ok(Child {
                key: None,
                value: self.text(text, extent)?,
                merged: false,
            })
        });
        let children = children.collect::<Known<'a, Vec<_>>>()?;
        Ok(Marked::list(self.arena, extent, &children))
    }

    /// `Fn::Base64`.
    pub(super) fn base64(&self, argument: &Marked<'a>, extent: Extent) -> Known<'a, Marked<'a>> {
        let text = self.text_of(argument)?;
        self.afford(text.len() * 2)?;
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        self.text(&text, extent)
    }

    /// `Fn::Sub`: a text, or a list of a text and values for names in it.
    pub(super) fn substituted(
        &self,
        argument: &Marked<'a>,
        extent: Extent,
    ) -> Known<'a, Marked<'a>> {
        let wrong = || unresolved(self.arena, &written("Fn::Sub", argument));
        let (text, values) = match (argument.node, argument.children) {
            (Node::Str(text), _) => (text, None),
            (_, [text, values]) => {
                let text = text.value.node.as_str().ok_or_else(wrong)?;
                (text, Some(&values.value))
            }
            _ => return Err(wrong()),
        };
        self.without_secrets(text)?;
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            let (name, behind) = after.split_once('}').ok_or_else(wrong)?;
            rest = behind;
            if let Some(literal) = name.strip_prefix('!') {
                made.push_str("${");
                made.push_str(literal);
                made.push('}');
                continue;
            }
            let own = values.and_then(|values| values.entry(name.trim()));
            let part = match own {
                Some(own) => self.text_of(&own.value)?,
                None => self.text_in(&self.named(self.arena.alloc_str(name.trim()), extent)?)?,
            };
            self.afford(part.len())?;
            made.push_str(&part);
        }
        made.push_str(rest);
        self.text(&made, extent)
    }

    /// What `${Name}` or `${Resource.Attribute}` stands for.
    fn named(&self, name: &'a str, extent: Extent) -> Known<'a, Marked<'a>> {
        match name.split_once('.') {
            Some((id, attribute)) => self.attribute_of(id, attribute, extent),
            None => self.reference(name, extent),
        }
    }
}
