//! What runs on each node.

use std::time::Duration;

use anyhow::{Context, Result};
use plimsoll_inventory::kube::{KubeletDoor, collect};
use plimsoll_model::{NodeEvidence, Part};
use plimsoll_report::Diagnostic;
use plimsoll_runtime::Clock;

use crate::args::CollectNodeArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

/// How often a node is read: four times before what was left is too old.
const EVERY: Duration = Duration::from_secs(12 * 3600);

/// How soon it is tried again when it could not be left.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// How often it is looked whether somebody wants the program to end.
const LOOK: Duration = Duration::from_secs(1);

/// Reads the node, once or every twelve hours.
///
/// # Errors
/// No runtime, or stdout cannot be written.
pub(crate) fn collect_node(
    args: &CollectNodeArgs,
    console: &Console,
    interrupt: &Interrupt,
) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime to read with")?;
    let door = door(args);
    loop {
        let left = runtime.block_on(collect(&door, Clock::machine().now()));
        match &left {
            Ok(evidence) => console.print(|out| writeln!(out, "{}", said(evidence)))?,
            Err(error) => console.diagnose(&[Diagnostic::error("not-left", error.to_string())
                .help("plimsoll collector | kubectl apply -f -   (the rights are among it)")]),
        }
        if args.once {
            return Ok(match left {
                Ok(_) => Exit::Done,
                Err(_) => Exit::Nothing,
            });
        }
        let pause = if left.is_ok() { EVERY } else { AGAIN };
        if runtime.block_on(asked_to_end(interrupt, pause)) {
            return Ok(Exit::Done);
        }
    }
}

async fn asked_to_end(interrupt: &Interrupt, pause: Duration) -> bool {
    let until = tokio::time::Instant::now() + pause;
    while tokio::time::Instant::now() < until {
        if interrupt.asked() {
            return true;
        }
        tokio::time::sleep(LOOK).await;
    }
    false
}

fn door(args: &CollectNodeArgs) -> KubeletDoor {
    KubeletDoor {
        node: args.node.clone(),
        host_ip: args.host_ip,
        port: args.port,
        verify: !args.unverified_kubelet,
        api_server: args.api_server.clone(),
        authority: args.authority.clone(),
        token: args.token.clone(),
        namespace: args.namespace.clone(),
        files: args.files.clone(),
    }
}

/// One line for the log: what was read, and why the rest was not.
fn said(evidence: &NodeEvidence) -> String {
    let parts = evidence.files.iter();
    let parts = parts.map(|(name, part)| (name.as_str(), part));
    let parts = [("kubelet", &evidence.kubelet)].into_iter().chain(parts);
    let words: Vec<String> = parts
        .map(|(name, part)| match part {
            Part::Known(_) => format!("{name}: read"),
            Part::Unknown(line) => format!("{name}: {line}"),
        })
        .collect();
    format!("{}: {}", evidence.node, words.join("; "))
}
