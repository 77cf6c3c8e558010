//! `plimsoll message preview`.

use anyhow::Result;
use plimsoll_report::Diagnostic;

use crate::args::Channel;
use crate::console::Console;
use crate::exit::Exit;

/// Renders a message from its sample.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn preview(name: &str, _channel: Channel, console: &Console) -> Result<Exit> {
    console.diagnose(&[Diagnostic::error(
        "unknown-message",
        format!("no message {name}"),
    )]);
    Ok(Exit::Usage)
}
