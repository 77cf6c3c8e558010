//! Lists, page by page. A list counts only whole.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Account;
use super::table::{Paging, Protocol};
use crate::aws::error::AwsError;

/// More pages than any list has: the largest accounts have some hundred.
const MOST_PAGES: usize = 10_000;

impl Account {
    /// All items of a list, for an operation whose answers hold one list. Pages are as large as the API allows, unless
    /// the input names a size, or sets it to null: some APIs take no size together with ids.
    ///
    /// # Errors
    /// As [`Account::call`]; [`AwsError::PageLost`] when a later page is lost, or the list goes round in a circle.
    pub async fn pages(
        &self,
        service: &str,
        operation: &str,
        input: &Value,
    ) -> Result<Vec<Value>, AwsError> {
        let mut all = Vec::new();
        self.each_item(service, operation, input, |item| all.push(item))
            .await?;
        Ok(all)
    }

    /// Gives every item of such a list to `each` as it comes, page after page. What `each` made of them does not count if
    /// this fails.
    ///
    /// # Errors
    /// As [`Account::pages`].
    pub async fn each_item(
        &self,
        service: &str,
        operation: &str,
        input: &Value,
        mut each: impl FnMut(Value),
    ) -> Result<(), AwsError> {
        let (spoken, found) = Self::find(service, operation)?;
        let Some([result]) = found
            .paging
            .as_ref()
            .map(|paging| paging.results.as_slice())
        else {
            return Err(Self::unfit(
                service,
                operation,
                "its answers are no single list",
            ));
        };
        // XML services send an empty element for an empty list; JSON services may leave it out.
        let may_lack = matches!(spoken.protocol, Protocol::Json(_) | Protocol::RestJson);
        self.walk(service, operation, input, |mut page| {
            match page.get_mut(*result).map(Value::take) {
                Some(Value::Array(items)) => items.into_iter().for_each(&mut each),
                _ if may_lack => {}
                _ => return Err(format!("it holds no `{result}`")),
            }
            Ok(())
        })
        .await
    }

    /// Gives every page to `each`, for lists that are too large to be held or answers that hold several lists. What
    /// `each` made of them does not count if this fails.
    ///
    /// # Errors
    /// As [`Account::pages`].
    pub async fn each_page(
        &self,
        service: &str,
        operation: &str,
        input: &Value,
        mut each: impl FnMut(Value),
    ) -> Result<(), AwsError> {
        self.walk(service, operation, input, |page| {
            each(page);
            Ok(())
        })
        .await
    }

    async fn walk(
        &self,
        service: &str,
        operation: &str,
        input: &Value,
        mut each: impl FnMut(Value) -> Result<(), String>,
    ) -> Result<(), AwsError> {
        let (_, found) = Self::find(service, operation)?;
        let Some(paging) = &found.paging else {
            return Err(Self::unfit(service, operation, "its answers are no list"));
        };
        let mut input = sized(paging, input);
        let mut seen = BTreeSet::new();
        for read in 0..MOST_PAGES {
            let mut page = match self.call(service, operation, &input).await {
                Ok(page) => page,
                Err(error) if read > 0 => return Err(lost(error, read)),
                Err(error) => return Err(error),
            };
            let next = token(paging, &mut page);
            each(page).map_err(|message| AwsError::Unreadable {
                call: Self::name(service, operation),
                message,
            })?;
            let (Some(next), Some((member, _))) = (next, paging.token) else {
                return Ok(());
            };
            if !seen.insert(next.clone()) {
                return Err(circle(service, operation, read + 1));
            }
            if let Some(input) = input.as_object_mut() {
                input.insert(member.to_owned(), next.into());
            }
        }
        Err(circle(service, operation, MOST_PAGES))
    }
}

fn sized(paging: &Paging, input: &Value) -> Value {
    let mut input = input.clone();
    if let (Some((member, size)), Some(given)) = (paging.size, input.as_object_mut()) {
        given.entry(member).or_insert_with(|| size.into());
    }
    input
}

/// The token of the next page, taken out of this one. An empty one means the end.
fn token(paging: &Paging, page: &mut Value) -> Option<String> {
    let (_, member) = paging.token?;
    match page.as_object_mut()?.remove(member)? {
        Value::String(token) if !token.is_empty() => Some(token),
        _ => None,
    }
}

/// What a failure of a later page means. Refusals stay what they are: the customer can mend them.
fn lost(error: AwsError, pages: usize) -> AwsError {
    match &error {
        AwsError::Throttled { .. } | AwsError::Unreachable { .. } | AwsError::Other { .. } => {
            let (call, _) = error.told();
            AwsError::PageLost {
                call: call.to_owned(),
                pages,
                message: error.to_string(),
            }
        }
        _ => error,
    }
}

fn circle(service: &str, operation: &str, pages: usize) -> AwsError {
    AwsError::PageLost {
        call: Account::name(service, operation),
        pages,
        message: "the token of a page came twice, so the list has no end".to_owned(),
    }
}
