//! `plimsoll up` and `plimsoll demo`.

use std::path::PathBuf;

use clap::Args;

/// Run the whole service on this machine.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// Tenants, connections and destinations.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "plimsoll.toml",
        env = "PLIMSOLL_CONFIG"
    )]
    pub(crate) config: PathBuf,
    /// Port to listen on; 0 takes any free one. Beats the configuration.
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Where everything is kept. Beats the configuration.
    #[arg(long, value_name = "DIR", env = "PLIMSOLL_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Write mails to this folder instead of sending them.
    #[arg(long, value_name = "DIR")]
    pub(crate) mail_to_dir: Option<PathBuf>,
}

/// Play example tenants through four weeks and show what they are told.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where messages and results are written.
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    pub(crate) out: PathBuf,
    /// End when the four weeks are over, instead of staying up.
    #[arg(long)]
    pub(crate) exit: bool,
}
