//! What every reader has at hand: calls, and what may be spent on them.

use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Value, json};

use super::{Place, unknown};
use crate::aws::error::AwsError;
use crate::aws::wire::Account;

/// The most calls of one operation for single things in a region; what lies beyond is not known. Where AWS has a call for
/// many things, that one is used instead.
pub(super) const MOST_SINGLES: usize = 200;

/// Calls to one region of an account, and where that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) account: &'a Account,
    pub(super) place: Place<'a>,
}

impl Reader<'_> {
    /// One answer.
    pub(super) async fn call(
        &self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, AwsError> {
        self.account.call(service, operation, &input).await
    }

    /// One member of an answer.
    pub(super) async fn member(
        &self,
        service: &str,
        operation: &str,
        input: Value,
        member: &str,
    ) -> Result<Value, AwsError> {
        let mut answer = self.call(service, operation, input).await?;
        Ok(answer[member].take())
    }

    /// A whole list.
    pub(super) async fn list(
        &self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Vec<Value>, AwsError> {
        self.account.pages(service, operation, &input).await
    }

    /// A whole list, each item as an object: of the items themselves no more than a page is held.
    pub(super) async fn objects(
        &self,
        service: &str,
        operation: &str,
        input: Value,
        shape: impl Fn(Place<'_>, &Value) -> Value,
    ) -> Result<Vec<Value>, AwsError> {
        let mut objects = Vec::new();
        let each = |item: Value| objects.push(shape(self.place, &item));
        let account = self.account;
        account.each_item(service, operation, &input, each).await?;
        Ok(objects)
    }
}

/// Why something was not asked for.
pub(super) fn over_budget(call: &str) -> Reason {
    let need = format!("{call}: more than {MOST_SINGLES} calls of one region");
    Reason::new(ReasonCode::CostLimit, need)
}

/// A part that was not asked for.
pub(super) fn unasked(call: &str) -> Value {
    unknown(&over_budget(call))
}

/// The same without what has gone since it was listed.
pub(super) fn present(
    answers: impl IntoIterator<Item = Result<Value, AwsError>>,
) -> Result<Vec<Value>, AwsError> {
    let gone = |answer: &Result<Value, AwsError>| matches!(answer, Err(AwsError::NotFound { .. }));
    answers.into_iter().filter(|answer| !gone(answer)).collect()
}

/// A filter as EC2 and Auto Scaling have it.
pub(super) fn filter(name: &str, values: &[String]) -> Value {
    json!({ "Name": name, "Values": values })
}

/// The keys of tags by which things belong to EKS clusters: EKS's own, and those that Kubernetes' controllers and
/// autoscalers set. None where there are more of them than a filter takes.
pub(super) fn tag_keys(clusters: &[String]) -> Option<Vec<String>> {
    /// Values of one filter. Source: API reference of EC2's `Filter`.
    const MOST_VALUES: usize = 200;
    let own = [
        "aws:eks:cluster-name",
        "eks:cluster-name",
        "eks:eks-cluster-name",
    ];
    let own = own.into_iter().map(str::to_owned);
    let theirs = clusters
        .iter()
        .map(|name| format!("kubernetes.io/cluster/{name}"));
    let keys: Vec<_> = own.chain(theirs).collect();
    (keys.len() <= MOST_VALUES).then_some(keys)
}
