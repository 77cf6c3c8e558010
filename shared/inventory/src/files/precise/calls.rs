//! What is read otherwise in templates of AWS resources.
//!
//! A tag calls a function: `!Ref Name` is read as `{Ref: Name}`. A key is the name that is written, and so is a word that
//! only YAML 1.1 takes for a boolean (`No`): conditions compare such words as they stand.

use saphyr_parser::Tag;

use super::super::marked::{Child, Extent, Key, Marked};
use super::super::scalar::Plain;
use super::Builder;
use super::meaning::Meaning;

impl<'a> Builder<'a, '_> {
    /// What a scalar means in a template.
    pub(super) fn in_template(&self, meaning: Meaning, text: &str) -> Meaning {
        let is_word = |word: &str| text.eq_ignore_ascii_case(word);
        match meaning {
            Meaning::Plain(Plain::Bool(_))
                if self.calls && !is_word("true") && !is_word("false") =>
            {
                Meaning::Text
            }
            other => other,
        }
    }

    /// The long name of the function that a tag calls.
    pub(super) fn function(&self, tag: Option<&Tag>) -> Option<&'a str> {
        let tag = tag.filter(|tag| self.calls && tag.handle == "!" && !tag.suffix.is_empty())?;
        let name = match tag.suffix.as_str() {
            name @ ("Ref" | "Condition") => name.to_owned(),
            name => format!("Fn::{name}"),
        };
        Some(self.arena.alloc_str(&name))
    }

    /// The value as the argument of a function: a map of one.
    pub(super) fn called(&self, function: Option<&'a str>, value: Marked<'a>) -> Marked<'a> {
        let Some(function) = function else {
            return value;
        };
        let short = function.strip_prefix("Fn::").unwrap_or(function);
        let start = self.lines.tag_before(value.extent.start, short);
        let extent = Extent {
            start,
            end: value.extent.end,
        };
        let key = Some(Key {
            text: function,
            extent,
        });
        let merged = false;
        Marked::map(self.arena, extent, &[Child { key, value, merged }])
    }
}
