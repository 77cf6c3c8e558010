//! Every name that readers write is one of CloudFormation's, of `derived.txt`, or of the README's table, and holds what
//! is said of it there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::samples::{objects, sample};
use crate::aws::read::ec2::groups::security_group;

type Fields = BTreeMap<String, BTreeMap<String, String>>;

/// The two lists of fields: types and their members.
fn fields() -> Fields {
    let mut fields = Fields::new();
    for file in ["aws.txt", "derived.txt"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/src/schema/");
        let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let members = fields.entry(words.next().unwrap().to_owned()).or_default();
            members.extend(words.map(|word| {
                let (name, form) = word.split_once(':').unwrap();
                (name.to_owned(), form.to_owned())
            }));
        }
    }
    fields
}

/// What the README's table names, as `KIND.MEMBER`.
fn raw() -> BTreeSet<String> {
    let text = include_str!("../README.md");
    let (_, table) = text.split_once("## What is left").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.flat_map(|row| {
        let (kind, rest) = row.split_once('`').unwrap();
        // What stands in brackets tells of what is in a member.
        let outside = rest.split('(').map(|part| part.rsplit(')').next().unwrap());
        let names = outside
            .flat_map(|part| part.split('`').skip(1).step_by(2))
            .map(str::to_owned);
        names
            .map(|name| format!("{kind}.{name}"))
            .collect::<Vec<_>>()
    })
    .collect()
}

fn check(fields: &Fields, form: &str, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if value.get("$unknown").is_some() {
        return;
    }
    let inside = |open: char, close: char| form.strip_prefix(open)?.strip_suffix(close);
    let fits = match (form, value) {
        ("any", _) => true,
        ("string", value) => value.is_string(),
        ("bool", value) => value.is_boolean(),
        ("int", value) => value.is_i64(),
        ("double", value) => value.is_number(),
        (_, Value::Array(items)) => match inside('[', ']') {
            Some(form) => {
                for item in items {
                    check(fields, form, item, at, wrong);
                }
                true
            }
            None => false,
        },
        (_, Value::Object(members)) => {
            let map = inside('{', '}');
            let known = fields.get(form);
            for (name, value) in members {
                let at = format!("{at}.{name}");
                match map.or_else(|| known?.get(name).map(String::as_str)) {
                    Some(form) => check(fields, form, value, &at, wrong),
                    None => wrong.push(format!("{at} is not known")),
                }
            }
            map.is_some() || known.is_some()
        }
        _ => false,
    };
    if !fits {
        wrong.push(format!("{at} is no {form}: {value}"));
    }
}

/// What is wrong with the names and values of objects.
pub(super) fn faults(objects: Vec<Value>) -> Vec<String> {
    let (fields, raw) = (fields(), raw());
    let mut wrong = Vec::new();
    for mut object in objects {
        let kind = object["kind"].as_str().unwrap().to_owned();
        if let Some(live) = object.get_mut("Live").and_then(Value::as_object_mut) {
            live.retain(|member, _| !raw.contains(&format!("{kind}.{member}")));
            if live.is_empty() {
                object.as_object_mut().unwrap().remove("Live");
            }
        }
        let name = object["metadata"]["name"].as_str().unwrap();
        assert!(!name.is_empty(), "{object}");
        check(&fields, &kind, &object, &kind, &mut wrong);
    }
    wrong
}

#[test]
fn every_member_is_known_and_holds_what_it_should() {
    let objects = objects();
    let kind = |object: &Value| object["kind"].as_str().unwrap().to_owned();
    let seen: BTreeSet<_> = objects.iter().map(kind).collect();
    let wrong = faults(objects);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kinds = plimsoll_model::aws::KINDS.iter();
    let kinds: BTreeSet<_> = kinds.map(|kind| kind.name.to_owned()).collect();
    assert_eq!(seen, kinds);
}

#[test]
fn the_check_finds_what_is_wrong() {
    let fields = fields();
    let wrong = |object: Value| {
        let mut wrong = Vec::new();
        check(&fields, "AWS::EC2::Subnet", &object, "Subnet", &mut wrong);
        wrong
    };
    assert!(wrong(json!({"Properties": {"SubnetId": "a", "Tags": [{"Key": "k"}]}})).is_empty());
    assert!(wrong(json!({"Properties": {"SubnetId": {"$unknown": "x y"}}})).is_empty());
    for broken in [
        json!({"Properties": {"SubnetID": "a"}}),
        json!({"Properties": {"SubnetId": 1}}),
        json!({"Properties": {"SubnetId": null}}),
        json!({"Properties": {"Tags": {"k": "v"}}}),
        json!({"Properties": {"Tags": [{"key": "v"}]}}),
    ] {
        assert!(!wrong(broken.clone()).is_empty(), "{broken}");
    }
    assert!(
        raw().contains("AWS::EC2::VPC.FlowLogs") && !raw().contains("AWS::CloudTrail::Trail.Name")
    );
}

#[test]
fn a_security_group_has_a_rule_for_each_range() {
    let from = &sample("ec2.DescribeSecurityGroups")["SecurityGroups"][0];
    let group = security_group(super::samples::PLACE, from);
    let rules = group["Properties"]["SecurityGroupIngress"]
        .as_array()
        .unwrap();
    let ends = [
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "SourcePrefixListId",
    ];
    for rule in rules {
        assert_eq!(
            ends.iter().filter(|end| rule.get(**end).is_some()).count(),
            1,
            "{rule}"
        );
        assert!(rule["IpProtocol"].is_string());
    }
    assert_eq!(rules.len(), 6);
    let open = rules
        .iter()
        .find(|rule| rule["CidrIp"] == "0.0.0.0/0")
        .unwrap();
    assert_eq!(*open, json!({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}));
    let arn = "arn:aws:ec2:eu-central-1:471100000815:security-group/sg-0a51c0ffee0000001";
    assert_eq!(group["metadata"]["arn"], arn);
}
