//! Our verdict on one pod at one level: it passes when no policy of the level's framework fails, and every
//! one of them could be evaluated.

use plimsoll_cel::{Bump, NodeSeed};
use plimsoll_model::{Judgement, ResourceRef, SourceRef, Verdict};
use plimsoll_policy::{Catalogue, Lists, Plan, PlanOptions, Seen, Session, Sink};
use plimsoll_tests::pod_security::{self, Level};
use serde::de::DeserializeSeed as _;
use serde_json::Value;

/// The version of the server that `tests/kube` pins; the standard grows with the versions.
const KUBERNETES: &str = "1.36";

/// The built-in policies of the two frameworks.
pub(crate) struct Judge(Catalogue);

impl Judge {
    pub(crate) fn new() -> Self {
        Self(plimsoll_catalogue::built_in().unwrap())
    }

    pub(crate) fn judge(&self, pod: &Value, level: Level) -> pod_security::Verdict {
        let options = PlanOptions {
            cluster_version: Some(KUBERNETES.to_owned()),
            frameworks: vec![format!("pss-{level}")],
            ..PlanOptions::default()
        };
        let plan = Plan::new(&self.0, options);
        let mut session = Session::new(&plan);
        let arena = Bump::new();
        // As every reader decodes: a field that is null is absent.
        let node = NodeSeed::without_nulls(&arena).deserialize(pod).unwrap();
        let source = SourceRef {
            file: "pod".into(),
            document: 0,
            item: None,
        };
        let mut complaints = Complaints::default();
        let seen = session.first(
            &node,
            Some(&source),
            &arena,
            &Lists::of_files(),
            &mut complaints,
        );
        assert_eq!(
            seen,
            Seen::Done,
            "policies of the standard need nothing but the pod"
        );
        complaints.0.sort();
        pod_security::Verdict {
            passes: complaints.0.is_empty(),
            because: complaints.0.join("; "),
        }
    }
}

/// What is not a pass.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Sink for Complaints {
    fn wants(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Fail | Verdict::NotEvaluated)
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.0.push(format!(
            "{} {} {}",
            judgement.policy,
            judgement.verdict.as_str(),
            judgement.paths.join(" ")
        ));
    }

    fn resource(
        &mut self,
        _: usize,
        _: &std::sync::Arc<ResourceRef>,
        _: Option<&SourceRef>,
        _: Verdict,
    ) {
    }
}
