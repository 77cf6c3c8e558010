//! The routing tree.

use std::collections::BTreeMap;

use super::read::Names;
use super::reader::Mistakes;
use super::tree::{At, Node, Value};
use super::{Match, NamedPolicy, Route, RouteOptions, chains, parts};

/// What routes refer to.
pub(super) struct Context<'n> {
    pub(super) names: &'n Names,
    pub(super) policies: &'n BTreeMap<String, NamedPolicy>,
}

/// Deepest tree taken.
const MAX_DEPTH: usize = 8;

const FIELDS: [&str; 7] = [
    "match",
    "use",
    "continue",
    "repeat",
    "acknowledgement",
    "quiet",
    "children",
];

pub(super) fn root(
    node: Option<&Node>,
    at: At,
    context: &Context<'_>,
    mistakes: &mut Mistakes,
) -> Route {
    let Some(node) = node else {
        mistakes.add_help(at, "`route` is missing", "begin with `route: { use: … }`");
        return Route::default();
    };
    for field in ["match", "continue"] {
        if let Value::Map(entries) = &node.value
            && let Some((key, _)) = entries.iter().find(|(key, _)| key.name == field)
        {
            mistakes.add_help(
                key.at,
                format!("the first route takes everything; `{field}` has no effect there"),
                "put it into a child",
            );
        }
    }
    route(node, false, 1, context, mistakes)
}

/// Reads a node; `inherits` tells whether an ancestor says which policy to use.
fn route(
    node: &Node,
    inherits: bool,
    depth: usize,
    context: &Context<'_>,
    mistakes: &mut Mistakes,
) -> Route {
    let fields = mistakes.fields(node, "a route", &FIELDS);
    let uses = fields.get("use").and_then(|node| {
        let name = mistakes.text(node)?;
        if !context.policies.contains_key(name) {
            mistakes.unknown(
                node.at,
                "policy",
                name,
                context.policies.keys().map(String::as_str),
            );
        }
        Some(name.to_owned())
    });
    let named = inherits || fields.get("use").is_some();
    let options = RouteOptions {
        uses,
        repeat: fields.get("repeat").and_then(|node| mistakes.lapse(node)),
        times_out: chains::acknowledgement(fields.get("acknowledgement"), mistakes),
        quiet: chains::quiet(fields.get("quiet"), context.names, mistakes),
    };
    let mut children = Vec::new();
    if let Some(list) = fields.get("children") {
        if depth == MAX_DEPTH {
            mistakes.add(
                list.at,
                format!("routes go at most {MAX_DEPTH} levels deep"),
            );
        } else {
            children = siblings(list, named, depth + 1, context, mistakes);
        }
    }
    if !named {
        mistakes.add_help(
            node.at,
            "this route leads nowhere: neither it nor a route above it has `use`",
            "name a policy with `use`",
        );
    }
    Route {
        matches: fields
            .get("match")
            .map(|node| matches(node, mistakes))
            .unwrap_or_default(),
        go_on: fields
            .get("continue")
            .and_then(|node| mistakes.boolean(node))
            .unwrap_or(false),
        options,
        children,
    }
}

fn siblings(
    list: &Node,
    named: bool,
    depth: usize,
    context: &Context<'_>,
    mistakes: &mut Mistakes,
) -> Vec<Route> {
    let mut takes_all: Option<u32> = None;
    let mut routes: Vec<(u32, Route)> = Vec::new();
    for item in mistakes.list(list, "`children`") {
        let route = route(item, named, depth, context, mistakes);
        let earlier = routes
            .iter()
            .find(|(_, earlier)| !earlier.go_on && earlier.matches == route.matches)
            .map(|(line, _)| *line)
            .or(takes_all);
        if let Some(line) = earlier {
            mistakes.add_help(
                item.at,
                format!("this route never matches: the one in line {line} takes all of it"),
                "put it first, or set `continue: true` there",
            );
        } else if route.matches == Match::default() && !route.go_on {
            takes_all = Some(item.at.line);
        }
        routes.push((item.at.line, route));
    }
    routes.into_iter().map(|(_, route)| route).collect()
}

fn matches(node: &Node, mistakes: &mut Mistakes) -> Match {
    let fields = mistakes.fields(
        node,
        "a route's match",
        &["severity", "stage", "cluster", "policy", "tags"],
    );
    if matches!(node.value, Value::Null) || matches!(&node.value, Value::Map(m) if m.is_empty()) {
        mistakes.add_help(
            node.at,
            "this match says nothing",
            "leave `match` out to take everything",
        );
    }
    let mut found = Match::default();
    if let Some(node) = fields.get("severity") {
        for node in mistakes.one_or_more(node, "`severity`") {
            found
                .severity
                .extend(mistakes.word(node, "severity", &parts::severities()));
        }
    }
    if let Some(node) = fields.get("stage") {
        for node in mistakes.one_or_more(node, "`stage`") {
            found
                .stage
                .extend(mistakes.word(node, "stage", &parts::stage_words()));
        }
    }
    found.cluster = patterns(fields.get("cluster"), "`cluster`", mistakes);
    found.policy = patterns(fields.get("policy"), "`policy`", mistakes);
    found.tags = tags(fields.get("tags"), mistakes);
    found
}

/// One pattern or a list of them.
pub(super) fn patterns(node: Option<&Node>, what: &str, mistakes: &mut Mistakes) -> Vec<String> {
    let mut patterns = Vec::new();
    if let Some(node) = node {
        for node in mistakes.one_or_more(node, what) {
            patterns.extend(mistakes.text(node).map(str::to_owned));
        }
    }
    patterns
}

/// Tags by name, their values patterns; `true` and `1` are texts here, as they are in AWS.
pub(super) fn tags(node: Option<&Node>, mistakes: &mut Mistakes) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let Some(node) = node else { return tags };
    let entries = mistakes.entries(node);
    if entries.is_empty() {
        mistakes.add(node.at, "`tags` names no tag");
    }
    for (key, node) in entries {
        let value = match &node.value {
            Value::Bool(value) => Some(value.to_string()),
            Value::Number(number) => Some(number.clone()),
            Value::Text(text) => Some(text.clone()),
            _ => mistakes.text(node).map(str::to_owned),
        };
        tags.extend(value.map(|value| (key.name.clone(), value)));
    }
    tags
}
