//! `plimsoll collector`: what a customer applies so that each node tells about itself; and `plimsoll collect-node`, the
//! program that runs there.

mod manifests;
mod run;

use anyhow::Result;

pub(crate) use run::collect_node;

use crate::args::CollectorArgs;
use crate::console::Console;
use crate::exit::Exit;

/// Prints the manifests.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn run(args: &CollectorArgs, console: &Console) -> Result<Exit> {
    console.print(|out| out.write_all(manifests::all(args).as_bytes()))?;
    Ok(Exit::Done)
}
