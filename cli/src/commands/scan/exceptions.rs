//! Exceptions of a scan: the file they stand in, and what is said of those that ended, cover nothing or are wrong.

use plimsoll_inventory::files::{Spot, locate};
use plimsoll_model::Verdict;
use plimsoll_policy::{
    Catalogue, ExceptionRule, Exceptions, Plan, Remark, RemarkKind, Session, read_rules,
};
use plimsoll_report::{Diagnostic, Excerpt};
use plimsoll_runtime::Clock;

use super::sources::FileTexts;
use crate::args::ScanArgs;
use crate::commands::catalogue;
use crate::commands::nearest::nearest;

/// The name of the file that is looked for.
const NAME: &str = "plimsoll.exceptions.yaml";

/// The file of exceptions, as it is called where it is mentioned.
#[derive(Debug, Default)]
pub(crate) struct RulesFile {
    name: String,
    text: String,
}

/// The exceptions in force, and the file they come from, if there is one; none when nothing is to be excepted.
///
/// # Errors
/// What is wrong with the file, ready to be shown.
pub(crate) fn load(
    args: &ScanArgs,
    catalogue: &Catalogue,
) -> Result<(Option<Exceptions>, RulesFile), Vec<Diagnostic>> {
    if args.exceptions.no_exceptions {
        return Ok((None, RulesFile::default()));
    }
    let now = Clock::machine().now();
    let found = args.exceptions.exceptions.clone().or_else(|| nearest(NAME));
    let Some(path) = found else {
        return Ok((Some(Exceptions::of_annotations(now)), RulesFile::default()));
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let message = format!("{name} cannot be read: {error}");
        vec![Diagnostic::error("exceptions", message)]
    })?;
    let rules = read_rules(&name, &text, catalogue).map_err(|errors| {
        let shown = |error| catalogue::placed("exceptions", error, &text);
        errors.iter().map(shown).collect::<Vec<_>>()
    })?;
    Ok((Some(Exceptions { rules, now }), RulesFile { name, text }))
}

/// What is to be said after a scan that read everything it was asked to.
pub(crate) fn diagnostics(
    plan: &Plan<'_>,
    session: &Session<'_>,
    file: &RulesFile,
    texts: Option<&FileTexts>,
) -> Vec<Diagnostic> {
    let Some(exceptions) = plan.exceptions() else {
        return Vec::new();
    };
    let remarks = session.exceptions.remarks();
    let mut all: Vec<Diagnostic> = remarks.map(|remark| about(remark, texts)).collect();
    for (number, rule) in exceptions.rules.iter().enumerate() {
        let covers = session.exceptions.covers(number);
        let ended = rule.excepted.until.is_some_and(|end| end <= exceptions.now);
        all.extend(match (covers, ended) {
            (true, true) => Some(rule_ended(rule, file)),
            (false, _) if is_decided(plan, session, rule) => Some(rule_unused(rule, file)),
            _ => None,
        });
    }
    all
}

/// Whether the rule's policy ran, and was evaluated on everything: only then nobody can need the rule.
fn is_decided(plan: &Plan<'_>, session: &Session<'_>, rule: &ExceptionRule) -> bool {
    let policies = &plan.catalogue().policies;
    let index = policies.iter().position(|policy| policy.id == rule.policy);
    let runs = plan.policies().any(|policy| policy.id == rule.policy);
    runs && index.is_some_and(|index| {
        let counts = session.tally.policy(index);
        counts.of(Verdict::NotEvaluated) == 0
    })
}

fn rule_ended(rule: &ExceptionRule, file: &RulesFile) -> Diagnostic {
    let end = rule.excepted.until.map(|end| end.strftime("%-d %b %Y"));
    let end = end.map(|end| end.to_string()).unwrap_or_default();
    let message = format!("the exception of {} ended on {end}", rule.policy);
    let warning = Diagnostic::warning("exception-ended", message);
    at(warning, rule, file, "what it covers counts again")
        .help("mend what it covers, or have the exception approved anew")
}

fn rule_unused(rule: &ExceptionRule, file: &RulesFile) -> Diagnostic {
    let message = "an exception covers nothing that fails";
    let warning = Diagnostic::warning("exception-unused", message);
    at(warning, rule, file, "nothing of this policy fails there").help("take it out of the file")
}

fn at(warning: Diagnostic, rule: &ExceptionRule, file: &RulesFile, label: &str) -> Diagnostic {
    let length = rule.policy.as_str().chars().count() as u32;
    let excerpt = Excerpt::of(&file.text, rule.place.0, length, label);
    warning
        .at(file.name.as_str(), Some(rule.place))
        .showing(excerpt)
}

/// A remark on an annotation, at its line where there is one.
fn about(remark: &Remark, texts: Option<&FileTexts>) -> Diagnostic {
    let (code, label, effect) = match remark.kind {
        RemarkKind::Mistake => ("exception-mistake", "here", Some("the finding counts")),
        RemarkKind::Ended => (
            "exception-ended",
            "it has ended",
            Some("the finding counts again"),
        ),
        RemarkKind::Unused => ("exception-unused", "it can go", None),
    };
    let place = remark
        .source
        .as_ref()
        .zip(texts)
        .and_then(|(source, texts)| {
            let text = texts.read(&source.file)?;
            let spot = Spot {
                document: source.document,
                item: source.item,
                path: &remark.path,
            };
            Some((source, locate(&source.file, &text, &spot)?, text))
        });
    let mut warning = match place {
        Some((source, place, text)) => {
            let length = place.end_column.saturating_sub(place.column);
            Diagnostic::warning(code, remark.message.clone())
                .at(source.file.as_ref(), Some((place.line, place.column)))
                .showing(Excerpt::of(&text, place.line, length, label))
        }
        None => Diagnostic::warning(code, format!("{}: {}", remark.resource, remark.message)),
    };
    if let Some(effect) = effect {
        warning = warning.effect(effect);
    }
    match &remark.help {
        Some(help) => warning.help(help.clone()),
        None => warning,
    }
}
