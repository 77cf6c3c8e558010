//! The sections without steps: time zone, stages, people, deadlines, help, summary.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use plimsoll_model::{Severity, Stage};

use super::read::Names;
use super::reader::Mistakes;
use super::tree::{At, Node};
use super::{Person, Remediation, StageRule, Summary, destinations, routes};
use crate::clock::WeekTime;
use crate::lapse::Lapse;

pub(super) fn severities() -> Vec<(&'static str, Severity)> {
    Severity::ALL.map(|s| (s.as_str(), s)).to_vec()
}

pub(super) fn stage_words() -> Vec<(&'static str, Stage)> {
    Stage::ALL.map(|s| (s.as_str(), s)).to_vec()
}

pub(super) fn timezone(node: Option<&Node>, at: At, mistakes: &mut Mistakes) -> String {
    let Some(node) = node else {
        mistakes.add_help(
            at,
            "`timezone` is missing",
            "an IANA name such as Europe/Berlin",
        );
        return String::new();
    };
    let Some(name) = mistakes.text(node) else {
        return String::new();
    };
    if TimeZone::get(name).is_err() {
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .collect();
        match super::error::nearest(name, known.iter().map(String::as_str)) {
            Some(near) => mistakes.add_help(
                node.at,
                format!("there is no time zone `{name}`"),
                format!("did you mean `{near}`?"),
            ),
            None => mistakes.add_help(
                node.at,
                format!("there is no time zone `{name}`"),
                "an IANA name such as Europe/Berlin",
            ),
        }
    }
    name.to_owned()
}

pub(super) fn stages(node: Option<&Node>, mistakes: &mut Mistakes) -> Vec<StageRule> {
    let Some(node) = node else { return Vec::new() };
    let mut rules = Vec::new();
    let mut takes_all: Option<u32> = None;
    for item in mistakes.list(node, "`stages`") {
        if let Some(line) = takes_all {
            mistakes.add(
                item.at,
                format!("this rule can never match: the one in line {line} takes every cluster"),
            );
        }
        let fields = mistakes.fields(item, "a stage rule", &["match", "stage"]);
        let Some(stage) = fields.get("stage") else {
            mistakes.add(item.at, "this rule names no `stage`");
            continue;
        };
        let stage = mistakes.word(stage, "stage", &stage_words());
        let mut rule = StageRule {
            tags: BTreeMap::new(),
            cluster: Vec::new(),
            stage: stage.unwrap_or(Stage::Prod),
        };
        match fields.get("match") {
            None => takes_all = Some(item.at.line),
            Some(node) => {
                let fields = mistakes.fields(node, "a stage rule's match", &["tags", "cluster"]);
                rule.tags = routes::tags(fields.get("tags"), mistakes);
                rule.cluster = routes::patterns(fields.get("cluster"), "`cluster`", mistakes);
                if fields.get("tags").is_none() && fields.get("cluster").is_none() {
                    mistakes.add_help(
                        node.at,
                        "this match says nothing",
                        "leave `match` out to take every cluster",
                    );
                }
            }
        }
        rules.push(rule);
    }
    rules
}

pub(super) fn people(node: Option<&Node>, mistakes: &mut Mistakes) -> BTreeMap<String, Person> {
    let mut people = BTreeMap::new();
    let Some(node) = node else { return people };
    for (key, node) in mistakes.entries(node) {
        name(&key.name, key.at, mistakes);
        let fields = mistakes.fields(node, "a person", &["slack", "email"]);
        if fields.get("slack").is_none() && fields.get("email").is_none() {
            mistakes.add_help(
                key.at,
                format!("`{}` cannot be told anything", key.name),
                "add slack or email",
            );
        }
        let person = Person {
            name: key.name.clone(),
            slack: fields
                .get("slack")
                .and_then(|node| destinations::slack_user(node, mistakes)),
            email: fields
                .get("email")
                .and_then(|node| destinations::email(node, mistakes)),
        };
        people.insert(key.name.clone(), person);
    }
    people
}

/// Names of people, schedules, hours and policies: short, and not to be taken for an address or a channel.
pub(super) fn name(name: &str, at: At, mistakes: &mut Mistakes) {
    let ok = (1..=64).contains(&name.chars().count())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '));
    if !ok {
        mistakes.add_help(
            at,
            format!("`{name}` cannot be a name here"),
            "1 to 64 letters, digits, spaces, - _ .",
        );
    }
}

pub(super) fn deadlines(
    node: Option<&Node>,
    mistakes: &mut Mistakes,
) -> BTreeMap<Severity, BTreeMap<Stage, Lapse>> {
    let mut deadlines = BTreeMap::new();
    let Some(node) = node else { return deadlines };
    for (severity, node) in by_word(node, "severity", &severities(), mistakes) {
        let stages = by_word(node, "stage", &stage_words(), mistakes)
            .into_iter()
            .filter_map(|(stage, node)| mistakes.lapse(node).map(|lapse| (stage, lapse)))
            .collect();
        deadlines.insert(severity, stages);
    }
    deadlines
}

/// The entries of a mapping whose keys are words of a fixed set.
pub(super) fn by_word<'t, T: Copy>(
    node: &'t Node,
    what: &str,
    words: &[(&str, T)],
    mistakes: &mut Mistakes,
) -> Vec<(T, &'t Node)> {
    let mut found = Vec::new();
    for (key, node) in mistakes.entries(node) {
        match words.iter().find(|(word, _)| *word == key.name) {
            Some((_, value)) => found.push((*value, node)),
            None => mistakes.unknown(key.at, what, &key.name, words.iter().map(|(w, _)| *w)),
        }
    }
    found
}

pub(super) fn remediation(
    node: Option<&Node>,
    mistakes: &mut Mistakes,
) -> BTreeMap<Stage, Remediation> {
    let mut by_stage = BTreeMap::new();
    let Some(node) = node else { return by_stage };
    for (stage, node) in by_word(node, "stage", &stage_words(), mistakes) {
        let words = [
            ("notify", Some(Remediation::Notify)),
            ("guided", Some(Remediation::Guided)),
            ("approved", None),
            ("automatic", None),
        ];
        match mistakes.word(node, "remediation mode", &words) {
            Some(Some(mode)) => {
                by_stage.insert(stage, mode);
            }
            Some(None) => mistakes.add_help(
                node.at,
                "this remediation mode is not supported yet",
                "notify or guided",
            ),
            None => {}
        }
    }
    by_stage
}

pub(super) fn summary(node: &Node, names: &Names, mistakes: &mut Mistakes) -> Option<Summary> {
    let fields = mistakes.fields(node, "the summary", &["to", "at"]);
    let mut to = Vec::new();
    match fields.get("to") {
        Some(node) => {
            for node in mistakes.one_or_more(node, "`to`") {
                to.extend(destinations::recipient(node, names, mistakes));
            }
        }
        None => mistakes.add(node.at, "the summary goes to nobody: `to` is missing"),
    }
    let at = fields.get("at").map_or_else(
        || WeekTime::parse("Mon 08:00"),
        |node| {
            let text = mistakes.text(node)?;
            let at = WeekTime::parse(text);
            if at.is_none() {
                mistakes.add_help(
                    node.at,
                    format!("`{text}` is not a time of the week"),
                    "a day and a time as 'Mon 08:00'",
                );
            }
            at
        },
    )?;
    Some(Summary { to, at })
}
