//! `plimsoll service` and `plimsoll onboarding`: what operates a deployed stack.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use plimsoll_model::{NodeRoute, Stage};

use super::values::node_route;
use super::{EndpointArgs, Format};

/// Which installation is meant, and how its answer looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where")]
pub(crate) struct TargetArgs {
    /// The deployed stack. Without it, tables, bucket and queues are those that the environment names as it does for the
    /// functions: TABLE, CONTROL_TABLE, BUCKET, ACCOUNT_JOBS_URL, CLUSTER_JOBS_URL, FINISHED_SCANS_URL, DELIVERIES_URL.
    #[arg(long, global = true, value_name = "NAME", env = "PLIMSOLL_STACK")]
    pub(crate) stack: Option<String>,
    /// The region of the stack; that of the AWS configuration when not given.
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The profile of the AWS configuration to take credentials from.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// An AWS API elsewhere, for a local one.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Instead of a stack: the data folder of `plimsoll up`, while it does not run.
    #[arg(long, global = true, value_name = "DIR", conflicts_with_all = ["region", "profile", "endpoint"])]
    pub(crate) data_dir: Option<PathBuf>,
    /// How the answer is written: table or json.
    #[arg(
        long,
        short = 'o',
        global = true,
        value_name = "FORMAT",
        default_value = "table"
    )]
    pub(crate) format: Format,
}

/// Operate a deployed stack, or a data folder of `plimsoll up` that is not running.
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(subcommand)]
    pub(crate) command: ServiceCommand,
}

/// What to operate.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Tenants: add, list, show, delete.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Connections: accounts and clusters that tenants let in.
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Clusters that were found.
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Scan an account or a cluster now.
    Scan(ScanNowArgs),
    /// Say what is wrong with the installation, and how to mend it.
    Doctor {
        /// Only this tenant's connections, clusters and routes.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
}

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Add a tenant, or renew one: what the service has come to by itself stays.
    Add {
        /// YAML with id, name, escalation, mail, slack and connections, as one tenant of `plimsoll up` has them.
        file: PathBuf,
    },
    /// List all tenants.
    List,
    /// Show one tenant: its settings, connections and clusters.
    Show {
        /// Its id, such as acme.
        name: String,
    },
    /// Delete a tenant with all its data, read everything again, and print what is left of it: nothing.
    Delete {
        /// Its id, such as acme.
        name: String,
        /// The id once more: there is no way back.
        #[arg(long, value_name = "NAME")]
        yes: Option<String>,
    },
}

/// What to do with connections.
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Add a connection, or renew one; prints how an account lets Plimsoll in.
    Add(Box<LinkArgs>),
    /// List connections and how each is.
    List {
        /// Only this tenant's.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
    /// Show one connection: state, reason, next step, and its clusters.
    Show {
        /// Its id, account number, context or address.
        connection: String,
        /// Only this tenant's.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
    /// Delete a connection with its clusters, and end what is open about them. What was found stays with the tenant.
    Delete {
        /// Its id, account number, context or address.
        connection: String,
        /// Only this tenant's.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
        /// The connection as it was named, once more: there is no way back.
        #[arg(long, value_name = "CONNECTION")]
        yes: Option<String>,
    },
}

/// What to do with clusters.
#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// List clusters: whether each can be read, and what was found.
    List {
        /// Only this tenant's.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
    /// Show one cluster: its last scans, scores and what was not evaluated.
    Show {
        /// Its id or name.
        cluster: String,
        /// Only this tenant's.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
}

/// `plimsoll service scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanNowArgs {
    /// A connection (id, account number, context, address) or a cluster (id, name).
    pub(crate) what: String,
    /// Only this tenant's.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}

/// Let a customer's account in.
#[derive(Debug, Args)]
pub(crate) struct OnboardingArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(subcommand)]
    pub(crate) command: OnboardingCommand,
}

/// How to let an account in.
#[derive(Debug, Subcommand)]
pub(crate) enum OnboardingCommand {
    /// Print the link that makes our role in a customer's account; makes the connection if there is none yet.
    Link(Box<LinkArgs>),
    /// Print the template of the role, to be put where links find it.
    Template {
        /// Print only where it belongs below this address.
        #[arg(long, value_name = "URL")]
        location: Option<String>,
    },
}

/// A connection, and how its account lets us in.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Whose connection.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: String,
    /// The customer's account, twelve digits.
    #[arg(
        long,
        visible_alias = "account",
        value_name = "ACCOUNT",
        required_unless_present_any = ["kube_context", "cluster_endpoint"]
    )]
    pub(crate) aws_account: Option<String>,
    /// Instead of an account: a context of the kubeconfig, for `plimsoll up` only.
    #[arg(long, value_name = "NAME", conflicts_with = "aws_account")]
    pub(crate) kube_context: Option<String>,
    /// The regions to look for clusters in, between commas; those it has if it is there already.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    pub(crate) regions: Vec<String>,
    /// Name of the role in the customer's account; that of the stack when not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) role: Option<String>,
    /// The stage of all its clusters, where the tenant's rules are not to decide.
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub(crate) stage: Option<Stage>,
    /// How kubelet settings of its nodes are read: collector, ssm, ami or nodes-proxy; not at all where nobody chose.
    #[arg(long, value_name = "ROUTE", value_parser = node_route)]
    pub(crate) node_evidence: Option<NodeRoute>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) invited: InvitedArgs,
}

/// What a customer's stack is made of besides the connection.
#[derive(Debug, Args)]
#[command(next_help_heading = "The customer's stack")]
pub(crate) struct InvitedArgs {
    /// Where the templates lie, an HTTPS address in S3 that customers can read.
    #[arg(long, value_name = "URL", env = "PLIMSOLL_TEMPLATES")]
    pub(crate) templates: Option<String>,
    /// The account in which Plimsoll runs; that of our credentials when not given.
    #[arg(long, value_name = "ACCOUNT", env = "VENDOR_ACCOUNT_ID")]
    pub(crate) vendor_account: Option<String>,
    /// Begins the names of our two scanners' roles; that of the stack when not given.
    #[arg(long, value_name = "PREFIX", env = "SCANNER_ROLE_PREFIX")]
    pub(crate) scanner_role_prefix: Option<String>,
}

/// Reads a stage.
fn stage(word: &str) -> Result<Stage, String> {
    let mut all = Stage::ALL.into_iter();
    all.find(|stage| stage.as_str() == word).ok_or_else(|| {
        let words = Stage::ALL.map(Stage::as_str).join(", ");
        format!("`{word}` is no stage; there are {words}")
    })
}
