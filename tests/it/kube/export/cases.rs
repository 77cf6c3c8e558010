//! What is exported, and the questions that cases put to it.

use std::collections::BTreeMap;

use plimsoll_model::{ReasonCode, Verdict};
use plimsoll_policy::cases::Case;
use plimsoll_policy::{Action, Catalogue, ExportOptions, NotExportable, Pair, Policy};
use serde_json::{Value, json};

use crate::export::complete::{Reads, complete};

/// The group of custom resources that stand for kinds whose objects a server would refuse.
pub(crate) const STAND_INS: &str = "stand-ins.example";

/// A policy with one set of parameters, for one version of Kubernetes.
pub(crate) struct Exported {
    pub(crate) number: usize,
    pub(crate) id: String,
    pub(crate) title: String,
    kinds: Vec<String>,
    /// Whether parameters and version are those that are exported when nobody asks for others.
    pub(crate) usual: bool,
    /// Admission policies with their bindings.
    pub(crate) pairs: Vec<(Value, Value)>,
    pub(crate) questions: Vec<Question>,
}

/// One case.
pub(crate) struct Question {
    pub(crate) number: usize,
    pub(crate) case: Case,
    /// The case's object with what servers ask for besides.
    pub(crate) object: Value,
}

/// What an object is submitted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// What it is, with all that a server asks for.
    Real,
    /// A custom resource of the same kind, with the case's fields alone.
    StandIn,
}

/// What a case expects of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Admits,
    Refuses,
    Errs,
}

impl Exported {
    /// The admission policies.
    pub(crate) fn policies(&self) -> impl Iterator<Item = Value> {
        self.pairs.iter().map(|(policy, _)| policy.clone())
    }

    /// The admission policies and their bindings.
    pub(crate) fn documents(&self, form: Form) -> Vec<Value> {
        let documents = self
            .pairs
            .iter()
            .flat_map(|(policy, binding)| [policy, binding]);
        let mut documents: Vec<Value> = documents.cloned().collect();
        for document in documents.iter_mut().filter(|_| form == Form::StandIn) {
            let rules = document.pointer_mut("/spec/matchConstraints/resourceRules");
            for rule in rules.and_then(Value::as_array_mut).into_iter().flatten() {
                rule["apiGroups"] = json!([STAND_INS]);
                rule["apiVersions"] = json!(["v1"]);
            }
        }
        documents
    }

    /// Whether it is about objects of a kind.
    pub(crate) fn judges(&self, kind: &Value) -> bool {
        self.kinds.iter().any(|known| *kind == known.as_str())
    }

    /// Whether it is asked when debugging containers are added to a pod.
    pub(crate) fn sees_debugging(&self) -> bool {
        let mut policies = self.pairs.iter();
        policies.any(|(policy, _)| policy.to_string().contains("\"pods/ephemeralcontainers\""))
    }

    /// The names of its admission policies.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let policies = self.pairs.iter();
        policies.filter_map(|(policy, _)| policy["metadata"]["name"].as_str())
    }
}

impl Question {
    /// What is submitted.
    pub(crate) fn object(&self, form: Form) -> Value {
        if form == Form::Real {
            return self.object.clone();
        }
        let mut object = self.case.objects().swap_remove(0);
        object["apiVersion"] = json!(format!("{STAND_INS}/v1"));
        // Servers always write the metadata of a template.
        if let Some(template) = object
            .pointer_mut("/spec/template")
            .and_then(Value::as_object_mut)
        {
            template.entry("metadata").or_insert_with(|| json!({}));
        }
        object
    }

    /// Whether it adds debugging containers to a pod, which is another request than creating it.
    pub(crate) fn debugs(&self) -> bool {
        self.object["kind"] == "Pod" && !self.object["spec"]["ephemeralContainers"].is_null()
    }

    /// What was not evaluated for lack of sight is admitted; what erred is not.
    pub(crate) fn expected(&self) -> Expected {
        match (self.case.expect, self.case.reason) {
            (Verdict::Fail, _) => Expected::Refuses,
            (Verdict::NotEvaluated, Some(ReasonCode::RouteNotChosen)) => Expected::Admits,
            (Verdict::NotEvaluated, _) => Expected::Errs,
            _ => Expected::Admits,
        }
    }
}

/// Everything that can be exported, with its cases; one export for each set of parameters and version that cases use.
pub(crate) fn exports(catalogue: &Catalogue) -> Vec<Exported> {
    let mut all = Vec::new();
    for policy in &catalogue.policies {
        let mut variants: BTreeMap<String, (ExportOptions, Vec<Case>)> = BTreeMap::new();
        for case in policy.read_cases().unwrap() {
            let mut options = ExportOptions {
                actions: vec![Action::Warn],
                params: case.params.clone(),
                ..ExportOptions::default()
            };
            if let Some(version) = &case.cluster.version {
                options.kubernetes.clone_from(version);
            }
            let key = format!("{:?} {}", options.params, options.kubernetes);
            let (_, cases) = variants.entry(key).or_insert_with(|| (options, Vec::new()));
            cases.push(case);
        }
        let usual = ExportOptions::default();
        for (number, (options, cases)) in variants.into_values().enumerate() {
            let usual = options.params.is_empty() && options.kubernetes == usual.kubernetes;
            match policy.export(&options) {
                Ok(pairs) => {
                    let suffix = if usual {
                        String::new()
                    } else {
                        format!("-v{number}")
                    };
                    all.push(exported(all.len(), policy, usual, &pairs, &suffix, cases));
                }
                Err(NotExportable::Inert { .. }) => {}
                Err(_) => break,
            }
        }
    }
    all
}

fn exported(
    number: usize,
    policy: &Policy,
    usual: bool,
    pairs: &[Pair],
    suffix: &str,
    cases: Vec<Case>,
) -> Exported {
    let documents = |pair: &Pair| {
        let mut policy = serde_json::to_value(&pair.policy).unwrap();
        let mut binding = serde_json::to_value(&pair.binding).unwrap();
        let name = format!("{}{suffix}", policy["metadata"]["name"].as_str().unwrap());
        policy["metadata"]["name"] = name.as_str().into();
        binding["metadata"]["name"] = name.as_str().into();
        binding["spec"]["policyName"] = name.into();
        (policy, binding)
    };
    let questions = cases.into_iter().enumerate().map(|(number, case)| {
        let object = complete(&case.objects()[0], &Reads(&policy.text));
        Question {
            number,
            case,
            object,
        }
    });
    Exported {
        number,
        id: policy.id.to_string(),
        title: policy.title.clone(),
        kinds: policy.kinds.clone(),
        usual,
        pairs: pairs.iter().map(documents).collect(),
        questions: questions.collect(),
    }
}
