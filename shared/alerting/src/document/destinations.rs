//! Whom to tell: Slack channels and users, addresses, people, schedules.

use super::read::Names;
use super::reader::Mistakes;
use super::tree::{Node, Value};
use super::{Person, Target};

/// `#name` as Slack allows it (at most 80 letters, no capitals, no spaces), or a channel's id.
pub(super) fn slack_channel(node: &Node, mistakes: &mut Mistakes) -> Option<String> {
    let text = mistakes.text(node)?;
    let name_ok = text.strip_prefix('#').is_some_and(|name| {
        (1..=80).contains(&name.chars().count())
            && name
                .chars()
                .all(|c| matches!(c, '-' | '_') || (c.is_alphanumeric() && !c.is_uppercase()))
    });
    if name_ok || is_id(text, &['C', 'G', 'D', 'U', 'W']) {
        return Some(text.to_owned());
    }
    mistakes.add_help(
        node.at,
        format!("`{text}` is not a Slack channel"),
        "a channel as '#security' (quoted, since # begins a comment) or its id as C0123ABCD",
    );
    None
}

/// A user's id: `U…` or `W…`.
pub(super) fn slack_user(node: &Node, mistakes: &mut Mistakes) -> Option<String> {
    let text = mistakes.text(node)?;
    if is_id(text, &['U', 'W']) {
        return Some(text.to_owned());
    }
    mistakes.add_help(
        node.at,
        format!("`{text}` is not a Slack member id"),
        "the id from the person's profile (Copy member ID), such as U07ANA",
    );
    None
}

fn is_id(text: &str, prefixes: &[char]) -> bool {
    text.starts_with(prefixes)
        && (3..=24).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// An address. This is a check for slips, not the grammar of RFC 5322; nothing in it can end a header.
pub(super) fn email(node: &Node, mistakes: &mut Mistakes) -> Option<String> {
    let text = mistakes.text(node)?;
    let well_formed = text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with(['.', '-'])
                && !domain.ends_with(['.', '-'])
                && domain
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
                && local
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
        });
    if well_formed {
        return Some(text.to_owned());
    }
    mistakes.add(node.at, format!("`{text}` is not an e-mail address"));
    None
}

/// `{ slack: '#security', email: [..], person: ana, schedule: on-call }`, each a value or a list of them.
pub(super) fn notify(node: &Node, names: &Names, mistakes: &mut Mistakes) -> Vec<Target> {
    let fields = mistakes.fields(node, "notify", &["slack", "email", "person", "schedule"]);
    let mut targets = Vec::new();
    for node in each(fields.get("slack"), "slack", mistakes) {
        targets.extend(slack_channel(node, mistakes).map(Target::Slack));
    }
    for node in each(fields.get("email"), "email", mistakes) {
        targets.extend(email(node, mistakes).map(Target::Email));
    }
    for node in each(fields.get("person"), "person", mistakes) {
        targets.extend(person(node, names, mistakes).map(Target::Person));
    }
    for node in each(fields.get("schedule"), "schedule", mistakes) {
        let Some(name) = mistakes.text(node) else {
            continue;
        };
        match names.schedules.get(name) {
            Some(schedule) => targets.push(Target::Schedule(schedule.clone())),
            None => mistakes.unknown(
                node.at,
                "schedule",
                name,
                names.schedules.keys().map(String::as_str),
            ),
        }
    }
    if matches!(&node.value, Value::Null)
        || matches!(&node.value, Value::Map(map) if map.is_empty())
    {
        mistakes.add_help(
            node.at,
            "this step tells nobody",
            "add slack, email, person or schedule",
        );
    }
    targets
}

fn each<'t>(node: Option<&'t Node>, what: &str, mistakes: &mut Mistakes) -> &'t [Node] {
    node.map_or(&[], |node| mistakes.one_or_more(node, what))
}

/// A person by name.
pub(super) fn person(node: &Node, names: &Names, mistakes: &mut Mistakes) -> Option<Person> {
    let name = mistakes.text(node)?;
    let found = names.people.get(name).cloned();
    if found.is_none() {
        mistakes.unknown(
            node.at,
            "person",
            name,
            names.people.keys().map(String::as_str),
        );
    }
    found
}

/// A recipient of the summary: an address, a Slack channel, or a person's name.
pub(super) fn recipient(node: &Node, names: &Names, mistakes: &mut Mistakes) -> Option<Target> {
    let text = mistakes.text(node)?;
    if text.contains('@') {
        email(node, mistakes).map(Target::Email)
    } else if text.starts_with('#') {
        slack_channel(node, mistakes).map(Target::Slack)
    } else {
        person(node, names, mistakes).map(Target::Person)
    }
}
