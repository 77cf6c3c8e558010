//! A resource's properties while they are put together, value by value.

use plimsoll_cel::Bump;

use super::table::Step;
use crate::files::marked::{Child, Extent, Key, Marked};

/// A value that may still grow.
#[derive(Debug, Clone)]
pub(super) enum Draft<'a> {
    Done(Marked<'a>),
    Map(Extent, Vec<(&'static str, Extent, Draft<'a>)>),
    List(Extent, Vec<Draft<'a>>),
}

impl<'a> Draft<'a> {
    pub(super) fn map(extent: Extent) -> Self {
        Self::Map(extent, Vec::new())
    }

    /// Puts a value at a path, whose lists take the next of `indexes` each; what is done already stays.
    ///
    /// `trail` has the places of the keys on the way; where it is shorter, its last one counts.
    pub(super) fn put(
        &mut self,
        path: &[Step],
        indexes: &[usize],
        trail: &[Extent],
        value: Draft<'a>,
    ) {
        let ([step, rest @ ..], Some(extent)) = (path, trail.first().copied()) else {
            return;
        };
        let Self::Map(_, entries) = self else { return };
        let after = match trail {
            [_, after @ ..] if !after.is_empty() => after,
            all => all,
        };
        let place = entries.iter().position(|(key, ..)| *key == step.key);
        let place = place.unwrap_or_else(|| {
            let fresh = match (step.each && !indexes.is_empty(), rest.is_empty()) {
                (true, _) => Self::List(extent, Vec::new()),
                (false, true) => value.clone(),
                (false, false) => Self::map(extent),
            };
            entries.push((step.key, extent, fresh));
            entries.len() - 1
        });
        let (_, _, at) = &mut entries[place];
        let (true, [index, indexes @ ..]) = (step.each, indexes) else {
            if !rest.is_empty() {
                at.put(rest, indexes, after, value);
            } else if matches!((&*at, &value), (Self::Map(..), Self::Done(_))) {
                *at = value;
            }
            return;
        };
        let Self::List(_, elements) = at else { return };
        while elements.len() <= *index {
            elements.push(Self::map(extent));
        }
        if rest.is_empty() {
            elements[*index] = value;
        } else {
            elements[*index].put(rest, indexes, after, value);
        }
    }

    /// Puts a value at the end of the list at a path.
    pub(super) fn append(&mut self, path: &[Step], trail: &[Extent], value: Draft<'a>) {
        let count = match (path, &*self) {
            ([only], Self::Map(_, entries)) => {
                let there = entries.iter().find(|(key, ..)| *key == only.key);
                match there {
                    Some((_, _, Self::List(_, elements))) => elements.len(),
                    _ => 0,
                }
            }
            _ => return,
        };
        let listed: Vec<Step> = path
            .iter()
            .map(|step| Step {
                each: true,
                ..*step
            })
            .collect();
        self.put(&listed, &[count], trail, value);
    }

    /// The value, with all that was put into it.
    pub(super) fn done(self, arena: &'a Bump) -> Marked<'a> {
        let child = |key, value| Child {
            key,
            value,
            merged: false,
        };
        match self {
            Self::Done(value) => value,
            Self::Map(extent, entries) => {
                let entries = entries.into_iter().map(|(text, extent, value)| {
                    let key = Key { text, extent };
                    child(Some(key), value.done(arena))
                });
                let children: Vec<_> = entries.collect();
                Marked::map(arena, extent, &children)
            }
            Self::List(extent, elements) => {
                let elements = elements.into_iter();
                let children: Vec<_> = elements.map(|it| child(None, it.done(arena))).collect();
                Marked::list(arena, extent, &children)
            }
        }
    }
}
