//! A cluster by the address of its API server.

use std::path::PathBuf;

use clap::Args;

use crate::up::endpoint::ProviderConfig;

/// Instead of an account: a cluster by the address of its API server.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "A cluster by its address")]
pub(crate) struct EndpointArgs {
    /// Address of the API server, https, as the cluster's kubeconfig has it.
    #[arg(long, value_name = "URL", conflicts_with_all = ["aws_account", "kube_context"])]
    pub(crate) cluster_endpoint: Option<String>,
    /// What people call the cluster.
    #[arg(long, value_name = "NAME", requires = "cluster_endpoint")]
    pub(crate) name: Option<String>,
    /// Who runs it, which decides the frameworks that apply: gke, aks or self-managed.
    #[arg(long, value_name = "WORD", value_parser = provider, requires = "cluster_endpoint")]
    pub(crate) provider: Option<ProviderConfig>,
    /// File of the certificates in PEM that its own must come from; none where everybody trusts it.
    #[arg(long, value_name = "FILE", requires = "cluster_endpoint")]
    pub(crate) ca: Option<String>,
    /// Read its token from the secret PREFIX/TENANT/cluster/NAME.
    #[arg(long, value_name = "NAME", requires = "cluster_endpoint")]
    pub(crate) token_secret: Option<String>,
    /// For `plimsoll up`: the environment variable that holds its token.
    #[arg(long, value_name = "VARIABLE", requires = "cluster_endpoint")]
    pub(crate) token_env: Option<String>,
    /// For `plimsoll up`: the file that holds its token.
    #[arg(long, value_name = "FILE", requires = "cluster_endpoint")]
    pub(crate) token_file: Option<PathBuf>,
    /// Show it a token that AWS issues about us; AUDIENCE begins the audience, which ends with the ExternalId.
    #[arg(long, value_name = "AUDIENCE", num_args = 0..=1, default_missing_value = "", requires = "cluster_endpoint")]
    pub(crate) web_identity: Option<String>,
    /// The workload identity provider in Google's cloud that trusts us.
    #[arg(
        long,
        value_name = "PROJECT-NUMBER/POOL/PROVIDER",
        requires = "cluster_endpoint"
    )]
    pub(crate) gke: Option<String>,
    /// E-mail of the service account to act as there.
    #[arg(long, value_name = "EMAIL", requires = "gke")]
    pub(crate) gke_service_account: Option<String>,
    /// The application of Microsoft Entra that trusts us.
    #[arg(
        long,
        value_name = "DIRECTORY-ID/CLIENT-ID",
        requires = "cluster_endpoint"
    )]
    pub(crate) aks: Option<String>,
}

impl EndpointArgs {
    /// Whether they say more than the address.
    pub(crate) fn says_more(&self) -> bool {
        self.name.is_some() || self.provider.is_some()
    }
}

fn provider(word: &str) -> Result<ProviderConfig, String> {
    match word {
        "gke" => Ok(ProviderConfig::Gke),
        "aks" => Ok(ProviderConfig::Aks),
        "self-managed" => Ok(ProviderConfig::SelfManaged),
        _ => Err(format!(
            "`{word}` is none of gke, aks and self-managed; an EKS cluster is found in its account"
        )),
    }
}
