//! Connections to API servers: an HTTP client that checks where it really connects to.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, Uri};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::{TokioExecutor, TokioIo};
use kube::client::{Body, ConfigExt};
use tokio::net::TcpStream;
use tower::util::{MapErrLayer, MapRequestLayer};
use tower::{BoxError, Service, ServiceBuilder};
use tower_http::decompression::DecompressionLayer;

use super::error::{ClusterError, ConnectError};
use crate::network::AllowedNetworks;

/// How long a server may take to accept a connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A bearer token that is made anew when it gets old.
pub(crate) trait BearerToken: Send + Sync {
    /// The token for a request made now.
    fn bearer(&self) -> Result<String, String>;
    /// Forgets the token: the server did not accept it.
    fn forget(&self);
}

/// A client that connects only where `allowed` permits, whatever a name resolves to at that moment.
pub(crate) fn client(
    config: &kube::Config,
    token: Option<Arc<dyn BearerToken>>,
    allowed: Arc<AllowedNetworks>,
    connect_timeout: Duration,
) -> Result<kube::Client, ClusterError> {
    let unrestricted = allowed.is_everything();
    let connector = GuardedConnector {
        allowed,
        timeout: connect_timeout,
    };
    let Some(proxy) = config
        .proxy_url
        .as_ref()
        .filter(|_| !is_loopback(&config.cluster_url))
    else {
        return assemble(config, token, connector);
    };
    // Through a proxy the address connected to is not ours to check.
    if proxy.scheme_str() != Some("http") || !unrestricted {
        let message = format!(
            "the proxy {} cannot be used for this cluster",
            proxy.host().unwrap_or_default()
        );
        return Err(ClusterError::Configuration {
            message,
            help: Some("set NO_PROXY for the cluster's host".to_owned()),
        });
    }
    let mut tunnel = Tunnel::new(proxy.clone(), connector);
    let user = proxy
        .authority()
        .and_then(|authority| authority.as_str().rsplit_once('@'));
    if let Some((user, _)) = user
        && let Ok(header) = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(user)))
    {
        tunnel = tunnel.with_auth(header);
    }
    assemble(config, token, tunnel)
}

fn is_loopback(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The client's layers around a way to open connections.
fn assemble<C>(
    config: &kube::Config,
    token: Option<Arc<dyn BearerToken>>,
    connector: C,
) -> Result<kube::Client, ClusterError>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: std::error::Error + Send + Sync + 'static,
{
    let address = config.cluster_url.to_string();
    let failed = |error: kube::Error| ClusterError::of_client(&address, &error);
    let https = config
        .rustls_https_connector_with_connector(connector)
        .map_err(failed)?;
    let http =
        hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build::<_, Body>(https);
    let token =
        token.map(|token| MapRequestLayer::new(move |request| with_token(request, token.as_ref())));
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(token)
        .option_layer(
            config
                .auth_layer()
                .map_err(|error| no_credentials(config, &error))?,
        )
        .layer(config.extra_headers_layer().map_err(failed)?)
        .layer(DecompressionLayer::new())
        .layer(MapErrLayer::new(BoxError::from))
        .service(http);
    Ok(kube::Client::new(service, config.default_namespace.clone()))
}

/// The kubeconfig's credentials cannot be used; mostly its plugin is missing or fails.
fn no_credentials(config: &kube::Config, error: &kube::Error) -> ClusterError {
    let address = config.cluster_url.to_string();
    let plugin = config
        .auth_info
        .exec
        .as_ref()
        .and_then(|exec| exec.command.as_deref());
    match (ClusterError::of_client(&address, error), plugin) {
        (ClusterError::Credentials { address, why }, Some(plugin)) => ClusterError::Credentials {
            address,
            why: format!("the plugin {plugin} failed: {why}"),
        },
        (error, _) => error,
    }
}

/// Without a token the server answers 401, which says the same.
fn with_token(mut request: Request<Body>, token: &dyn BearerToken) -> Request<Body> {
    let header = token
        .bearer()
        .ok()
        .and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    if let Some(mut header) = header {
        header.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, header);
    }
    request
}

/// Opens TCP connections, each address checked just before it is connected to.
#[derive(Clone)]
struct GuardedConnector {
    allowed: Arc<AllowedNetworks>,
    timeout: Duration,
}

impl Service<Uri> for GuardedConnector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let host = uri
                .host()
                .unwrap_or_default()
                .trim_matches(['[', ']'])
                .to_owned();
            let default = if uri.scheme_str() == Some("http") {
                80
            } else {
                443
            };
            this.connect(&host, uri.port_u16().unwrap_or(default)).await
        })
    }
}

impl GuardedConnector {
    async fn connect(&self, host: &str, port: u16) -> Result<TokioIo<TcpStream>, ConnectError> {
        let unresolved = || ConnectError::Unresolved(host.to_owned());
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => tokio::time::timeout(self.timeout, tokio::net::lookup_host((host, port)))
                .await
                .map_err(|_| unresolved())?
                .map_err(|_| unresolved())?
                .collect(),
        };
        let mut last = unresolved();
        for address in addresses {
            if !self.allowed.permit(address.ip(), port) {
                // One address that is not allowed is enough: a name that leads both ways is not to be trusted.
                return Err(ConnectError::NotAllowed(address.ip()));
            }
            match tokio::time::timeout(self.timeout, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(TokioIo::new(stream));
                }
                Ok(Err(error)) => {
                    last = ConnectError::Refused {
                        ip: address.ip(),
                        why: error.to_string(),
                    }
                }
                Err(_) => {
                    last = ConnectError::NoAnswer {
                        ip: address.ip(),
                        seconds: self.timeout.as_secs(),
                    }
                }
            }
        }
        Err(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(allowed: AllowedNetworks) -> GuardedConnector {
        GuardedConnector {
            allowed: Arc::new(allowed),
            timeout: CONNECT_TIMEOUT,
        }
    }

    #[tokio::test]
    async fn the_address_is_checked_before_anything_is_sent() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let strict = connector(AllowedNetworks::public_only());
        for host in ["127.0.0.1", "localhost"] {
            let refused = strict.connect(host, port).await.unwrap_err();
            assert!(
                matches!(refused, ConnectError::NotAllowed(ip) if ip.is_loopback()),
                "{refused}"
            );
        }
        let own = AllowedNetworks::parse(&[format!("127.0.0.1:{port}")]).unwrap();
        assert!(
            connector(own.clone())
                .connect("127.0.0.1", port)
                .await
                .is_ok()
        );
        let other = connector(own)
            .connect("127.0.0.1", port ^ 1)
            .await
            .unwrap_err();
        assert!(matches!(other, ConnectError::NotAllowed(_)));
    }

    #[tokio::test]
    async fn nobody_there_is_said_with_the_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = connector(AllowedNetworks::everything())
            .connect("127.0.0.1", port)
            .await
            .unwrap_err();
        assert!(matches!(&error, ConnectError::Refused { .. }));
        let shown = ClusterError::of_client(
            "https://127.0.0.1:1",
            &kube::Error::Service(Box::new(error)),
        );
        assert_eq!(
            shown.to_string(),
            "https://127.0.0.1:1 (private) refused the connection"
        );
    }
}
