//! Puts every expression before both and finds where they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::cases::Cases;
use super::ours::{Form, Ours, Outcome};
use super::policies::{Policies, Refusal, Word};

/// Expressions that are compiled in one request.
const COMPILED_AT_ONCE: usize = 50;
/// The most expressions of one policy, and the most errors it may have to tell about one object: a response holds
/// 4,096 characters of warnings, and what is longer is cut.
const BATCH: usize = 60;
const ERRORS: usize = 14;
/// Requests in flight at once.
const WORKERS: usize = 8;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Both have the same value, true, false and others.
    same: BTreeMap<&'static str, usize>,
    pub(super) explained: usize,
    pub(super) differences: Vec<String>,
    /// Expressions that are explained without a reason.
    pub(super) stale: Vec<String>,
}

impl Found {
    pub(super) fn pairs(&self) -> usize {
        self.same.values().sum::<usize>() + self.explained + self.differences.len()
    }

    fn same(&mut self, what: &'static str, count: usize) {
        *self.same.entry(what).or_default() += count;
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "agreed:")?;
        for (what, count) in &self.same {
            write!(f, " {what} {count},")?;
        }
        write!(f, " explained {}", self.explained)
    }
}

/// One expression with what the engine makes of it.
struct Judged<'c> {
    text: &'c str,
    /// On each of its objects.
    outcomes: Vec<(usize, Outcome)>,
    form: Form,
    /// The engine refused it when it was loaded, because it can only fail.
    early: bool,
}

pub(super) async fn compare(policies: &Policies, cases: &Cases) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let mut differing = BTreeSet::new();
    let refused = refused(policies, cases).await?;
    let mut judged = Vec::new();
    for (place, expression) in cases.expressions.iter().enumerate() {
        let text = expression.text.as_str();
        let ours = Ours::compile(text).0;
        let count = expression.objects.len();
        match (ours, refused.get(&place)) {
            (Err(_), Some(_)) => found.same("refused", count),
            (Err(error), None) => {
                let fails = |object: &usize| (*object, Outcome::Fails(error.clone()));
                judged.push(Judged {
                    text,
                    outcomes: expression.objects.iter().map(fails).collect(),
                    form: Form::Any,
                    early: true,
                });
            }
            (Ok(program), refusal) => {
                let outcomes: Vec<_> = expression
                    .objects
                    .iter()
                    .map(|object| (*object, Ours::outcome(&program, &cases.objects[*object])))
                    .collect();
                match refusal {
                    None => judged.push(Judged {
                        text,
                        form: common_form(&outcomes),
                        outcomes,
                        early: false,
                    }),
                    Some(refusal) => {
                        let fails =
                            |(_, outcome): &(_, Outcome)| matches!(outcome, Outcome::Fails(_));
                        if refusal.always_fails && outcomes.iter().all(fails) {
                            found.same("only fails", count);
                        } else {
                            differing.insert(text);
                            let line = format!(
                                "{text}\n    refused: {}\n    ours: {:?}",
                                refusal.text, outcomes[0].1
                            );
                            record(&mut found, cases, text, count, line);
                        }
                    }
                }
            }
        }
    }
    let batches = batches(judged);
    create(policies, &batches).await?;
    for (batch, object, words) in words(policies, cases, &batches).await? {
        for (judged, word) in batches[batch].iter().zip(words) {
            let Some((_, outcome)) = judged.outcomes.iter().find(|(other, _)| *other == object)
            else {
                continue;
            };
            match (outcome, word) {
                (Outcome::Value(_, Value::Bool(true)), Word::Agrees) => found.same("true", 1),
                (Outcome::Value(_, Value::Bool(false)), Word::Agrees) => found.same("false", 1),
                (Outcome::Value(..), Word::Agrees) => found.same("another value", 1),
                (Outcome::Fails(_), Word::Fails(_)) if judged.early => {
                    found.same("refused before it fails", 1)
                }
                (Outcome::Fails(_), Word::Fails(_)) => found.same("error", 1),
                (ours, word) => {
                    differing.insert(judged.text);
                    let line = format!(
                        "{} on o{object}\n    server: {word:?}\n    ours: {ours:?}",
                        judged.text
                    );
                    record(&mut found, cases, judged.text, 1, line);
                }
            }
        }
    }
    let known = cases
        .explained
        .keys()
        .filter(|text| !differing.contains(text.as_str()));
    found.stale = known.cloned().collect();
    Ok(found)
}

fn record(found: &mut Found, cases: &Cases, text: &str, count: usize, line: String) {
    if cases.explained.contains_key(text) {
        found.explained += count;
    } else {
        found.differences.push(line);
    }
}

/// The expressions that the server refuses, by their place.
async fn refused(policies: &Policies, cases: &Cases) -> anyhow::Result<BTreeMap<usize, Refusal>> {
    let mut all = BTreeMap::new();
    let mut tasks = JoinSet::new();
    for (number, chunk) in cases.expressions.chunks(COMPILED_AT_ONCE).enumerate() {
        let texts: Vec<String> = chunk
            .iter()
            .map(|expression| expression.text.clone())
            .collect();
        let policies = policies.clone();
        if tasks.len() >= WORKERS {
            collect_refused(&mut all, tasks.join_next().await)?;
        }
        tasks.spawn(async move {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            (number * COMPILED_AT_ONCE, policies.refused(&texts).await)
        });
    }
    while let Some(done) = tasks.join_next().await {
        collect_refused(&mut all, Some(done))?;
    }
    Ok(all)
}

type Refused = (usize, anyhow::Result<BTreeMap<usize, Refusal>>);

fn collect_refused(
    all: &mut BTreeMap<usize, Refusal>,
    done: Option<Result<Refused, tokio::task::JoinError>>,
) -> anyhow::Result<()> {
    if let Some(done) = done {
        let (first, refused) = done?;
        all.extend(
            refused?
                .into_iter()
                .map(|(place, refusal)| (first + place, refusal)),
        );
    }
    Ok(())
}

/// One way to compare that goes for all of an expression's values.
fn common_form(outcomes: &[(usize, Outcome)]) -> Form {
    let mut forms = outcomes.iter().filter_map(|(_, outcome)| match outcome {
        Outcome::Value(form, _) => Some(*form),
        Outcome::Fails(_) => None,
    });
    let first = forms.next().unwrap_or(Form::Any);
    if forms.all(|form| form == first) {
        first
    } else {
        Form::Any
    }
}

/// Parts small enough for one policy each.
fn batches(judged: Vec<Judged<'_>>) -> Vec<Vec<Judged<'_>>> {
    let mut batches: Vec<Vec<Judged<'_>>> = vec![Vec::new()];
    let mut errors: BTreeMap<usize, usize> = BTreeMap::new();
    for one in judged {
        let failing = one
            .outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Fails(_)));
        let failing: Vec<usize> = failing.map(|(object, _)| *object).collect();
        let full = failing
            .iter()
            .any(|object| errors.get(object).is_some_and(|count| *count >= ERRORS));
        if full || batches.last().is_some_and(|batch| batch.len() >= BATCH) {
            batches.push(Vec::new());
            errors.clear();
        }
        for object in failing {
            *errors.entry(object).or_default() += 1;
        }
        if let Some(batch) = batches.last_mut() {
            batch.push(one);
        }
    }
    batches
}

async fn create(policies: &Policies, batches: &[Vec<Judged<'_>>]) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for (number, batch) in batches.iter().enumerate() {
        let texts: Vec<String> = batch.iter().map(|judged| judged.text.to_owned()).collect();
        let comparison = |(place, judged): (usize, &Judged<'_>)| {
            judged.form.comparison(
                &format!("variables.v{place}"),
                &format!("object.want.v{place}.is"),
            )
        };
        let comparisons: Vec<String> = batch.iter().enumerate().map(comparison).collect();
        let policies = policies.clone();
        if tasks.len() >= WORKERS
            && let Some(done) = tasks.join_next().await
        {
            done??;
        }
        tasks.spawn(async move {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            policies.create(number, &texts, &comparisons).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// For each batch and object what the server says to each expression.
async fn words(
    policies: &Policies,
    cases: &Cases,
    batches: &[Vec<Judged<'_>>],
) -> anyhow::Result<Vec<(usize, usize, Vec<Word>)>> {
    let mut all = Vec::new();
    let mut tasks = JoinSet::new();
    for (number, batch) in batches.iter().enumerate() {
        for (place, object) in cases.objects.iter().enumerate() {
            let Some(sent) = with_wants(object, number, place, batch) else {
                continue;
            };
            let (policies, count) = (policies.clone(), batch.len());
            if tasks.len() >= WORKERS
                && let Some(done) = tasks.join_next().await
            {
                all.push(flat(done)?);
            }
            tasks.spawn(async move { (number, place, policies.judge(&sent, count).await) });
        }
    }
    while let Some(done) = tasks.join_next().await {
        all.push(flat(done)?);
    }
    Ok(all)
}

type Said = (usize, usize, anyhow::Result<Vec<Word>>);

fn flat(done: Result<Said, tokio::task::JoinError>) -> anyhow::Result<(usize, usize, Vec<Word>)> {
    let (batch, object, words) = done?;
    Ok((batch, object, words?))
}

/// The object with what is expected of the batch's expressions; none if none of them is about it.
fn with_wants(object: &Value, batch: usize, place: usize, judged: &[Judged<'_>]) -> Option<Value> {
    let mut wants = serde_json::Map::new();
    for (number, one) in judged.iter().enumerate() {
        let Some((_, outcome)) = one.outcomes.iter().find(|(other, _)| *other == place) else {
            continue;
        };
        let want = match outcome {
            Outcome::Fails(_) => json!({ "fails": true }),
            Outcome::Value(form, value) if *form == one.form => json!({ "is": value }),
            Outcome::Value(..) => json!({ "is": 1 }),
        };
        wants.insert(format!("v{number}"), want);
    }
    if wants.is_empty() {
        return None;
    }
    let mut object = object.clone();
    object["want"] = Value::Object(wants);
    object["metadata"]["labels"]["batch"] = json!(batch.to_string());
    Some(object)
}
