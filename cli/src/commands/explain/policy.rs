//! All there is to know of one policy, so that a reader needs no other page.

use std::io;

use plimsoll_policy::{Catalogue, Policy, Rule, kinds};

use super::layout::Page;
use super::{around, example, layout};

/// Writes it.
pub(super) fn explain(
    page: &mut Page<'_>,
    catalogue: &Catalogue,
    policy: &Policy,
) -> io::Result<()> {
    let rule = policy.rule().unwrap_or_default();
    let head = format!("{}: {}", policy.id, policy.title);
    let standing = format!("{}, {}", policy.severity, policy.lifecycle.as_str());
    writeln!(page.out, "{head:<67} {standing}")?;
    page.text("about", &about(policy, &rule))?;
    page.text(
        "points at",
        &rule
            .paths
            .iter()
            .filter(|path| !path.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
    )?;
    decides(page, policy, &rule)?;
    page.text("why", &policy.why)?;
    fix(page, policy)?;
    page.text("needs", &around::needs(policy, &rule))?;
    for (name, what) in &rule.facts {
        page.text("", &format!("{name}: {}", lowered(what)))?;
    }
    around::unknown(page, policy, &rule)?;
    for parameter in &policy.params {
        let about = format!(
            "{}: {}; default {}. {}",
            parameter.name,
            parameter.holds(),
            example::flow(&parameter.default),
            parameter.description
        );
        page.text("may set", about.trim_end_matches([' ', '.']))?;
    }
    let label = |number: usize, label: &'static str| if number == 0 { label } else { "" };
    for (number, control) in controls(catalogue, policy).iter().enumerate() {
        page.text(label(number, "counts"), control)?;
    }
    page.text("peers", &peers(policy))?;
    page.text("note", policy.note.as_deref().unwrap_or(""))?;
    example::write(page, catalogue, policy)?;
    around::except(page, policy)?;
    page.text("file", if policy.own { &policy.file } else { "" })
}

/// What it judges.
fn about(policy: &Policy, rule: &Rule) -> String {
    let mut kinds: Vec<String> = policy.kinds_written.clone();
    for kind in &mut kinds {
        match kind.as_str() {
            "Workload" => {
                let all: Vec<&str> = policy
                    .kinds
                    .iter()
                    .map(String::as_str)
                    .filter(|kind| kinds_with_pods(kind))
                    .collect();
                *kind = format!("everything with a pod template ({})", all.join(", "));
            }
            "Cluster" => "the cluster as a whole".clone_into(kind),
            _ => {}
        }
    }
    let mut about = kinds.join(", ");
    if let Some((name, _)) = rule.each.last() {
        about.push_str(&format!("; each {name} gets a verdict of its own"));
    }
    about
}

fn kinds_with_pods(kind: &str) -> bool {
    kinds::pod_spec_keys(kind).is_some()
}

/// How it decides: each part of the rule on lines of its own.
fn decides(page: &mut Page<'_>, policy: &Policy, rule: &Rule) -> io::Result<()> {
    for condition in &rule.when {
        page.code("only if", condition)?;
    }
    for (name, list) in &rule.each {
        page.code("each", &format!("{name} in {list}"))?;
    }
    let fails = match negated(policy.expression()) {
        Some(fault) => format!("if {fault}"),
        None => format!("unless {}", policy.expression()),
    };
    page.code("fails", &fails)?;
    for (name, expression) in &rule.variables {
        page.code("where", &format!("variables.{name} = {expression}"))?;
    }
    for (name, keys) in STANDARD {
        let named = format!("variables.{name}");
        let parts = rule
            .each
            .iter()
            .map(|(_, list)| list)
            .chain(&rule.when)
            .chain(rule.variables.iter().map(|(_, part)| part));
        if parts
            .chain([&rule.expression])
            .any(|part| part.contains(&named))
        {
            page.text("where", &format!("{named} is {keys}"))?;
        }
    }
    Ok(())
}

/// What a condition denies as a whole: of `!(a && b)` it is `a && b`, and nothing of `!a && b`.
fn negated(condition: &str) -> Option<&str> {
    let denied = condition.trim().strip_prefix('!')?;
    if denied.starts_with('(') {
        let inner = denied.strip_prefix('(')?.strip_suffix(')')?;
        return layout::is_closed(inner).then_some(inner);
    }
    layout::is_one(denied).then_some(denied)
}

/// What every policy may read, in words.
const STANDARD: [(&str, &str); 3] = [
    ("podSpec", "the pod's spec, wherever the kind keeps it"),
    (
        "podMetadata",
        "the pod's metadata, wherever the kind keeps it",
    ),
    (
        "containers",
        "all containers of the pod, init and ephemeral ones included",
    ),
];

fn fix(page: &mut Page<'_>, policy: &Policy) -> io::Result<()> {
    page.text("fix", &policy.fix)?;
    let (steps, who) = match &policy.sketch {
        Some(sketch) => (
            &sketch.patch,
            format!(
                "for you to weigh; plimsoll fix does not make it: {}",
                sketch.risk
            ),
        ),
        None if policy.patch.is_empty() => return Ok(()),
        None => (&policy.patch, "made by plimsoll fix".to_owned()),
    };
    page.text("patch", &who)?;
    page.lines("", &example::patch(steps))
}

/// The controls that it is evidence for, with their titles.
fn controls(catalogue: &Catalogue, policy: &Policy) -> Vec<String> {
    let title = |control: &String| {
        let (framework, id) = control.split_once('/')?;
        let framework = catalogue.framework(framework)?;
        let known = framework.controls.iter().find(|known| known.id == id)?;
        Some(format!("{} {id}: {}", framework.title, known.title))
    };
    policy.controls.iter().filter_map(title).collect()
}

fn peers(policy: &Policy) -> String {
    let named = policy.peers.iter().map(|(tool, ids)| {
        let mut letters = tool.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        format!("{name} {}", ids.join(" "))
    });
    named.collect::<Vec<_>>().join(" · ")
}

/// A sentence inside another one.
fn lowered(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::negated;

    #[test]
    fn only_what_is_denied_as_a_whole_is_turned_round() {
        for (condition, fault) in [
            ("!(a && b)", Some("a && b")),
            ("!(a) && !(b)", None),
            ("!a.exists(x, x == 1)", Some("a.exists(x, x == 1)")),
            ("!a && b", None),
            ("!(a in [\")\"])", Some("a in [\")\"]")),
            ("a", None),
        ] {
            assert_eq!(negated(condition), fault, "{condition}");
        }
    }
}
