//! The example reading, whole and in parts.

mod border;
mod example;
mod laws;
mod machines;

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{NodeRoute, Reason};
use serde_json::{Value, json};

use super::{derive, derive_global};
use crate::aws::read::Reading;

const EXAMPLE: &str = include_str!("../../../../tests/aws_reading.yaml");

/// The example, nothing derived yet.
#[derive(Clone)]
struct World {
    regional: Reading,
    global: Reading,
    read_at: Timestamp,
}

impl World {
    fn example() -> Self {
        let text: Value = yaml_serde::from_str(EXAMPLE).unwrap();
        let reading = |part: &Value, region: Option<&str>| Reading {
            objects: part["objects"]
                .as_array()
                .unwrap()
                .iter()
                .map(|short| object(short, region))
                .collect(),
            gaps: gaps(&part["whole"]),
            ..Reading::default()
        };
        World {
            regional: reading(&text["regional"], Some("eu-central-1")),
            global: reading(&text["global"], None),
            read_at: text["read_at"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn derived(mut self) -> Self {
        derive_global(&mut self.global, self.read_at);
        let route = Some(NodeRoute::Ami);
        derive(&mut self.regional, &self.global, route, self.read_at);
        self
    }

    fn readings(&mut self) -> [&mut Reading; 2] {
        [&mut self.regional, &mut self.global]
    }

    /// What there is of an object, in the region if it is there.
    fn get(&self, kind: &str, name: &str) -> &Value {
        let all = self.regional.objects.iter().chain(&self.global.objects);
        let mut found = all.filter(|o| o["kind"] == kind && o["metadata"]["name"] == name);
        found.next().unwrap_or_else(|| panic!("no {kind} {name}"))
    }
}

fn gaps(whole: &Value) -> BTreeMap<&'static str, Option<Reason>> {
    let kinds = whole.as_array().unwrap().iter();
    kinds
        .map(|kind| (kind_named(kind.as_str().unwrap()), None))
        .collect()
}

/// Kinds are static texts where they are read.
fn kind_named(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

fn object(short: &Value, region: Option<&str>) -> Value {
    let name = short["name"].as_str().unwrap();
    let kind = short["kind"].as_str().unwrap();
    let sort = kind.rsplit("::").next().unwrap().to_lowercase();
    let place = region.unwrap_or_default();
    let service = if kind.starts_with("AWS::IAM") {
        "iam"
    } else {
        "any"
    };
    let usual = json!(format!(
        "arn:aws:{service}:{place}:471100000815:{sort}/{name}"
    ));
    let arn = short.get("arn").unwrap_or(&usual);
    let mut made = json!({
        "apiVersion": "aws",
        "kind": kind,
        "metadata": { "name": name, "arn": arn, "account": "471100000815" },
    });
    if let Some(region) = region {
        made["metadata"]["namespace"] = region.into();
    }
    for section in ["Properties", "Live"] {
        if let Some(of) = short.get(section) {
            made[section] = of.clone();
        }
    }
    made
}
