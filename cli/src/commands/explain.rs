//! `plimsoll explain`: what an id means, whoever gave it: a policy, a control, a reason, an error, another tool.

mod around;
mod control;
mod example;
mod layout;
mod policy;
mod words;

use std::io::Write;

use anyhow::Result;
use plimsoll_policy::{Catalogue, Framework, Policy};
use plimsoll_report::Diagnostic;
use plimsoll_runtime::Clock;

use super::{attestations, catalogue};
use crate::args::ExplainArgs;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn run(args: &ExplainArgs, console: &Console) -> Result<Exit> {
    let catalogue = match catalogue::load(args.policies.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    let id = args.id.as_str();
    let policies = policies(&catalogue, id);
    let controls = controls(&catalogue, id);
    let word = words::meaning(id);
    if policies.is_empty() && controls.is_empty() && word.is_none() {
        let help = match catalogue.policy_like(id) {
            Some(near) => format!("did you mean {near}? All: plimsoll policy list"),
            None => "plimsoll policy list, plimsoll policy list --frameworks".to_owned(),
        };
        let message = format!("nothing here is called {id}");
        console.diagnose(&[Diagnostic::error("unknown-id", message).help(help)]);
        return Ok(Exit::Usage);
    }
    let now = Clock::machine().now();
    let file = attestations::found().filter(|_| !controls.is_empty());
    let attested = file.map(|file| attestations::read(&file, &catalogue, now));
    let attested = match attested.transpose() {
        Ok(attested) => attested.unwrap_or_default(),
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    console.print(|out| {
        let mut first = true;
        let mut gap = |out: &mut dyn Write| {
            if std::mem::take(&mut first) {
                Ok(())
            } else {
                writeln!(out)
            }
        };
        if let Some(meaning) = word {
            gap(out)?;
            writeln!(out, "{id}: {meaning}")?;
        }
        for policy in &policies {
            gap(out)?;
            let mut page = layout::Page {
                out,
                look: console.out.look,
            };
            policy::explain(&mut page, &catalogue, policy)?;
        }
        for (framework, number) in &controls {
            gap(out)?;
            control::explain(out, &catalogue, framework, *number, &attested, now)?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// The policy of that id, or those that other tools call so.
fn policies<'c>(catalogue: &'c Catalogue, id: &str) -> Vec<&'c Policy> {
    if let Some(policy) = catalogue.policy(id) {
        return vec![policy];
    }
    let called = |peer: &String| {
        peer.eq_ignore_ascii_case(id)
            // Trivy wrote its ids without a dash for years, and with AVD- before them.
            || peer.replace('-', "").eq_ignore_ascii_case(&id.replace("AVD-", "").replace('-', ""))
    };
    catalogue
        .policies
        .iter()
        .filter(|policy| policy.peers.values().flatten().any(called))
        .collect()
}

/// Controls of that number (`4.2.1`, or `cis-eks-1.8.0/4.2.1`).
fn controls<'c>(catalogue: &'c Catalogue, id: &str) -> Vec<(&'c Framework, usize)> {
    let mut found = Vec::new();
    for framework in &catalogue.frameworks {
        for (number, control) in framework.controls.iter().enumerate() {
            if control.id == id || id == format!("{}/{}", framework.id, control.id) {
                found.push((framework, number));
            }
        }
    }
    found
}
