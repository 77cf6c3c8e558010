//! The far end of a function's runtime: hands out invocations and takes their answers, one at a time, as the service
//! does (paths and headers: AWS Lambda developer guide, "Using the Lambda runtime API").

use std::net::SocketAddr;
use std::sync::Arc;

use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use plimsoll_runtime::Clock;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::loopback::{Running, listen, serve};

const BEGIN: &str = "/2018-06-01/runtime/";
/// How long an invocation may take, as its deadline says.
const TIME_OUT_MS: i64 = 50_000;

/// What the function told the Runtime API.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// It asks for its next invocation.
    Ready,
    /// It answered the invocation of this id.
    Response(String, Value),
    /// It failed at the invocation of this id.
    Error(String, Value),
    /// Something that the Runtime API does not know.
    Nonsense(String),
}

/// A Runtime API for one function.
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    events: UnboundedSender<(String, Value)>,
    pub(super) said: UnboundedReceiver<Said>,
    invocations: u32,
    _server: Running,
}

struct Service {
    function: &'static str,
    events: Mutex<UnboundedReceiver<(String, Value)>>,
    said: UnboundedSender<Said>,
}

impl RuntimeApi {
    pub(super) async fn start(function: &'static str) -> Self {
        let (listener, address) = listen().await;
        let (events, queued) = unbounded_channel();
        let (saying, said) = unbounded_channel();
        let service = Arc::new(Service {
            function,
            events: Mutex::new(queued),
            said: saying,
        });
        let server = serve(listener, move |parts, body| {
            let service = Arc::clone(&service);
            async move { service.answer(&parts, &body).await }
        });
        Self {
            address,
            events,
            said,
            invocations: 0,
            _server: server,
        }
    }

    /// Puts an event before the function and says the invocation's id.
    pub(super) fn invoke(&mut self, event: Value) -> String {
        self.invocations += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.invocations);
        self.events.send((id.clone(), event)).unwrap();
        id
    }
}

impl Service {
    async fn answer(&self, parts: &Parts, body: &Bytes) -> Response<Full<Bytes>> {
        let path = parts.uri.path().strip_prefix(BEGIN).unwrap_or_default();
        let words: Vec<&str> = path.split('/').collect();
        let said = match (&parts.method, words.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => {
                self.said.send(Said::Ready).unwrap();
                return self.next().await;
            }
            (&Method::POST, ["invocation", id, "response"]) => {
                Said::Response((*id).to_owned(), json(body))
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                Said::Error((*id).to_owned(), json(body))
            }
            (method, _) => Said::Nonsense(format!("{method} {}", parts.uri.path())),
        };
        let status = match said {
            Said::Nonsense(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::ACCEPTED,
        };
        self.said.send(said).unwrap();
        response(status, Bytes::new())
    }

    /// Waits for an event, however long, as the service does.
    async fn next(&self) -> Response<Full<Bytes>> {
        let (id, event) = match self.events.lock().await.recv().await {
            Some(event) => event,
            None => return response(StatusCode::GONE, Bytes::new()),
        };
        let deadline = Clock::machine().now().as_millisecond() + TIME_OUT_MS;
        let arn = format!(
            "arn:aws:lambda:eu-central-1:111111111111:function:{}",
            self.function
        );
        let mut answer = response(StatusCode::OK, event.to_string().into());
        for (name, value) in [
            ("content-type", "application/json".to_owned()),
            ("lambda-runtime-aws-request-id", id),
            ("lambda-runtime-deadline-ms", deadline.to_string()),
            ("lambda-runtime-invoked-function-arn", arn),
        ] {
            answer.headers_mut().insert(name, value.parse().unwrap());
        }
        answer
    }
}

fn json(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
}
