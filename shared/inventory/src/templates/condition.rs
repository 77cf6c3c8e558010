//! Conditions, as far as what they compare is known.

use plimsoll_cel::Node;

use super::link;
use super::resolve::written;
use super::template::{Known, Template};
use super::unresolved;
use crate::files::marked::Marked;

impl<'a> Template<'a> {
    /// Whether the condition with this name holds.
    pub(super) fn holds(&self, name: &'a str) -> Known<'a, bool> {
        if let Some(decided) = self.decided.borrow().get(name) {
            return *decided;
        }
        let unknown = Err(unresolved(self.arena, &format!("!Condition {name}")));
        let Some(condition) = self.conditions.get(name) else {
            return unknown;
        };
        // Until it is decided: one that asks for itself never is.
        self.decided.borrow_mut().insert(name, unknown);
        let decided = self.truth(condition);
        self.decided.borrow_mut().insert(name, decided);
        decided
    }

    fn truth(&self, at: &Marked<'a>) -> Known<'a, bool> {
        self.deeper(|| self.truth_inside(at))?
    }

    fn truth_inside(&self, at: &Marked<'a>) -> Known<'a, bool> {
        let [only] = at.children else {
            return Err(unresolved(self.arena, "a condition that is no function"));
        };
        let (name, argument) = (only.key.map_or("", |key| key.text), &only.value);
        match (name, argument.node, argument.children) {
            ("Condition", Node::Str(name), _) => self.holds(name),
            ("Fn::Equals", _, [one, other]) => {
                let (one, other) = (self.compared(&one.value), self.compared(&other.value));
                Ok(one? == other?)
            }
            ("Fn::Not", _, [of]) => self.truth(&of.value).map(|holds| !holds),
            ("Fn::And", Node::List(_), all) => self.until(all, false),
            ("Fn::Or", Node::List(_), any) => self.until(any, true),
            _ => Err(unresolved(self.arena, &written(name, argument))),
        }
    }

    /// The first that is `decisive` decides; else those that are not known.
    fn until(&self, all: &[crate::files::marked::Child<'a>], decisive: bool) -> Known<'a, bool> {
        let mut unknown = None;
        for child in all {
            match self.truth(&child.value) {
                Ok(holds) if holds == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        unknown.map_or(Ok(!decisive), Err)
    }

    /// A text to compare; the name of a resource stands for one that nobody knows.
    fn compared(&self, at: &Marked<'a>) -> Known<'a, String> {
        let text = self.text_of(at)?;
        match link::target(&text) {
            Some(_) => Err(unresolved(self.arena, &text)),
            None => Ok(text),
        }
    }
}
