//! Duties that go round, and hours of work.

use std::collections::BTreeMap;

use jiff::civil::Time;

use super::parts::name;
use super::read::Names;
use super::reader::{Fields, Mistakes};
use super::tree::{At, Node};
use super::{Person, Rotation, Schedule, destinations};
use crate::clock::{DAYS, Hours, WeekTime, parse_time};

pub(super) fn schedules(
    node: Option<&Node>,
    people: &BTreeMap<String, Person>,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, Schedule> {
    let mut schedules = BTreeMap::new();
    let Some(node) = node else { return schedules };
    let names = Names {
        people: people.clone(),
        ..Names::default()
    };
    for (key, node) in mistakes.entries(node) {
        name(&key.name, key.at, mistakes);
        let fields = mistakes.fields(node, "a schedule", &["members", "rotate", "handover"]);
        let members: Vec<Person> = match fields.get("members") {
            Some(node) => {
                let nodes = mistakes.list(node, "`members`");
                nodes
                    .iter()
                    .filter_map(|node| destinations::person(node, &names, mistakes))
                    .collect()
            }
            None => {
                mistakes.add(key.at, format!("schedule `{}` has no members", key.name));
                Vec::new()
            }
        };
        // A schedule with a mistake still has its name, lest every use of it be called a mistake as well.
        let rotate = rotation(&fields, key.at, mistakes).unwrap_or(Rotation::Daily {
            handover: Time::midnight(),
        });
        let schedule = Schedule {
            name: key.name.clone(),
            members,
            rotate,
        };
        schedules.insert(key.name.clone(), schedule);
    }
    schedules
}

fn rotation(fields: &Fields<'_>, at: At, mistakes: &mut Mistakes) -> Option<Rotation> {
    let weekly = match fields.get("rotate") {
        Some(node) => mistakes.word(node, "rotation", &[("daily", false), ("weekly", true)])?,
        None => {
            mistakes.add_help(at, "`rotate` is missing", "daily or weekly");
            return None;
        }
    };
    let example = if weekly { "'Mon 09:00'" } else { "'09:00'" };
    let Some(node) = fields.get("handover") else {
        mistakes.add_help(at, "`handover` is missing", format!("a time as {example}"));
        return None;
    };
    let text = mistakes.text(node)?;
    let rotation = if weekly {
        WeekTime::parse(text).map(|handover| Rotation::Weekly { handover })
    } else {
        parse_time(text).map(|handover| Rotation::Daily { handover })
    };
    if rotation.is_none() {
        mistakes.add_help(
            node.at,
            format!("`{text}` is not a time of hand-over"),
            format!("a time as {example}"),
        );
    }
    rotation
}

pub(super) fn hours(node: Option<&Node>, mistakes: &mut Mistakes) -> BTreeMap<String, Hours> {
    let mut all = BTreeMap::new();
    let Some(node) = node else { return all };
    for (key, node) in mistakes.entries(node) {
        name(&key.name, key.at, mistakes);
        let fields = mistakes.fields(node, "hours", &["days", "from", "to"]);
        let mut days = Vec::new();
        match fields.get("days") {
            Some(node) => {
                for node in mistakes.list(node, "`days`") {
                    days.extend(mistakes.word(node, "day", &DAYS));
                }
            }
            None => mistakes.add_help(key.at, "`days` is missing", "[mon, tue, wed, thu, fri]"),
        }
        let time = |field: &str, mistakes: &mut Mistakes| {
            let Some(node) = fields.get(field) else {
                mistakes.add_help(key.at, format!("`{field}` is missing"), "a time as '09:00'");
                return None;
            };
            let text = mistakes.text(node)?;
            let time = parse_time(text);
            if time.is_none() {
                mistakes.add_help(
                    node.at,
                    format!("`{text}` is not a time of day"),
                    "00:00 to 23:59, quoted: '09:00'",
                );
            }
            time
        };
        let (from, to) = (time("from", mistakes), time("to", mistakes));
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) if from >= to => {
                mistakes.add_help(
                    key.at,
                    format!("`{}` never begins: `to` must be after `from`", key.name),
                    "hours over midnight are not supported yet",
                );
                (None, None)
            }
            times => times,
        };
        let from = from.unwrap_or(Time::midnight());
        // Hours with a mistake still have their name, lest every use of it be called a mistake as well.
        all.insert(
            key.name.clone(),
            Hours::new(&days, from, to.unwrap_or(Time::MAX)),
        );
    }
    all
}
