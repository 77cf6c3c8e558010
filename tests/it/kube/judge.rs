//! Our two verdicts on one pod at one level of the Pod Security Standards.
//!
//! The policies of the level's framework judge by the cluster's version: the pod passes when none of them fails, and every
//! one could be evaluated. They speak of the versions in which this admission is stable, from 1.25 on. The policy
//! `psa-pod-refused` judges by what the pod's namespace enforces, in any version that it pins.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Bump, Node, NodeSeed};
use plimsoll_model::{Judgement, SourceRef, Verdict};
use plimsoll_policy::{Catalogue, Joins, Lists, Plan, PlanOptions, Seen, Session, Sink};
use plimsoll_tests::pod_security::{self, Level, Opinion, VERSIONS, Version};
use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};

/// From 1.25 on Pod Security admission is stable; the frameworks are about no version before.
const FIRST_OF_FRAMEWORKS: Version = Version(25);

/// The built-in policies, ready to judge as of every version.
pub(crate) struct Judge {
    /// The ids of each level's framework, in the order of the levels.
    ids: [BTreeSet<String>; 2],
    by_version: BTreeMap<Version, Plan<'static>>,
    /// A server of the newest version.
    server: Plan<'static>,
    /// Namespaces that enforce each level as of each version.
    namespaces: Joins,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let catalogue: &'static Catalogue =
            Box::leak(Box::new(plimsoll_catalogue::built_in().unwrap()));
        let plan = |version: Version, only: Vec<String>| {
            let frameworks = match only.as_slice() {
                [] => Level::ALL.map(framework).to_vec(),
                _ => Vec::new(),
            };
            let options = PlanOptions {
                cluster_version: Some(version.to_string()),
                frameworks,
                only,
                ..PlanOptions::default()
            };
            Plan::new(catalogue, options)
        };
        let ids = Level::ALL.map(|level| {
            let framework = catalogue.framework(&framework(level)).unwrap();
            let controls = framework.controls.iter();
            controls
                .flat_map(|control| control.policies.clone())
                .collect()
        });
        let framed = VERSIONS
            .into_iter()
            .filter(|version| *version >= FIRST_OF_FRAMEWORKS);
        let server = plan(Version::NEWEST, vec!["psa-pod-refused".to_owned()]);
        Self {
            ids,
            by_version: framed
                .map(|version| (version, plan(version, Vec::new())))
                .collect(),
            namespaces: namespaces(&server),
            server,
        }
    }

    pub(crate) fn judge(&self, pod: &Value, version: Version) -> Vec<Opinion> {
        let arena = Bump::new();
        let node = decode(pod, &arena);
        let mut opinions = Vec::with_capacity(4);
        if let Some(plan) = self.by_version.get(&version) {
            let mut complaints = Complaints::default();
            let seen = Session::new(plan).first(
                &node,
                Some(&source()),
                &arena,
                &Lists::of_files(),
                &mut complaints,
            );
            assert_eq!(
                seen,
                Seen::Done,
                "policies of the standard need nothing but the pod"
            );
            opinions.extend(Level::ALL.map(|level| {
                let ids = &self.ids[level as usize];
                let verdict = complaints.verdict(|policy| ids.contains(policy));
                Opinion {
                    judge: "framework",
                    level,
                    verdict,
                }
            }));
        }
        opinions.extend(Level::ALL.map(|level| {
            let mut complaints = Complaints::default();
            Session::new(&self.server).second(
                &moved(&node, &namespace(level, version), &arena),
                Some(&source()),
                &arena,
                &self.namespaces,
                &Lists::of_files(),
                &mut complaints,
            );
            Opinion {
                judge: "psa-pod-refused",
                level,
                verdict: complaints.verdict(|_| true),
            }
        }));
        opinions
    }
}

/// The pod, in another namespace.
fn moved<'a>(pod: &Node<'a>, namespace: &str, arena: &'a Bump) -> Node<'a> {
    let with = |node: &Node<'a>, key: &'a str, value: Node<'a>| {
        let entries = node.entries().iter().map(|entry| (entry.key, entry.value));
        Node::map_in(arena, entries.chain([(key, value)]).collect())
    };
    let metadata = pod.get("metadata").unwrap_or(Node::Null);
    let metadata = with(&metadata, "namespace", Node::text_in(arena, namespace));
    with(pod, "metadata", metadata)
}

fn namespaces(plan: &Plan<'_>) -> Joins {
    let mut session = Session::new(plan);
    for version in VERSIONS {
        for level in Level::ALL {
            let labels = json!({
                "pod-security.kubernetes.io/enforce": level.name(),
                "pod-security.kubernetes.io/enforce-version": version.label(),
            });
            let metadata = json!({ "name": namespace(level, version), "labels": labels });
            let namespace =
                json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
            let arena = Bump::new();
            let node = decode(&namespace, &arena);
            session.first(
                &node,
                None,
                &arena,
                &Lists::of_files(),
                &mut Complaints::default(),
            );
        }
    }
    let mut joins = session.joins;
    joins.settle();
    joins
}

fn namespace(level: Level, version: Version) -> String {
    format!("{level}-{}", version.0)
}

fn framework(level: Level) -> String {
    format!("pss-{level}")
}

/// As every reader decodes: a field that is null is absent.
fn decode<'a>(object: &Value, arena: &'a Bump) -> Node<'a> {
    NodeSeed::without_nulls(arena).deserialize(object).unwrap()
}

fn source() -> SourceRef {
    SourceRef {
        file: "pod".into(),
        document: 0,
        item: None,
    }
}

/// What is not a pass, by policy.
#[derive(Default)]
struct Complaints(BTreeSet<(String, String)>);

impl Complaints {
    fn verdict(&self, counts: impl Fn(&str) -> bool) -> pod_security::Verdict {
        let complaints = self.0.iter().filter(|(policy, _)| counts(policy));
        let texts: Vec<&str> = complaints.map(|(_, text)| text.as_str()).collect();
        pod_security::Verdict::of((!texts.is_empty()).then(|| texts.join("; ")))
    }
}

impl Sink for Complaints {
    fn wants(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Fail | Verdict::NotEvaluated)
    }

    fn judgement(&mut self, judgement: Judgement) {
        let text = format!(
            "{} {} {} {}",
            judgement.policy,
            judgement.verdict.as_str(),
            judgement.paths.join(" "),
            judgement.message
        );
        self.0.insert((judgement.policy.to_string(), text));
    }
}
