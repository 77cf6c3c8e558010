//! One policy for one shape: conditions, variables, the validation and its message.

use super::NotExportable;
use super::check::Known;
use super::constant::refuse_inert;
use super::document::{Condition, Rule, Spec, Validation, Variable};
use super::rewrite::{Place, Rewriter, Text};
use super::shape::POD_VARIABLES;
use super::sources::{MessageSource, Source, Sources};
use crate::catalogue::Policy;

/// Everything an admission policy says.
pub(super) fn spec(
    policy: &Policy,
    sources: &Sources,
    rewriter: &Rewriter<'_>,
) -> Result<Spec, NotExportable> {
    for when in &sources.when {
        refuse_inert(rewriter, when)?;
    }
    // Conditions before validations do not see the namespace.
    let (late, early): (Vec<&Source>, Vec<&Source>) = sources
        .when
        .iter()
        .partition(|when| sources.roots(when).contains("namespaceObject"));
    let holds = holds(sources, rewriter)?;
    let all = over_elements(sources, rewriter, &holds)?;
    let mut expression = all;
    for when in late.into_iter().rev() {
        let when = rewriter.rewrite(when, Place::Validation)?;
        expression = format!("{} ? ({expression}) : true", when.operand());
    }
    let message = message(sources, rewriter, &holds)?;
    let mut known = Known::new();
    let variables = variables(sources, rewriter, &mut known)?;
    let match_conditions = early.into_iter().enumerate().map(|(number, when)| {
        Ok(Condition {
            name: format!("when-{}", number + 1),
            expression: known.condition(rewriter.rewrite(when, Place::Condition)?.text)?,
        })
    });
    let validation = Validation {
        expression: known.condition(expression)?,
        message: match &sources.message {
            MessageSource::Fixed(text) => text.clone(),
            MessageSource::Expression(_) => policy.title.clone(),
        },
        message_expression: message.map(|text| known.text(text)).transpose()?,
    };
    Ok(Spec::new(
        rules(sources, rewriter),
        match_conditions.collect::<Result<_, _>>()?,
        variables,
        validation,
    ))
}

/// Whether one element is as it should be: where nobody can tell, it is let through.
fn holds(sources: &Sources, rewriter: &Rewriter<'_>) -> Result<Text, NotExportable> {
    let mut text = rewriter.rewrite(&sources.expression, Place::Validation)?;
    for (unknown, _) in sources.unknown.iter().rev() {
        let unknown = rewriter.rewrite(unknown, Place::Validation)?;
        text = Rewriter::text(format!("{} ? true : ({})", unknown.operand(), text.text))?;
    }
    Ok(text)
}

/// Whether all elements are.
fn over_elements(
    sources: &Sources,
    rewriter: &Rewriter<'_>,
    holds: &Text,
) -> Result<String, NotExportable> {
    let mut text = holds.text.clone();
    for (name, list) in sources.each.iter().rev() {
        let list = rewriter.rewrite(list, Place::Validation)?;
        text = format!("{}.all({name}, {text})", list.operand());
    }
    Ok(text)
}

/// The messages of the elements that are not, joined; none where the message is fixed.
fn message(
    sources: &Sources,
    rewriter: &Rewriter<'_>,
    holds: &Text,
) -> Result<Option<String>, NotExportable> {
    let MessageSource::Expression(source) = &sources.message else {
        return Ok(None);
    };
    let mut text = rewriter.rewrite(source, Place::Validation)?.text;
    if !sources.of_elements(source) {
        return Ok(Some(text));
    }
    for (number, (name, list)) in sources.each.iter().enumerate().rev() {
        let list = rewriter.rewrite(list, Place::Validation)?.operand();
        let innermost = number + 1 == sources.each.len();
        text = match innermost {
            true => format!(
                "{list}.map({name}, !{}, {text}).join(\"; \")",
                holds.operand()
            ),
            false => format!("{list}.map({name}, {text}).filter(text, text != \"\").join(\"; \")"),
        };
    }
    Ok(Some(text))
}

/// The variables that are read, each after those it reads itself.
fn variables(
    sources: &Sources,
    rewriter: &Rewriter<'_>,
    known: &mut Known,
) -> Result<Vec<Variable>, NotExportable> {
    // From the last to the first, so that what a variable reads is known to be used.
    let mut written = Vec::new();
    for (name, source) in sources.variables.iter().rev() {
        if rewriter.uses(name) {
            written.push((
                name.clone(),
                rewriter.rewrite(source, Place::Validation)?.text,
            ));
        }
    }
    let containers = rewriter.uses("containers") && rewriter.shape.pod_spec.is_some();
    for name in POD_VARIABLES.iter().rev() {
        if rewriter.uses(name) || (*name == "podSpec" && containers) {
            let text = rewriter.pod_variable(name, Place::Validation);
            written.push(((*name).to_owned(), text));
        }
    }
    written.reverse();
    written
        .into_iter()
        .map(|(name, expression)| {
            known.declare(&name, &expression)?;
            Ok(Variable { name, expression })
        })
        .collect()
}

/// What is shown to the policy.
fn rules(sources: &Sources, rewriter: &Rewriter<'_>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let debugged = sources.names("containers") || sources.names("ephemeralContainers");
    for kind in &rewriter.shape.kinds {
        let mut resources = vec![kind.plural.to_owned()];
        if kind.name == "Pod" && debugged {
            resources.push("pods/ephemeralcontainers".to_owned());
        }
        let same = |rule: &&mut Rule| rule.group() == kind.group && rule.version() == kind.version;
        match rules.iter_mut().find(same) {
            Some(rule) => rule.resources.extend(resources),
            None => rules.push(Rule::new(kind.group, kind.version, resources)),
        }
    }
    rules
}
