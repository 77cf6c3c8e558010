//! Expressions as the variables of admission policies that warn: one request judges all of a policy's.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use http::Method;
use plimsoll_tests::kube_server::Api;
use serde_json::{Value, json};

use super::cases::{GROUP, KIND};

/// A policy counts within a second or two; a busy machine takes longer.
const COUNTS_WITHIN: Duration = Duration::from_secs(60);

/// The message of a validation that never holds, to see that a policy counts.
const MARKER: &str = "marker";

/// Why the server refuses an expression.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) text: String,
    /// It can only fail, as the server found while it evaluated its constants.
    pub(super) always_fails: bool,
}

/// What the server says to one expression on one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// As expected.
    Agrees,
    /// It has another value, or one where none was expected.
    Differs,
    Fails(String),
}

/// The server as judge.
#[derive(Clone)]
pub(super) struct Policies {
    api: Api,
}

impl Policies {
    /// Makes a kind for objects of any shape.
    pub(super) async fn new(api: Api) -> anyhow::Result<Policies> {
        let plural = "cases";
        let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
        let kind = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": format!("{plural}.{GROUP}") },
            "spec": {
                "group": GROUP, "scope": "Namespaced", "names": { "kind": KIND, "plural": plural },
                "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": schema } }],
            },
        });
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let answer = api.post(path, &kind).await?;
        if answer.status != 201 {
            bail!("{}", answer.message());
        }
        let judge = Policies { api };
        let started = Instant::now();
        let list = format!("/apis/{GROUP}/v1/namespaces/default/{plural}");
        while judge.api.get(&list).await?.status != 200 {
            judge.still_waiting(started, "the new kind is not served")?;
            pause().await;
        }
        Ok(judge)
    }

    fn still_waiting(&self, started: Instant, what: &str) -> anyhow::Result<()> {
        if started.elapsed() > COUNTS_WITHIN {
            bail!("{what} after {COUNTS_WITHIN:?}");
        }
        Ok(())
    }

    /// Which of the expressions the server refuses to compile, by their place.
    pub(super) async fn refused(
        &self,
        expressions: &[&str],
    ) -> anyhow::Result<BTreeMap<usize, Refusal>> {
        let variables = variables(expressions);
        let policy = policy("compiles", &variables, &[json!({ "expression": "true" })]);
        let answer = self
            .api
            .post(&format!("{POLICIES}?dryRun=All"), &policy)
            .await?;
        if answer.status == 201 {
            return Ok(BTreeMap::new());
        }
        if answer.status != 422 {
            bail!("{}: {}", answer.status, answer.message());
        }
        let mut refused = BTreeMap::new();
        for cause in answer.body["details"]["causes"]
            .as_array()
            .context("no causes")?
        {
            let field = cause["field"].as_str().unwrap_or_default();
            let place = field
                .strip_prefix("spec.variables[")
                .and_then(|rest| rest.split(']').next()?.parse().ok())
                .with_context(|| format!("a cause about something else: {cause}"))?;
            let text = cause["message"].as_str().unwrap_or_default().to_owned();
            let always_fails = text.contains("program instantiation failed");
            refused.insert(place, Refusal { text, always_fails });
        }
        Ok(refused)
    }

    /// Makes a policy for the objects of a batch: its variables, and for each one a comparison.
    pub(super) async fn create(
        &self,
        batch: usize,
        expressions: &[&str],
        comparisons: &[String],
    ) -> anyhow::Result<()> {
        let mut validations: Vec<Value> = comparisons
            .iter()
            .enumerate()
            .map(|(place, comparison)| {
                let wanted = format!("object.want.v{place}");
                let expression = format!(
                    "!has({wanted}) || (has({wanted}.fails) ? [variables.v{place}].size() == 0 : {comparison})"
                );
                json!({ "expression": expression, "message": format!("v{place}") })
            })
            .collect();
        validations.push(json!({ "expression": "false", "message": MARKER }));
        let name = format!("p{batch}");
        let mut policy = policy(&name, &variables(expressions), &validations);
        policy["spec"]["matchConstraints"]["objectSelector"] =
            json!({ "matchLabels": { "batch": batch.to_string() } });
        let binding = json!({
            "apiVersion": VERSION,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": { "name": name },
            "spec": { "policyName": name, "validationActions": ["Warn"] },
        });
        for (path, object) in [(POLICIES, policy), (BINDINGS, binding)] {
            let answer = self.api.post(path, &object).await?;
            if answer.status != 201 {
                bail!("{path}: {}", answer.message());
            }
        }
        Ok(())
    }

    /// Puts an object before the policy of its batch, when that counts: what is said to each of its variables.
    pub(super) async fn judge(&self, object: &Value, count: usize) -> anyhow::Result<Vec<Word>> {
        let started = Instant::now();
        loop {
            let path = format!("/apis/{GROUP}/v1/namespaces/default/cases?dryRun=All");
            let kind = "application/json";
            let answer = self
                .api
                .send(Method::POST, &path, kind, Some(object))
                .await?;
            if answer.status != 201 {
                bail!("{}: {}", answer.status, answer.message());
            }
            let mut words = vec![Word::Agrees; count];
            let mut counts = false;
            for warning in &answer.warnings {
                let binding = warning.split_once("with binding '");
                let said = binding.and_then(|(_, rest)| rest.split_once("': "));
                let said = said.map_or(warning.as_str(), |(_, said)| said);
                if said == MARKER {
                    counts = true;
                    continue;
                }
                let (place, word) = read(said).with_context(|| format!("what is {warning}?"))?;
                *words.get_mut(place).context("a warning about nothing")? = word;
            }
            if counts {
                return Ok(words);
            }
            self.still_waiting(started, "a policy does not count")?;
            pause().await;
        }
    }
}

const VERSION: &str = "admissionregistration.k8s.io/v1";
const POLICIES: &str = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const BINDINGS: &str = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// `v3`, or an error of the validation that compares it.
fn read(said: &str) -> Option<(usize, Word)> {
    let number = |text: &str| {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text[..digits].parse().ok()
    };
    if let Some(rest) = said.strip_prefix('v') {
        return Some((number(rest)?, Word::Differs));
    }
    let (_, rest) = said.split_once("object.want.v")?;
    let error = rest
        .split_once("fails to evaluate: ")
        .map_or(rest, |(_, error)| error);
    Some((number(rest)?, Word::Fails(error.to_owned())))
}

fn variables(expressions: &[&str]) -> Vec<Value> {
    let variable = |(place, expression): (usize, &&str)| json!({ "name": format!("v{place}"), "expression": expression });
    expressions.iter().enumerate().map(variable).collect()
}

fn policy(name: &str, variables: &[Value], validations: &[Value]) -> Value {
    let rule = json!({
        "apiGroups": [GROUP], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["cases"],
    });
    json!({
        "apiVersion": VERSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": name },
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": { "resourceRules": [rule] },
            "variables": variables,
            "validations": validations,
        },
    })
}
