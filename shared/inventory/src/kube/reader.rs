//! Reads a cluster's lists page by page, a few at a time, without ever holding the cluster.

use std::sync::{Arc, Mutex};

use plimsoll_model::kind::Kind;
use serde::Deserialize;
use tokio::sync::Semaphore;
use url::form_urlencoded;

use super::connect::{BearerToken, client};
use super::error::ClusterError;
use super::list::{ListEvent, ListOutcome, ListScope, Page, next_page_size, user_of};
use super::request::{MAX_ANSWER, Patience, Refusal, Requester};
use crate::network::AllowedNetworks;

/// How many lists are read at once: enough to keep the line busy, too few to be felt by the API server.
const LISTS_AT_ONCE: usize = 4;

pub(crate) const JSON: &str = "application/json";
/// Asks for objects without anything but their metadata.
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// A connection to one cluster. Cheap to clone; clones share the limit of lists at once.
#[derive(Clone)]
pub struct ClusterReader {
    client: kube::Client,
    name: Arc<str>,
    address: Arc<str>,
    token: Option<Arc<dyn BearerToken>>,
    patience: Patience,
    permits: Arc<Semaphore>,
    /// Memory for pages, one of the lists under way each: taken when a list begins and given back when it ends.
    bodies: Arc<Mutex<Vec<String>>>,
}

/// What a cluster says of its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterVersion {
    /// Major and minor, for example `1.34`.
    pub minor: String,
    /// The whole of it, for example `v1.34.2-eks-abc1234`.
    pub git: String,
}

impl ClusterVersion {
    /// Who built it, as frameworks name it: `eks`, `gke`, or `other`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        match &self.git {
            git if git.contains("-eks-") => "eks",
            git if git.contains("-gke.") => "gke",
            _ => "other",
        }
    }
}

impl ClusterReader {
    /// Prepares a connection; nothing is sent yet. `name` is what people call the cluster.
    pub(crate) fn new(
        name: &str,
        config: &kube::Config,
        token: Option<Arc<dyn BearerToken>>,
        allowed: AllowedNetworks,
        patience: Patience,
    ) -> Result<Self, ClusterError> {
        let client = client(config, token.clone(), Arc::new(allowed), patience.connect)?;
        let address = config.cluster_url.to_string();
        Ok(Self {
            client,
            name: name.into(),
            address: address.trim_end_matches('/').into(),
            token,
            patience,
            permits: Arc::new(Semaphore::new(LISTS_AT_ONCE)),
            bodies: Arc::default(),
        })
    }

    /// What people call the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The API server's URL.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// The server's version; also the cheapest way to learn whether it can be reached.
    ///
    /// # Errors
    /// It cannot be reached, or what answers is no Kubernetes.
    pub async fn version(&self) -> Result<ClusterVersion, ClusterError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            major: String,
            minor: String,
            git_version: String,
        }
        let body = match self.get("/version", JSON).await {
            Ok(body) => body,
            Err(Refusal::Error(error)) => return Err(error),
            Err(Refusal::Denied(message)) => {
                return Err(ClusterError::Server {
                    status: 403,
                    message,
                });
            }
            Err(_) => return Err(not_kubernetes()),
        };
        let version: Version = serde_json::from_str(&body).map_err(|_| not_kubernetes())?;
        // Some vendors write a plus behind the minor version.
        let digits = |text: &str| {
            text.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        };
        let minor = format!("{}.{}", digits(&version.major), digits(&version.minor));
        Ok(ClusterVersion {
            minor,
            git: version.git_version,
        })
    }

    /// Why the server does not let us list, in its own words; none if it does. One object is asked for.
    ///
    /// # Errors
    /// It cannot be reached, or answers something else.
    pub async fn list_refused(&self, spec: &Kind) -> Result<Option<String>, ClusterError> {
        let scope = ListScope::default();
        match self.get(&page_uri(spec, None, &scope, 1, None), JSON).await {
            Ok(_) => Ok(None),
            Err(Refusal::Denied(message)) => Ok(Some(message)),
            Err(Refusal::Error(error)) => Err(error),
            Err(Refusal::NotFound | Refusal::Expired) => Err(not_kubernetes()),
        }
    }

    /// Reads one list to its end, handing over its pages as they come. Waits while [`LISTS_AT_ONCE`] others are read.
    pub async fn list(
        &self,
        spec: &Kind,
        scope: &ListScope,
        on_event: &mut (dyn FnMut(ListEvent<'_>) + Send),
    ) -> ListOutcome {
        let Ok(_permit) = self.permits.acquire().await else {
            return ListOutcome::Absent;
        };
        let spare = self.bodies.lock().ok().and_then(|mut all| all.pop());
        let mut body = spare.unwrap_or_default();
        let outcome = self.list_whole(spec, scope, on_event, &mut body).await;
        if let Ok(mut all) = self.bodies.lock() {
            all.push(body);
        }
        outcome
    }

    async fn list_whole(
        &self,
        spec: &Kind,
        scope: &ListScope,
        on_event: &mut (dyn FnMut(ListEvent<'_>) + Send),
        body: &mut String,
    ) -> ListOutcome {
        let mut restarts = 0;
        loop {
            match self.list_once(spec, scope, on_event, body).await {
                Ok(count) => return ListOutcome::Complete { count },
                Err((Refusal::Expired, _)) if restarts < self.patience.restarts => {
                    restarts += 1;
                    on_event(ListEvent::Restarted);
                }
                Err((refusal, count)) => return self.ended(spec, refusal, count).await,
            }
        }
    }

    async fn list_once(
        &self,
        spec: &Kind,
        scope: &ListScope,
        on_event: &mut (dyn FnMut(ListEvent<'_>) + Send),
        body: &mut String,
    ) -> Result<u64, (Refusal, u64)> {
        let namespaces: Vec<Option<&str>> = match scope.namespaces.as_slice() {
            some @ [_, ..] if spec.namespaced => some.iter().map(|n| Some(n.as_str())).collect(),
            _ => vec![None],
        };
        let accept = if spec.metadata_only() { METADATA } else { JSON };
        let (mut count, mut last) = (0, None);
        for namespace in namespaces {
            let mut next: Option<String> = None;
            loop {
                let limit = next_page_size(last, self.patience.page_size);
                let uri = page_uri(spec, namespace, scope, limit, next.as_deref());
                self.get_into(&uri, accept, body)
                    .await
                    .map_err(|refusal| (refusal, count))?;
                let error = |error| (Refusal::Error(error), count);
                let (page, token) = Page::parse(spec, body).map_err(error)?;
                count += page.len() as u64;
                last = Some((body.len(), page.len()));
                let broken = hand_over(page, on_event);
                if let Some(message) = broken {
                    return Err((
                        Refusal::Error(ClusterError::Server {
                            status: 200,
                            message,
                        }),
                        count,
                    ));
                }
                match token {
                    Some(token) => next = Some(token),
                    None => break,
                }
            }
        }
        Ok(count)
    }

    async fn ended(&self, spec: &Kind, refusal: Refusal, count: u64) -> ListOutcome {
        match refusal {
            Refusal::NotFound => ListOutcome::Absent,
            Refusal::Denied(message) => {
                // A server refuses a restricted reader what it does not even have; its discovery tells.
                if self.exists(spec).await == Some(false) {
                    return ListOutcome::Absent;
                }
                let user = user_of(&message);
                ListOutcome::Denied { message, user }
            }
            Refusal::Expired => {
                let message = "the list changed too often to be read to its end".to_owned();
                ListOutcome::Failed {
                    error: ClusterError::Server {
                        status: 410,
                        message,
                    },
                    count,
                }
            }
            Refusal::Error(error) => ListOutcome::Failed { error, count },
        }
    }

    /// Whether the server has the kind at all; `None` if it does not say.
    async fn exists(&self, spec: &Kind) -> Option<bool> {
        #[derive(Deserialize)]
        struct Resources {
            resources: Vec<Resource>,
        }
        #[derive(Deserialize)]
        struct Resource {
            name: String,
        }
        match self.get(&spec.group_path(), JSON).await {
            Ok(body) => {
                let found: Resources = serde_json::from_str(&body).ok()?;
                Some(
                    found
                        .resources
                        .iter()
                        .any(|resource| resource.name == spec.plural),
                )
            }
            Err(Refusal::NotFound) => Some(false),
            Err(_) => None,
        }
    }

    async fn get(&self, uri: &str, accept: &'static str) -> Result<String, Refusal> {
        let mut body = String::new();
        self.get_into(uri, accept, &mut body).await?;
        Ok(body)
    }

    async fn get_into(
        &self,
        uri: &str,
        accept: &'static str,
        body: &mut String,
    ) -> Result<(), Refusal> {
        self.get_bounded(uri, accept, body, &self.patience, MAX_ANSWER)
            .await
    }

    /// As patient as `patience`, and no more than `most` bytes.
    pub(crate) async fn get_bounded(
        &self,
        uri: &str,
        accept: &'static str,
        body: &mut String,
        patience: &Patience,
        most: usize,
    ) -> Result<(), Refusal> {
        let requester = Requester {
            client: &self.client,
            address: &self.address,
            patience,
            most,
        };
        let answer = requester.get(uri, accept, body).await;
        match (&answer, &self.token) {
            // The token may just have grown too old: once more with a new one.
            (Err(Refusal::Error(ClusterError::Unauthorized { .. })), Some(token)) => {
                token.forget();
                requester.get(uri, accept, body).await
            }
            _ => answer,
        }
    }
}

fn page_uri(
    spec: &Kind,
    namespace: Option<&str>,
    scope: &ListScope,
    limit: u32,
    next: Option<&str>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &limit.to_string());
    if let Some(selector) = &scope.label_selector {
        query.append_pair("labelSelector", selector);
    }
    if let Some(token) = next {
        query.append_pair("continue", token);
    }
    format!("{}?{}", spec.list_path(namespace), query.finish())
}

/// Hands a page over; gives back what was wrong with one of its objects.
fn hand_over(page: Page<'_>, on_event: &mut (dyn FnMut(ListEvent<'_>) + Send)) -> Option<String> {
    let broken = std::rc::Rc::clone(&page.broken);
    on_event(ListEvent::Page(page));
    broken.borrow_mut().take()
}

fn not_kubernetes() -> ClusterError {
    ClusterError::Server {
        status: 200,
        message: "what answers is no Kubernetes API server".to_owned(),
    }
}
