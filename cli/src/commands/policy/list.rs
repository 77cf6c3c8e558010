//! `plimsoll policy list`.

use std::io::Write;

use anyhow::Result;
use plimsoll_policy::{Catalogue, Framework, Plan, PlanOptions, Policy};
use plimsoll_report::Look;
use serde_json::{Value, json};

use super::refuse;
use crate::args::Format;
use crate::args::ListArgs;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
pub(super) fn run(args: &ListArgs, console: &Console) -> Result<Exit> {
    let catalogue = match catalogue::load(args.selection.policies.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    let wrong = catalogue::check(&catalogue, &args.selection);
    if !wrong.is_empty() {
        return Ok(refuse(console, &wrong));
    }
    if args.list_frameworks {
        console.print(|out| frameworks(out, &catalogue, args.format))?;
        return Ok(Exit::Done);
    }
    let severity = args.severity.clone().unwrap_or_default();
    let plan = Plan::new(
        &catalogue,
        PlanOptions {
            frameworks: args.selection.frameworks.clone(),
            only: args.selection.only.clone(),
            skip: args.selection.skip.clone(),
            ..PlanOptions::default()
        },
    );
    let mut policies: Vec<&Policy> = plan
        .policies()
        .filter(|policy| severity.shows(policy.severity))
        .filter(|policy| {
            let wanted = args.lifecycle.as_deref();
            wanted.is_none_or(|wanted| policy.lifecycle.as_str() == wanted)
        })
        .collect();
    policies.sort_by_key(|policy| (policy.severity, policy.id.as_str()));
    let chosen = args.selection.frameworks.first().map(String::as_str);
    console.print(|out| match args.format {
        Format::Json => {
            let all: Vec<Value> = policies.iter().map(|policy| describe(policy)).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            writeln!(out)
        }
        Format::Table => table(
            out,
            &policies,
            chosen,
            catalogue.policies.len(),
            console.out.look,
        ),
    })?;
    Ok(Exit::Done)
}

/// Everything about a policy, for programs.
fn describe(policy: &Policy) -> Value {
    json!({
        "id": policy.id,
        "title": policy.title,
        "severity": policy.severity,
        "lifecycle": policy.lifecycle.as_str(),
        "kinds": policy.kinds_written,
        "needs": policy.needs,
        "expression": policy.expression(),
        "plural": policy.plural,
        "why": policy.why,
        "fix": policy.fix,
        "controls": policy.controls,
        "params": policy.params,
        "own": policy.own,
        "peers": policy.peers,
        "note": policy.note,
    })
}

fn table(
    out: &mut dyn Write,
    policies: &[&Policy],
    framework: Option<&str>,
    all: usize,
    look: Look,
) -> std::io::Result<()> {
    let rows: Vec<[String; 6]> = policies
        .iter()
        .map(|policy| {
            [
                policy.severity.to_string(),
                policy.id.to_string(),
                short(&policy.kinds_written),
                policy.lifecycle.as_str().to_owned(),
                control(policy, framework),
                policy.title.clone(),
            ]
        })
        .collect();
    columns(
        out,
        ["SEVERITY", "ID", "KINDS", "LIFE", "CONTROL", "TITLE"],
        &rows,
    )?;
    let own = match policies.iter().filter(|policy| policy.own).count() {
        0 => String::new(),
        1 => ", 1 of them your own".to_owned(),
        own => format!(", {own} of them your own"),
    };
    let ending = format!(
        "{} of {all} policies{own} · one: plimsoll explain ID · all fields: --format json",
        policies.len()
    );
    writeln!(out, "{}", look.marks(&ending))
}

fn short(kinds: &[String]) -> String {
    match kinds {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} +{}", rest.len()),
    }
}

/// The control of that framework, or the first one.
fn control(policy: &Policy, framework: Option<&str>) -> String {
    let split = policy
        .controls
        .iter()
        .filter_map(|control| control.split_once('/'));
    let found = split
        .clone()
        .find(|(id, _)| framework.is_none_or(|wanted| *id == wanted));
    match found {
        Some((_, id)) if id.starts_with(|letter: char| letter.is_ascii_digit()) => id.to_owned(),
        Some((framework, _)) => framework.to_owned(),
        None => "-".to_owned(),
    }
}

fn frameworks(out: &mut dyn Write, catalogue: &Catalogue, format: Format) -> std::io::Result<()> {
    if format == Format::Json {
        let all: Vec<Value> = catalogue.frameworks.iter().map(framework).collect();
        serde_json::to_writer_pretty(&mut *out, &all)?;
        return writeln!(out);
    }
    let rows: Vec<[String; 4]> = catalogue
        .frameworks
        .iter()
        .map(|known| {
            let scored = known
                .controls
                .iter()
                .filter(|control| control.scored)
                .count();
            [
                known.id.clone(),
                known.controls.len().to_string(),
                scored.to_string(),
                known.title.clone(),
            ]
        })
        .collect();
    columns(out, ["ID", "CONTROLS", "SCORED", "TITLE"], &rows)?;
    writeln!(out, "one: plimsoll policy list --framework ID")
}

fn framework(known: &Framework) -> Value {
    let controls: Vec<Value> = known
        .controls
        .iter()
        .map(|control| {
            json!({
                "id": control.id,
                "title": control.title,
                "level": control.level,
                "scored": control.scored,
                "policies": control.policies,
                "routes": control.routes,
            })
        })
        .collect();
    json!({ "id": known.id, "title": known.title, "controls": controls })
}

/// Rows as even columns, the last one as long as it is.
fn columns<const N: usize>(
    out: &mut dyn Write,
    heads: [&str; N],
    rows: &[[String; N]],
) -> std::io::Result<()> {
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(heads[column].len())
        })
        .collect();
    let heads = heads.map(str::to_owned);
    for row in [&heads].into_iter().chain(rows) {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "{}", line.join("  ").trim_end())?;
    }
    Ok(())
}
