//! `plimsoll fix`.

use std::path::PathBuf;

use clap::Args;

use super::{Selection, SeverityFilter};

/// Show, as a diff, how manifests are mended where that is safe; --write changes them.
#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    /// Files and folders.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Change the files; comments, order and style stay.
    #[arg(long)]
    pub(crate) write: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Severities to mend: a list, or high+ for high and worse.
    #[arg(long, value_name = "LIST", env = "PLIMSOLL_SEVERITY")]
    pub(crate) severity: Option<SeverityFilter>,
}
