//! Which web ACL stands before which load balancer.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::part;
use super::reader::{MOST_SINGLES, Reader, unasked};
use crate::aws::error::AwsError;

/// The web ACLs of a region by what they stand before.
pub(super) struct WebAcls {
    before: BTreeMap<String, Value>,
    /// Of everything else: nothing, or unknown where not all of them told what they stand before.
    others: Value,
}

impl WebAcls {
    /// The ARN of the web ACL before a load balancer; null if there is none.
    pub(super) fn of(&self, balancer: &str) -> Value {
        let found = self.before.get(balancer);
        found.unwrap_or(&self.others).clone()
    }
}

pub(super) async fn read(at: Reader<'_>) -> WebAcls {
    let mut acls = WebAcls {
        before: BTreeMap::new(),
        others: Value::Null,
    };
    let regional = json!({ "Scope": "REGIONAL" });
    let listed = match at.list("wafv2", "ListWebACLs", regional).await {
        Ok(listed) => listed,
        Err(error) => {
            acls.others = part(Err(error)).unwrap_or_default();
            return acls;
        }
    };
    let asked = listed.iter().take(MOST_SINGLES).map(|acl| async move {
        let input = json!({ "WebACLArn": acl["ARN"], "ResourceType": "APPLICATION_LOAD_BALANCER" });
        let arns = at.list("wafv2", "ListResourcesForWebACL", input).await;
        (&acl["ARN"], arns)
    });
    if listed.len() > MOST_SINGLES {
        acls.others = unasked("wafv2:ListResourcesForWebACL");
    }
    for (acl, arns) in join_all(asked).await {
        match arns {
            Ok(arns) => {
                let arns = arns.iter().filter_map(Value::as_str);
                acls.before
                    .extend(arns.map(|arn| (arn.to_owned(), acl.clone())));
            }
            Err(AwsError::NotFound { .. }) => {}
            Err(error) => acls.others = part(Err(error)).unwrap_or_default(),
        }
    }
    acls
}
