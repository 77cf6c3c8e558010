//! How large a value may be, and how often parts of the input may come in it.

/// The most that a value may hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Elements or entries.
    pub(super) items: u64,
    /// The same, those of elements included.
    pub(super) nodes: u64,
    /// Bytes of its longest text.
    pub(super) text: u64,
    /// Whether it is, or holds, a map that the expression made: those are searched from end to end.
    pub(super) made: bool,
    /// If its elements are parts of the input: how often each part may come altogether, in all evaluations of what
    /// gives this value, and how many parts there are.
    pub(super) parts: Option<Parts>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) visits: u64,
    pub(super) of: u64,
}

impl Shape {
    pub(super) fn text(text: u64) -> Shape {
        Shape {
            text,
            ..Shape::default()
        }
    }

    /// One of its elements.
    pub(super) fn element(self) -> Shape {
        Shape {
            items: self.nodes,
            ..self
        }
    }

    /// The same value so many times.
    pub(super) fn repeated(self, times: u64) -> Shape {
        let parts = self.parts.map(|parts| Parts {
            visits: parts.visits.saturating_mul(times),
            ..parts
        });
        Shape { parts, ..self }
    }

    /// The parts that are in one or the other; an empty list has none of its own.
    fn parts_with(self, other: Shape) -> Option<Parts> {
        match (self.nodes, other.nodes) {
            (_, 0) => self.parts,
            (0, _) => other.parts,
            _ => {
                let (a, b) = (self.parts?, other.parts?);
                Some(Parts {
                    visits: a.visits.saturating_add(b.visits),
                    of: a.of.max(b.of),
                })
            }
        }
    }

    /// What is one or the other.
    pub(super) fn or(self, other: Shape) -> Shape {
        Shape {
            items: self.items.max(other.items),
            nodes: self.nodes.max(other.nodes),
            text: self.text.max(other.text),
            made: self.made || other.made,
            parts: self.parts_with(other),
        }
    }

    /// What holds the elements of both.
    pub(super) fn and(self, other: Shape) -> Shape {
        Shape {
            items: self.items.saturating_add(other.items),
            nodes: self.nodes.saturating_add(other.nodes),
            ..self.or(other)
        }
    }

    /// Elements altogether, when what gives it is evaluated `times`.
    pub(super) fn elements(self, times: u64) -> u64 {
        let each = times.saturating_mul(self.items);
        let shared = self
            .parts
            .map(|parts| parts.visits.saturating_mul(parts.of));
        shared.map_or(each, |shared| each.min(shared))
    }

    /// As [`Shape::elements`], with all that is nested in them.
    pub(super) fn all_nodes(self, times: u64) -> u64 {
        self.element().elements(times)
    }

    /// Charges for comparing one with the other so often.
    pub(super) fn comparing(self, other: Shape, times: u64) -> u64 {
        let searched = if self.made || other.made {
            let pairs = self.nodes.saturating_mul(other.nodes);
            times.saturating_mul(pairs)
        } else {
            self.all_nodes(times).min(other.all_nodes(times))
        };
        let text = self.text.min(other.text) / 8 + 2;
        searched.saturating_add(times).saturating_mul(text)
    }
}
