//! What is derived of accounts, trails, users and regions.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::lists::Lists;
use super::look::{self, Known, malformed, unread};
use super::moments;
use crate::aws::read::unknown;

/// Who is everybody in an access control list of S3.
const EVERYBODY: [&str; 2] = [
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/// Every trail: whether it runs, and for all regions.
pub(super) fn trails(lists: &Lists<'_>) -> Known<Value> {
    let trails = lists.all("AWS::CloudTrail::Trail")?.iter();
    Ok(records(
        trails.copied(),
        &[
            ("Logging", "Live.IsLogging"),
            ("MultiRegion", "Properties.IsMultiRegionTrail"),
        ],
    ))
}

/// Every GuardDuty detector of the region: whether it is on.
pub(super) fn detectors(lists: &Lists<'_>) -> Known<Value> {
    let detectors = lists.all("AWS::GuardDuty::Detector")?.iter();
    Ok(records(
        detectors.copied(),
        &[("Enabled", "Properties.Enable")],
    ))
}

/// A list of `Live` of the region, each with some of its members. Where the service is not used there is none.
pub(super) fn of_region(region: &Value, list: &str, members: &[(&str, &str)]) -> Known<Value> {
    let items = look::items(region, list)?;
    Ok(records(items, members))
}

/// Some members of each; one that is not known is unknown in its place. In an order that does not depend on AWS's.
fn records<'v>(items: impl IntoIterator<Item = &'v Value>, members: &[(&str, &str)]) -> Value {
    let record = |item: &Value| {
        let mut made = Map::new();
        for (key, from) in members {
            match look::at(item, from) {
                Ok(Some(value)) => made.insert((*key).to_owned(), value.clone()),
                Ok(None) => None,
                Err(reason) => made.insert((*key).to_owned(), unknown(&reason)),
            };
        }
        Value::Object(made)
    };
    let mut records: Vec<Value> = items.into_iter().map(record).collect();
    records.sort_by_cached_key(Value::to_string);
    records.into()
}

/// Whether everybody can read the bucket of a trail: by its policy or by its access control list.
pub(super) fn bucket_public(trail: &Value) -> Known<Value> {
    let bucket = look::at(trail, "Live.Bucket")?.ok_or_else(|| unread("bucket of the trail"))?;
    let (by_policy, by_list) = (public_by_policy(bucket), public_by_list(bucket));
    if by_policy == Ok(true) || by_list == Ok(true) {
        return Ok(true.into());
    }
    Ok((by_policy? || by_list?).into())
}

fn public_by_policy(bucket: &Value) -> Known<bool> {
    let Some(status) = look::at(bucket, "PolicyStatus")? else {
        return Ok(false);
    };
    let public = look::flag(status, "IsPublic")?;
    public.ok_or_else(|| unread("whether the policy of the bucket is public"))
}

fn public_by_list(bucket: &Value) -> Known<bool> {
    let grants =
        look::at(bucket, "Grants")?.ok_or_else(|| unread("access control list of the bucket"))?;
    for grant in grants.as_array().ok_or_else(|| malformed("Grants"))? {
        if look::text(grant, "Grantee.URI")?.is_some_and(|uri| EVERYBODY.contains(&uri)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where accesses to the bucket of a trail are written to; none where they are not.
pub(super) fn bucket_logging(trail: &Value) -> Known<Option<Value>> {
    let bucket = look::at(trail, "Live.Bucket")?.ok_or_else(|| unread("bucket of the trail"))?;
    Ok(look::at(bucket, "LoggingEnabled.TargetBucket")?.cloned())
}

/// The access keys of a user by the credential report.
pub(super) fn keys(user: &Value, read_at: Timestamp) -> Known<Value> {
    let report =
        look::at(user, "Live.CredentialReport")?.ok_or_else(|| unread("credential report"))?;
    let mut keys = Vec::new();
    for number in [1, 2] {
        let column = |name: &str| -> Known<Option<&str>> {
            let text = look::text(report, &format!("access_key_{number}_{name}"))?;
            Ok(text.filter(|text| !matches!(*text, "N/A" | "no_information" | "not_supported")))
        };
        let active = column("active")?.ok_or_else(|| unread("credential report"))? == "true";
        let rotated = column("last_rotated")?;
        if !active && rotated.is_none() {
            continue;
        }
        let mut key = json!({ "Active": active, "Number": number });
        for (member, moment) in [
            ("DaysSinceRotated", rotated),
            ("DaysSinceUsed", column("last_used_date")?),
        ] {
            if let Some(moment) = moment {
                key[member] = moments::days_since(moments::moment(moment)?, read_at).into();
            }
        }
        keys.push(key);
    }
    Ok(keys.into())
}
