//! Compilation (being written).
use crate::{CompileError, Env, Limits, Program, source::Source};
pub(crate) fn compile(_env: &Env, source: &str, limits: Limits) -> Result<Program, CompileError> {
    let source = Source(source);
    crate::scan::scan(source, limits)?;
    let (_e, _s) = crate::parse::parse(source)?;
    Err(source.error(0, 1, "not yet"))
}
