//! The SDK's machinery, set up for one call: what its generated clients do with their configuration.

use std::borrow::Cow;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Sending;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{RuntimePlugin, StaticRuntimePlugin};
use aws_smithy_runtime_api::http::{Request, Response};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::retry::{RetryConfig, RetryMode};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::Value;

use super::answer::read;
use super::call::Call;
use super::endpoint::Endpoint;

/// One attempt: longer than any list page takes, short enough that a service that hangs costs a scan little.
const ATTEMPT: Duration = Duration::from_secs(10);
/// All attempts with the waits between them.
const ALL_ATTEMPTS: Duration = Duration::from_secs(30);

/// The longest wait before another attempt. After the first throttle of a service that was asked little so far, the
/// SDK's limiter alone would wait twenty seconds, and the end would be a time-out instead of the throttle.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Call<'_> {
    /// The machinery for this call.
    pub(super) fn sending(&self, to: &Endpoint) -> Sending<Request<SdkBody>, Value, ErrorMetadata> {
        let (service, operation) = (self.service, self.operation);
        let (timeouts, retry) = (timeouts(self.config), retry(self.config));
        let version = self.config.behavior_version();
        Sending::builder()
            .service_name(Cow::Borrowed(service.id))
            .operation_name(Cow::Borrowed(operation.name))
            .behavior_version(version.unwrap_or_else(BehaviorVersion::latest))
            .endpoint_url(&to.url)
            .timeout_config(timeouts)
            .standard_retry(&retry)
            .runtime_plugin(self.plugin(to))
            .with_connection_poisoning()
            .serializer(|request: Request<SdkBody>| {
                request
                    .try_clone()
                    .ok_or_else(|| "the request is no text".into())
            })
            .deserializer(move |answer: &Response| read(service, operation, answer))
            .build()
    }

    /// What the configuration holds, and how AWS wants requests to be signed.
    fn plugin(&self, to: &Endpoint) -> StaticRuntimePlugin {
        let config = self.config;
        let mut signing_options = SigningOptions::default();
        if self.service.signing == "s3" {
            // S3 signs paths as they are, and wants the body's hash as a header.
            signing_options.double_uri_encode = false;
            signing_options.normalize_uri_path = false;
            signing_options.content_sha256_header = true;
        }
        let mut layer = Layer::new("plimsoll");
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(to.region.clone()))),
            name: Some(SigningName::from(self.service.signing)),
            signing_options,
            ..SigV4OperationSigningConfig::default()
        });
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(ApiMetadata::new("plimsoll", env!("CARGO_PKG_VERSION")));
        layer.store_put(self.retries.clone());
        if let Some(name) = config.app_name() {
            layer.store_put(name.clone());
        }
        let resolver = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut parts = RuntimeComponentsBuilder::new("plimsoll")
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(resolver)))
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_interceptor(UserAgentInterceptor::new())
            .with_interceptor(ServiceClockSkewInterceptor::new())
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(ServiceClockSkewClassifier::<ErrorMetadata>::new());
        if let Some(client) = config.http_client() {
            parts.set_http_client(Some(client));
        }
        if let Some(sleep) = config.sleep_impl() {
            parts.set_sleep_impl(Some(sleep));
        }
        if let Some(time) = config.time_source() {
            parts.set_time_source(Some(time));
        }
        if let Some(cache) = config.identity_cache() {
            parts.set_identity_cache(Some(cache));
        }
        if let Some(credentials) = config.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, credentials);
        }
        StaticRuntimePlugin::new()
            .with_config(layer.freeze())
            .with_runtime_components(parts)
    }
}

/// The configuration with an HTTP client and a cache of keys, where it has none: else every call would open a connection
/// of its own, and ask for keys anew.
pub(super) fn sharing(config: SdkConfig) -> SdkConfig {
    let mut shared = config.to_builder();
    if config.http_client().is_none() {
        let version = config.behavior_version();
        let plugin = default_http_client_plugin_v2(version.unwrap_or_else(BehaviorVersion::latest));
        let nothing = RuntimeComponentsBuilder::new("plimsoll");
        let client = plugin.and_then(|plugin| plugin.runtime_components(&nothing).http_client());
        shared.set_http_client(client);
    }
    if config.identity_cache().is_none() {
        shared.set_identity_cache(Some(IdentityCache::lazy().build()));
    }
    shared.build()
}

/// The configuration's own limits, else ours: without them a service that hangs would hang the scan.
fn timeouts(config: &SdkConfig) -> TimeoutConfig {
    let mut timeouts = match config.timeout_config() {
        Some(timeouts) => timeouts.clone(),
        None => TimeoutConfig::builder().build(),
    };
    let ours = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(ALL_ATTEMPTS)
        .build();
    timeouts.take_defaults_from(&ours);
    timeouts
}

/// Adaptive: a throttle slows the calls that follow, too. Numbers are the configuration's, else three attempts.
fn retry(config: &SdkConfig) -> RetryConfig {
    let retry = match config.retry_config() {
        Some(retry) => retry.clone().with_retry_mode(RetryMode::Adaptive),
        None => RetryConfig::adaptive().with_max_attempts(3),
    };
    let wait = retry.max_backoff().min(LONGEST_WAIT);
    retry.with_max_backoff(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_configuration_leaves_open_is_ours() {
        let bare = SdkConfig::builder().build();
        assert_eq!(timeouts(&bare).operation_attempt_timeout(), Some(ATTEMPT));
        assert_eq!(timeouts(&bare).operation_timeout(), Some(ALL_ATTEMPTS));
        assert_eq!(retry(&bare).max_attempts(), 3);
        assert_eq!(retry(&bare).max_backoff(), LONGEST_WAIT);
        let second = Duration::from_secs(1);
        let own = SdkConfig::builder()
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_attempt_timeout(second)
                    .build(),
            )
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .build();
        assert_eq!(timeouts(&own).operation_attempt_timeout(), Some(second));
        assert_eq!(timeouts(&own).operation_timeout(), Some(ALL_ATTEMPTS));
        assert_eq!(
            (retry(&own).mode(), retry(&own).max_attempts()),
            (RetryMode::Adaptive, 5)
        );
        assert_eq!(retry(&own).max_backoff(), LONGEST_WAIT);
    }
}
