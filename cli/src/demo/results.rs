//! `w1.json` to `w4.json`: each week's result of the production cluster, as `plimsoll scan --context` gives it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use plimsoll_world::World;

/// The cluster whose story is told.
const CLUSTER: &str = "prod-eu-1";

/// Scans it once more with this very program, as its owner would from a laptop.
pub(super) fn write(world: &World, week: u32, out: &Path) -> Result<()> {
    let kubeconfig = tempfile::NamedTempFile::new().context("no file for the kubeconfig")?;
    std::fs::write(
        kubeconfig.path(),
        world.kubeconfig(CLUSTER, "PlimsollScanner")?,
    )?;
    let result = out.join(format!("w{week}.json"));
    let status = Command::new(std::env::current_exe().context("where this program is")?)
        .args(["scan", "--quiet", "--context", CLUSTER, "--kubeconfig"])
        .arg(kubeconfig.path())
        .arg("--output")
        .arg(&result)
        .stdout(Stdio::null())
        .status()
        .context("this program cannot be started again")?;
    ensure!(
        status.success() && result.exists(),
        "week {week}: the scan of {CLUSTER} ended with {status}"
    );
    Ok(())
}
