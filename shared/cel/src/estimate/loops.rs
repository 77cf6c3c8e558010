//! What loops cost at most, and how large what paths and loops give may be.

use super::shape::Shape;
use super::steps::Estimator;
use crate::code::{Loop, LoopKind, Path, Root, Step};

impl Estimator<'_> {
    pub(super) fn path(&mut self, path: &Path, times: u64) -> Shape {
        let root = match &path.root {
            Root::Slot(slot) => {
                let name = self.program.name_of(*slot);
                match self.all.variable_of(&name) {
                    Some((shape, around)) => shape.repeated(self.all.rounds_since(around)),
                    None => self.all.sizes.whole(&name, times),
                }
            }
            Root::Local(local) => {
                let local = self.locals.get(usize::from(*local)).copied();
                let (shape, around) = local.unwrap_or_default();
                shape.repeated(self.all.rounds_since(around))
            }
            Root::Of(expr) => self.expr(expr, times),
        };
        for step in &path.steps {
            let key = match step {
                Step::Field(field) => field.key.len() as u64,
                Step::Index { .. } => 0,
                Step::Computed { index, .. } => self.expr(index, times).text,
            };
            let searched = if root.made { root.nodes } else { 0 };
            let each = searched.saturating_add(1).saturating_mul(key / 8 + 2);
            self.charge(times, each.saturating_add(1));
        }
        if path.steps.is_empty() {
            root
        } else {
            root.element()
        }
    }

    pub(super) fn looped(&mut self, looped: &Loop, times: u64) -> Shape {
        let range = self.expr(&looped.range, times);
        let turns = range.elements(times);
        // What is looked at and what is put into the result.
        self.charge(turns, 2);
        let element = range.element();
        self.all.loops.push(range.items);
        self.set_local(looped.local, element);
        if let Some(second) = looped.second {
            self.set_local(second, element);
        }
        if let Some(condition) = &looped.condition {
            self.expr(condition, turns);
        }
        let output = looped
            .output
            .as_ref()
            .map(|output| self.expr(output, turns));
        self.all.loops.pop();
        let output = output.unwrap_or_default();
        let made = Shape {
            items: range.items,
            nodes: range.items.saturating_mul(output.nodes.saturating_add(1)),
            text: output.text.max(range.text),
            made: output.made,
            parts: output.parts,
        };
        match looped.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Shape::default(),
            LoopKind::Filter => range,
            LoopKind::SortBy => {
                // Each is compared some 64 times at most.
                self.charge(turns, 64_u64.saturating_mul(output.text / 8 + 1));
                range
            }
            LoopKind::Map => made,
            LoopKind::TransformMap => Shape { made: true, ..made },
            LoopKind::TransformMapEntry => {
                let entries = range.items.saturating_mul(output.items);
                let pairs = entries.saturating_mul(entries);
                let each = pairs.saturating_mul(output.text / 8 + 2);
                self.charge(times, each.saturating_add(entries));
                Shape {
                    items: entries,
                    made: true,
                    ..made
                }
            }
        }
    }

    pub(super) fn set_local(&mut self, local: u16, shape: Shape) {
        if let Some(place) = self.locals.get_mut(usize::from(local)) {
            *place = (shape, self.all.loops.len());
        }
    }
}
