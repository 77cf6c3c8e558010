//! `plimsoll collector` and `plimsoll collect-node`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use plimsoll_model::COLLECTOR_NAMESPACE;

/// `plimsoll collector`.
#[derive(Debug, Args)]
pub(crate) struct CollectorArgs {
    /// The image that holds this program.
    #[arg(long, value_name = "IMAGE", default_value = concat!("plimsoll:", env!("CARGO_PKG_VERSION")))]
    pub(crate) image: String,
    /// Also look at modes and owners of the kubelet's files: mounts two folders of each node, for reading.
    #[arg(long)]
    pub(crate) files: bool,
    /// Take any certificate of a kubelet, where kubelets sign their own.
    #[arg(long)]
    pub(crate) unverified_kubelet: bool,
}

/// `plimsoll collect-node`.
#[derive(Debug, Args)]
pub(crate) struct CollectNodeArgs {
    /// Read once and end.
    #[arg(long)]
    pub(crate) once: bool,
    /// The node that this runs on.
    #[arg(long, value_name = "NAME", env = "NODE_NAME")]
    pub(crate) node: String,
    /// Its address.
    #[arg(long, value_name = "IP", env = "HOST_IP")]
    pub(crate) host_ip: IpAddr,
    /// The port of its kubelet.
    #[arg(long, value_name = "PORT", default_value_t = 10250)]
    pub(crate) port: u16,
    /// Below which folder /etc/kubernetes and /var/lib/kubelet of the node are mounted; without it no file is looked at.
    #[arg(long, value_name = "DIR")]
    pub(crate) files: Option<PathBuf>,
    /// Take any certificate of the kubelet.
    #[arg(long)]
    pub(crate) unverified_kubelet: bool,
    /// The API server.
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://kubernetes.default.svc"
    )]
    pub(crate) api_server: String,
    /// The cluster's certificate authority.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/var/run/secrets/plimsoll/ca.crt"
    )]
    pub(crate) authority: PathBuf,
    /// The token to ask with.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/var/run/secrets/plimsoll/token"
    )]
    pub(crate) token: PathBuf,
    /// The namespace to leave what was read in.
    #[arg(long, value_name = "NAME", default_value = COLLECTOR_NAMESPACE)]
    pub(crate) namespace: String,
}
