//! The command line as people type it.

mod collector;
mod endpoint;
mod fix;
mod operate;
mod policy;
mod scan;
mod service;
mod values;

use clap::{Args, Parser, Subcommand, ValueEnum};
use plimsoll_model::NodeRoute;

pub(crate) use collector::{CollectNodeArgs, CollectorArgs};
pub(crate) use endpoint::EndpointArgs;
pub(crate) use fix::FixArgs;
pub(crate) use operate::{
    ClusterCommand, ConnectionCommand, InvitedArgs, LinkArgs, OnboardingArgs, OnboardingCommand,
    ScanNowArgs, ServiceArgs, ServiceCommand, TargetArgs, TenantCommand,
};
pub(crate) use policy::{EvalArgs, ExportArgs, ListArgs, PolicyArgs, PolicyCommand, VapAction};
pub(crate) use scan::{GateArgs, ScanArgs};
pub(crate) use service::{DemoArgs, UpArgs};
pub(crate) use values::{Format, OutputFile, SeverityFilter, VerdictFilter};

/// Reads Kubernetes manifests and clusters and says what is open to attack, where, and how to mend it.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    max_term_width = 100,
    infer_subcommands = false
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colour.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "PLIMSOLL_COLOR",
        value_name = "WHEN"
    )]
    pub(crate) color: Colour,
    /// Say more: -v what is read, -vv what is asked of servers.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Never ask a question.
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that can.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge files, standard input, or a live cluster.
    ///
    /// Files are Kubernetes manifests, CloudFormation and SAM templates, and what `terraform show -json` prints of a plan or a
    /// state; each is known by its content.
    Scan(Box<ScanArgs>),
    /// Show, as a diff, how manifests are mended where that is safe; --write changes them.
    Fix(FixArgs),
    /// Run the whole service on this machine.
    Up(UpArgs),
    /// Play example tenants through four weeks and show what they are told.
    Demo(DemoArgs),
    /// Look at policies and test them.
    Policy(PolicyArgs),
    /// Explain a policy, a control, a reason, an error, or another tool's id of a check.
    Explain(ExplainArgs),
    /// Print the exact permissions that the policies in use need.
    Access(AccessArgs),
    /// Print what lets each node of a cluster tell its kubelet's settings, ready for kubectl apply.
    Collector(CollectorArgs),
    /// Read the node that this runs on and leave what it tells in a ConfigMap; what `collector` starts.
    #[command(hide = true)]
    CollectNode(CollectNodeArgs),
    /// Look at messages.
    Message(MessageArgs),
    /// Operate a deployed stack, or a data folder of `plimsoll up` that is not running.
    Service(Box<ServiceArgs>),
    /// Let a customer's account in.
    Onboarding(Box<OnboardingArgs>),
}

/// Which policies are in use.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct Selection {
    /// Only policies of this framework (repeatable).
    #[arg(
        long = "framework",
        value_name = "ID",
        value_delimiter = ',',
        env = "PLIMSOLL_FRAMEWORK"
    )]
    pub(crate) frameworks: Vec<String>,
    /// Own policies besides the built-in ones.
    #[arg(long, value_name = "DIR", env = "PLIMSOLL_POLICIES")]
    pub(crate) policies: Option<std::path::PathBuf>,
    /// Only policies whose id matches (globs; repeatable).
    #[arg(
        long,
        value_name = "GLOB",
        value_delimiter = ',',
        env = "PLIMSOLL_ONLY"
    )]
    pub(crate) only: Vec<String>,
    /// No policies whose id matches (globs; repeatable).
    #[arg(
        long,
        value_name = "GLOB",
        value_delimiter = ',',
        env = "PLIMSOLL_SKIP"
    )]
    pub(crate) skip: Vec<String>,
    /// Also read a list that is left alone otherwise: secrets (of a cluster, their metadata only).
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_parser = ["secrets"],
        env = "PLIMSOLL_WITH"
    )]
    pub(crate) with: Vec<String>,
}

/// `plimsoll explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A policy id, a control (4.2.1), a reason, an error id, or a peer's id (KSV-0017, C-0057, CKV_K8S_16).
    pub(crate) id: String,
    /// Own policies besides the built-in ones.
    #[arg(long, value_name = "DIR", env = "PLIMSOLL_POLICIES")]
    pub(crate) policies: Option<std::path::PathBuf>,
}

/// `plimsoll access`.
#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    /// Which side's permissions.
    #[arg(value_enum)]
    pub(crate) side: AccessSide,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Say which policies need each rule.
    #[arg(long)]
    pub(crate) explain: bool,
    /// With what this route to evidence of nodes needs: of cluster-role collector or nodes-proxy, of iam ssm or ami.
    #[arg(long, value_name = "ROUTE", value_parser = values::node_route)]
    pub(crate) node_evidence: Option<NodeRoute>,
}

/// Whose permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccessSide {
    /// A Kubernetes ClusterRole and its binding, as YAML ready to apply.
    ClusterRole,
    /// An IAM policy document, as JSON.
    Iam,
}

/// `plimsoll message`.
#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    #[command(subcommand)]
    pub(crate) command: MessageCommand,
}

/// What to do with a message.
#[derive(Debug, Subcommand)]
pub(crate) enum MessageCommand {
    /// Render a message of `templates/` from its sample.
    Preview {
        /// The message's folder.
        name: String,
        /// Where it would be sent.
        #[arg(long, value_enum, default_value_t)]
        channel: Channel,
    },
}

/// Where a message would be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Channel {
    /// Slack's JSON blocks.
    #[default]
    Slack,
    /// E-mail: subject and text.
    Email,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definitions_fit_together() {
        super::Cli::command().debug_assert();
    }
}
