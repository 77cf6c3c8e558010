//! What a cluster's own objects name in AWS, put to what AWS tells by itself: who uses repositories and secrets stands
//! nowhere else, and not every volume or load balancer has a tag.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Named, Reason};
use serde_json::Value;

use super::links::{Links, ROLE};
use super::lists::Lists;
use super::look::{self, Known};
use crate::aws::read::Reading;

/// The characters that Secrets Manager puts behind a secret's name in its ARN, with the dash before them (API reference,
/// `CreateSecret`).
const SUFFIX: usize = 7;

/// What the objects of one cluster name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Border {
    /// The cluster's name in EKS.
    pub(super) cluster: String,
    names: BTreeMap<Named, BTreeSet<String>>,
    lost: BTreeMap<Named, Reason>,
}

impl Border {
    /// Of a cluster, with nothing named yet.
    #[must_use]
    pub fn of(cluster: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            ..Self::default()
        }
    }

    /// The cluster names this.
    pub fn add(&mut self, named: Named, id: &str) {
        let names = self.names.entry(named).or_default();
        if !names.contains(id) {
            names.insert(id.to_owned());
        }
    }

    /// The cluster may name more of these than is known.
    pub fn lose(&mut self, named: Named, reason: Reason) {
        self.lost.entry(named).or_insert(reason);
    }

    /// The kinds of which it is not known which the cluster names.
    pub(super) fn holes(&self) -> impl Iterator<Item = (&'static str, &Reason)> {
        let lost = self.lost.iter();
        lost.flat_map(|(named, reason)| named.kinds().iter().map(move |kind| (*kind, reason)))
    }

    /// What the cluster uses an object for, if it names it.
    pub(super) fn word_for(&self, kind: &str, object: &Value) -> Known<Option<&'static str>> {
        let Some(named) = Named::of_kind(kind) else {
            return Ok(None);
        };
        let Some(names) = self.names.get(&named) else {
            return Ok(None);
        };
        Ok(is_among(names, named, object)?.then_some(named.word()))
    }
}

fn is_among(names: &BTreeSet<String>, named: Named, object: &Value) -> Known<bool> {
    let is = |id: &str| names.contains(id);
    Ok(match named {
        Named::Instance | Named::Volume | Named::FileSystem => is(look::name(object)),
        Named::LoadBalancer => {
            let dns = look::text(object, "Properties.DNSName")?;
            dns.is_some_and(|dns| is(&dns.to_ascii_lowercase()))
        }
        Named::Repository => {
            let arn = look::text(object, "metadata.arn")?.unwrap_or_default();
            arn.split_once(":ecr:").is_some_and(|(_, end)| is(end))
        }
        Named::Secret => {
            let arn = look::text(object, "metadata.arn")?.unwrap_or_default();
            let short = arn.len().checked_sub(SUFFIX).and_then(|end| arn.get(..end));
            is(look::name(object)) || is(arn) || short.is_some_and(is)
        }
    })
}

/// Sets `metadata.clusters` and `Use` of what was derived and kept of a region, with what a cluster's objects name, and
/// leaves out what no cluster may use. Other clusters' objects are not asked, so of what only they name nothing is said.
pub fn across(regional: &mut Reading, border: &Border) {
    let none = Reading::default();
    let lists = Lists::new(regional, &none);
    let links = Links::of(&lists, Some(border));
    let told = regional.objects.iter().map(|object| links.told(object));
    let told: Vec<Option<(Value, Value)>> = told.collect();
    let hole = links.hole_of(ROLE).cloned();
    for (object, told) in regional.objects.iter_mut().zip(told) {
        if let Some((clusters, words)) = told {
            object["metadata"]["clusters"] = clusters;
            object["Use"] = words;
        }
    }
    regional
        .objects
        .retain(|object| object["metadata"]["clusters"] != Value::Array(Vec::new()));
    if let Some(gap) = regional.gaps.get_mut(ROLE) {
        *gap = gap.take().or(hole);
    }
}
