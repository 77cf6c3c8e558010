//! `plimsoll scan`: from arguments to a report.

mod attestations;
mod cluster;
mod exceptions;
mod files;
mod header;
mod output;
mod problems;
mod progress;
mod refusals;
mod sink;
mod sources;
mod spool;
mod worker;

use std::time::Instant;

use anyhow::Result;
use plimsoll_inventory::files::{FileError, discover};
use plimsoll_inventory::redact::redacted_value;
use plimsoll_policy::{Catalogue, Exceptions, Plan, PlanOptions};
use plimsoll_report::{Diagnostic, Files, SourceType};

use self::attestations::Attested;
use self::exceptions::RulesFile;
pub(super) use self::files::{Scanned, scan as scan_files};
pub(super) use self::problems::{diagnostics as problems_of, no_such_path};
pub(super) use self::progress::{Progress, wanted as progress_wanted};
pub(super) use self::sink::Show;
use super::catalogue;
use crate::args::{Cli, Format, ScanArgs};
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::parameters;

/// What an unread file does to a pipeline.
const UNREAD: &str = "not evaluated; with a gate this run exits 4";

/// Runs it.
///
/// # Errors
/// A temporary file or an output cannot be written.
pub(crate) fn run(
    args: &ScanArgs,
    cli: &Cli,
    console: &Console,
    interrupt: &Interrupt,
) -> Result<Exit> {
    let started = Instant::now();
    let catalogue = match selected(args) {
        Ok(catalogue) => catalogue,
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    let exceptions = match exceptions::load(args, &catalogue) {
        Ok(exceptions) => exceptions,
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    let attested = match attestations::load(args, &catalogue) {
        Ok(attested) => attested,
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    output::check(&args.output.outputs)?;
    let scan = Prepared {
        args,
        catalogue: &catalogue,
        exceptions: exceptions.0,
        rules: exceptions.1,
        attested,
        started,
    };
    match &args.cluster.context {
        Some(context) => cluster::run(&scan, context, console),
        None => files(&scan, cli, console, interrupt),
    }
}

/// What a scan begins with.
struct Prepared<'s> {
    args: &'s ScanArgs,
    catalogue: &'s Catalogue,
    /// What is accepted; none when everything counts.
    exceptions: Option<Exceptions>,
    /// The file that says so, besides annotations.
    rules: RulesFile,
    /// What people vouch for.
    attested: Attested,
    started: Instant,
}

/// The catalogue, when it and the selection of it are in order.
fn selected(args: &ScanArgs) -> Result<Catalogue, Vec<Diagnostic>> {
    let catalogue = catalogue::load(args.selection.policies.as_deref())?;
    let catalogue = parameters::set(catalogue, &args.parameters, &args.params)?;
    let wrong = catalogue::check(&catalogue, &args.selection);
    if wrong.is_empty() {
        Ok(catalogue)
    } else {
        Err(wrong)
    }
}

fn files(scan: &Prepared<'_>, cli: &Cli, console: &Console, interrupt: &Interrupt) -> Result<Exit> {
    let (args, catalogue) = (scan.args, scan.catalogue);
    let paths = given_paths(args);
    let found = match discover(&paths) {
        Ok(found) => found,
        Err(FileError::NoSuchPath { path, suggestion }) => {
            let otherwise = "give files or folders, or - for standard input";
            console.diagnose(&[problems::no_such_path(&path, suggestion, otherwise)]);
            return Ok(Exit::Nothing);
        }
    };
    let plan = Plan::new(catalogue, options(scan));
    let table = catalogue::facts(catalogue);
    let show = shown(args);
    let progress = progress::wanted(console, args.output.quiet);
    interrupt.finish_gracefully(true);
    let scanned = files::scan(found, &plan, &table, &show, interrupt, progress)?;
    interrupt.finish_gracefully(false);
    let partial = interrupt.asked();

    let mut diagnostics = problems::diagnostics(&scanned.problems, &scanned.sources, UNREAD);
    if scanned.objects == 0 && !partial {
        diagnostics.push(nothing_found(&paths, &scanned));
        console.diagnose(&diagnostics);
        return Ok(Exit::Nothing);
    }
    if cli.verbose > 0 {
        diagnostics.extend(problems::skipped(&scanned));
    }
    if !partial {
        let texts = Some(&scanned.sources);
        let said = exceptions::diagnostics(&plan, &scanned.session, &scan.rules, texts);
        diagnostics.extend(said);
        let tally = &scanned.session.tally;
        let said = attestations::diagnostics(&plan, tally, &scan.attested, &[]);
        diagnostics.extend(said);
    }
    console.diagnose(&diagnostics);
    let kind = if paths.iter().all(|path| path.as_os_str() == "-") {
        SourceType::Stdin
    } else {
        SourceType::Files
    };
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let source = header::files_source(kind, &names, partial);
    let unreadable = scanned.problems.len() as u64;
    let done = header::Outcome {
        tally: &scanned.session.tally,
        exceptions: &scanned.session.exceptions,
        source,
        files: Files {
            read: scanned.files_read,
            skipped: scanned.files_skipped,
            failed: problems::failed(&scanned.problems),
        },
        unreadable,
        by_control: !args.selection.frameworks.is_empty(),
    };
    let header = header::of(args.gate, &plan, done);
    let exit = Exit::of_gate(header.summary.gate.exit_code);
    let report = output::Report {
        header: &header,
        rows: &scanned.rows,
        affected: &scanned.affected,
        table: &table,
        sources: &scanned.sources,
        unreadable,
        mendable: scanned.mendable,
        elapsed: scan.started.elapsed(),
    };
    output::write(&report, args, console)?;
    Ok(if partial { Exit::Interrupted } else { exit })
}

/// What the outputs asked for need.
fn shown(args: &ScanArgs) -> Show {
    let json = |format| format == Format::Json;
    let files = args.output.outputs.iter();
    Show {
        verdicts: args.output.verdicts.clone().unwrap_or_default(),
        severities: args.output.severity.clone().unwrap_or_default(),
        resources: args.output.format.is_some_and(json) || files.map(|file| file.format).any(json),
    }
}

fn given_paths(args: &ScanArgs) -> Vec<std::path::PathBuf> {
    let given = args.paths.iter().chain(&args.filenames);
    let paths: Vec<_> = given.cloned().collect();
    if paths.is_empty() {
        vec![".".into()]
    } else {
        paths
    }
}

fn options(scan: &Prepared<'_>) -> PlanOptions {
    let args = scan.args;
    PlanOptions {
        exceptions: scan.exceptions.clone(),
        attestations: scan.attested.about(&[]),
        frameworks: args.selection.frameworks.clone(),
        only: args.selection.only.clone(),
        skip: args.selection.skip.clone(),
        shown: redacted_value,
        ..PlanOptions::default()
    }
}

/// That there was no object to look at.
pub(super) fn nothing_found(paths: &[std::path::PathBuf], scanned: &Scanned) -> Diagnostic {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let message = format!("no Kubernetes object in {}", names.join(", "));
    let looked = match scanned.files_skipped + scanned.problems.len() as u64 {
        0 => "no file ends in .yaml, .yml or .json; name a file to read it whatever its ending"
            .to_owned(),
        1 => "1 file was looked at; an object has apiVersion and kind".to_owned(),
        many => format!("{many} files were looked at; an object has apiVersion and kind"),
    };
    Diagnostic::error("nothing-found", message).help(looked)
}
