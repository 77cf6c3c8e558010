//! `x in ['a', 'b', …]` with constant elements, looked up without building the list.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::code::Literal;
use crate::error::Stop;
use crate::node::same_text;
use crate::value::{self, Value};

/// Up to this many texts, comparing with all, mostly by length alone, is quicker than a binary search.
const COMPARED_TEXTS: usize = 16;

/// Constant elements: texts sorted, others as they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LiteralSet {
    texts: Vec<String>,
    others: Vec<Literal>,
}

impl LiteralSet {
    pub(crate) fn new(elements: Vec<Literal>) -> LiteralSet {
        let mut set = LiteralSet {
            texts: Vec::new(),
            others: Vec::new(),
        };
        for element in elements {
            match element {
                Literal::Str(text) => set.texts.push(text),
                other => set.others.push(other),
            }
        }
        set.texts.sort_unstable_by(|a, b| order(a, b));
        set.texts.dedup();
        set
    }

    /// How many elements are not text.
    pub(crate) fn others(&self) -> usize {
        self.others.len()
    }

    pub(crate) fn contains(
        &self,
        value: &Value<'_>,
        budget: &Budget,
    ) -> Result<bool, Stop<'static>> {
        if let Value::Str(text) = value {
            budget.charge(1)?;
            return Ok(if self.texts.len() <= COMPARED_TEXTS {
                self.texts
                    .iter()
                    .any(|candidate| same_text(candidate, text))
            } else {
                let found = self
                    .texts
                    .binary_search_by(|candidate| order(candidate, text));
                found.is_ok()
            });
        }
        for other in &self.others {
            budget.charge(1)?;
            if value::equal(&other.borrowed(), value, budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// By length first: most comparisons then need no look at the text.
fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
