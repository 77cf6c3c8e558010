//! Why a cluster could not be read, said for people.

use std::net::IpAddr;

use crate::network::is_public;

/// Why a cluster, or one of its lists, could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// Nothing answers there. Ask again later, or look at the network.
    #[error("{address}{} {why}", if *.private { " (private)" } else { "" })]
    Unreachable {
        /// The server's URL.
        address: String,
        /// Whether it leads to a private, loopback or link-local address.
        private: bool,
        /// What happened, for example `did not answer in 10 s`.
        why: String,
    },
    /// The server's name leads nowhere.
    #[error("{address} does not resolve to an address")]
    Unresolved {
        /// The server's URL.
        address: String,
    },
    /// The address lies in a network that the operator has not allowed. Nothing was sent.
    #[error("{address} leads to {ip}, in a private network that this service may not enter")]
    NetworkNotAllowed {
        /// The server's URL.
        address: String,
        /// Where it leads.
        ip: IpAddr,
    },
    /// The server does not know who asks (401): the token has expired, or the access entry is missing.
    #[error("{address} does not accept the credentials (401): expired, or unknown to the cluster")]
    Unauthorized {
        /// The server's URL.
        address: String,
    },
    /// The server's certificate does not fit.
    #[error("{address}: no secure connection: {why}")]
    Tls {
        /// The server's URL.
        address: String,
        /// What the certificate check says.
        why: String,
    },
    /// The kubeconfig, or what was said of the cluster, is of no use.
    #[error("{message}")]
    Configuration {
        /// What is wrong with it.
        message: String,
        /// The name that was probably meant, or the names there are.
        help: Option<String>,
    },
    /// No credentials could be had, for example because the kubeconfig's plugin failed.
    #[error("no credentials for {address}: {why}")]
    Credentials {
        /// The server's URL.
        address: String,
        /// What the plugin or the provider says.
        why: String,
    },
    /// The server answered with an error, or with something that is no answer, until we gave up.
    #[error("the server answered {status}: {message}")]
    Server {
        /// HTTP status.
        status: u16,
        /// The server's message, or what is wrong with the answer.
        message: String,
    },
}

/// What a connection attempt ended with; travels through the HTTP client as a boxed error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the name {0} does not resolve")]
    Unresolved(String),
    #[error("{0} is in a network that is not allowed")]
    NotAllowed(IpAddr),
    #[error("{ip} did not answer in {seconds} s")]
    NoAnswer { ip: IpAddr, seconds: u64 },
    #[error("{ip} refused the connection: {why}")]
    Refused { ip: IpAddr, why: String },
}

impl ClusterError {
    /// An error of the HTTP client while talking to `address`.
    pub(crate) fn of_client(address: &str, error: &kube::Error) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
        let mut texts = Vec::new();
        while let Some(current) = source {
            if let Some(connect) = current.downcast_ref::<ConnectError>() {
                return Self::of_connect(address, connect);
            }
            if let Some(tls) = tls_error(current) {
                return ClusterError::Tls {
                    address,
                    why: tls.to_string(),
                };
            }
            texts.push(current.to_string());
            source = current.source();
        }
        let why = texts.pop().unwrap_or_default();
        match error {
            kube::Error::Auth(_) => ClusterError::Credentials { address, why },
            kube::Error::RustlsTls(_) => ClusterError::Tls { address, why },
            _ => ClusterError::Unreachable {
                address,
                private: false,
                why: format!("broke off: {why}"),
            },
        }
    }

    fn of_connect(address: String, error: &ConnectError) -> Self {
        match error {
            ConnectError::NotAllowed(ip) => ClusterError::NetworkNotAllowed { address, ip: *ip },
            ConnectError::Unresolved(_) => ClusterError::Unresolved { address },
            ConnectError::NoAnswer { ip, seconds } => {
                let why = format!("did not answer in {seconds} s");
                ClusterError::Unreachable {
                    address,
                    private: !is_public(*ip),
                    why,
                }
            }
            ConnectError::Refused { ip, .. } => {
                let why = "refused the connection".to_owned();
                ClusterError::Unreachable {
                    address,
                    private: !is_public(*ip),
                    why,
                }
            }
        }
    }

    /// Whether another attempt at once may help.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            ClusterError::Unreachable { why, .. } => {
                why.starts_with("broke off") || why.starts_with("the answer")
            }
            ClusterError::Server { status, .. } => matches!(status, 200 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether no list of this cluster can be read, not just the one that was asked for.
    #[must_use]
    pub fn concerns_whole_cluster(&self) -> bool {
        !matches!(self, ClusterError::Server { .. })
    }
}

/// A TLS error, however many I/O errors it is wrapped in.
fn tls_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match inner {
        Some(inner) => tls_error(inner),
        None => error.downcast_ref::<rustls::Error>(),
    }
}
