//! Terraform's plans and states, as `terraform show -json` prints them: their AWS resources in CloudFormation's shape.
//!
//! The format is that of <https://developer.hashicorp.com/terraform/internals/json-format>, versions 0.x and 1.x. What is
//! only known after apply is followed to the resource that will give it, where the configuration in the plan says so
//! clearly; else it is unknown at exactly that place.

mod configuration;
mod convert;
mod draft;
mod fault;
mod link;
mod plan;
mod shape;
mod spot;
mod table;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use plimsoll_cel::{Bump, Node};

use self::configuration::{Configuration, Written};
use self::link::Links;
use self::plan::Planned;
use self::shape::{AFTER_APPLY, Shaper};
use self::spot::{Spot, State};
use self::table::{Shape, shapes};
use super::entry;
use super::gather::is_part;
use super::link::Names;
use super::template::Resource;
use crate::files::marked::{Child, Key, Marked};

pub(crate) use self::fault::fault;
pub(super) use self::plan::is_plan;

/// The resource with this number, under its address.
pub(super) fn resource<'a>(root: &Marked<'a>, item: u32) -> Option<Child<'a>> {
    let entries = plan::entries(root);
    let value = *entries.get(usize::try_from(item).ok()?)?;
    let address = value.entry("address")?.value;
    let key = Key {
        text: address.node.as_str()?,
        extent: address.extent,
    };
    Some(Child {
        key: Some(key),
        value,
        merged: false,
    })
}

/// The resources of a plan, parts of others among them, and the types of all by their addresses.
pub(super) fn resources<'a>(
    root: &Marked<'a>,
    arena: &'a Bump,
) -> (Vec<Resource<'a>>, HashMap<&'a str, &'a str>) {
    let planned = plan::planned(root);
    let links = Links {
        configuration: Configuration::of(root),
        instances: plan::instances(&planned),
    };
    let named = RefCell::default();
    let mut found = Vec::new();
    let mut kinds = HashMap::new();
    for of in &planned {
        let shaper = Shaper {
            arena,
            links: &links,
            of,
            named: &named,
        };
        let shapes = shapes(of.kind);
        kinds.insert(
            of.address,
            shapes.first().map_or(of.kind, |shape| shape.kind),
        );
        for shape in shapes {
            made(&shaper, shape, &mut found);
        }
    }
    let mut names = Names::new();
    let mut add = |text: &'a str, address: &'a str| {
        let there = names.entry(text).or_default();
        if !there.contains(&address) {
            there.push(address);
        }
    };
    for (text, address) in named.into_inner() {
        add(text, address);
    }
    for of in &planned {
        let by = shapes(of.kind).iter().flat_map(|shape| &shape.by).copied();
        for attribute in ["id", "arn"].into_iter().chain(by) {
            let known = of.values.value.entry(attribute);
            if let Some(text) = known.and_then(|it| it.value.node.as_str()) {
                add(text, of.address);
            }
        }
    }
    for (text, address) in principals(arena, &mut found) {
        add(text, address);
    }
    without_assumed(&mut found, &names);
    let names = Rc::new(names);
    for resource in &mut found {
        resource.names = Rc::clone(&names);
    }
    (found, kinds)
}

/// Adds what a shape makes of a resource.
fn made<'a>(shaper: &Shaper<'_, 'a>, shape: &Shape, found: &mut Vec<Resource<'a>>) {
    let of = shaper.of;
    let written = shaper.links.configuration;
    let written = written.resource(of.module, of.kind, of.name);
    let expressions = written.and_then(|it| it.entry("expressions"));
    let whole = Spot {
        value: Some(of.values.value),
        extent: of
            .values
            .key
            .map_or(of.values.value.extent, |key| key.extent),
        unknown: of.unknown,
        sensitive: of.sensitive,
        written: expressions.map_or(Written::NotTold, |it| Written::Block(it.value)),
    };
    if let Some((key, value)) = shape.only {
        let is = whole.key(key).value.map(|it| it.node);
        if is.is_some_and(|node| node.as_str() != Some(value)) {
            return;
        }
    }
    let Some(block) = shape.block else {
        let all = shaper.shaped(shape, &whole);
        found.extend(all.into_iter().map(|it| standing(of, shape, it, None)));
        return;
    };
    let part_of = Some(of.address);
    let at = whole.key(block);
    match at.state() {
        State::Unknown | State::Sensitive => {
            let why = match matches!(at.written, Written::LeftOut) {
                true => ASSUMED,
                false => AFTER_APPLY,
            };
            let unknown = shaper.not_known(block, why, at.extent);
            found.push(standing(of, shape, unknown, part_of));
        }
        State::Absent => {}
        State::Known => {
            let count = at.count();
            for index in 0..count {
                let element = at.element(index, count);
                let all = match element.state() {
                    State::Unknown => vec![shaper.not_known(block, AFTER_APPLY, at.extent)],
                    _ => shaper.shaped(shape, &element),
                };
                found.extend(all.into_iter().map(|it| standing(of, shape, it, part_of)));
            }
        }
    }
}

fn standing<'a>(
    of: &Planned<'a>,
    shape: &Shape,
    properties: Marked<'a>,
    part_of: Option<&'a str>,
) -> Resource<'a> {
    let of_type = Child {
        value: Marked {
            node: Node::Str(shape.kind),
            ..of.of_type.value
        },
        ..of.of_type
    };
    let extent = of
        .values
        .key
        .map_or(of.values.value.extent, |key| key.extent);
    Resource {
        item: of.item,
        id: Key {
            text: of.address,
            extent: of.of_address.value.extent,
        },
        kind: shape.kind,
        of_type,
        of_properties: entry("Properties", extent, properties),
        properties,
        names: Rc::default(),
        part_of,
        unsure: true,
    }
}

/// Why the parts of a resource are not known that nobody has written into it.
const ASSUMED: &str = "known after apply; neither written nor standing by themselves";

/// Leaves out parts that a resource may only have got from the provider, where others of their kind stand by themselves:
/// the provider's pages forbid to have both.
fn without_assumed<'a>(found: &mut Vec<Resource<'a>>, names: &Names<'a>) {
    let mut own = HashSet::new();
    for resource in found
        .iter()
        .filter(|it| it.part_of.is_none() && is_part(it.kind))
    {
        for key in ["GroupId", "NetworkAclId", "RoleName", "RouteTableId"] {
            let text = resource
                .properties
                .entry(key)
                .and_then(|it| it.value.node.as_str());
            let addresses = text.and_then(|text| names.get(text)).into_iter().flatten();
            own.extend(addresses.map(|address| (family_of(resource.kind), *address)));
        }
    }
    found.retain(|resource| {
        let is_assumed = resource
            .properties
            .node
            .unknown()
            .is_some_and(|it| it.contains(ASSUMED));
        !is_assumed || !own.contains(&(family_of(resource.kind), resource.id.text))
    });
}

/// Rules of both directions are written in the same way.
fn family_of(kind: &str) -> &str {
    match kind {
        "AWS::EC2::SecurityGroupEgress" => "AWS::EC2::SecurityGroupIngress",
        kind => kind,
    }
}

/// Texts that name the access entry of a principal in a cluster; what such an entry is associated with gets its text.
fn principals<'a>(arena: &'a Bump, found: &mut [Resource<'a>]) -> Vec<(&'a str, &'a str)> {
    let mut names = Vec::new();
    for resource in found {
        let text = |key| resource.properties.entry(key).map(|it| it.value);
        let (Some(cluster), Some(principal)) = (text("ClusterName"), text("PrincipalArn")) else {
            continue;
        };
        let whose = match (cluster.node, principal.node) {
            (Node::Str(in_cluster), Node::Str(who)) => {
                let text = arena.alloc_str(&format!("{who} in {in_cluster}"));
                Marked::scalar(Node::Str(text), principal.extent)
            }
            (Node::Str(_), _) => principal,
            _ => cluster,
        };
        match (resource.kind, whose.node) {
            ("AWS::EKS::AccessEntry", Node::Str(text)) => names.push((text, resource.id.text)),
            ("aws_eks_access_policy_association", _) => {
                let mut children = resource.properties.children.to_vec();
                children.retain(|it| {
                    let key = it.key.map_or("", |key| key.text);
                    key != "ClusterName" && key != "PrincipalArn"
                });
                children.push(entry("Owner", whose.extent, whose));
                resource.properties = Marked::map(arena, resource.properties.extent, &children);
            }
            _ => {}
        }
    }
    names
}
