//! What functions cost at most, and how large what they give may be.

use super::shape::Shape;
use super::steps::Estimator;
use crate::code::{Expr, Literal};
use crate::library::Function;

/// Bytes that a number, a time or an address takes as text.
const PLAIN_TEXT: u64 = 400;
/// What building a pattern charges, and each of its bytes.
const BUILDING: (u64, u64) = (5000, 10);

impl Estimator<'_> {
    /// What matching a constant pattern charges.
    pub(super) fn matching(&self, pattern: u16, text: Shape) -> u64 {
        let pattern = self.program.patterns.get(usize::from(pattern));
        let length = pattern.map_or(0, |pattern| pattern.source().len() as u64);
        matching(length, text)
    }

    pub(super) fn call(
        &mut self,
        function: Function,
        args: &[Expr],
        shapes: &[Shape],
        times: u64,
    ) -> Shape {
        let first = shapes.first().copied().unwrap_or_default();
        let second = shapes.get(1).copied().unwrap_or_default();
        let all = shapes
            .iter()
            .copied()
            .reduce(Shape::and)
            .unwrap_or_default();
        let bytes: u64 = shapes
            .iter()
            .fold(0, |sum, shape| sum.saturating_add(shape.text));
        let elements = first.elements(times);
        match function {
            Function::Matches | Function::Find | Function::FindAll => {
                let pattern = second.text;
                let building = BUILDING
                    .0
                    .saturating_add(pattern.saturating_mul(BUILDING.1));
                let work = matching(pattern, first).saturating_add(building);
                self.charge(times, work.saturating_add(first.text + 1));
                parts_of_text(first.text)
            }
            Function::Split => {
                self.charge(times, first.text.saturating_mul(2) + 2);
                parts_of_text(first.text)
            }
            Function::Replace => {
                let new = shapes.get(2).map_or(0, |shape| shape.text);
                let made = (first.text + 1).saturating_mul(new + 1);
                self.charge(times, made.saturating_add(first.text + 2));
                Shape::text(made)
            }
            Function::Join => {
                let each = first.text.saturating_add(second.text);
                self.add(elements.saturating_mul(each / 8 + 2));
                Shape::text(first.items.saturating_mul(each))
            }
            Function::Format => {
                let nested = second.nodes.saturating_add(1);
                let made = first.text.saturating_add(
                    nested.saturating_mul(second.text.saturating_mul(2) + PLAIN_TEXT * 4),
                );
                self.charge(times, made);
                Shape::text(made)
            }
            Function::Range => {
                let items = match args {
                    [Expr::Const(Literal::Int(count))] => u64::try_from(*count).unwrap_or(0),
                    // Nobody knows; as many as the input has, which is what such ranges are made for.
                    _ => self.all.sizes.items,
                };
                self.charge(times, items);
                Shape {
                    items,
                    nodes: items,
                    ..Shape::default()
                }
            }
            Function::Distinct
            | Function::SetsContains
            | Function::SetsEquivalent
            | Function::SetsIntersects => {
                let other = if function == Function::Distinct {
                    first
                } else {
                    second
                };
                let pairs = elements.saturating_mul(other.items.saturating_add(1));
                let repeated = first.element().repeated(other.items);
                let compared = repeated.comparing(other.element().repeated(first.items), pairs);
                self.add(pairs.saturating_add(compared).saturating_mul(2));
                self.add(times.saturating_mul(2));
                first
            }
            Function::IndexOf | Function::LastIndexOf | Function::Includes => {
                self.add(
                    first
                        .element()
                        .comparing(second.repeated(first.items), elements),
                );
                self.add(elements.saturating_mul(2));
                self.charge(times, bytes / 8 + 2);
                Shape::default()
            }
            Function::Sort | Function::Max | Function::Min | Function::IsSorted | Function::Sum => {
                self.add(
                    elements
                        .saturating_mul(66)
                        .saturating_mul(first.text / 8 + 2),
                );
                first
            }
            Function::Flatten => {
                self.charge(times, first.nodes.saturating_mul(2));
                Shape {
                    items: first.nodes,
                    ..first
                }
            }
            Function::UrlQuery => {
                self.charge(times, first.text.saturating_mul(2) + 2);
                Shape {
                    made: true,
                    ..parts_of_text(first.text)
                }
            }
            Function::QuantityAdd | Function::QuantitySubtract => {
                self.charge(times, bytes / 4 + 2);
                Shape::text(bytes.saturating_add(PLAIN_TEXT))
            }
            _ => {
                self.add(elements.saturating_mul(2));
                self.charge(times, bytes.saturating_mul(2).saturating_add(PLAIN_TEXT));
                Shape {
                    text: bytes.saturating_mul(3).saturating_add(PLAIN_TEXT),
                    ..all
                }
            }
        }
    }
}

/// What matching charges; a pattern is longer in the notation that it is translated to.
fn matching(pattern: u64, text: Shape) -> u64 {
    (text.text / 10 + 1).saturating_mul(pattern.saturating_mul(4) + 1)
}

/// The most parts that a text has.
fn parts_of_text(text: u64) -> Shape {
    Shape {
        items: text.saturating_add(1),
        nodes: text.saturating_add(1),
        ..Shape::text(text)
    }
}
