//! Evaluation (being written).
use crate::{Budget, Program, Scope, Value, error::Stop};
pub(crate) fn run<'a>(
    _p: &Program,
    _s: &Scope<'_, 'a>,
    _b: &Budget,
) -> Result<Value<'a>, Stop<'a>> {
    Err(Stop::COST)
}
