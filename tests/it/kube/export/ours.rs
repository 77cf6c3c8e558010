//! Our verdicts on the object that the server judged, defaults and all.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Bump, NodeSeed};
use plimsoll_model::{Judgement, SourceRef, Verdict};
use plimsoll_policy::{Catalogue, Lists, Plan, PlanOptions, Session, Sink};
use serde::de::DeserializeSeed as _;
use serde_json::Value;

use crate::export::cases::Expected;

/// One policy's word on one object.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) expected: Expected,
    /// The messages of the elements that fail.
    pub(crate) messages: Vec<String>,
}

/// The policies of a batch, with their usual parameters and version.
pub(crate) struct Ours<'c>(Plan<'c>);

impl<'c> Ours<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue, ids: &BTreeSet<&str>) -> Self {
        let options = PlanOptions {
            only: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..PlanOptions::default()
        };
        Self(Plan::new(catalogue, options))
    }

    /// The word of every policy that judges it.
    pub(crate) fn judge(&self, object: &Value) -> BTreeMap<String, Word> {
        let mut session = Session::new(&self.0);
        let arena = Bump::new();
        let node = NodeSeed::without_nulls(&arena).deserialize(object).unwrap();
        let source = SourceRef {
            file: "object".into(),
            document: 0,
            item: None,
        };
        let mut words = Words::default();
        session.first(&node, Some(&source), &arena, &Lists::of_files(), &mut words);
        let words = words.0.into_iter();
        words.map(|(policy, all)| (policy, word(&all))).collect()
    }
}

fn word(judgements: &[Judgement]) -> Word {
    let worst = judgements.iter().map(|one| one.verdict).min();
    let unseen = |one: &Judgement| {
        let code = one.reason.as_ref().map(|reason| reason.code);
        code == Some(plimsoll_model::ReasonCode::RouteNotChosen)
    };
    let not_evaluated = judgements
        .iter()
        .filter(|one| one.verdict == Verdict::NotEvaluated);
    let expected = match worst {
        Some(Verdict::Fail) => Expected::Refuses,
        _ if not_evaluated.clone().any(|one| !unseen(one)) => Expected::Errs,
        _ => Expected::Admits,
    };
    let failing = judgements.iter().filter(|one| one.verdict == Verdict::Fail);
    Word {
        expected,
        messages: failing.map(|one| one.message.clone()).collect(),
    }
}

#[derive(Default)]
struct Words(BTreeMap<String, Vec<Judgement>>);

impl Sink for Words {
    fn wants(&self, _: Verdict) -> bool {
        true
    }
    fn judgement(&mut self, judgement: Judgement) {
        let policy = judgement.policy.to_string();
        self.0.entry(policy).or_default().push(judgement);
    }
}
