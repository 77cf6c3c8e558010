//! Runs `cases.yaml`: examples that are tests and documentation at once.

use std::collections::BTreeMap;

use plimsoll_cel::{Bump, decode_our_own};
use plimsoll_model::kind;
use plimsoll_model::{Judgement, Reason, ReasonCode, SourceRef, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};
use serde_saphyr::Spanned;

use crate::catalogue::{Catalogue, Policy};
use crate::error::LoadError;
use crate::kinds::WORKLOAD;
use crate::lists::{ListState, Lists};
use crate::plan::{AwsPart, Plan, PlanOptions};
use crate::session::{Seen, Session, Sink};

/// One example.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The object; apiVersion and metadata default. A part `{$unknown: REASON}` is not known.
    pub given: Value,
    /// Other objects of the same scan.
    #[serde(default)]
    pub also: Vec<Value>,
    /// Parameters that differ from their defaults.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// `cluster: { version: '1.30' }`.
    #[serde(default)]
    pub cluster: ClusterCase,
    /// The worst verdict over the object's elements.
    pub expect: Verdict,
    /// For a failing case: every path reported.
    #[serde(default)]
    pub paths: Vec<String>,
    /// For *not evaluated*: why.
    #[serde(default)]
    pub reason: Option<ReasonCode>,
    /// Lists, by plural, that could not be read.
    #[serde(default)]
    pub without: Vec<String>,
    /// Where it begins in the file, from 1.
    #[serde(skip)]
    pub line: u32,
}

/// What a case says of its cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClusterCase {
    /// `1.30`; the newest when absent.
    #[serde(default)]
    pub version: Option<String>,
    /// `v1.30.2-eks-abc1234`; not known when absent.
    #[serde(default)]
    pub git_version: Option<String>,
}

/// What a case gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The worst verdict over the object's elements.
    pub verdict: Verdict,
    /// Paths of failing elements, in order.
    pub paths: Vec<String>,
    /// Why it is not evaluated.
    pub reason: Option<Reason>,
}

impl Case {
    /// The object and those beside it, as a cluster would hold them.
    #[must_use]
    pub fn objects(&self) -> Vec<Value> {
        let all = [&self.given].into_iter().chain(&self.also);
        all.map(complete).collect()
    }

    /// What differs from what is expected; none when the case holds.
    #[must_use]
    pub fn complaint(&self, result: &CaseResult) -> Option<String> {
        if result.verdict != self.expect {
            let why = result
                .reason
                .as_ref()
                .map(|r| format!(" ({}: {})", r.code.as_str(), r.need))
                .unwrap_or_default();
            return Some(format!(
                "expected {}, got {}{why}",
                self.expect.as_str(),
                result.verdict.as_str()
            ));
        }
        if self.expect == Verdict::Fail && self.paths != result.paths {
            return Some(format!(
                "expected paths [{}], got [{}]",
                self.paths.join(", "),
                result.paths.join(", ")
            ));
        }
        let code = result.reason.as_ref().map(|reason| reason.code);
        if self.reason.is_some() && code != self.reason {
            return Some(format!(
                "expected reason {:?}, got {:?}",
                self.reason.map(ReasonCode::as_str),
                code.map(ReasonCode::as_str)
            ));
        }
        None
    }
}

impl Policy {
    /// Reads its cases.
    ///
    /// # Errors
    /// When the file is missing or not of that shape.
    pub fn read_cases(&self) -> Result<Vec<Case>, LoadError> {
        let file = self.file.replace("policy.yaml", "cases.yaml");
        let Some(text) = &self.cases else {
            return Err(LoadError::of_file(
                &file,
                format!("`{}` has no cases.yaml beside it", self.id),
            ));
        };
        let placed: Vec<Spanned<Case>> =
            serde_saphyr::from_str(text).map_err(|error| LoadError::of_yaml(&file, &error))?;
        let cases = placed.into_iter().map(|placed| Case {
            line: u32::try_from(placed.referenced.line()).unwrap_or(u32::MAX),
            ..placed.value
        });
        Ok(cases.collect())
    }

    /// What a case complains of, at its place.
    #[must_use]
    pub fn error_at_case(&self, case: &Case, complaint: &str) -> LoadError {
        let message = format!("case `{}`: {complaint}", case.name);
        LoadError {
            line: case.line,
            column: 1,
            length: 1,
            ..LoadError::of_file(&self.file.replace("policy.yaml", "cases.yaml"), message)
        }
    }
}

/// Runs one case of the policy `id`.
#[must_use]
pub fn run(catalogue: &Catalogue, id: &str, case: &Case) -> CaseResult {
    CaseResult::of(&judgements(catalogue, id, case, &case.objects()))
}

/// Judges `objects` by the policy `id` under the circumstances of a case; gives the judgements on the first of them.
#[must_use]
pub fn judgements(
    catalogue: &Catalogue,
    id: &str,
    case: &Case,
    objects: &[Value],
) -> Vec<Judgement> {
    let mut catalogue = Catalogue {
        policies: catalogue.policy(id).cloned().into_iter().collect(),
        frameworks: Vec::new(),
        hash: String::new(),
    };
    for policy in &mut catalogue.policies {
        let compiled = &mut policy.compiled;
        for (name, value) in &case.params {
            let slot = compiled.env.slot(&format!("params.{name}"));
            for (known, default) in &mut compiled.params {
                if Some(*known) == slot {
                    *default = value.clone();
                }
            }
        }
    }
    let options = PlanOptions {
        cluster_version: case.cluster.version.clone(),
        git_version: case.cluster.git_version.clone(),
        aws: AwsPart::Given,
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let mut lists = Lists::of_case();
    for plural in &case.without {
        let reason = Reason::new(ReasonCode::PermissionMissing, format!("list {plural}"));
        lists.set(plural, ListState::Incomplete(reason));
    }
    let objects: Vec<String> = objects.iter().map(Value::to_string).collect();
    let mut sink = Collected::default();
    let mut session = Session::new(&plan);
    let (mut again, mut owned) = (Vec::new(), Vec::new());
    let arena = Bump::new();
    for (document, json) in objects.iter().enumerate() {
        let Ok(node) = decode_our_own(&arena, json.as_bytes()) else {
            continue;
        };
        let source = SourceRef {
            file: "case".into(),
            document: document as u32,
            item: None,
        };
        match session.first(&node, Some(&source), &arena, &lists, &mut sink) {
            Seen::Again => again.push((node, source)),
            Seen::Owned => owned.push((node, source)),
            Seen::Done | Seen::NotOurs => {}
        }
    }
    let mut owners = std::mem::take(&mut session.owners);
    owners.settle();
    for (node, source) in owned {
        session.owned(&node, Some(&source), &arena, &owners, &lists, &mut sink);
    }
    let mut joins = std::mem::take(&mut session.joins);
    joins.settle();
    for (node, source) in again {
        session.second(&node, Some(&source), &arena, &joins, &lists, &mut sink);
    }
    sink.0
}

/// Fills in apiVersion and metadata.
pub(crate) fn complete(given: &Value) -> Value {
    let mut object = given.clone();
    let kind = object
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or(WORKLOAD)
        .to_owned();
    let Some(map) = object.as_object_mut() else {
        return object;
    };
    let api_version = kind::named(&kind).map_or_else(|| "v1".to_owned(), kind::Kind::api_version);
    map.entry("apiVersion")
        .or_insert_with(|| json!(api_version));
    let metadata = map.entry("metadata").or_insert_with(|| json!({}));
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.entry("name").or_insert_with(|| json!("example"));
    }
    object
}

/// The judgements on the first object.
#[derive(Default)]
struct Collected(Vec<Judgement>);

impl CaseResult {
    fn of(judgements: &[Judgement]) -> Self {
        let verdict = judgements
            .iter()
            .map(|j| j.verdict)
            .min()
            .unwrap_or(Verdict::NotApplicable);
        let failing = judgements.iter().filter(|j| j.verdict == Verdict::Fail);
        CaseResult {
            verdict,
            paths: failing.flat_map(|j| j.paths.iter().cloned()).collect(),
            reason: judgements.iter().find_map(|j| j.reason.clone()),
        }
    }
}

impl Sink for Collected {
    fn wants(&self, _: Verdict) -> bool {
        true
    }
    fn judgement(&mut self, judgement: Judgement) {
        if judgement
            .source
            .as_ref()
            .is_none_or(|source| source.document == 0)
        {
            self.0.push(judgement);
        }
    }
}
