//! What was read around the clusters of a region, kept for the scans of those clusters: a header and the objects, a line of
//! JSON each, compressed with zstd.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use jiff::Timestamp;
use plimsoll_cel::{Bump, Node, decode_our_own};
use plimsoll_model::aws::{self, Home};
use plimsoll_model::{NodeRoute, Reason, kind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::derive::border::{Border, across};
use super::machines::Machines;
use super::read::Reading;

const LEVEL: i32 = 3;

/// Bytes of JSON that a region may come to: some ten thousand resources.
const MOST_BYTES: u64 = 64 << 20;

/// What was read of a region, and of what its account has for all regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// When.
    pub read_at: Timestamp,
    gaps: BTreeMap<String, Option<Reason>>,
    machines: BTreeMap<NodeRoute, Machines>,
    objects: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    read_at: Timestamp,
    gaps: BTreeMap<String, Option<Reason>>,
    machines: BTreeMap<NodeRoute, Machines>,
}

/// Why what was read cannot be kept or read again.
#[derive(Debug, thiserror::Error)]
pub enum SurroundingsError {
    /// It is cut short or changed.
    #[error("what was read of the account is broken: {0}")]
    Io(#[from] std::io::Error),
    /// A line is none that we write.
    #[error("what was read of the account is broken: {0}")]
    Line(#[from] serde_json::Error),
    /// An object is none that we write.
    #[error("what was read of the account is broken: {0}")]
    Object(String),
}

impl Surroundings {
    /// As it was read. User data must be out of it.
    #[must_use]
    pub fn of(reading: &Reading, read_at: Timestamp) -> Self {
        let gaps = reading.gaps.iter();
        Self {
            read_at,
            gaps: gaps
                .map(|(kind, gap)| ((*kind).to_owned(), gap.clone()))
                .collect(),
            machines: reading.machines.clone(),
            objects: reading.objects.iter().map(Value::to_string).collect(),
        }
    }

    /// Of a region, or an account, that was found without clusters: nothing there is around one, and that is all there is.
    #[must_use]
    pub fn without_clusters(read_at: Timestamp) -> Self {
        let kinds = aws::KINDS.iter();
        Self {
            read_at,
            gaps: kinds.map(|kind| (kind.name.to_owned(), None)).collect(),
            machines: BTreeMap::new(),
            objects: Vec::new(),
        }
    }

    /// As it is kept.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn pack(&self) -> Result<Vec<u8>, SurroundingsError> {
        let header = Header {
            read_at: self.read_at,
            gaps: self.gaps.clone(),
            machines: self.machines.clone(),
        };
        let mut lines = serde_json::to_string(&header)?;
        for object in &self.objects {
            lines.push('\n');
            lines.push_str(object);
        }
        Ok(zstd::encode_all(lines.as_bytes(), LEVEL)?)
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// When it is not whole.
    pub fn unpack(bytes: &[u8]) -> Result<Self, SurroundingsError> {
        let mut text = String::new();
        zstd::Decoder::new(bytes)?
            .take(MOST_BYTES)
            .read_to_string(&mut text)?;
        let mut lines = text.lines();
        let header: Header = serde_json::from_str(lines.next().unwrap_or_default())?;
        Ok(Self {
            read_at: header.read_at,
            gaps: header.gaps,
            machines: header.machines,
            objects: lines.map(str::to_owned).collect(),
        })
    }

    /// Puts to it what the objects of a cluster name, and leaves out what no cluster may use.
    ///
    /// # Errors
    /// When an object is none that we write.
    pub fn across(&self, border: &Border) -> Result<Self, SurroundingsError> {
        let objects = self.objects.iter();
        let objects = objects.map(|object| serde_json::from_str(object));
        let known =
            |(kind, gap): (&String, &Option<Reason>)| Some((kind::named(kind)?.name, gap.clone()));
        let mut reading = Reading {
            objects: objects.collect::<Result<_, _>>()?,
            gaps: self.gaps.iter().filter_map(known).collect(),
            machines: self.machines.clone(),
        };
        across(&mut reading, border);
        let crossed = Self::of(&reading, self.read_at);
        Ok(Self {
            gaps: self.gaps.clone().into_iter().chain(crossed.gaps).collect(),
            ..crossed
        })
    }

    /// The objects of a kind whose ARN is wanted.
    ///
    /// # Errors
    /// When an object is none that we write.
    pub fn of_arns<'a>(
        &self,
        kind: &str,
        wanted: &dyn Fn(&str) -> bool,
        arena: &'a Bump,
    ) -> Result<Vec<Node<'a>>, SurroundingsError> {
        let mut found = Vec::new();
        for object in &self.objects {
            let head: Head<'_> = serde_json::from_str(object)?;
            if head.kind == kind && head.metadata.arn.is_some_and(|arn| wanted(&arn)) {
                found.push(node(object, arena)?);
            }
        }
        Ok(found)
    }

    /// Whether the list of a kind is whole; if not, why not. None if it was not asked for.
    #[must_use]
    pub fn gap(&self, kind: &str) -> Option<Option<&Reason>> {
        self.gaps.get(kind).map(Option::as_ref)
    }

    /// What a route told of the instances of the region. None if nobody took it.
    #[must_use]
    pub fn machines(&self, route: NodeRoute) -> Option<&Machines> {
        self.machines.get(&route)
    }

    /// What is judged with a region or with an account as a whole.
    ///
    /// # Errors
    /// When an object is none that we write.
    pub fn of_home<'a>(&self, home: Home, arena: &'a Bump) -> Result<Used<'a>, SurroundingsError> {
        let mut used = Used::default();
        for node in self.nodes(arena) {
            let node = node?;
            if kind::named(kind_of(&node)).and_then(kind::Kind::home) == Some(home) {
                used.objects.push(node);
            }
        }
        Ok(used)
    }

    /// What a cluster uses.
    ///
    /// # Errors
    /// When an object is none that we write.
    pub fn of_cluster<'a>(
        &self,
        cluster: &str,
        arena: &'a Bump,
    ) -> Result<Used<'a>, SurroundingsError> {
        let mut used = Used::default();
        for node in self.nodes(arena) {
            let node = node?;
            let clusters = node.at(&["metadata", "clusters"]).unwrap_or(Node::Null);
            let named = clusters.items().iter();
            if named.clone().any(|name| name.as_str() == Some(cluster)) {
                used.objects.push(node);
            } else if let Some(reason) = named.chain([&clusters]).find_map(Node::unknown) {
                let kind = kind_of(&node).to_owned();
                used.doubts.insert(kind, Reason::of_unknown(reason));
            }
        }
        Ok(used)
    }

    fn nodes<'a>(
        &self,
        arena: &'a Bump,
    ) -> impl Iterator<Item = Result<Node<'a>, SurroundingsError>> {
        self.objects.iter().map(|object| node(object, arena))
    }
}

fn node<'a>(object: &str, arena: &'a Bump) -> Result<Node<'a>, SurroundingsError> {
    decode_our_own(arena, object.as_bytes())
        .map_err(|error| SurroundingsError::Object(error.to_string()))
}

/// What of an object tells which it is.
#[derive(Deserialize)]
struct Head<'a> {
    kind: Cow<'a, str>,
    metadata: Metadata<'a>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    arn: Option<Cow<'a, str>>,
}

/// What belongs to a scan.
#[derive(Debug, Default)]
pub struct Used<'a> {
    /// The objects.
    pub objects: Vec<Node<'a>>,
    /// The kinds of which more may belong to it, with the reason why nobody knows.
    pub doubts: BTreeMap<String, Reason>,
}

fn kind_of<'a>(node: &Node<'a>) -> &'a str {
    let kind = node.get("kind").and_then(|kind| kind.as_str());
    kind.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use plimsoll_model::ReasonCode;
    use serde_json::json;

    use super::*;

    fn example() -> Surroundings {
        let mut reading = Reading::default();
        let group = |name: &str, clusters: Value| {
            json!({"apiVersion": "aws", "kind": "AWS::EC2::SecurityGroup",
                   "metadata": {"name": name, "clusters": clusters}})
        };
        reading.objects = vec![
            group("sg-1", json!(["prod", "dev"])),
            group("sg-2", json!(["dev"])),
            group(
                "sg-3",
                json!(["dev", {"$unknown": "permissionMissing eks:ListNodegroups"}]),
            ),
            group("sg-4", json!([])),
        ];
        let lost = Reason::new(ReasonCode::PermissionMissing, "kms:ListKeys");
        reading.gaps = [
            ("AWS::EC2::SecurityGroup", None),
            ("AWS::KMS::Key", Some(lost)),
        ]
        .into();
        Surroundings::of(&reading, "2026-11-21T06:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_is_kept_comes_back_by_cluster() {
        let kept = Surroundings::unpack(&example().pack().unwrap()).unwrap();
        assert_eq!(kept, example());
        let arena = Bump::new();
        let names = |cluster| {
            let used = kept.of_cluster(cluster, &arena).unwrap();
            let name = |node: &Node<'_>| {
                let name = node.at(&["metadata", "name"]);
                name.and_then(|name| name.as_str()).unwrap().to_owned()
            };
            let names: Vec<String> = used.objects.iter().map(name).collect();
            let doubts: Vec<_> = used
                .doubts
                .into_values()
                .map(|reason| reason.line())
                .collect();
            (names.join(" "), doubts)
        };
        let doubt = vec!["permissionMissing eks:ListNodegroups".to_owned()];
        assert_eq!(
            names("prod"),
            ("sg-1".to_owned(), doubt),
            "who knows whose sg-3 is, too"
        );
        assert_eq!(names("dev"), ("sg-1 sg-2 sg-3".to_owned(), vec![]));
        assert!(
            kept.of_home(Home::Region, &arena)
                .unwrap()
                .objects
                .is_empty()
        );
        assert_eq!(kept.gap("AWS::EC2::SecurityGroup"), Some(None));
        assert_eq!(
            kept.gap("AWS::KMS::Key").unwrap().unwrap().need,
            "kms:ListKeys"
        );
        assert_eq!(kept.gap("AWS::IAM::Role"), None);
    }

    #[test]
    fn every_cut_is_noticed() {
        let whole = example().pack().unwrap();
        for end in 0..whole.len() {
            assert!(Surroundings::unpack(&whole[..end]).is_err(), "{end}");
        }
    }
}
