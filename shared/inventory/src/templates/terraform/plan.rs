//! The resources that a plan or a state lists, wherever it lists them.

use std::collections::{HashMap, HashSet};

use plimsoll_cel::Node;

use crate::files::marked::{Child, Marked};

/// How deep modules are followed.
const DEEPEST: u32 = 32;

/// Whether a document is what `terraform show -json` prints of a plan or a state, of whatever version.
pub(crate) fn is_plan(document: &Node<'_>) -> bool {
    let is_map = |key| matches!(document.get(key), Some(Node::Map(_)));
    let is_list = |key| matches!(document.get(key), Some(Node::List(_)));
    let version = document.get("format_version").and_then(|it| it.as_str());
    version.is_some()
        && document.get("terraform_version").is_some()
        && (is_map("planned_values") || is_list("resource_changes") || is_map("values"))
}

/// A managed resource that there is or will be.
pub(super) struct Planned<'a> {
    /// Its number in the order of the file.
    pub(super) item: u32,
    pub(super) address: &'a str,
    /// Where the address stands.
    pub(super) of_address: Child<'a>,
    /// The module's address without a dot at its end, empty for the root.
    pub(super) module: &'a str,
    pub(super) of_type: Child<'a>,
    /// The type as Terraform names it.
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    /// The values, as far as they are known.
    pub(super) values: Child<'a>,
    /// What is true, or the places in it that are, is not known.
    pub(super) unknown: Option<Marked<'a>>,
    /// What is true, or the places in it that are, is secret.
    pub(super) sensitive: Option<Marked<'a>>,
}

impl<'a> Planned<'a> {
    /// What follows the name in the address: `[0]`, `["a"]` or nothing.
    pub(super) fn index(&self) -> &'a str {
        let before = match self.module {
            "" => 0,
            module => module.len() + 1,
        };
        let named = before + self.kind.len() + 1 + self.name.len();
        self.address.get(named..).unwrap_or_default()
    }
}

/// All entries of a plan or state that may be resources, in the order in which they are numbered.
pub(super) fn entries<'a>(root: &Marked<'a>) -> Vec<Marked<'a>> {
    let list = |at: &Marked<'a>, key: &str| {
        let children = at.entry(key).map_or(&[][..], |it| it.value.children);
        children.iter().map(|child| child.value).collect::<Vec<_>>()
    };
    let mut all = list(root, "resource_changes");
    let deferred = list(root, "deferred_changes");
    let deferred = deferred.iter().filter_map(|it| it.entry("resource_change"));
    all.extend(deferred.map(|change| change.value));
    for section in ["planned_values", "values"] {
        let module = root.entry(section).map(|it| it.value);
        let module = module.and_then(|values| values.entry("root_module"));
        if let Some(module) = module {
            in_module(&module.value, DEEPEST, &mut all);
        }
    }
    all
}

fn in_module<'a>(module: &Marked<'a>, depth: u32, found: &mut Vec<Marked<'a>>) {
    let children = |key| module.entry(key).map_or(&[][..], |it| it.value.children);
    found.extend(children("resources").iter().map(|child| child.value));
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    for child in children("child_modules") {
        in_module(&child.value, deeper, found);
    }
}

/// The managed resources that there will be. What a plan changes counts before what it repeats of all values.
pub(super) fn planned<'a>(root: &Marked<'a>) -> Vec<Planned<'a>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (item, entry) in (0_u32..).zip(entries(root)) {
        let Some(address) = entry.entry("address").and_then(|it| it.value.node.as_str()) else {
            continue;
        };
        // An object that is only deposed has its successor under the same address.
        let is_old = entry.entry("deposed").is_some();
        if is_old || !seen.insert(address) {
            continue;
        }
        found.extend(resource(item, address, &entry));
    }
    found
}

fn resource<'a>(item: u32, address: &'a str, entry: &Marked<'a>) -> Option<Planned<'a>> {
    let text = |key: &str| entry.entry(key).and_then(|it| it.value.node.as_str());
    if text("mode") != Some("managed") {
        return None;
    }
    let (kind, name) = (text("type")?, text("name")?);
    let change = entry.entry("change").map(|change| change.value);
    let (values, unknown, sensitive) = match change {
        Some(change) => {
            let mask = |key| change.entry(key).map(|it| it.value);
            if is_removed(&change) {
                return None;
            }
            let after = change.entry("after")?;
            (after, mask("after_unknown"), mask("after_sensitive"))
        }
        None => {
            let sensitive = entry.entry("sensitive_values").map(|it| it.value);
            (entry.entry("values")?, None, sensitive)
        }
    };
    let own = format!("{kind}.{name}");
    let mut places = address.match_indices(&own).map(|(at, _)| at);
    let end = places.find(|at| {
        let (before, after) = (&address[..*at], &address[at + own.len()..]);
        (before.is_empty() || before.ends_with('.')) && (after.is_empty() || after.starts_with('['))
    })?;
    Some(Planned {
        item,
        address,
        of_address: *entry.entry("address")?,
        module: address[..end].trim_end_matches('.'),
        of_type: *entry.entry("type")?,
        kind,
        name,
        values: *values,
        unknown,
        sensitive,
    })
}

/// Whether the resource will not be there, or no longer be Terraform's.
fn is_removed(change: &Marked<'_>) -> bool {
    let actions = change.entry("actions");
    let actions = actions.map_or(&[][..], |it| it.value.children);
    let mut words = actions.iter().filter_map(|it| it.value.node.as_str());
    let is = |word: &str| matches!(word, "delete" | "forget");
    !actions.is_empty() && words.all(is)
}

/// The resources by module and name: all instances, in the order of the file.
pub(super) fn instances<'p, 'a>(
    planned: &'p [Planned<'a>],
) -> HashMap<(&'a str, &'a str, &'a str), Vec<&'p Planned<'a>>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for resource in planned {
        let key = (resource.module, resource.kind, resource.name);
        found.entry(key).or_default().push(resource);
    }
    found
}
