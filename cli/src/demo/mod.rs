//! `plimsoll demo`: example tenants through four simulated weeks.

use anyhow::{Result, bail};

use crate::args::DemoArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

/// Plays it.
///
/// # Errors
/// The folder cannot be written, or a step of the story fails.
pub(crate) fn run(args: &DemoArgs, _console: &Console, _interrupt: &Interrupt) -> Result<Exit> {
    bail!("demo is not wired in this build ({})", args.out.display())
}
