//! What names another resource of the template.
//!
//! Such a name stands for an id, a name or an ARN that AWS will give. That there will be one is known, what it will be is
//! not: it is kept as the text `!Ref Name`, which no policy takes for an address, a number or a word of AWS's.

use std::collections::HashMap;

use super::resolve::{call, scalar_text, written};
use super::template::{Known, Resource, Template};
use super::unresolved;
use crate::files::marked::{Extent, Marked};

/// Types whose `Ref` or attributes may give anything: an address, or whatever their code answers.
const MAY_GIVE_ANYTHING: &[&str] = &["AWS::EC2::EIP", "AWS::CloudFormation::"];

/// How many values an attribute is made of at most that is looked up in the resource's own properties.
const LOOKED_UP: u32 = 16;

/// Resources that say which others belong together.
const ASSOCIATIONS: &[&str] = &[
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::IAM::InstanceProfile",
];

/// Whether a resource of this type says which others belong together.
pub(super) fn is_association(kind: &str) -> bool {
    ASSOCIATIONS.contains(&kind)
}

/// The names of the resources that a text stands for, besides what [`target`] tells.
pub(super) type Names<'a> = HashMap<&'a str, Vec<&'a str>>;

/// The name of the resource that a text stands for.
pub(super) fn target(text: &str) -> Option<&str> {
    let name = match text.strip_prefix("!Ref ") {
        Some(name) => name,
        None => text.strip_prefix("!GetAtt ")?.split('.').next()?,
    };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(name)
}

/// The names of resources at a path below `value`; lists on the way are looked at wholly.
fn targets<'a>(value: &Marked<'a>, path: &[&str], names: &Names<'a>, found: &mut Vec<&'a str>) {
    if value.node.as_str().is_none() && value.children.iter().any(|child| child.key.is_none()) {
        for child in value.children {
            targets(&child.value, path, names, found);
        }
        return;
    }
    match (path, value.node.as_str()) {
        ([], Some(text)) => {
            found.extend(target(text));
            found.extend(names.get(text).into_iter().flatten());
        }
        ([], None) => {}
        ([key, rest @ ..], _) => {
            if let Some(child) = value.entry(key) {
                targets(&child.value, rest, names, found);
            }
        }
    }
}

impl<'a> Resource<'a> {
    /// The names of resources at a path of the properties, its keys parted by dots.
    pub(super) fn targets(&self, path: &str) -> Vec<&'a str> {
        let path: Vec<&str> = path.split('.').collect();
        let mut found = Vec::new();
        targets(&self.properties, &path, &self.names, &mut found);
        found
    }
}

impl<'a> Template<'a> {
    /// What `Ref` gives.
    pub(super) fn reference(&self, name: &str, extent: Extent) -> Known<'a, Marked<'a>> {
        if let Some(parameter) = self.parameters.get(name) {
            return self.parameter(name, parameter, extent);
        }
        let text = format!("!Ref {name}");
        match self.kind_of(name) {
            Some(kind) if !may_give_anything(kind) => self.text(&text, extent),
            _ => Err(unresolved(self.arena, &text)),
        }
    }

    /// What `Fn::GetAtt` gives.
    pub(super) fn attribute(&self, argument: &Marked<'a>, extent: Extent) -> Known<'a, Marked<'a>> {
        let wrong = || unresolved(self.arena, &written("Fn::GetAtt", argument));
        let name = match argument.children {
            [] => scalar_text(&argument.node).ok_or_else(wrong)?,
            parts => {
                let parts = parts.iter().map(|part| self.text_of(&part.value));
                parts.collect::<Known<'a, Vec<_>>>()?.join(".")
            }
        };
        let (id, attribute) = name.split_once('.').ok_or_else(wrong)?;
        self.attribute_of(id, attribute, extent)
    }

    /// The attribute of a resource: the property that it repeats, or the name of what AWS will give.
    pub(super) fn attribute_of(
        &self,
        id: &str,
        attribute: &str,
        extent: Extent,
    ) -> Known<'a, Marked<'a>> {
        let text = format!("!GetAtt {id}.{attribute}");
        let unknown = || Err(unresolved(self.arena, &text));
        let Some(kind) = self.kind_of(id).filter(|kind| !may_give_anything(kind)) else {
            return unknown();
        };
        let resource = self.resources.get(id);
        let properties = resource.and_then(|resource| resource.entry("Properties"));
        let told = properties.and_then(|properties| properties.value.entry(attribute));
        match told {
            // An attribute of another resource would have to be followed on, and on.
            Some(told) if told.value.weight <= LOOKED_UP && !asks_on(&told.value) => {
                let value = self.known(&told.value)?;
                self.afford(text.len())?;
                Ok(Marked { extent, ..value })
            }
            Some(_) => unknown(),
            None if kind.starts_with("AWS::") && is_identifier(attribute) => {
                self.text(&text, extent)
            }
            None => unknown(),
        }
    }

    /// The type of the resource with this name, if there will be one.
    pub(super) fn kind_of(&self, name: &str) -> Option<&'a str> {
        let resource = self.resources.get(name)?;
        if self.is_left_out(resource) {
            return None;
        }
        resource.entry("Type")?.value.node.as_str()
    }
}

fn may_give_anything(kind: &str) -> bool {
    !kind.starts_with("AWS::") || MAY_GIVE_ANYTHING.iter().any(|it| kind.starts_with(it))
}

fn is_identifier(attribute: &str) -> bool {
    !attribute.contains('.') && (attribute.ends_with("Arn") || attribute.ends_with("Id"))
}

/// Whether a value asks for an attribute, in whatever form.
fn asks_on(value: &Marked<'_>) -> bool {
    let asks = |(name, _): (&str, &Marked<'_>)| name == "Fn::GetAtt" || name == "Fn::Sub";
    call(value).is_some_and(asks) || value.children.iter().any(|child| asks_on(&child.value))
}
