//! Reads what is around clusters in an AWS account, as objects that policies judge.
//!
//! A resource is one JSON object in the shape of its CloudFormation type; `shared/policy/src/schema/README.md` says which
//! sections it has. Readers fill `Properties` and `Live`; what comes of several resources together is derived later. A list counts only whole; a part of a resource that could not be read is unknown, for a reason.

use std::collections::BTreeMap;

use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Map, Value, json};

use super::error::AwsError;

/// What was read of one region of an account, or of what it has for all regions.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Reading {
    /// The objects, of kinds whose lists are whole.
    pub objects: Vec<Value>,
    /// By kind, for every kind that was asked for: none if its list is whole, else why not.
    pub gaps: BTreeMap<&'static str, Option<Reason>>,
}

impl Reading {
    /// Takes the objects of a kind, or why they could not be had. A service that the account does not use has none.
    pub fn take(&mut self, kind: &'static str, objects: Result<Vec<Value>, AwsError>) {
        let gap = match objects {
            Ok(objects) => {
                self.objects.extend(objects);
                None
            }
            Err(AwsError::NotSubscribed { .. } | AwsError::Absent { .. }) => None,
            Err(error) => Some(reason(&error)),
        };
        self.gaps.insert(kind, gap);
    }

    /// Puts another reading beside this one.
    pub fn append(&mut self, other: Reading) {
        self.objects.extend(other.objects);
        self.gaps.extend(other.gaps);
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
    /// The object of a resource. `properties` and `live` are maps; empty ones are left out, as are members that are null.
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
            if of.as_object().is_none_or(|of| !of.is_empty()) {
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
