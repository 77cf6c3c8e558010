//! CloudFormation and SAM templates, and Terraform's plans: what stands in them is judged as if it were in an account already.
//!
//! Each resource of a kind that policies are about becomes an object of the form that readers of an account give, with the
//! places of its values in the template. What is only known when the template is deployed is unknown, and the reason names
//! the function that says so.

mod coerce;
mod condition;
mod derived;
mod gather;
mod link;
mod parameter;
mod resolve;
mod template;
mod terraform;
#[cfg(test)]
mod tests;
mod text;
mod uses;

use std::rc::Rc;

use plimsoll_cel::{Bump, Node, Type};
use plimsoll_model::{Reason, ReasonCode, aws, kind};

use self::derived::Kinds;
use self::template::{Resource, Template};
use crate::files::marked::{Child, Extent, Key, Marked};

pub(crate) use self::terraform::fault;

/// What objects of a kind hold, so that texts become the numbers and booleans that CloudFormation takes them for.
pub type Types = fn(kind: &str) -> Type;

/// Whether a document says what AWS resources there are to be: a CloudFormation or SAM template, or a plan or state of
/// Terraform's.
pub(crate) fn is_template(document: &Node<'_>) -> bool {
    template::is_template(document) || terraform::is_plan(document)
}

/// The resource with this number in the order of the file, and its name; none in a document that is no template.
pub(crate) fn resource<'a>(root: &Marked<'a>, item: u32) -> Option<Child<'a>> {
    if terraform::is_plan(&root.node) {
        return terraform::resource(root, item);
    }
    template::resource(root, item).copied()
}

/// The objects that a template's resources become, each with its resource's number in the order of the file.
///
/// Resources of other kinds are left out, and those whose condition is false.
pub(crate) fn objects<'a>(
    root: &Marked<'a>,
    types: Types,
    arena: &'a Bump,
) -> Vec<(u32, Marked<'a>)> {
    let (resources, kinds) = if terraform::is_plan(&root.node) {
        terraform::resources(root, arena)
    } else if let Some(template) = Template::new(root, arena) {
        let names = Rc::default();
        (template.resolved(&names), template.kinds())
    } else {
        return Vec::new();
    };
    judged(resources, &Kinds::new(arena, kinds), types)
}

/// What resources in CloudFormation's shape become, whoever has written them down.
fn judged<'a>(
    mut resources: Vec<Resource<'a>>,
    kinds: &Kinds<'a>,
    types: Types,
) -> Vec<(u32, Marked<'a>)> {
    let arena = kinds.arena;
    gather::gather(arena, &mut resources);
    let uses = uses::uses(&resources);
    let belonging = gather::Belonging::of(&resources);
    let judged = resources
        .iter()
        .filter(|resource| kind::is_of_aws(resource.kind));
    judged
        .map(|resource| {
            let used = uses::told(arena, resource, uses.get(resource.id.text));
            let derived = derived::derived(kinds, resource, &belonging);
            let object = object(arena, resource, used, derived);
            let object = coerce::coerced(arena, &object, &types(resource.kind));
            (resource.item, object)
        })
        .collect()
}

fn object<'a>(
    arena: &'a Bump,
    resource: &Resource<'a>,
    used: Marked<'a>,
    derived: Marked<'a>,
) -> Marked<'a> {
    let Resource { id, of_type, .. } = resource;
    let named = entry(
        "name",
        id.extent,
        Marked::scalar(Node::Str(id.text), id.extent),
    );
    let metadata = Marked::map(arena, id.extent, &[named]);
    let type_key = of_type.key.map_or(id.extent, |key| key.extent);
    let version = Marked::scalar(Node::Str(aws::VERSION), of_type.value.extent);
    let live = needs_account(arena, id.extent);
    let properties = Child {
        value: resource.properties,
        ..resource.of_properties
    };
    let entries = [
        entry("apiVersion", type_key, version),
        entry("kind", type_key, of_type.value),
        entry("metadata", id.extent, metadata),
        entry("Use", id.extent, used),
        properties,
        entry("Live", id.extent, live),
        entry("Derived", id.extent, derived),
    ];
    Marked::map(arena, id.extent, &entries)
}

/// A map's entry that stands where its key does.
fn entry<'a>(key: &'a str, extent: Extent, value: Marked<'a>) -> Child<'a> {
    Child {
        key: Some(Key { text: key, extent }),
        value,
        merged: false,
    }
}

/// What no template can say.
fn needs_account(arena: &Bump, extent: Extent) -> Marked<'_> {
    let reason = Reason::new(ReasonCode::NeedsAccount, "the AWS account");
    Marked::scalar(Node::Unknown(arena.alloc_str(&reason.line())), extent)
}

/// Why something in a template is not known: the line that [`Node::Unknown`] holds.
fn unresolved<'a>(arena: &'a Bump, what: &str) -> &'a str {
    /// Characters of what is unresolved that a reason shows.
    const SHOWN: usize = 120;
    let short: String = what.chars().take(SHOWN).collect();
    let more = if short.len() < what.len() { "…" } else { "" };
    let reason = Reason::new(ReasonCode::Unresolved, format!("{short}{more}"));
    arena.alloc_str(&reason.line())
}
