//! A template's sections, and its resources once they are resolved.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use plimsoll_cel::{Bump, Node};
use plimsoll_model::kind::is_of_aws;

use super::gather::is_part;
use super::link::{Names, is_association};
use super::{entry, unresolved};
use crate::files::marked::{Child, Extent, Key, Marked};

/// How deep functions are followed, through conditions by name, too. No template comes near it, and no stack ends there.
const DEEPEST: u32 = 128;

/// Bytes that resolving one template may make; CloudFormation takes templates of 1 MB.
const MOST_MADE: usize = 16 << 20;

/// A value, or the line that says why it is not known.
pub(super) type Known<'a, T> = Result<T, &'a str>;

/// Whether a document is a CloudFormation or SAM template: no object, and something in `Resources` has a type of AWS.
pub(super) fn is_template(document: &Node<'_>) -> bool {
    if document.get("apiVersion").is_some() || document.get("kind").is_some() {
        return false;
    }
    let resources = document.get("Resources");
    let entries = resources.as_ref().map_or(&[][..], |it| it.entries());
    let of_aws = |node: Node<'_>| node.as_str().is_some_and(|text| text.starts_with("AWS::"));
    entries
        .iter()
        .any(|entry| entry.value.get("Type").is_some_and(of_aws))
}

/// The resource with this number in the order of the file, and its name; none in a document that is no template.
pub(super) fn resource<'a>(root: &Marked<'a>, item: u32) -> Option<&'a Child<'a>> {
    if !is_template(&root.node) {
        return None;
    }
    let resources = root.entry("Resources")?.value.children;
    resources.get(usize::try_from(item).ok()?)
}

/// A resource whose properties are resolved.
pub(super) struct Resource<'a> {
    /// Its number among all resources, in the order of the file.
    pub(super) item: u32,
    /// Its name in the template.
    pub(super) id: Key<'a>,
    pub(super) kind: &'a str,
    /// Its `Type`.
    pub(super) of_type: Child<'a>,
    /// Its `Properties` as they are written.
    pub(super) of_properties: Child<'a>,
    pub(super) properties: Marked<'a>,
    /// What else than its functions names resources.
    pub(super) names: Rc<Names<'a>>,
    /// The resource that it was written in, as a part of it.
    pub(super) part_of: Option<&'a str>,
    /// Whether what it belongs to may be any resource, if that is not known.
    pub(super) unsure: bool,
}

/// The parts of a template that resolving looks at.
pub(super) struct Template<'a> {
    pub(super) arena: &'a Bump,
    pub(super) parameters: HashMap<&'a str, Marked<'a>>,
    pub(super) mappings: HashMap<&'a str, Marked<'a>>,
    pub(super) conditions: HashMap<&'a str, Marked<'a>>,
    all: Marked<'a>,
    pub(super) resources: HashMap<&'a str, Marked<'a>>,
    /// Conditions that were asked for.
    pub(super) decided: RefCell<HashMap<&'a str, Known<'a, bool>>>,
    depth: Cell<u32>,
    made: Cell<usize>,
}

impl<'a> Template<'a> {
    pub(super) fn new(root: &Marked<'a>, arena: &'a Bump) -> Option<Self> {
        let section = |name| {
            let entries = root
                .entry(name)
                .map_or(&[][..], |child| child.value.children);
            let entries = entries
                .iter()
                .filter_map(|child| Some((child.key?.text, child.value)));
            entries.collect::<HashMap<_, _>>()
        };
        Some(Self {
            arena,
            parameters: section("Parameters"),
            mappings: section("Mappings"),
            conditions: section("Conditions"),
            all: root.entry("Resources")?.value,
            resources: section("Resources"),
            decided: RefCell::default(),
            depth: Cell::default(),
            made: Cell::default(),
        })
    }

    /// The resources that are judged, or say something of those.
    pub(super) fn resolved(&self, names: &Rc<Names<'a>>) -> Vec<Resource<'a>> {
        let resources = (0_u32..).zip(self.all.children);
        resources
            .filter_map(|(item, child)| self.resource(item, child, names))
            .collect()
    }

    /// The types of the resources that there will be.
    pub(super) fn kinds(&self) -> HashMap<&'a str, &'a str> {
        let names = self.resources.keys();
        names
            .filter_map(|name| Some((*name, self.kind_of(name)?)))
            .collect()
    }

    fn resource(
        &self,
        item: u32,
        child: &Child<'a>,
        names: &Rc<Names<'a>>,
    ) -> Option<Resource<'a>> {
        let id = child.key?;
        let of_type = *child.value.entry("Type")?;
        let kind = of_type.value.node.as_str()?;
        let is_read = is_of_aws(kind) || is_part(kind) || is_association(kind);
        if !is_read || self.is_left_out(&child.value) {
            return None;
        }
        let nothing = || Marked::map(self.arena, of_type.value.extent, &[]);
        let written = child.value.entry("Properties");
        let written = written.filter(|it| it.value.node != Node::Null).copied();
        let type_key = of_type.key.map_or(id.extent, |key| key.extent);
        let of_properties = written.unwrap_or_else(|| entry("Properties", type_key, nothing()));
        let properties = self.value(&of_properties.value).unwrap_or_else(nothing);
        Some(Resource {
            item,
            id,
            kind,
            of_type,
            of_properties,
            properties,
            names: Rc::clone(names),
            part_of: None,
            unsure: false,
        })
    }

    /// Whether the resource's condition is known to be false.
    pub(super) fn is_left_out(&self, resource: &Marked<'a>) -> bool {
        let condition = resource.entry("Condition").map(|child| child.value.node);
        let named = condition.and_then(|node| node.as_str());
        named.is_some_and(|name| self.holds(name) == Ok(false))
    }

    /// What is not known, in the place of a value.
    pub(super) fn unknown(&self, extent: Extent, what: &str) -> Marked<'a> {
        Self::known_or_not(extent, Err(unresolved(self.arena, what)))
    }

    /// A value, or that it is not known.
    pub(super) fn known_or_not(extent: Extent, value: Known<'a, Marked<'a>>) -> Marked<'a> {
        value.unwrap_or_else(|reason| Marked::scalar(Node::Unknown(reason), extent))
    }

    /// Does something one step deeper, if that is not too deep.
    pub(super) fn deeper<T>(&self, step: impl FnOnce() -> T) -> Known<'a, T> {
        if self.depth.get() >= DEEPEST {
            return Err(unresolved(self.arena, "what is nested too deep"));
        }
        self.depth.set(self.depth.get() + 1);
        let done = step();
        self.depth.set(self.depth.get() - 1);
        Ok(done)
    }

    /// Counts bytes that are made.
    pub(super) fn afford(&self, bytes: usize) -> Known<'a, ()> {
        let made = self.made.get().saturating_add(bytes);
        if made > MOST_MADE {
            return Err(unresolved(
                self.arena,
                "the rest of a template that grows too large",
            ));
        }
        self.made.set(made);
        Ok(())
    }

    /// Text that was made.
    pub(super) fn text(&self, text: &str, extent: Extent) -> Known<'a, Marked<'a>> {
        self.afford(text.len())?;
        Ok(Marked::scalar(Node::text_in(self.arena, text), extent))
    }
}
