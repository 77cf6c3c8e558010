//! Meters what an evaluation costs and stops it at a limit, so that no expression can hold a scan up.

use std::cell::Cell;

use crate::error::Stop;

/// A cost meter with a limit.
///
/// One unit is one step of an expression, one element looked at, or about eight bytes of text compared or made.
/// What an operation will allocate is charged before it is allocated. Kubernetes allows an admission expression
/// 10,000,000 units of its own, very similar, scale (`PerCallLimit` times ten).
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    left: Cell<u64>,
}

impl Budget {
    /// A meter at zero that stops at `limit` units.
    #[must_use]
    #[inline]
    pub fn new(limit: u64) -> Budget {
        Budget {
            limit,
            left: Cell::new(limit),
        }
    }

    /// Units spent so far; all of them once something was too much.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.limit - self.left.get()
    }

    /// The limit in units.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Charges `units`, or stops.
    #[inline]
    pub(crate) fn charge(&self, units: u64) -> Result<(), Stop<'static>> {
        match self.left.get().checked_sub(units) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.left.set(0);
                Err(Stop::COST)
            }
        }
    }

    /// Charges for looking at or making `bytes` of text.
    #[inline]
    pub(crate) fn charge_text(&self, bytes: usize) -> Result<(), Stop<'static>> {
        self.charge(bytes as u64 / 8)
    }
}
