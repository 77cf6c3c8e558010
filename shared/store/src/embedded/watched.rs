//! Shows every request to the embedded tables to a test before it is carried out.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Is given the operation and the body of every request.
pub type Watch = Arc<dyn Fn(&str, &[u8]) + Send + Sync>;

/// A client whose requests are watched, if anybody watches.
#[derive(Clone)]
pub(super) struct Watched<C> {
    pub(super) client: C,
    pub(super) watch: Option<Watch>,
}

impl<C> std::fmt::Debug for Watched<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watched")
    }
}

impl<C: HttpConnector + Clone + 'static> HttpClient for Watched<C> {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl<C: HttpConnector + Clone + 'static> HttpConnector for Watched<C> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(watch) = &self.watch {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default();
            watch(operation, request.body().bytes().unwrap_or_default());
        }
        self.client.call(request)
    }
}
