//! The document as a whole: its sections, and what they refer to in each other.

use std::collections::BTreeMap;

use super::reader::Mistakes;
use super::tree::{At, Node};
use super::{
    DocumentError, EscalationPolicy, NamedPolicy, Person, Schedule, chains, duties, parts, routes,
    tree,
};
use crate::clock::Hours;

/// What names can refer to.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) people: BTreeMap<String, Person>,
    pub(super) schedules: BTreeMap<String, Schedule>,
    pub(super) hours: BTreeMap<String, Hours>,
}

const SECTIONS: [&str; 11] = [
    "version",
    "timezone",
    "stages",
    "people",
    "schedules",
    "hours",
    "route",
    "policies",
    "deadlines",
    "remediation",
    "summary",
];

pub(super) fn document(text: &str) -> Result<EscalationPolicy, Vec<DocumentError>> {
    let root = tree::read(text).map_err(|error| vec![error])?;
    let mut mistakes = Mistakes::default();
    let fields = mistakes.fields(&root, "an escalation policy", &SECTIONS);
    version(fields.get("version"), fields.at, &mut mistakes);
    let timezone = parts::timezone(fields.get("timezone"), fields.at, &mut mistakes);
    let stages = parts::stages(fields.get("stages"), &mut mistakes);
    let mut names = Names {
        people: parts::people(fields.get("people"), &mut mistakes),
        hours: duties::hours(fields.get("hours"), &mut mistakes),
        ..Names::default()
    };
    names.schedules = duties::schedules(fields.get("schedules"), &names.people, &mut mistakes);
    let policies: BTreeMap<String, NamedPolicy> =
        chains::policies(fields.get("policies"), &names, &mut mistakes);
    let route = routes::root(
        fields.get("route"),
        fields.at,
        &routes::Context {
            names: &names,
            policies: &policies,
        },
        &mut mistakes,
    );
    let deadlines = parts::deadlines(fields.get("deadlines"), &mut mistakes);
    let remediation = parts::remediation(fields.get("remediation"), &mut mistakes);
    let summary = fields
        .get("summary")
        .and_then(|node| parts::summary(node, &names, &mut mistakes));
    let mut errors = mistakes.0;
    if !errors.is_empty() {
        errors.sort_by_key(|error| (error.line, error.column));
        return Err(errors);
    }
    Ok(EscalationPolicy {
        timezone,
        stages,
        people: names.people,
        schedules: names.schedules,
        hours: names.hours,
        route,
        policies,
        deadlines,
        remediation,
        summary,
    })
}

fn version(node: Option<&Node>, at: At, mistakes: &mut Mistakes) {
    match node {
        None => mistakes.add_help(at, "`version` is missing", "begin with `version: 1`"),
        Some(node) => match &node.value {
            tree::Value::Number(number) if number == "1" => {}
            _ => mistakes.add_help(
                node.at,
                "this version of the document is not known",
                "write `version: 1`",
            ),
        },
    }
}
