//! `plimsoll scan --context`: a live cluster, judged as the service judges it.

use std::sync::Mutex;
use std::sync::mpsc;

use anyhow::{Context, Result};
use plimsoll_inventory::kube::{
    ClusterError, ClusterReader, ClusterVersion, ListScope, Patience, connect_context,
};
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_inventory::redact::redacted_value;
use plimsoll_policy::{AwsPart, Plan, PlanOptions};
use plimsoll_report::{Affected, Diagnostic, Files, Header, Sorter, Source, SourceType};
use plimsoll_runtime::Clock;
use scan_cluster::{LiveError, LiveScan, NodeAccess, judge_cluster};

use super::progress::{self, Progress, Step};
use super::sink::{Collect, positions};
use super::{Prepared, attestations, exceptions, header, output, refusals, shown};
use crate::args::ScanArgs;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Bytes of rows, and as many of resources by framework, that a list keeps in memory while it is read. A few lists are
/// read at once; one that was read to its end keeps next to nothing.
const MEMORY: usize = 256 << 10;

/// Runs it. An empty `context` is kubectl's current one.
///
/// # Errors
/// A temporary file or an output cannot be written.
pub(super) fn run(scan: &Prepared<'_>, context: &str, console: &Console) -> Result<Exit> {
    let (args, catalogue) = (scan.args, scan.catalogue);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no threads to scan with")?;
    let connected = runtime.block_on(connect(args, context));
    let (reader, version) = match connected {
        Ok(connected) => connected,
        Err(error) => {
            console.diagnose(&[unreachable(context, &error)]);
            return Ok(Exit::Nothing);
        }
    };
    let plan = Plan::new(catalogue, options(scan, &reader, &version));
    let table = catalogue::facts(catalogue);
    let show = shown(args);
    let positions = positions(&plan);
    let make_sink = || Collect::new(&show, &table, &positions, MEMORY);
    let scope = ListScope {
        namespaces: args.cluster.namespaces.clone(),
        label_selector: args.cluster.selector.clone(),
    };
    let access = args.cluster.node_evidence.map(|route| NodeAccess {
        route,
        now: Clock::machine().now(),
    });
    let progress = progress::wanted(console, args.output.quiet);
    let judged = with_progress(reader.name(), progress, |report| {
        runtime.block_on(judge_cluster(
            &reader, &plan, &scope, None, access, &make_sink, report,
        ))
    });
    let mut live = match judged {
        Ok(live) => live,
        Err(LiveError::Cluster(error)) => {
            console.diagnose(&[unreachable(reader.name(), &error)]);
            return Ok(Exit::Nothing);
        }
        Err(LiveError::Spool(error)) => return Err(error.into()),
    };
    let (sorters, affected) = finished(&mut live)?;
    let unreadable = live.lists.gaps().count() as u64;
    let done = header::Outcome {
        tally: &live.session.tally,
        exceptions: &live.session.exceptions,
        source: source(&reader, &version),
        files: Files::default(),
        unreadable,
        by_control: true,
    };
    let header = header::of(args.gate, &plan, done);
    let mut diagnostics = refusals::diagnostics(&live, &header, reader.name());
    let said = exceptions::diagnostics(&plan, &live.session, &scan.rules, None);
    diagnostics.extend(said);
    let tally = &live.session.tally;
    let said = attestations::diagnostics(&plan, tally, &scan.attested, &[reader.name()]);
    diagnostics.extend(said);
    console.diagnose(&diagnostics);
    if nothing_was_read(&live, &header) {
        return Ok(Exit::Nothing);
    }
    let report = output::Report {
        header: &header,
        rows: &Sorter::finish_all(sorters),
        affected: &Affected::finish_all(affected),
        table: &table,
        sources: &(),
        unreadable,
        mendable: 0,
        elapsed: scan.started.elapsed(),
    };
    output::write(&report, args, console)?;
    Ok(Exit::of_gate(header.summary.gate.exit_code))
}

async fn connect(
    args: &ScanArgs,
    context: &str,
) -> Result<(ClusterReader, ClusterVersion), ClusterError> {
    let context = Some(context).filter(|name| !name.is_empty());
    let kubeconfig = args.cluster.kubeconfig.as_deref();
    // A person's own command with their own kubeconfig may go wherever they may.
    let anywhere = AllowedNetworks::everything();
    let reader = connect_context(kubeconfig, context, anywhere, Patience::default()).await?;
    let version = reader.version().await?;
    Ok((reader, version))
}

/// Frameworks of another provider do not apply, unless somebody asks for one by name.
fn options(scan: &Prepared<'_>, reader: &ClusterReader, version: &ClusterVersion) -> PlanOptions {
    let args = scan.args;
    PlanOptions {
        scope: reader.name().to_owned(),
        cluster_version: Some(version.minor.clone()),
        git_version: Some(version.git.clone()),
        chosen_lists: args.selection.with.clone(),
        provider: args
            .selection
            .frameworks
            .is_empty()
            .then(|| version.provider().to_owned()),
        frameworks: args.selection.frameworks.clone(),
        only: args.selection.only.clone(),
        skip: args.selection.skip.clone(),
        shown: redacted_value,
        aws: AwsPart::None,
        exceptions: scan.exceptions.clone(),
        attestations: scan.attested.about(&[reader.name()]),
    }
}

fn source(reader: &ClusterReader, version: &ClusterVersion) -> Source {
    Source {
        kind: SourceType::Cluster,
        name: reader.name().to_owned(),
        context: Some(reader.name().to_owned()),
        kubernetes_version: Some(version.minor.clone()),
        stage: None,
        partial: false,
        provider: (version.provider() != "other").then(|| version.provider().to_ascii_uppercase()),
        nodes: None,
    }
}

/// Runs `work` with somewhere to report to, and shows what is reported.
fn with_progress<T>(
    cluster: &str,
    progress: Progress,
    work: impl FnOnce(&scan_cluster::Progress<'_>) -> T,
) -> T {
    let last = Mutex::new((String::new(), 0, None));
    let (end, ended) = mpsc::channel();
    std::thread::scope(|scope| {
        let step = || {
            let (kind, done, total) = match last.lock() {
                Ok(last) => last.clone(),
                Err(_) => Default::default(),
            };
            Step {
                what: format!("{cluster}  {kind}"),
                done,
                total,
            }
        };
        scope.spawn(move || progress::show(progress, &step, &ended));
        let done = work(&|kind, done, left| {
            if let Ok(mut last) = last.lock() {
                *last = (kind.plural.to_owned(), done, left.map(|left| done + left));
            }
        });
        drop(end);
        done
    })
}

/// The lists' rows; an error of a temporary file comes out here.
fn finished(live: &mut LiveScan<'_, Collect<'_>>) -> Result<(Vec<Sorter>, Vec<Affected>)> {
    let mut finished = (Vec::new(), Vec::new());
    for mut sink in std::mem::take(&mut live.sinks) {
        sink.check()?;
        finished.0.push(sink.sorter);
        finished.1.push(sink.affected);
    }
    Ok(finished)
}

/// Every list was refused or failed: there is nothing to report but that.
fn nothing_was_read(live: &LiveScan<'_, Collect<'_>>, header: &Header) -> bool {
    header.summary.resources == 0
        && header.coverage.policies_evaluated == 0
        && live.lists.gaps().next().is_some()
}

fn unreachable(context: &str, error: &ClusterError) -> Diagnostic {
    let named = if context.is_empty() {
        "the current context"
    } else {
        context
    };
    let kubectl = if context.is_empty() {
        "kubectl get --raw /version".to_owned()
    } else {
        format!("kubectl --context {context} get --raw /version")
    };
    let (code, help) = match error {
        ClusterError::Configuration { message, help } => {
            let diagnostic = Diagnostic::error("no-such-context", message.clone());
            let help = help.clone();
            return match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic.help("kubectl config get-contexts"),
            };
        }
        ClusterError::Unauthorized { .. } | ClusterError::Credentials { .. } => (
            "not-logged-in",
            format!("{kubectl}   (log in again if that is refused too)"),
        ),
        _ => (
            "cluster-unreachable",
            format!("{kubectl}   (fails too if the network is the cause)"),
        ),
    };
    Diagnostic::error(code, format!("context {named}: {error}")).help(help)
}
