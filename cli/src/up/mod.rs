//! `plimsoll up`: the whole service in one process.

use anyhow::{Result, bail};

use crate::args::UpArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

/// Runs it until Ctrl-C.
///
/// # Errors
/// The configuration cannot be used, or the service cannot start.
pub(crate) fn run(args: &UpArgs, _console: &Console, _interrupt: &Interrupt) -> Result<Exit> {
    bail!("up is not wired in this build ({})", args.config.display())
}
