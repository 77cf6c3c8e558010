//! How long an embedded store lives: every request to its tables, queues and objects is counted, and at a chosen one the
//! store falls silent, as it does for a process that is killed. For tests that kill the service at every request in turn.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::sync::watch;

/// Where a store ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Death {
    /// The request at which it ends; the first is 1.
    pub at: usize,
    /// Whether that request is carried out and only its answer is lost, instead of not being carried out.
    pub carried_out: bool,
}

/// The life of one embedded store: what it was asked, and where it ends. Clones are the same life.
#[derive(Debug, Clone)]
pub struct Life {
    death: Option<Death>,
    requests: Arc<Mutex<Vec<String>>>,
    over: Arc<watch::Sender<bool>>,
}

impl Life {
    /// A life that ends at `death`, or never.
    #[must_use]
    pub fn until(death: Option<Death>) -> Self {
        Self {
            death,
            requests: Arc::default(),
            over: Arc::new(watch::channel(false).0),
        }
    }

    /// The operations asked for so far, in order: `PutItem`, `SendMessage`, `put object`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the end; for ever, if there is none. From then on no request is answered any more, so that whoever
    /// works with the store stands still until it is dropped.
    pub async fn over(&self) {
        // An error would mean that the sender is gone, which is ours.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    /// Counts a request, carries it out, and answers, if life goes on.
    pub(crate) async fn around<T>(&self, name: &str, request: impl Future<Output = T>) -> T {
        let dies = self.count(name);
        if *self.over.borrow() || dies == Some(false) {
            return self.end().await;
        }
        let answer = request.await;
        if dies == Some(true) {
            return self.end().await;
        }
        answer
    }

    /// Whether life ends with this request, and then whether it is carried out.
    fn count(&self, name: &str) -> Option<bool> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(name.to_owned());
        let death = self.death.filter(|death| death.at == requests.len())?;
        Some(death.carried_out)
    }

    async fn end<T>(&self) -> T {
        self.over.send_replace(true);
        std::future::pending().await
    }
}

/// The client itself, or the client with a life.
pub(super) fn client<C>(client: C, life: Option<&Life>) -> SharedHttpClient
where
    C: HttpClient + HttpConnector + Clone + 'static,
{
    match life {
        None => SharedHttpClient::new(client),
        Some(life) => SharedHttpClient::new(Mortal {
            client,
            life: life.clone(),
        }),
    }
}

#[derive(Debug, Clone)]
struct Mortal<C> {
    client: C,
    life: Life,
}

impl<C: HttpConnector + Clone + 'static> HttpClient for Mortal<C> {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl<C: HttpConnector + Clone + 'static> HttpConnector for Mortal<C> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Mortal { client, life } = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let name = target.rsplit('.').next().unwrap_or_default().to_owned();
            // The embedded servers carry a request out when they are called: not before we say so.
            life.around(&name, async { client.call(request).await })
                .await
        })
    }
}
