//! The calls: in each only what is kept of its answer.

use futures_util::future::join_all;
use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Value, json};

use super::Need;
use crate::aws::error::AwsError;
use crate::aws::read::reason;
use crate::aws::wire::Account;

/// Parameters of one call. Source: API reference of Systems Manager's `GetParameters`.
const MOST_NAMES: usize = 10;

type Told = (Need, Result<Value, Reason>);

pub(super) async fn ask(own: &Account, needs: Vec<Need>) -> Vec<Told> {
    let (images, others): (Vec<Need>, Vec<Need>) = needs
        .into_iter()
        .partition(|need| matches!(need, Need::Image(_)));
    let others = join_all(others.into_iter().map(|need| async move {
        let told = match &need {
            Need::Addon { kubernetes, name } => addon(own, kubernetes, name).await,
            _ => versions(own).await,
        };
        (need, told.map_err(|error| ours(&error)))
    }));
    let images = join_all(images.chunks(MOST_NAMES).map(|some| parameters(own, some)));
    let (mut told, images) = futures_util::future::join(others, images).await;
    told.extend(images.into_iter().flatten());
    told
}

async fn versions(own: &Account) -> Result<Value, AwsError> {
    let all = json!({ "includeAll": true });
    let versions = own.pages("eks", "DescribeClusterVersions", &all).await?;
    // Those of Outposts are counted otherwise.
    let in_region = |one: &Value| matches!(one["clusterType"].as_str(), None | Some("eks"));
    Ok(versions.into_iter().filter(in_region).collect())
}

/// The versions of the add-on that fit, and which of them new clusters get.
async fn addon(own: &Account, kubernetes: &str, name: &str) -> Result<Value, AwsError> {
    let input = json!({ "kubernetesVersion": kubernetes, "addonName": name });
    let addons = own.pages("eks", "DescribeAddonVersions", &input).await?;
    let addon = addons.iter().find(|addon| addon["addonName"] == name);
    let versions = addon.and_then(|addon| addon["addonVersions"].as_array());
    let (mut fitting, mut default) = (Vec::new(), Value::Null);
    for version in versions.into_iter().flatten() {
        let of = version["compatibilities"].as_array().into_iter().flatten();
        let mut of = of
            .filter(|one| one["clusterVersion"] == kubernetes)
            .peekable();
        if of.peek().is_some() {
            fitting.push(version["addonVersion"].clone());
        }
        if of.any(|one| one["defaultVersion"] == true) {
            default = version["addonVersion"].clone();
        }
    }
    Ok(json!({ "default": default, "versions": fitting }))
}

/// Values of public parameters; null of one that is not there.
async fn parameters(own: &Account, some: &[Need]) -> Vec<Told> {
    let names = some.iter().filter_map(|need| match need {
        Need::Image(name) => Some(name.as_str()),
        _ => None,
    });
    let input = json!({ "Names": names.collect::<Vec<_>>() });
    let answer = own.call("ssm", "GetParameters", &input).await;
    let told = |need: &Need| match (&answer, need) {
        (Ok(answer), Need::Image(name)) => {
            let mut all = answer["Parameters"].as_array().into_iter().flatten();
            let found = all.find(|one| one["Name"] == *name);
            Ok(found.map_or(Value::Null, |one| one["Value"].clone()))
        }
        (Ok(_), _) => Ok(Value::Null),
        (Err(error), _) => Err(ours(error)),
    };
    some.iter().map(|need| (need.clone(), told(need))).collect()
}

/// Why we ourselves were not told: the customer can mend nothing of it.
fn ours(error: &AwsError) -> Reason {
    let (call, _) = error.told();
    match error {
        AwsError::Denied { .. } | AwsError::Credentials { .. } | AwsError::NoCredentials { .. } => {
            let need = format!("Plimsoll itself may not call {call}: its operator has to allow it");
            Reason::new(ReasonCode::ApiError, need)
        }
        error => {
            let Reason { code, need, .. } = reason(error);
            Reason::new(code, format!("{need} (asked by Plimsoll itself)"))
        }
    }
}
