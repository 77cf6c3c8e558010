//! The named policies: steps, repeat, acknowledgement, quiet hours.

use std::collections::BTreeMap;

use plimsoll_model::Severity;

use super::read::Names;
use super::reader::Mistakes;
use super::tree::{At, Node};
use super::{NamedPolicy, Quiet, Step, destinations, parts};
use crate::lapse::Lapse;

/// Most steps of one policy; more than anybody can follow at night.
const MAX_STEPS: usize = 20;

pub(super) fn policies(
    node: Option<&Node>,
    names: &Names,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, NamedPolicy> {
    let mut policies = BTreeMap::new();
    let Some(node) = node else { return policies };
    for (key, node) in mistakes.entries(node) {
        parts::name(&key.name, key.at, mistakes);
        let fields = mistakes.fields(
            node,
            "a policy",
            &["steps", "repeat", "acknowledgement", "quiet"],
        );
        let steps = match fields.get("steps") {
            Some(node) => steps(node, names, mistakes),
            None => {
                mistakes.add_help(
                    key.at,
                    format!("policy `{}` has no `steps`", key.name),
                    "`steps: []` tells nobody before the weekly summary",
                );
                Vec::new()
            }
        };
        let silent = steps.is_empty();
        let policy = NamedPolicy {
            steps,
            repeat: fields.get("repeat").and_then(|node| mistakes.lapse(node)),
            times_out: acknowledgement(fields.get("acknowledgement"), mistakes).unwrap_or_default(),
            quiet: quiet(fields.get("quiet"), names, mistakes),
        };
        let stated_silent = fields
            .get("steps")
            .is_some_and(|node| matches!(&node.value, super::tree::Value::List(l) if l.is_empty()));
        if silent && stated_silent {
            for field in ["repeat", "acknowledgement", "quiet"] {
                if let Some(key) = fields.key(field) {
                    never_runs(
                        key.at,
                        &format!("`{field}` has no effect without steps"),
                        mistakes,
                    );
                }
            }
        }
        policies.insert(key.name.clone(), policy);
    }
    policies
}

fn never_runs(at: At, message: &str, mistakes: &mut Mistakes) {
    mistakes.add_help(at, message, "add a step with `notify`, or take this out");
}

fn steps(node: &Node, names: &Names, mistakes: &mut Mistakes) -> Vec<Step> {
    // An empty list is a policy that tells nobody: allowed here and nowhere else.
    let super::tree::Value::List(items) = &node.value else {
        mistakes.list(node, "`steps`");
        return Vec::new();
    };
    if let Some(item) = items.get(MAX_STEPS) {
        mistakes.add(item.at, format!("a policy has at most {MAX_STEPS} steps"));
    }
    let mut steps = Vec::new();
    for item in items {
        let fields = mistakes.fields(item, "a step", &["notify", "wait"]);
        match (fields.get("notify"), fields.get("wait")) {
            (Some(notify), None) => {
                steps.push(Step::Notify(destinations::notify(notify, names, mistakes)));
            }
            (None, Some(wait)) => {
                steps.extend(mistakes.lapse(wait).map(Step::Wait));
                if items.last().is_some_and(|last| std::ptr::eq(last, item)) {
                    mistakes.add_help(
                        item.at,
                        "nothing follows this wait, so it never ends in anything",
                        "add a step with `notify`, or use `repeat`",
                    );
                }
            }
            (Some(_), Some(_)) => mistakes.add_help(
                item.at,
                "a step either notifies or waits",
                "write two steps",
            ),
            (None, None) => mistakes.add_help(
                item.at,
                "this step does nothing",
                "`notify: …` or `wait: …`",
            ),
        }
    }
    steps
}

/// `acknowledgement: { times_out: { critical: 3d } }`.
pub(super) fn acknowledgement(
    node: Option<&Node>,
    mistakes: &mut Mistakes,
) -> Option<BTreeMap<Severity, Lapse>> {
    let fields = mistakes.fields(node?, "acknowledgement", &["times_out"]);
    let Some(node) = fields.get("times_out") else {
        mistakes.add(fields.at, "this says nothing: `times_out` is missing");
        return None;
    };
    Some(
        parts::by_word(node, "severity", &parts::severities(), mistakes)
            .into_iter()
            .filter_map(|(severity, node)| mistakes.lapse(node).map(|lapse| (severity, lapse)))
            .collect(),
    )
}

/// `quiet: { outside: office, hold: [medium, low] }`.
pub(super) fn quiet(node: Option<&Node>, names: &Names, mistakes: &mut Mistakes) -> Option<Quiet> {
    let node = node?;
    let fields = mistakes.fields(node, "quiet", &["outside", "hold"]);
    let mut hold = Vec::new();
    match fields.get("hold") {
        Some(node) => {
            for node in mistakes.list(node, "`hold`") {
                hold.extend(mistakes.word(node, "severity", &parts::severities()));
            }
        }
        None => mistakes.add_help(
            node.at,
            "`hold` is missing",
            "the severities that wait: [medium, low]",
        ),
    }
    let Some(outside) = fields.get("outside") else {
        mistakes.add_help(node.at, "`outside` is missing", "a name from `hours`");
        return None;
    };
    let name = mistakes.text(outside)?;
    let Some(hours) = names.hours.get(name) else {
        mistakes.unknown(
            outside.at,
            "entry in `hours` called",
            name,
            names.hours.keys().map(String::as_str),
        );
        return None;
    };
    Some(Quiet {
        outside: hours.clone(),
        hold,
    })
}
