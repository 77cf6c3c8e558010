//! One request to an API server: patience with what may pass, and plain words for what does not.

use std::time::Duration;

use http::header::{ACCEPT, RETRY_AFTER};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use serde::Deserialize;

use super::error::ClusterError;

/// The largest list page that is read, in bytes: 500 objects of the 1.5 MiB that etcd allows at most.
pub(crate) const MAX_ANSWER: usize = 768 << 20;

/// How the reader reads, and how patient it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one answer may take, body included.
    pub request: Duration,
    /// How long a connection may take.
    pub connect: Duration,
    /// How often a request is made before it counts as failed.
    pub attempts: u32,
    /// The first pause between attempts; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause that a server's `Retry-After` can ask for.
    pub longest_pause: Duration,
    /// Objects asked for at a time.
    pub page_size: u32,
    /// How often a list that lost its version is begun again.
    pub restarts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(60),
            connect: super::connect::CONNECT_TIMEOUT,
            attempts: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            page_size: super::list::PAGE_SIZE,
            restarts: 3,
        }
    }
}

/// An answer that is no list.
pub(crate) enum Refusal {
    /// 403.
    Denied(String),
    /// 404.
    NotFound,
    /// 410: the list's version is gone.
    Expired,
    Error(ClusterError),
}

/// Sends GET requests to one server.
pub(crate) struct Requester<'r> {
    pub(crate) client: &'r kube::Client,
    pub(crate) address: &'r str,
    pub(crate) patience: &'r Patience,
    /// The largest answer that is read, in bytes.
    pub(crate) most: usize,
}

impl Requester<'_> {
    /// Puts the body of a successful answer into `body`, read again when that may help. Whoever asks for one page after
    /// another gives the same `body` each time, so that it is allocated once.
    pub(crate) async fn get(
        &self,
        uri: &str,
        accept: &'static str,
        body: &mut String,
    ) -> Result<(), Refusal> {
        let mut attempt = 1;
        loop {
            let pause = self
                .patience
                .pause
                .saturating_mul(1 << (attempt - 1).min(10));
            let (refusal, pause) = match self.once(uri, accept, body).await {
                Ok(()) => return Ok(()),
                Err(Answer::Busy { after, error }) => {
                    (Refusal::Error(error), after.unwrap_or(pause))
                }
                Err(Answer::Refused(Refusal::Error(error))) if error.may_pass() => {
                    (Refusal::Error(error), pause)
                }
                Err(Answer::Refused(refusal)) => return Err(refusal),
            };
            if attempt >= self.patience.attempts {
                return Err(refusal);
            }
            attempt += 1;
            tokio::time::sleep(pause.min(self.patience.longest_pause)).await;
        }
    }

    async fn once(&self, uri: &str, accept: &'static str, body: &mut String) -> Result<(), Answer> {
        let error = |error| Answer::Refused(Refusal::Error(error));
        let seconds = self.patience.request.as_secs();
        let late = || ClusterError::Unreachable {
            address: self.address.to_owned(),
            private: false,
            why: format!("did not finish its answer in {seconds} s"),
        };
        let exchange = self.exchange(uri, accept, body);
        let exchange = tokio::time::timeout(self.patience.request, exchange);
        let (status, retry_after) = exchange.await.map_err(|_| error(late()))?.map_err(error)?;
        match status {
            StatusCode::OK => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(Answer::Busy {
                after: retry_after,
                error: server(status, body),
            }),
            StatusCode::UNAUTHORIZED => Err(error(ClusterError::Unauthorized {
                address: self.address.to_owned(),
            })),
            StatusCode::FORBIDDEN => Err(Answer::Refused(Refusal::Denied(message(body)))),
            StatusCode::NOT_FOUND => Err(Answer::Refused(Refusal::NotFound)),
            StatusCode::GONE => Err(Answer::Refused(Refusal::Expired)),
            _ => Err(error(server(status, body))),
        }
    }

    async fn exchange(
        &self,
        uri: &str,
        accept: &str,
        into: &mut String,
    ) -> Result<(StatusCode, Option<Duration>), ClusterError> {
        let request = Request::get(uri)
            .header(ACCEPT, accept)
            .body(Body::empty())
            .map_err(|error| ClusterError::Configuration {
                message: format!("`{uri}` cannot be asked for: {error}"),
                help: None,
            })?;
        let answer = self
            .client
            .send(request)
            .await
            .map_err(|error| ClusterError::of_client(self.address, &error))?;
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let mut bytes = std::mem::take(into).into_bytes();
        bytes.clear();
        let mut body = Limited::new(answer.into_body(), self.most);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ClusterError::Unreachable {
                address: self.address.to_owned(),
                private: false,
                why: "broke off in the middle of its answer".to_owned(),
            })?;
            if let Ok(data) = frame.into_data() {
                bytes.extend_from_slice(&data);
            }
        }
        *into = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok((status, retry_after.map(Duration::from_secs)))
    }
}

/// What is not a success, and whether to wait.
enum Answer {
    Busy {
        after: Option<Duration>,
        error: ClusterError,
    },
    Refused(Refusal),
}

fn server(status: StatusCode, body: &str) -> ClusterError {
    ClusterError::Server {
        status: status.as_u16(),
        message: message(body),
    }
}

/// The message of a Kubernetes `Status`, or the beginning of whatever else came.
fn message(body: &str) -> String {
    #[derive(Deserialize)]
    struct Status {
        message: String,
    }
    match serde_json::from_str::<Status>(body) {
        Ok(status) if !status.message.is_empty() => status.message,
        _ => body.trim().chars().take(200).collect(),
    }
}
