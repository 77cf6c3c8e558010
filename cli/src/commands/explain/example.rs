//! A policy's own cases as examples: one that fails, with what is said of it, and one that passes.

use plimsoll_model::{Judgement, Verdict};
use plimsoll_policy::cases::{Case, judgements};
use plimsoll_policy::{Catalogue, Policy};
use serde_json::Value;

use super::layout::Page;

/// Writes them, if the policy has cases.
pub(super) fn write(
    page: &mut Page<'_>,
    catalogue: &Catalogue,
    policy: &Policy,
) -> std::io::Result<()> {
    let cases = policy.read_cases().unwrap_or_default();
    if let Some(case) = plainest(&cases, Verdict::Fail) {
        page.text("fails so", &title(case))?;
        page.lines("", &lines(case))?;
        let all = judgements(catalogue, policy.id.as_str(), case, &case.objects());
        for said in all.iter().filter(|one| one.verdict == Verdict::Fail) {
            page.text("", &finding(said))?;
        }
    }
    if let Some(case) = plainest(&cases, Verdict::Pass) {
        page.text("passes", &title(case))?;
        page.lines("", &lines(case))?;
    }
    Ok(())
}

/// Lines that an example may have without another being sought.
const SHORT: usize = 16;

/// The first case with that verdict that needs the fewest words beside it and is short; else the shortest of them.
fn plainest(cases: &[Case], verdict: Verdict) -> Option<&Case> {
    let fuss = |case: &Case| {
        let others = case.also.len() + case.params.len() + case.without.len();
        others + usize::from(case.cluster.version.is_some() || case.cluster.git_version.is_some())
    };
    let length = |case: &Case| match lines(case).len() {
        0..=SHORT => 0,
        long => long,
    };
    let right = cases.iter().filter(|case| case.expect == verdict);
    right.min_by_key(|case| (fuss(case), length(case)))
}

fn title(case: &Case) -> String {
    let mut title = case.name.clone();
    for (name, value) in &case.params {
        title.push_str(&format!("; {name} is {value}"));
    }
    let versions = [&case.cluster.version, &case.cluster.git_version];
    for version in versions.into_iter().flatten() {
        title.push_str(&format!("; Kubernetes {version}"));
    }
    title
}

/// The finding that the example gives.
fn finding(said: &Judgement) -> String {
    format!("→ {}: {}", said.paths.join(", "), said.message)
}

/// The objects of a case as YAML, each with its kind first.
fn lines(case: &Case) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, object) in [&case.given].into_iter().chain(&case.also).enumerate() {
        if number > 0 {
            lines.push("  ---".to_owned());
        }
        let text = serde_saphyr::to_string(object).unwrap_or_else(|_| object.to_string());
        lines.extend(text.lines().map(|line| format!("  {line}")));
    }
    lines
}

/// Steps of a patch as YAML, a line each.
pub(super) fn patch(steps: &[plimsoll_policy::PatchOp]) -> Vec<String> {
    let line = |step: &plimsoll_policy::PatchOp| {
        let value = step
            .value
            .as_ref()
            .map(|value| format!(", value: {}", flow(value)));
        format!(
            "  - {{ op: {}, path: {}{} }}",
            step.op,
            word(&step.path),
            value.unwrap_or_default()
        )
    };
    steps.iter().map(line).collect()
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", word(key), flow(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// A text without quotes where YAML reads it as the same text.
fn word(text: &str) -> String {
    let plain = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/-.~".contains(letter))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_ascii_lowercase().as_str());
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
