//! `plimsoll scan`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_model::{NodeRoute, Severity};
use plimsoll_policy::ParameterValue;

use super::values::{cluster_route, percent, severity};
use crate::parameters::Parameters;

use super::{Format, OutputFile, Selection, SeverityFilter, VerdictFilter};

/// Judge files, standard input, or a live cluster.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files and folders; the current folder when nothing is named. A cluster is never touched without --context.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Files; `-` is standard input (repeatable).
    #[arg(short, long = "filename", value_name = "FILE")]
    pub(crate) filenames: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// A policy's parameter; a list has commas (repeatable).
    #[arg(
        long = "param",
        value_name = "POLICY.NAME=VALUE",
        value_parser = crate::parameters::parse,
        help_heading = "Policies"
    )]
    pub(crate) params: Vec<ParameterValue>,
    /// The same from files of settings.
    #[arg(skip)]
    pub(crate) parameters: Vec<Parameters>,
    #[command(flatten)]
    pub(crate) exceptions: ExceptionArgs,
    #[command(flatten)]
    pub(crate) attestations: AttestationArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Never call out; for files nothing ever does.
    #[arg(long, conflicts_with = "context")]
    pub(crate) offline: bool,
}

/// Which cluster, and which part of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live cluster")]
pub(crate) struct ClusterArgs {
    /// Scan the cluster of this kubeconfig context; without NAME the current one.
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["paths", "filenames"])]
    pub(crate) context: Option<String>,
    /// The kubeconfig file to use; else $KUBECONFIG, else ~/.kube/config.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Only these namespaces (repeatable).
    #[arg(
        short,
        long = "namespace",
        value_name = "NAME",
        requires = "context",
        conflicts_with = "all_namespaces"
    )]
    pub(crate) namespaces: Vec<String>,
    /// All namespaces; so it is anyway unless --namespace is given.
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,
    /// Only resources with these labels, as in kubectl.
    #[arg(short = 'l', long, value_name = "QUERY", requires = "context")]
    pub(crate) selector: Option<String>,
    /// How kubelet settings of nodes are read, which the Kubernetes API gives to nobody safely: collector (what
    /// `plimsoll collector` left), or nodes-proxy (needs a right that allows to run commands in every pod).
    #[arg(
        long,
        value_name = "ROUTE",
        value_parser = cluster_route,
        requires = "context"
    )]
    pub(crate) node_evidence: Option<NodeRoute>,
}

/// What is accepted.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Exceptions")]
pub(crate) struct ExceptionArgs {
    /// The file of exceptions; else plimsoll.exceptions.yaml in this folder or the nearest above it.
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_EXCEPTIONS")]
    pub(crate) exceptions: Option<PathBuf>,
    /// Except nothing: neither what that file says nor what annotations say.
    #[arg(long, conflicts_with = "exceptions")]
    pub(crate) no_exceptions: bool,
}

/// What somebody vouches for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Attestations")]
pub(crate) struct AttestationArgs {
    /// The file of attestations; else plimsoll.attestations.yaml in this folder or the nearest above it.
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_ATTESTATIONS")]
    pub(crate) attestations: Option<PathBuf>,
    /// Take nobody's word: leave such a file out.
    #[arg(long, conflicts_with = "attestations")]
    pub(crate) no_attestations: bool,
}

/// What stops a pipeline.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Gate")]
pub(crate) struct GateArgs {
    /// Exit 1 when there is a finding of this severity or worse.
    #[arg(long, value_name = "SEVERITY", value_parser = severity, env = "PLIMSOLL_FAIL_ON")]
    pub(crate) fail_on: Option<Severity>,
    /// Exit 4 when less than this share of the policies could be evaluated.
    #[arg(long, value_name = "PCT", value_parser = percent, env = "PLIMSOLL_MIN_COVERAGE")]
    pub(crate) min_coverage: Option<f64>,
}

/// What is shown, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Severities to show: a list, or high+ for high and worse.
    #[arg(long, value_name = "LIST", env = "PLIMSOLL_SEVERITY")]
    pub(crate) severity: Option<SeverityFilter>,
    /// Verdicts to list: of pass, fail, notApplicable, manual, notEvaluated, or all [default: fail,manual,notEvaluated].
    #[arg(long, value_name = "LIST", env = "PLIMSOLL_VERDICTS")]
    pub(crate) verdicts: Option<VerdictFilter>,
    /// table or json; without it a terminal gets tables and a pipe one finding a line.
    #[arg(long, value_name = "FORMAT", env = "PLIMSOLL_FORMAT")]
    pub(crate) format: Option<Format>,
    /// Also write this file; its format comes from its ending (repeatable).
    #[arg(short, long = "output", value_name = "FILE")]
    pub(crate) outputs: Vec<OutputFile>,
    /// Show every finding in full.
    #[arg(long)]
    pub(crate) full: bool,
    /// Show findings and errors only.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
