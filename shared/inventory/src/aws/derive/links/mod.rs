//! Which clusters use a resource, and what for.
//!
//! Use spreads from a cluster along what its parts name: node groups to instances to volumes to keys. Kinds are gone through
//! in the order in which it spreads. Where a list or a part is not known, everything that might be reached through it is not
//! known to be unused: its kind has a hole.

mod network;
mod nodes;
mod owners;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::Reason;
use serde_json::{Value, json};

use super::border::Border;
use super::lists::Lists;
use super::look::{self, Known};

/// Kinds in the order in which use spreads, and what each spreads to.
const SPREAD: &[(&str, &[&str])] = &[
    (CLUSTER, &[SUBNET, GROUP, ROLE, VPC, KEY, LOGS]),
    ("AWS::EKS::Nodegroup", &[ROLE, SUBNET, TEMPLATE, SCALING]),
    ("AWS::EKS::FargateProfile", &[ROLE, SUBNET]),
    ("AWS::EKS::Addon", &[ROLE]),
    ("AWS::EKS::AccessEntry", &[ROLE]),
    ("AWS::EKS::IdentityProviderConfig", &[]),
    ("AWS::EKS::PodIdentityAssociation", &[ROLE]),
    (SCALING, &[INSTANCE, TEMPLATE, SUBNET]),
    (
        INSTANCE,
        &[GROUP, SUBNET, VPC, IMAGE, TEMPLATE, ROLE, VOLUME],
    ),
    (TEMPLATE, &[IMAGE, GROUP, ROLE, SUBNET]),
    (VOLUME, &[KEY]),
    (SUBNET, &[VPC, TABLE, ACL]),
    (VPC, &[ENDPOINT]),
    (TABLE, &[]),
    (ACL, &[]),
    (ENDPOINT, &[]),
    (BALANCER, &[LISTENER, GROUP]),
    (CLASSIC, &[CERTIFICATE, GROUP]),
    (LISTENER, &[CERTIFICATE]),
    (CERTIFICATE, &[]),
    (GROUP, &[]),
    (IMAGE, &[]),
    (ROLE, &[]),
    (FILES, &["AWS::EFS::AccessPoint", KEY]),
    ("AWS::EFS::AccessPoint", &[]),
    ("AWS::ECR::Repository", &[]),
    ("AWS::SecretsManager::Secret", &[]),
    (KEY, &[]),
    (LOGS, &[]),
];

const CLUSTER: &str = "AWS::EKS::Cluster";
const SCALING: &str = "AWS::AutoScaling::AutoScalingGroup";
pub(super) const INSTANCE: &str = "AWS::EC2::Instance";
const TEMPLATE: &str = super::templates::TEMPLATE;
const VOLUME: &str = "AWS::EC2::Volume";
const IMAGE: &str = "AwsImage";
const SUBNET: &str = super::network::SUBNET;
const VPC: &str = "AWS::EC2::VPC";
const TABLE: &str = super::network::routes::ROUTE_TABLE;
const ACL: &str = super::network::routes::ACL;
const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";
const GROUP: &str = super::network::SECURITY_GROUP;
const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";
const FILES: &str = "AWS::EFS::FileSystem";
const KEY: &str = "AWS::KMS::Key";
const LOGS: &str = "AWS::Logs::LogGroup";
pub(super) const ROLE: &str = "AWS::IAM::Role";

/// What clusters use a thing for.
type Uses = BTreeMap<String, BTreeSet<&'static str>>;
/// A kind and an object of it, told apart by its place in the reading.
type Target = (&'static str, *const Value);

/// Who uses what.
pub(super) struct Links<'a> {
    lists: &'a Lists<'a>,
    uses: BTreeMap<Target, Uses>,
    holes: BTreeMap<&'static str, Reason>,
    profiles: roles::Profiles<'a>,
    profiles_lost: Option<Reason>,
    /// What a cluster's own objects name, if that is known.
    border: Option<&'a Border>,
}

impl<'a> Links<'a> {
    /// Of everything in the lists.
    pub(super) fn of(lists: &'a Lists<'a>, border: Option<&'a Border>) -> Self {
        let (profiles, profiles_lost) = roles::profiles(lists);
        let mut links = Self {
            lists,
            uses: BTreeMap::new(),
            holes: BTreeMap::new(),
            profiles,
            profiles_lost,
            border,
        };
        for (kind, reason) in border.into_iter().flat_map(Border::holes) {
            links.hole(kind, reason);
        }
        if let Err(reason) = lists.all(CLUSTER) {
            for (kind, _) in SPREAD {
                links.hole(kind, &reason);
            }
        }
        for (kind, targets) in SPREAD {
            for object in lists.some(kind) {
                links.visit(kind, object, targets);
            }
            let holes = [lists.all(kind).err(), links.holes.get(kind).cloned()];
            for reason in holes.into_iter().flatten() {
                targets
                    .iter()
                    .for_each(|target| links.hole(target, &reason));
            }
        }
        links
    }

    fn visit(&mut self, kind: &'static str, object: &'a Value, targets: &[&'static str]) {
        match owners::of(kind, object, self) {
            Ok(owners) => owners.into_iter().for_each(|(cluster, words)| {
                self.add(kind, object, &cluster, &words);
            }),
            Err(reason) => self.hole(kind, &reason),
        }
        if let Some(border) = self.border {
            match border.word_for(kind, object) {
                Ok(Some(word)) => self.add(kind, object, &border.cluster, &[word].into()),
                Ok(None) => (),
                Err(reason) => self.hole(kind, &reason),
            }
        }
        let uses = self.uses_of(kind, object);
        if uses.is_empty() {
            return;
        }
        let mut spread = Spread { links: self, uses };
        match kind {
            CLUSTER => nodes::of_cluster(&mut spread, object),
            SCALING => nodes::of_scaling_group(&mut spread, object),
            INSTANCE => nodes::of_instance(&mut spread, object),
            VOLUME => spread.hand_to(KEY, look::text(object, "Properties.KmsKeyId"), &["volumes"]),
            SUBNET => network::of_subnet(&mut spread, object),
            VPC => network::of_vpc(&mut spread, object),
            FILES => network::of_file_system(&mut spread, object),
            _ => (),
        }
        let done = match kind {
            TEMPLATE => nodes::of_template(&mut spread, object),
            BALANCER => network::of_load_balancer(&mut spread, object),
            CLASSIC => network::of_classic(&mut spread, object),
            LISTENER => network::of_listener(&mut spread, object),
            other => roles::of_part(&mut spread, other, object),
        };
        if let Err(reason) = done {
            targets.iter().for_each(|target| self.hole(target, &reason));
        }
    }

    fn uses_of(&self, kind: &'static str, object: &Value) -> Uses {
        let uses = self.uses.get(&(kind, std::ptr::from_ref(object)));
        uses.cloned().unwrap_or_default()
    }

    fn add(
        &mut self,
        kind: &'static str,
        object: &Value,
        cluster: &str,
        words: &BTreeSet<&'static str>,
    ) {
        let uses = self
            .uses
            .entry((kind, std::ptr::from_ref(object)))
            .or_default();
        uses.entry(cluster.to_owned()).or_default().extend(words);
    }

    /// Not everything that uses things of a kind is known.
    fn hole(&mut self, kind: &'static str, reason: &Reason) {
        let known = self.holes.entry(kind).or_insert_with(|| reason.clone());
        if reason < known {
            *known = reason.clone();
        }
    }

    /// Why it is not known who uses things of a kind, if it is not.
    pub(super) fn hole_of(&self, kind: &str) -> Option<&Reason> {
        self.holes.get(kind)
    }

    /// `metadata.clusters` and `Use` of an object; none of a kind that no cluster uses. Where somebody may use it who could
    /// not be asked, the last cluster is unknown, and so is what it is used for.
    pub(super) fn told(&self, object: &Value) -> Option<(Value, Value)> {
        let (kind, _) = SPREAD
            .iter()
            .find(|(kind, _)| *kind == look::kind(object))?;
        let uses = self.uses_of(kind, object);
        let mut clusters: Vec<Value> = uses.keys().map(|name| json!(name)).collect();
        let words: BTreeSet<&str> = uses.values().flatten().copied().collect();
        let mut words = json!(words);
        if let Some(reason) = self.holes.get(kind) {
            let unknown = crate::aws::read::unknown(reason);
            clusters.push(unknown.clone());
            words = unknown;
        }
        Some((clusters.into(), words))
    }

    /// Whether a cluster is known to use it.
    pub(super) fn is_used(&self, kind: &'static str, object: &Value) -> bool {
        self.uses.contains_key(&(kind, std::ptr::from_ref(object)))
    }
}

/// What one object hands on to those that it names.
struct Spread<'l, 'a> {
    links: &'l mut Links<'a>,
    uses: Uses,
}

impl<'a> Spread<'_, 'a> {
    /// To what a kind has of this name. Without words, what it is used for is handed on as well.
    fn hand_to(&mut self, kind: &'static str, id: Known<Option<&str>>, words: &[&'static str]) {
        match id {
            Ok(Some(id)) => {
                for object in self.links.lists.named(kind, id).iter().copied() {
                    self.hand_on(kind, object, words);
                }
            }
            Ok(None) => (),
            Err(reason) => self.links.hole(kind, &reason),
        }
    }

    /// To all of several names.
    fn hand_to_all(&mut self, kind: &'static str, ids: Known<Vec<&str>>, words: &[&'static str]) {
        match ids {
            Ok(ids) => ids
                .into_iter()
                .for_each(|id| self.hand_to(kind, Ok(Some(id)), words)),
            Err(reason) => self.links.hole(kind, &reason),
        }
    }

    /// To all of a kind that say a text at a path.
    fn hand_to_those(
        &mut self,
        kind: &'static str,
        path: &str,
        text: &str,
        words: &[&'static str],
    ) {
        for object in self.links.lists.some(kind).iter().copied() {
            match look::text(object, path) {
                Ok(said) if said == Some(text) => self.hand_on(kind, object, words),
                Ok(_) => (),
                Err(reason) => self.links.hole(kind, &reason),
            }
        }
    }

    /// To an object.
    fn hand_on(&mut self, kind: &'static str, object: &Value, words: &[&'static str]) {
        let uses: Vec<_> = self
            .uses
            .iter()
            .map(|(c, same)| (c.clone(), same.clone()))
            .collect();
        for (cluster, same) in uses {
            let words = match words {
                [] => same,
                words => words.iter().copied().collect(),
            };
            self.links.add(kind, object, &cluster, &words);
        }
    }

    /// To an object that had to be looked for.
    fn hand_to_found(
        &mut self,
        kind: &'static str,
        found: Known<Option<&'a Value>>,
        words: &[&'static str],
    ) {
        match found {
            Ok(Some(object)) => self.hand_on(kind, object, words),
            Ok(None) => (),
            Err(reason) => self.links.hole(kind, &reason),
        }
    }

    /// Of an instance that Kubernetes alone named, the role may not have been kept, because nobody was known to use it.
    fn must_know(&mut self, instance: &Value, profile: &str) {
        let Some(border) = self.links.border else {
            return;
        };
        let known_before = look::items(instance, "metadata.clusters");
        let is_new =
            !known_before.is_ok_and(|known| known.iter().any(|one| *one == border.cluster));
        if is_new && !self.links.profiles.contains_key(profile) {
            let reason = look::unread(&format!("role of instance profile {profile}"));
            self.links.hole(ROLE, &reason);
        }
    }

    fn lists(&self) -> &'a Lists<'a> {
        self.links.lists
    }
}
