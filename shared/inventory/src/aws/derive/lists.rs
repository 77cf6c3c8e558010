//! The lists that something is derived from: what is in them, and whether they are whole.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::Reason;
use serde_json::Value;

use super::look::{self, Known};
use crate::aws::read::Reading;

/// Properties by which resources name each other, beside their names and ARNs.
const IDS: &[&str] = &[
    "Arn",
    "CertificateArn",
    "GroupId",
    "KeyId",
    "LaunchTemplateId",
    "LaunchTemplateName",
    "ListenerArn",
    "LoadBalancerArn",
    "RoleName",
];

/// The objects of a region and of what an account has for all regions.
pub(super) struct Lists<'a> {
    gaps: BTreeMap<&'a str, Option<&'a Reason>>,
    objects: BTreeMap<&'a str, Vec<&'a Value>>,
    named: HashMap<&'a str, HashMap<&'a str, Vec<&'a Value>>>,
}

impl<'a> Lists<'a> {
    /// What `global` was asked for is taken from there alone.
    pub(super) fn new(regional: &'a Reading, global: &'a Reading) -> Self {
        let mut lists = Self {
            gaps: BTreeMap::new(),
            objects: BTreeMap::new(),
            named: HashMap::new(),
        };
        for (kind, gap) in regional.gaps.iter().chain(&global.gaps) {
            lists.gaps.insert(kind, gap.as_ref());
        }
        let of_region = |object: &&Value| !global.gaps.contains_key(look::kind(object));
        let regional = regional.objects.iter().filter(of_region);
        for object in regional.chain(&global.objects) {
            lists.put(object);
        }
        lists
    }

    fn put(&mut self, object: &'a Value) {
        let kind = look::kind(object);
        self.objects.entry(kind).or_default().push(object);
        let metadata = ["name", "arn"].map(|key| &object["metadata"][key]);
        let properties = IDS.iter().map(|id| &object["Properties"][id]);
        let mut ids: Vec<&str> = metadata
            .into_iter()
            .chain(properties)
            .filter_map(Value::as_str)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let named = self.named.entry(kind).or_default();
            named.entry(id).or_default().push(object);
        }
    }

    /// All objects of a kind.
    pub(super) fn all(&self, kind: &str) -> Known<&[&'a Value]> {
        match self.gaps.get(kind) {
            Some(None) => Ok(self.some(kind)),
            Some(Some(reason)) => Err((*reason).clone()),
            None => Err(look::unread(&format!("list {kind}"))),
        }
    }

    /// The objects of a kind that there are, whether or not these are all.
    pub(super) fn some(&self, kind: &str) -> &[&'a Value] {
        self.objects.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The objects of a kind by name, id or ARN: several where a launch template has several versions.
    pub(super) fn named(&self, kind: &str, id: &str) -> &[&'a Value] {
        let named = self.named.get(kind).and_then(|named| named.get(id));
        named.map_or(&[], Vec::as_slice)
    }

    /// The one that there must be, because another resource names it.
    pub(super) fn the(&self, kind: &str, id: &str) -> Known<&'a Value> {
        match self.named(kind, id) {
            [] => {
                self.all(kind)?;
                Err(look::unread(&format!("{kind} {id}")))
            }
            [first, ..] => Ok(first),
        }
    }

    /// Those of a kind that say `id` at a path, of a list that has to be whole.
    pub(super) fn that_say(&self, kind: &str, path: &str, id: &str) -> Known<Vec<&'a Value>> {
        let mut found = Vec::new();
        let mut gap = None;
        for object in self.all(kind)? {
            match look::text(object, path) {
                Ok(said) if said == Some(id) => found.push(*object),
                Ok(_) => (),
                Err(reason) => gap = gap.into_iter().chain([reason]).min(),
            }
        }
        gap.map_or(Ok(found), Err)
    }
}
