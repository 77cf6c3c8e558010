//! A server over TLS that answers as a test says: a kubelet, an API server that takes what is left with it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::error::WorldError;
use crate::tls;

/// Larger bodies are cut off.
const MAX_BODY: usize = 1 << 20;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Method and path with its query, for example `GET /configz`.
    pub line: String,
    /// What was sent as `Authorization`.
    pub authorization: Option<String>,
    /// The body.
    pub body: String,
}

/// The running server; it ends when this is dropped.
#[derive(Debug)]
pub struct StandIn {
    port: u16,
    authority: String,
    came: Arc<Mutex<Vec<Came>>>,
    task: AbortHandle,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// Listens on 127.0.0.1; `answer` gives status and body for a request.
    ///
    /// # Errors
    /// No port, or no certificate.
    pub async fn start(
        answer: impl Fn(&Came) -> (u16, String) + Send + Sync + 'static,
    ) -> Result<Self, WorldError> {
        let identity = tls::identity("stand-in")?;
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(WorldError::Listen)?;
        let port = listener.local_addr().map_err(WorldError::Listen)?.port();
        let acceptor = TlsAcceptor::from(identity.server);
        let came = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&came), Arc::new(answer));
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, log, answer) =
                    (acceptor.clone(), Arc::clone(&log), Arc::clone(&answer));
                open.spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let service = service_fn(|request| {
                        respond(request, Arc::clone(&log), Arc::clone(&answer))
                    });
                    let server = hyper::server::conn::http1::Builder::new();
                    let talk = server.serve_connection(TokioIo::new(stream), service);
                    if let Err(error) = talk.await {
                        tracing::debug!(%error, "stand-in: a connection ended");
                    }
                });
            }
        });
        Ok(Self {
            port,
            authority: identity.authority,
            came,
            task: task.abort_handle(),
        })
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate authority that signed its certificate, PEM.
    #[must_use]
    pub fn authority(&self) -> Vec<u8> {
        STANDARD.decode(&self.authority).unwrap_or_default()
    }

    /// What came so far.
    #[must_use]
    pub fn came(&self) -> Vec<Came> {
        self.came
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn respond<F: Fn(&Came) -> (u16, String)>(
    request: Request<Incoming>,
    log: Arc<Mutex<Vec<Came>>>,
    answer: Arc<F>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    let authorization = parts.headers.get(header::AUTHORIZATION);
    let came = Came {
        line: format!("{} {}", parts.method, parts.uri),
        authorization: authorization
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let (status, text) = answer(&came);
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(came);
    let mut response = Response::new(Full::from(text));
    if let Ok(status) = http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    Ok(response)
}
