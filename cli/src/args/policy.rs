//! `plimsoll policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, Selection, SeverityFilter};

/// Look at policies and test them.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the catalogue.
    List(ListArgs),
    /// Print a policy's file.
    Show {
        /// The policy.
        id: String,
        /// Own policies besides the built-in ones.
        #[arg(long, value_name = "DIR", env = "PLIMSOLL_POLICIES")]
        policies: Option<PathBuf>,
    },
    /// Run the examples of `cases.yaml`.
    Test {
        /// A folder of policies; the built-in ones when not given.
        dir: Option<PathBuf>,
        /// Only policies whose id matches (globs; repeatable).
        #[arg(long, value_name = "GLOB", value_delimiter = ',')]
        only: Vec<String>,
        /// Also change every operator, constant and field name of the expressions, one at a time: some case must notice.
        #[arg(long)]
        mutants: bool,
    },
    /// Write a policy to start from, with examples that hold.
    New {
        /// Its id, which names what is wrong: team-label-missing.
        id: String,
        /// The folder of policies that it is written to.
        #[arg(long, value_name = "DIR", default_value = "policies")]
        dir: PathBuf,
    },
    /// Judge a file with one policy and show what it reads; or evaluate an expression.
    Eval(EvalArgs),
    /// Print policies as ValidatingAdmissionPolicies with their bindings, ready for kubectl apply.
    ExportVap(ExportArgs),
}

/// `plimsoll policy list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Severities to list: a list, or high+ for high and worse.
    #[arg(long, value_name = "LIST")]
    pub(crate) severity: Option<SeverityFilter>,
    /// Only policies of this lifecycle.
    #[arg(long, value_name = "LIFECYCLE", value_parser = ["preview", "stable", "deprecated"])]
    pub(crate) lifecycle: Option<String>,
    /// List frameworks instead of policies.
    #[arg(long = "frameworks", id = "list_frameworks")]
    pub(crate) list_frameworks: bool,
    /// table or json.
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = clap::value_parser!(Format))]
    pub(crate) format: Format,
}

/// `plimsoll policy eval`.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// The policy.
    #[arg(required_unless_present = "expr", conflicts_with = "expr")]
    pub(crate) id: Option<String>,
    /// The file to judge with it; `-` is standard input.
    #[arg(required_unless_present = "expr", conflicts_with = "expr")]
    pub(crate) file: Option<PathBuf>,
    /// An expression to evaluate.
    #[arg(long, value_name = "EXPR", requires = "input")]
    pub(crate) expr: Option<String>,
    /// Its variables: a JSON object, each top-level key one variable; `-` is standard input.
    #[arg(long, value_name = "FILE.json", requires = "expr")]
    pub(crate) input: Option<PathBuf>,
    /// Own policies besides the built-in ones.
    #[arg(long, value_name = "DIR", env = "PLIMSOLL_POLICIES")]
    pub(crate) policies: Option<PathBuf>,
}

/// `plimsoll policy export-vap`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The policies.
    #[arg(
        required_unless_present = "all",
        conflicts_with = "all",
        value_name = "ID"
    )]
    pub(crate) ids: Vec<String>,
    /// Every policy that can be exported; for the others stderr says why not.
    #[arg(long)]
    pub(crate) all: bool,
    /// What the bindings do with an object that fails (repeatable; not warn and deny together).
    #[arg(
        long,
        value_name = "ACTION",
        value_delimiter = ',',
        default_value = "audit"
    )]
    pub(crate) action: Vec<VapAction>,
    /// The Kubernetes version to judge by, for example 1.34; the newest known when not given.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes: Option<String>,
    /// Own policies besides the built-in ones.
    #[arg(long, value_name = "DIR", env = "PLIMSOLL_POLICIES")]
    pub(crate) policies: Option<PathBuf>,
}

/// What a binding does with an object that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VapAction {
    /// Admit it, with an annotation in the audit log.
    Audit,
    /// Admit it, and warn the caller.
    Warn,
    /// Refuse it.
    Deny,
}
