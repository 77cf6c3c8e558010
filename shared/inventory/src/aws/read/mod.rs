//! Reads what is around clusters in an AWS account, as objects that policies judge.
//!
//! A resource is one JSON object in the shape of its CloudFormation type; `shared/policy/src/schema/README.md` says which
//! sections it has, the README beside this file what readers leave to be derived. Readers fill `Properties` and `Live`;
//! what comes of several resources together is derived later. A list counts only whole; a part of a resource that could
//! not be read is unknown, for a reason.

mod account;
mod acm;
mod autoscaling;
mod backup;
mod cloudtrail;
mod ec2;
mod ecr;
mod efs;
mod eks;
mod elb;
mod flow;
mod guardduty;
mod iam;
mod kms;
mod logs;
mod reader;
mod region;
mod secrets;
mod shape;
mod ssm;
#[cfg(test)]
mod tests;
mod waf;

use std::collections::BTreeMap;

use plimsoll_model::{NodeRoute, Reason, ReasonCode};
use serde_json::{Map, Value, json};

pub use self::flow::{global, region};
use super::error::AwsError;
use super::machines::Machines;
use super::partition::partition;

/// What was read of one region of an account, or of what it has for all regions.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Reading {
    /// The objects, of kinds whose lists are whole.
    pub objects: Vec<Value>,
    /// By kind, for every kind that was asked for: none if its list is whole, else why not.
    pub gaps: BTreeMap<&'static str, Option<Reason>>,
    /// Evidence of nodes, by each route that was taken.
    pub machines: BTreeMap<NodeRoute, Machines>,
}

/// Why a kind of resource cannot be listed.
#[derive(Debug, Clone, PartialEq)]
pub enum Lack {
    /// The account does not use the service: there are none.
    Unused,
    /// Some may be there that were not read.
    Because(Reason),
}

impl From<AwsError> for Lack {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::NotSubscribed { .. } | AwsError::Absent { .. } => Lack::Unused,
            error => Lack::Because(reason(&error)),
        }
    }
}

impl Reading {
    /// Takes the objects of a kind, or why they could not be had. A service that the account does not use has none.
    pub fn take<E: Into<Lack>>(&mut self, kind: &'static str, objects: Result<Vec<Value>, E>) {
        let gap = match objects.map_err(Into::into) {
            Ok(objects) => {
                self.objects.extend(objects);
                None
            }
            Err(Lack::Unused) => None,
            Err(Lack::Because(reason)) => Some(reason),
        };
        self.note(kind, gap);
    }

    /// Takes the objects of a kind that is found by what objects of other kinds name: a list of theirs that is lost may
    /// have named more.
    fn take_named(
        &mut self,
        kind: &'static str,
        objects: Result<Vec<Value>, Lack>,
        by: &[&'static str],
    ) {
        let lost = by.iter().find_map(|kind| self.gaps.get(kind)?.clone());
        let objects = lost.map_or(objects, |reason| Err(Lack::Because(reason)));
        self.take(kind, objects);
    }

    /// Puts another reading beside this one.
    pub fn append(&mut self, other: Reading) {
        self.objects.extend(other.objects);
        for (kind, gap) in other.gaps {
            self.note(kind, gap);
        }
        self.machines.extend(other.machines);
    }

    /// A kind that is whole here and not there is not whole.
    fn note(&mut self, kind: &'static str, gap: Option<Reason>) {
        let known = self.gaps.entry(kind).or_default();
        *known = known.take().or(gap);
    }
}

/// Why something could not be read.
#[must_use]
pub fn reason(error: &AwsError) -> Reason {
    let (call, _) = error.told();
    let (code, need) = match error {
        AwsError::Denied { .. } => (ReasonCode::PermissionMissing, call.to_owned()),
        AwsError::PageLost { .. } => (ReasonCode::PageLost, error.to_string()),
        AwsError::Unreadable { .. } => (ReasonCode::MalformedInput, error.to_string()),
        _ => (ReasonCode::ApiError, error.to_string()),
    };
    Reason::new(code, need)
}

/// A part of a resource that cannot be known.
#[must_use]
pub fn unknown(reason: &Reason) -> Value {
    json!({ plimsoll_cel::UNKNOWN_KEY: reason.line() })
}

/// A part of a resource that is read by a call of its own: nothing where it was never set, unknown where it could not be
/// read.
#[must_use]
pub fn part(answer: Result<Value, AwsError>) -> Option<Value> {
    match answer {
        Ok(value) => Some(value),
        Err(AwsError::Absent { .. } | AwsError::NotSubscribed { .. }) => None,
        Err(error) => Some(unknown(&reason(&error))),
    }
}

/// Where a resource is, and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Twelve digits.
    pub account: &'a str,
    /// None of what an account has for all regions.
    pub region: Option<&'a str>,
}

impl Place<'_> {
    /// The ARN of something of EC2, which names most things by id alone. `owner` is its account where that may be another.
    fn ec2_arn(&self, owner: &Value, resource: &str, id: &str) -> String {
        let region = self.region.unwrap_or_default();
        let owner = owner.as_str().unwrap_or(self.account);
        format!(
            "arn:{}:ec2:{region}:{owner}:{resource}/{id}",
            partition(region)
        )
    }

    /// The object of a resource. `properties` and `live` are maps or null; empty ones are left out, as are members that
    /// are null.
    #[must_use]
    pub fn object(
        &self,
        kind: &str,
        name: &str,
        arn: Option<&str>,
        properties: Value,
        live: Value,
    ) -> Value {
        let mut metadata = Map::new();
        metadata.insert("name".to_owned(), name.into());
        let region = self.region.map(Value::from);
        let others = [
            ("namespace", region),
            ("arn", arn.map(Value::from)),
            ("account", Some(self.account.into())),
        ];
        for (key, value) in others {
            if let Some(value) = value {
                metadata.insert(key.to_owned(), value);
            }
        }
        let mut object = json!({ "apiVersion": "aws", "kind": kind, "metadata": metadata });
        for (section, of) in [("Properties", properties), ("Live", live)] {
            let of = without_nulls(of);
            if of.as_object().is_some_and(|of| !of.is_empty()) {
                object[section] = of;
            }
        }
        object
    }
}

/// The same without members that are null, at any depth: an answer that lacks a member reads as null.
#[must_use]
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
