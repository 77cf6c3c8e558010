//! The ways to give Plimsoll its role in an account ask for the same: one account's template, an organization's, and
//! Terraform.

use std::collections::BTreeMap;
use std::path::Path;

use yaml_serde::Value;

use super::tree;

const FOLDER: &str = "infra/onboarding";

fn template(name: &str) -> Value {
    yaml_serde::from_str(&tree::text(&Path::new(FOLDER).join(name))).unwrap()
}

fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| {
        let found = value.get(*name);
        found.unwrap_or_else(|| panic!("no {name} in {value:?}"))
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A template's parameters with their defaults.
fn parameters(template: &Value) -> BTreeMap<String, Option<String>> {
    let parameters = at(template, &["Parameters"]).as_mapping().unwrap();
    parameters
        .iter()
        .map(|(name, body)| {
            let default = body.get("Default").and_then(text);
            (text(name).unwrap(), default)
        })
        .collect()
}

/// What `!Ref` names.
fn reference(value: &Value) -> String {
    let Value::Tagged(tagged) = value else {
        panic!("no reference: {value:?}");
    };
    assert_eq!(tagged.tag, "Ref");
    text(&tagged.value).unwrap()
}

#[test]
fn an_organizations_accounts_get_the_role_of_one_account() {
    let of_role = parameters(&template("role.yaml"));
    let organization = template("organization.yaml");
    let own = parameters(&organization);
    for (name, default) in &of_role {
        assert_eq!(own.get(name), Some(default), "organization.yaml: {name}");
    }
    let by_itself: BTreeMap<_, _> = of_role
        .keys()
        .map(|name| (name.clone(), name.clone()))
        .collect();
    let resources = at(&organization, &["Resources"]);
    let in_set = at(resources, &["Accounts", "Properties", "Parameters"]);
    let in_set = in_set.as_sequence().unwrap().iter().map(|parameter| {
        let name = text(at(parameter, &["ParameterKey"])).unwrap();
        (name, reference(at(parameter, &["ParameterValue"])))
    });
    assert_eq!(in_set.collect::<BTreeMap<_, _>>(), by_itself);
    let here = at(resources, &["ThisAccount", "Properties", "Parameters"]);
    let here = here.as_mapping().unwrap().iter();
    let here = here.map(|(name, value)| (text(name).unwrap(), reference(value)));
    assert_eq!(here.collect::<BTreeMap<_, _>>(), by_itself);
}

/// `vendor_account_id` for `VendorAccountId`.
fn in_terraform(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

#[test]
fn terraform_asks_for_what_the_template_asks_for() {
    let text = tree::text(&Path::new(FOLDER).join("terraform/role/variables.tf"));
    let declared: BTreeMap<String, Option<String>> = text
        .split("\nvariable \"")
        .map(|block| {
            let block = block.strip_prefix("variable \"").unwrap_or(block);
            let (name, body) = block.split_once('"').unwrap();
            let default = body
                .lines()
                .find_map(|line| line.trim().strip_prefix("default "));
            let default = default.and_then(|line| line.split('"').nth(1));
            (name.to_owned(), default.map(str::to_owned))
        })
        .collect();
    let of_role = parameters(&template("role.yaml"));
    let of_role = of_role
        .into_iter()
        .map(|(name, default)| (in_terraform(&name), default));
    assert_eq!(declared, of_role.collect());
    println!(
        "exercised: {} parameters of the customer's role in three forms",
        declared.len()
    );
}
