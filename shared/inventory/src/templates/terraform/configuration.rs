//! What a plan repeats of the configuration: which arguments are written there, and what their expressions refer to.

use plimsoll_cel::Node;

use crate::files::marked::Marked;

/// What the configuration says of a place among a resource's values.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    /// Nothing can be said: there is no configuration, or the block is made by a loop.
    NotTold,
    /// Nobody has written it: what the provider makes of it counts.
    LeftOut,
    /// A block, or the list of its repetitions.
    Block(Marked<'a>),
    /// An argument, or a part of its value.
    Argument(Marked<'a>),
}

impl<'a> Written<'a> {
    /// A key deeper.
    pub(super) fn key(self, key: &str) -> Self {
        let Self::Block(block) = self else {
            return self;
        };
        let block = match block.node {
            Node::List(_) => match block.children {
                [only] => only.value,
                _ => return Self::NotTold,
            },
            _ => block,
        };
        let Some(child) = block.entry(key) else {
            return Self::LeftOut;
        };
        let value = child.value;
        let of_argument = |it: &str| matches!(it, "references" | "constant_value");
        let mut keys = value.children.iter().filter_map(|child| child.key);
        match value.node {
            Node::List(_) => Self::Block(value),
            _ if keys.all(|key| of_argument(key.text)) => Self::Argument(value),
            _ => Self::Block(value),
        }
    }

    /// One of `count` repetitions.
    pub(super) fn element(self, index: usize, count: usize) -> Self {
        match self {
            Self::Block(block) if matches!(block.node, Node::List(_)) => match block.element(index)
            {
                Some(element) if block.children.len() == count => Self::Block(element.value),
                _ => Self::NotTold,
            },
            other => other,
        }
    }

    /// What the expression refers to, each with nothing of its parts.
    pub(super) fn references(self) -> Option<Vec<&'a str>> {
        match self {
            Self::Argument(expression) => Some(references(&expression)),
            _ => None,
        }
    }
}

/// What an expression refers to. Terraform lists each with all its beginnings behind it: `a.b.c`, `a.b`.
pub(super) fn references<'a>(expression: &Marked<'a>) -> Vec<&'a str> {
    let all = expression.entry("references");
    let all = all.map_or(&[][..], |it| it.value.children);
    let mut whole: Vec<&str> = Vec::new();
    for text in all.iter().filter_map(|child| child.value.node.as_str()) {
        let is_beginning = whole.last().is_some_and(|last| {
            let rest = last.strip_prefix(text);
            rest.is_some_and(|rest| rest.starts_with(['.', '[']))
        });
        if !is_beginning {
            whole.push(text);
        }
    }
    whole
}

/// The names of the calls that lead from the root to a module: `module.a["x"].module.b` gives `a` and `b`.
fn calls(module: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = module;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        rest = rest.strip_prefix("module.")?;
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        names.push(name);
        rest = &after[index_of(after).len()..];
    }
    Some(names)
}

/// The index that a text begins with: `[0]`, `["a.b"]` or nothing.
pub(super) fn index_of(text: &str) -> &str {
    let end = match text.strip_prefix("[\"") {
        Some(_) => text.find("\"]").map(|at| at + 2),
        None if text.starts_with('[') => text.find(']').map(|at| at + 1),
        None => None,
    };
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The module that a module's address lies in, and the name of the call; none for the root.
pub(super) fn parent(module: &str) -> Option<(&str, &str)> {
    let name = *calls(module)?.last()?;
    let own = format!("module.{name}");
    let (at, _) = module.rmatch_indices(own.as_str()).find(|(at, _)| {
        let after = &module[at + own.len()..];
        after == index_of(after) && (*at == 0 || module[..*at].ends_with('.'))
    })?;
    Some((module[..at].trim_end_matches('.'), name))
}

/// The configuration of a plan.
#[derive(Clone, Copy)]
pub(super) struct Configuration<'a>(Option<Marked<'a>>);

impl<'a> Configuration<'a> {
    pub(super) fn of(root: &Marked<'a>) -> Self {
        let configuration = root.entry("configuration").map(|it| it.value);
        let root_module = configuration.and_then(|it| it.entry("root_module"));
        Self(root_module.map(|it| it.value))
    }

    /// The module that an address names.
    pub(super) fn module(&self, address: &str) -> Option<Marked<'a>> {
        let mut at = self.0?;
        for name in calls(address)? {
            at = call(&at, name)?.entry("module")?.value;
        }
        Some(at)
    }

    /// The resource of this type and name in a module.
    pub(super) fn resource(&self, module: &str, kind: &str, name: &str) -> Option<Marked<'a>> {
        let resources = self.module(module)?.entry("resources")?.value.children;
        let is = |resource: &Marked<'_>, key: &str, text: &str| {
            resource.entry(key).map(|it| it.value.node) == Some(Node::Str(text))
        };
        let mut resources = resources.iter().map(|child| child.value);
        resources
            .find(|it| is(it, "mode", "managed") && is(it, "type", kind) && is(it, "name", name))
    }
}

/// The call of a module by its name.
pub(super) fn call<'a>(module: &Marked<'a>, name: &str) -> Option<Marked<'a>> {
    let calls = module.entry("module_calls")?.value;
    Some(calls.entry(name)?.value)
}
