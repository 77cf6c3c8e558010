//! Listening: one plain port for AWS, one TLS port per cluster. All tasks end with the world.

use std::sync::Arc;

use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::reply::{Reply, reply};
use crate::state::Shared;
use crate::{aws, kube_api};

/// The connection is closed instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on order")]
pub(crate) struct Closed;

/// What listens behind a port.
#[derive(Clone)]
pub(crate) enum Front {
    Aws,
    /// The index of the cluster.
    Cluster(usize, TlsAcceptor),
}

/// Larger bodies are refused; no call of ours comes near.
const MAX_BODY: usize = 1 << 20;

/// Accepts connections until it is dropped; its connections end with it.
pub(crate) async fn listen(listener: TcpListener, world: Arc<Shared>, front: Front) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
        };
        let Ok((stream, _)) = accepted else { continue };
        // Without this, the second small write of an answer waits for the client's delayed
        // acknowledgement: 40 ms a request.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "example world: a connection without nodelay");
        }
        let (world, front) = (Arc::clone(&world), front.clone());
        connections.spawn(async move {
            match &front {
                Front::Aws => talk(stream, world, front).await,
                Front::Cluster(_, acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => talk(stream, world, front).await,
                    Err(error) => tracing::debug!(%error, "example world: TLS failed"),
                },
            }
        });
    }
}

async fn talk<S>(stream: S, world: Arc<Shared>, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(request, Arc::clone(&world), front.clone()));
    let result = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = result {
        tracing::debug!(%error, "example world: a connection ended");
    }
}

async fn answer(
    request: Request<Incoming>,
    world: Arc<Shared>,
    front: Front,
) -> Result<Response<Reply>, Closed> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Ok(reply(413, "text/plain", Bytes::from_static(b"too large\n")));
    };
    let body = body.to_bytes();
    let mut response = match &front {
        Front::Aws => aws::answer(&world, &parts, &body)?,
        Front::Cluster(index, _) => match world.clusters.get(*index) {
            Some(cluster) => kube_api::answer(&world, cluster, &parts)?,
            None => return Err(Closed),
        },
    };
    // The SDKs correct their clock by this header, so it must tell the world's time.
    let date = (world.clock)()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    Ok(response)
}
