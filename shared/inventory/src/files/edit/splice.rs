//! From a draft to a text: the places where they differ, and what stands there then.

use std::ops::Range;

use super::draft::Draft;
use super::print::Indent;
use super::replaced;
use super::source::Source;
use super::style::Style;

/// Collects what is to be changed in a text.
pub(super) struct Writer<'s, 't> {
    pub(super) source: &'s Source<'t>,
    pub(super) style: &'s Style,
    splices: Vec<(Range<usize>, String)>,
}

/// The text of the draft; none if a place in it is written in a way that cannot be edited.
pub(super) fn apply(draft: &Draft<'_>, source: &Source<'_>, style: &Style) -> Option<String> {
    let mut writer = Writer {
        source,
        style,
        splices: Vec::new(),
    };
    let Draft::Open { was, parts } = draft else {
        return None;
    };
    writer.open(was, parts, source.text.len(), None)?;
    writer.finish()
}

impl Writer<'_, '_> {
    /// Puts `new` in the place of the bytes.
    pub(super) fn put(&mut self, place: Range<usize>, new: impl Into<String>) {
        self.splices.push((place, new.into()));
    }

    /// Writes the changes inside a map or list that ends before `limit`; `lines` is where entries would stand if it is
    /// one of brackets in brackets with a line for each entry.
    pub(super) fn open(
        &mut self,
        was: &super::Marked<'_>,
        parts: &[super::draft::Part<'_>],
        limit: usize,
        lines: Option<Indent>,
    ) -> Option<()> {
        if self.source.is_flow(was) {
            self.flow(was, parts, lines)
        } else {
            self.block(was, parts, limit)
        }
    }

    fn finish(mut self) -> Option<String> {
        // What is put in at one place comes in the order in which it was asked for, before what is taken away there.
        self.splices
            .sort_by_key(|(place, _)| (place.start, place.end));
        let apart = self
            .splices
            .windows(2)
            .all(|pair| pair[0].0.end <= pair[1].0.start);
        apart.then(|| replaced(self.source.text, self.splices))
    }
}
