//! Which resources an expression refers to, so that what is only known after apply still leads somewhere.

use std::collections::{HashMap, HashSet};

use super::configuration::{Configuration, call, index_of, parent, references};
use super::plan::Planned;

/// How far outputs and variables of modules are followed.
const FARTHEST: u32 = 16;

/// Attributes by which others name a resource, whatever its type.
pub(super) const NAMING: [&str; 4] = ["id", "arn", "name", "key_id"];

/// An attribute that AWS will give: the address of its resource, and its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Link<'a> {
    pub(super) address: &'a str,
    pub(super) attribute: &'a str,
}

impl Link<'_> {
    /// As Terraform writes it.
    pub(super) fn text(&self) -> String {
        format!("${{{}.{}}}", self.address, self.attribute)
    }
}

/// What an expression may refer to.
pub(super) struct Links<'p, 'a> {
    pub(super) configuration: Configuration<'a>,
    pub(super) instances: HashMap<(&'a str, &'a str, &'a str), Vec<&'p Planned<'a>>>,
}

/// Whose expression it is.
#[derive(Clone, Copy)]
struct Scope<'s, 'a> {
    module: &'s str,
    /// The resource, if the expression is one's argument.
    of: Option<&'s Planned<'a>>,
    /// Whether it gives a list.
    is_list: bool,
    left: u32,
}

impl<'a> Links<'_, 'a> {
    /// The attributes that a resource's argument consists of; none if it may be anything else.
    pub(super) fn followed(
        &self,
        of: &Planned<'a>,
        references: &[&'a str],
        is_list: bool,
    ) -> Option<Vec<Link<'a>>> {
        let scope = Scope {
            module: of.module,
            of: Some(of),
            is_list,
            left: FARTHEST,
        };
        let mut found = self.all(references, scope)?;
        let mut seen = HashSet::new();
        found.retain(|link| seen.insert(link.clone()));
        (!found.is_empty() && (is_list || found.len() == 1)).then_some(found)
    }

    fn all(&self, references: &[&'a str], scope: Scope<'_, 'a>) -> Option<Vec<Link<'a>>> {
        let counts = |it: &str| it == "count.index" || it == "each.key";
        let indexed = references.iter().any(|it| counts(it));
        let mut found = Vec::new();
        for reference in references.iter().filter(|it| !counts(it)) {
            found.extend(self.one(reference, indexed, scope)?);
        }
        Some(found)
    }

    fn one(
        &self,
        reference: &'a str,
        indexed: bool,
        scope: Scope<'_, 'a>,
    ) -> Option<Vec<Link<'a>>> {
        let (first, rest) = reference.split_once('.')?;
        let scope = Scope {
            left: scope.left.checked_sub(1)?,
            ..scope
        };
        match first {
            "path" | "terraform" => Some(Vec::new()),
            "var" => self.variable(rest, scope),
            "module" => self.output(rest, indexed, scope),
            "each" => self.each(rest.strip_prefix("value.")?, scope),
            "local" | "data" | "self" | "count" => None,
            kind => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                self.resources(kind, name, after, indexed, scope)
            }
        }
    }

    /// What the call of the module gives; of the root's variables all is known, so that they are not what is unknown.
    fn variable(&self, name: &str, scope: Scope<'_, 'a>) -> Option<Vec<Link<'a>>> {
        let Some((outer, called)) = parent(scope.module) else {
            return Some(Vec::new());
        };
        let call = call(&self.configuration.module(outer)?, called)?;
        let given = call
            .entry("expressions")
            .and_then(|it| it.value.entry(name));
        let Some(given) = given else {
            // A default, or a part of a variable.
            return (!name.contains(['.', '['])).then(Vec::new);
        };
        let scope = Scope {
            module: outer,
            of: None,
            ..scope
        };
        self.all(&references(&given.value), scope)
    }

    fn output(&self, rest: &str, indexed: bool, scope: Scope<'_, 'a>) -> Option<Vec<Link<'a>>> {
        let end = rest.find(['.', '['])?;
        let (name, after) = rest.split_at(end);
        let index = match index_of(after) {
            "" if indexed => scope.of?.index(),
            index => index,
        };
        let output = after[index_of(after).len()..].strip_prefix('.')?;
        let inner = match scope.module {
            "" => format!("module.{name}{index}"),
            module => format!("{module}.module.{name}{index}"),
        };
        let outputs = self.configuration.module(&inner)?.entry("outputs")?.value;
        let expression = outputs.entry(output)?.value.entry("expression")?.value;
        let scope = Scope {
            module: &inner,
            of: None,
            ..scope
        };
        self.all(&references(&expression), scope)
    }

    /// What a resource that stands for each of others has of its own one.
    fn each(&self, attribute: &'a str, scope: Scope<'_, 'a>) -> Option<Vec<Link<'a>>> {
        let of = scope.of?;
        let written = self.configuration.resource(of.module, of.kind, of.name)?;
        let loops = references(&written.entry("for_each_expression")?.value);
        let [only] = loops[..] else { return None };
        let (kind, name) = only.split_once('.')?;
        let all = self.instances.get(&(of.module, kind, name))?;
        let own = all.iter().find(|it| it.index() == of.index())?;
        Some(vec![link(own, attribute)?])
    }

    /// The instances of a resource that are meant; none if that is not clear.
    fn resources(
        &self,
        kind: &str,
        name: &str,
        after: &'a str,
        indexed: bool,
        scope: Scope<'_, 'a>,
    ) -> Option<Vec<Link<'a>>> {
        let all = self.instances.get(&(scope.module, kind, name))?;
        let index = index_of(after);
        let attribute = after[index.len()..].strip_prefix('.').unwrap_or("id");
        let is_unclear = index.is_empty() && all.len() > 1;
        if is_unclear && indexed {
            let of = scope.of?;
            let own = self.instances.get(&(of.module, of.kind, of.name))?;
            let one = all.iter().find(|it| it.index() == of.index())?;
            // With as many of the one as of the other, nothing but their equal indexes pairs all of them.
            return (own.len() == all.len()).then_some(vec![link(one, attribute)?]);
        }
        if is_unclear && !scope.is_list {
            return None;
        }
        let meant = all
            .iter()
            .filter(|it| index.is_empty() || it.index() == index);
        meant.map(|it| link(it, attribute)).collect()
    }
}

/// The attribute of a resource, if it is one that names something.
fn link<'a>(of: &Planned<'a>, attribute: &'a str) -> Option<Link<'a>> {
    let names =
        NAMING.contains(&attribute) || attribute.ends_with("_id") || attribute.ends_with("_arn");
    names.then_some(Link {
        address: of.address,
        attribute,
    })
}
