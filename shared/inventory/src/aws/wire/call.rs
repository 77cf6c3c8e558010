//! One call: where it goes, and what its end means.

use aws_config::{Region, SdkConfig};
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::{Request, Response};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::answer::Unreadable;
use super::endpoint::{Endpoint, endpoint};
use super::fault;
use super::request::{host_prefix, request};
use super::table::{Operation, Service, Table};
use crate::aws::error::{AwsError, root};

/// One call, to one region.
pub(super) struct Call<'a> {
    pub(super) table: &'static Table,
    pub(super) service: &'static Service,
    pub(super) operation: &'static Operation,
    pub(super) config: &'a SdkConfig,
    pub(super) retries: RetryPartition,
}

impl Call<'_> {
    /// The IAM action.
    pub(super) fn action(service: &Service, operation: &Operation) -> String {
        match operation.action {
            Some(action) => action.to_owned(),
            None => format!("{}:{}", service.signing, operation.name),
        }
    }

    /// Sends it. A bucket may lie in another region than the caller thinks: AWS then names the right one, and the call
    /// goes there.
    pub(super) async fn send(&self, input: &Value) -> Result<Value, AwsError> {
        let region = self.config.region().map(Region::as_ref).unwrap_or_default();
        match self.send_to(region, input).await {
            Err(Failure::Elsewhere(right)) if right != region => self
                .send_to(&right, input)
                .await
                .map_err(|failure| match failure {
                    Failure::Error(error) => error,
                    Failure::Elsewhere(again) => self.other(format!(
                        "sent to {right}, which says that the bucket is in {again}"
                    )),
                }),
            Err(Failure::Elsewhere(same)) => {
                Err(self.other(format!("the bucket is said to be in {same}")))
            }
            Err(Failure::Error(error)) => Err(error),
            Ok(value) => Ok(value),
        }
    }

    fn other(&self, message: String) -> AwsError {
        AwsError::Other {
            call: Self::action(self.service, self.operation),
            message,
        }
    }

    async fn send_to(&self, region: &str, input: &Value) -> Result<Value, Failure> {
        let (to, request) = self
            .addressed(region, input)
            .map_err(|message| Failure::Error(self.other(message)))?;
        let answer = self.sending(&to).invoke(request).await;
        answer.map_err(|error| self.failure(&error))
    }

    /// The request, and where it goes.
    fn addressed(
        &self,
        region: &str,
        input: &Value,
    ) -> Result<(Endpoint, Request<SdkBody>), String> {
        if region.is_empty() {
            return Err("the configuration names no region".to_owned());
        }
        let mut to = endpoint(self.table, self.service, region, self.config)?;
        let bucket = bucket_in_host(self.service, &to, input);
        let request = request(self.service, self.operation, input, bucket.is_some())?;
        if !to.given {
            let before = bucket.or_else(|| host_prefix(self.operation, input));
            if let (Some(before), Some(host)) = (before, to.url.strip_prefix("https://")) {
                to.url = format!("https://{before}{host}");
            }
        }
        Ok((to, request))
    }

    fn failure(&self, error: &SdkError<ErrorMetadata, Response>) -> Failure {
        let call = Self::action(self.service, self.operation);
        let error = match error {
            SdkError::ServiceError(refused) => {
                let code = refused.err().code().unwrap_or_default();
                let message = refused.err().message().unwrap_or(code).to_owned();
                let status = refused.raw().status().as_u16();
                let moved = matches!(status, 301 | 307 | 400);
                if let (true, Some(region)) = (moved, refused.err().extra(fault::REGION)) {
                    return Failure::Elsewhere(region.to_owned());
                }
                if self.operation.absent.contains(&code) {
                    AwsError::Absent { call, message }
                } else if self.operation.unsubscribed.contains(&code) {
                    AwsError::NotSubscribed { call, message }
                } else {
                    AwsError::of_code(call, code, message, status)
                }
            }
            SdkError::ResponseError(broken) => match Unreadable::among(error) {
                Some(why) => AwsError::Unreadable {
                    call,
                    message: why.0.clone(),
                },
                None => AwsError::Unreachable {
                    call,
                    message: format!("{} ({})", root(error), broken.raw().status().as_u16()),
                },
            },
            other => AwsError::of(&call, other),
        };
        Failure::Error(error)
    }
}

/// Why there is no answer.
enum Failure {
    /// The bucket is in this region.
    Elsewhere(String),
    Error(AwsError),
}

/// `name.` where the bucket's name may be a part of the host: not with dots, which no certificate covers.
fn bucket_in_host(service: &Service, to: &Endpoint, input: &Value) -> Option<String> {
    if service.name != "s3" || to.given {
        return None;
    }
    let name = input.get("Bucket")?.as_str()?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (name.len() >= 3 && name.bytes().all(fits)).then(|| format!("{name}."))
}

#[cfg(test)]
mod tests {
    use super::super::table::table;
    use super::*;
    use serde_json::json;

    fn addressed(service: &str, operation: &str, region: &str, input: &Value) -> (String, String) {
        let table = table().unwrap();
        let (service, operation) = table.find(service, operation).unwrap();
        let config = SdkConfig::builder().build();
        let call = Call {
            table,
            service,
            operation,
            config: &config,
            retries: RetryPartition::new("test"),
        };
        let (to, request) = call.addressed(region, input).unwrap();
        (to.url, request.uri().to_owned())
    }

    #[test]
    fn buckets_and_accounts_have_hosts_of_their_own() {
        for (bucket, url, path) in [
            (
                "trail-logs",
                "https://trail-logs.s3.eu-west-1.amazonaws.com",
                "/?acl",
            ),
            (
                "logs.example",
                "https://s3.eu-west-1.amazonaws.com",
                "/logs.example?acl",
            ),
        ] {
            let found = addressed(
                "s3",
                "GetBucketAcl",
                "eu-west-1",
                &json!({"Bucket": bucket}),
            );
            assert_eq!(found, (url.to_owned(), path.to_owned()));
        }
        let input = json!({"AccountId": "111122223333"});
        assert_eq!(
            addressed("s3control", "GetPublicAccessBlock", "cn-north-1", &input).0,
            "https://111122223333.s3-control.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            addressed("iam", "GetAccountSummary", "eu-west-1", &json!({})).0,
            "https://iam.amazonaws.com"
        );
    }
}
