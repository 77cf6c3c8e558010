//! DynamoDB, SQS and what messages leave by on a loopback port, and a record of what was asked of them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use dynoxide::Database;
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use plimsoll_store::{Queue, QueueUrls, Store, StoreConfig, create_queues};
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_http::dispatch::SqsHandler;
use rustack_sqs_http::response::error_to_response;
use rustack_sqs_http::router::resolve_operation;
use serde_json::Value;

use super::calls::{Calls, dynamo_calls, resource_of, sqs_calls};
use super::loopback::{Running, listen, serve};
use super::outside::{self, Arrived};
use super::template;

/// The services, their tables and queues made; they end when this is dropped.
pub(super) struct Aws {
    address: SocketAddr,
    queues: QueueUrls,
    /// The tests' own way in.
    pub(super) store: Store,
    calls: Arc<Mutex<Calls>>,
    of_sessions: Arc<Mutex<Calls>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    _servers: [Running; 2],
}

struct Front {
    dynamo: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    sqs: RustackSqsHandler,
    calls: Arc<Mutex<Calls>>,
    of_sessions: Arc<Mutex<Calls>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Aws {
    /// Tables are called as the template's resources are, queues as [`Queue::as_str`] says.
    pub(super) async fn start() -> Self {
        let (listener, dynamo) = listen().await;
        let tables = Running::spawn(dynoxide::server::serve_on(
            listener,
            Database::memory().unwrap(),
        ));
        let (listener, address) = listen().await;
        let calls = Arc::new(Mutex::new(Calls::new()));
        let (arrived, of_sessions) = (Arc::default(), Arc::default());
        let config = SqsConfig {
            host: address.ip().to_string(),
            port: address.port(),
            ..SqsConfig::default()
        };
        let front = Arc::new(Front {
            dynamo,
            client: Client::builder(TokioExecutor::new()).build_http(),
            sqs: RustackSqsHandler::new(Arc::new(RustackSqs::new(config))),
            calls: Arc::clone(&calls),
            of_sessions: Arc::clone(&of_sessions),
            arrived: Arc::clone(&arrived),
        });
        let server = serve(listener, move |parts, body| {
            let front = Arc::clone(&front);
            async move { front.answer(&parts, body).await }
        });
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .endpoint_url(format!("http://{address}"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .build();
        let queues = create_queues(&aws_sdk_sqs::Client::new(&sdk), "").await;
        let queues = queues.unwrap();
        let config = StoreConfig {
            table: "TenantData".to_owned(),
            control_table: "Control".to_owned(),
            bucket: "Objects".to_owned(),
            queues: queues.clone(),
            due_shards: 1,
            data_role: None,
        };
        let store = Store::aws(&sdk, config);
        store.create_tables().await.unwrap();
        Self {
            address,
            queues,
            store,
            calls,
            of_sessions,
            arrived,
            _servers: [server, tables],
        }
    }

    /// A function's variables as the template sets them, and the way here.
    pub(super) fn variables(&self, folder: &str) -> Vec<(String, String)> {
        let declared = template::function(folder);
        let endpoint = format!("http://{}", self.address);
        declared
            .variables
            .iter()
            .map(|(name, value)| {
                (
                    name.clone(),
                    template::value(value, |id| self.stands_for(id)),
                )
            })
            .chain([
                ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), endpoint.clone()),
                ("AWS_ENDPOINT_URL_SQS".to_owned(), endpoint.clone()),
                (
                    "AWS_ENDPOINT_URL_SECRETS_MANAGER".to_owned(),
                    endpoint.clone(),
                ),
                ("AWS_ENDPOINT_URL_SESV2".to_owned(), endpoint.clone()),
                ("AWS_ENDPOINT_URL_STS".to_owned(), endpoint),
            ])
            .collect()
    }

    /// What `!Ref` gives for a resource: a queue's URL, the name of anything else. Of a role, the ARN is asked for.
    fn stands_for(&self, id: &str) -> String {
        if id == outside::DATA_ROLE {
            return outside::data_role();
        }
        let queue = Queue::ALL
            .into_iter()
            .find(|queue| resource_of(*queue) == id);
        queue.map_or(id.to_owned(), |queue| self.queues.live(queue).to_owned())
    }

    /// A path here as a URL.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The messages that have arrived, in order.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// What has been called since this was asked last, with a function's own credentials.
    pub(super) fn calls(&self) -> Calls {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// The same, with those of tenants' sessions.
    pub(super) fn calls_of_sessions(&self) -> Calls {
        std::mem::take(&mut *self.of_sessions.lock().unwrap())
    }
}

impl Front {
    async fn answer(&self, parts: &Parts, body: Bytes) -> Response<Full<Bytes>> {
        let target = parts.headers.get("x-amz-target");
        let target = target
            .and_then(|target| target.to_str().ok())
            .unwrap_or_default();
        if let Some(answer) = outside::session(&body) {
            let entered = ("sts:AssumeRole".to_owned(), outside::DATA_ROLE.to_owned());
            self.note(parts, Calls::from([entered]));
            return answer;
        }
        let Ok(request) = serde_json::from_slice::<Value>(&body) else {
            return refusal(format!("a request without JSON: {}", parts.uri));
        };
        if let Some((answer, calls, arrived)) = outside::answer(parts, &request) {
            self.note(parts, calls);
            self.arrived.lock().unwrap().extend(arrived);
            return answer;
        }
        match target.split_once('.') {
            Some(("AmazonSQS", operation)) => {
                self.note(parts, sqs_calls(operation, &request));
                self.sqs(&parts.headers, without_groups(request)).await
            }
            Some(("DynamoDB_20120810", operation)) => {
                self.note(parts, dynamo_calls(operation, &request));
                self.dynamo(parts, body).await
            }
            _ => refusal(format!("nobody here answers `{target}`")),
        }
    }

    fn note(&self, parts: &Parts, calls: Calls) {
        let signed = parts
            .headers
            .get("authorization")
            .map(|value| value.to_str());
        let of_session = matches!(signed, Some(Ok(signed)) if signed.contains(outside::SESSION));
        let all = if of_session {
            &self.of_sessions
        } else {
            &self.calls
        };
        all.lock().unwrap().extend(calls);
    }

    async fn sqs(&self, headers: &HeaderMap, request: Value) -> Response<Full<Bytes>> {
        let answered = match resolve_operation(headers) {
            Ok(operation) => {
                let body = request.to_string().into();
                self.sqs.handle_operation(operation, body).await
            }
            Err(error) => Err(error),
        };
        let answered = answered.unwrap_or_else(|error| error_to_response(&error, "test"));
        let (parts, body) = answered.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Response::from_parts(parts, Full::new(body))
    }

    async fn dynamo(&self, parts: &Parts, body: Bytes) -> Response<Full<Bytes>> {
        let mut request = Request::post(format!("http://{}/", self.dynamo));
        for name in [
            "x-amz-target",
            "content-type",
            "authorization",
            "x-amz-date",
        ] {
            if let Some(value) = parts.headers.get(name) {
                request = request.header(name, value);
            }
        }
        let request = request.body(Full::new(body)).unwrap();
        let (parts, body) = self.client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Response::from_parts(parts, Full::new(body))
    }
}

fn refusal(text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

/// This server refuses on standard queues the group by which AWS is fair among tenants.
fn without_groups(mut request: Value) -> Value {
    let entries = request["Entries"].as_array_mut().map(std::mem::take);
    if let Some(mut entries) = entries {
        for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
            entry.remove("MessageGroupId");
        }
        request["Entries"] = entries.into();
    }
    if let Some(fields) = request.as_object_mut() {
        fields.remove("MessageGroupId");
        fields.retain(|_, value| !value.is_null());
    }
    request
}
