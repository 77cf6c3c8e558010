//! AWS calls by a table instead of by generated clients: for the eighty operations that are read here, clients would be
//! millions of lines to compile. The table is made from the service models of botocore; what it cannot say, the
//! SDK's own machinery does (signing, retries, time-outs). The README beside this file tells the table's form.

mod actions;
mod answer;
mod call;
mod endpoint;
mod fault;
mod form;
mod json;
mod machinery;
mod moment;
mod pace;
mod pages;
mod request;
mod table;
#[cfg(test)]
pub(super) mod tests;
mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::{Region, SdkConfig};
use aws_smithy_async::rt::sleep::AsyncSleep;
use aws_smithy_runtime::client::retries::RetryPartition;
use serde_json::Value;
use tokio::sync::Semaphore;

pub use actions::{SignedOperation, actions};
pub use pace::Pace;

use self::call::Call;
use self::machinery::sharing;
use self::table::{Operation, Service, table};
use super::error::AwsError;

/// Calls to one account and region that are under way at once.
const AT_ONCE: usize = 4;

/// One region of an account, to be read.
#[derive(Debug)]
pub struct Account {
    config: SdkConfig,
    account: String,
    pace: Arc<Pace>,
    turns: Semaphore,
    /// What was learnt of throttles, for each service.
    retries: Mutex<BTreeMap<&'static str, RetryPartition>>,
}

impl Account {
    /// `config` is of the account and region, as [`super::AssumedAccount::in_region`] gives it; `account` is what the
    /// pace is kept for, its twelve digits. Attempts, waits and time-outs are the configuration's; what it leaves open
    /// is three attempts, ten seconds for each and thirty for all. Connections are kept with the account, unless the
    /// configuration has a client.
    #[must_use]
    pub fn new(config: SdkConfig, account: &str, pace: Arc<Pace>) -> Self {
        Self {
            config: sharing(config),
            account: account.to_owned(),
            pace,
            turns: Semaphore::new(AT_ONCE),
            retries: Mutex::default(),
        }
    }

    /// The region that it is asked in; empty if the configuration names none.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map(Region::as_ref).unwrap_or_default()
    }

    /// Calls an operation. `service` and `operation` are botocore's names (`elbv2`, `DescribeListeners`), as are those
    /// of the members in `input` and in the answer; the answer holds only what the table names, moments as RFC 3339
    /// text, bytes as Base64 text, and IAM's policy documents URL-encoded as IAM sends them.
    ///
    /// # Errors
    /// As AWS says; [`AwsError::Other`] also when the table has no such operation or the input does not fit it.
    pub async fn call(
        &self,
        service: &str,
        operation: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        let (service, operation) = Self::find(service, operation)?;
        let _turn = self.turns.acquire().await;
        self.wait(service).await;
        let call = Call {
            table: table().map_err(|why| Self::unfit(service.name, operation.name, &why))?,
            service,
            operation,
            config: &self.config,
            retries: self.learnt(service),
        };
        // The SDK's future is large, and would lie in every caller's.
        Box::pin(call.send(input)).await
    }

    fn find(
        service: &str,
        operation: &str,
    ) -> Result<(&'static Service, &'static Operation), AwsError> {
        let table = table().map_err(|why| Self::unfit(service, operation, &why))?;
        table
            .find(service, operation)
            .ok_or_else(|| Self::unfit(service, operation, "the table has no such operation"))
    }

    fn unfit(service: &str, operation: &str, why: &str) -> AwsError {
        AwsError::Other {
            call: Self::name(service, operation),
            message: why.to_owned(),
        }
    }

    /// The IAM action, or what was asked for if that is unknown.
    fn name(service: &str, operation: &str) -> String {
        let found = table()
            .ok()
            .and_then(|table| table.find(service, operation));
        match found {
            Some((service, operation)) => Call::action(service, operation),
            None => format!("{service}:{operation}"),
        }
    }

    async fn wait(&self, service: &Service) {
        let now = self.config.time_source().unwrap_or_default().now();
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let api = service.signing;
        let wait = self.pace.turn(&self.account, self.region(), api, now);
        if wait > Duration::ZERO {
            match self.config.sleep_impl() {
                Some(sleep) => sleep.sleep(wait).await,
                None => tokio::time::sleep(wait).await,
            }
        }
    }

    fn learnt(&self, service: &Service) -> RetryPartition {
        let mut retries = self.retries.lock().unwrap_or_else(PoisonError::into_inner);
        retries
            .entry(service.id)
            .or_insert_with(|| RetryPartition::custom(service.id).build())
            .clone()
    }
}
