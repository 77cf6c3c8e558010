//! `plimsoll scan` on what `terraform show -json` prints: the verdicts that CloudFormation gets for the same.
//!
//! `plan_pairs/` holds the same resources twice, as a template and as a plan, under the same names.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Folder, Run};

/// The name of a pair, its template and its plan.
macro_rules! pair {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("plan_pairs/", $name, ".yaml")),
            include_str!(concat!("plan_pairs/", $name, ".json")),
        )
    };
}

const PAIRS: [(&str, &str, &str); 6] = [
    pair!("data"),
    pair!("eks"),
    pair!("iam"),
    pair!("logging"),
    pair!("machines"),
    pair!("network"),
];

fn verdicts(run: &Run) -> Vec<Value> {
    assert_eq!(run.err, "");
    let report: Value = serde_json::from_str(&run.out).unwrap();
    report["verdicts"].as_array().unwrap().clone()
}

const ALL: [&str; 4] = ["--verdicts", "all", "--format", "json"];

/// Policy, kind and name of the resource, verdict and path of every verdict on a file.
fn rows(file: &str, text: &str) -> Vec<[String; 5]> {
    let folder = Folder::new();
    folder.write(file, text);
    let run = folder.run(&[&["scan", file], &ALL[..]].concat());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let name = text(&row["resource"]["name"]);
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        let kind = text(&row["resource"]["kind"]);
        let (policy, verdict) = (text(&row["policy"]), text(&row["verdict"]));
        [policy, kind, name, verdict, text(&row["path"])]
    };
    let mut rows: Vec<_> = verdicts(&run).iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn a_plan_is_judged_as_the_template_of_the_same_resources() {
    for (name, template, plan) in PAIRS {
        let (of_template, of_plan) = (rows("t.yaml", template), rows("p.json", plan));
        let missing: Vec<_> = of_template
            .iter()
            .filter(|row| !of_plan.contains(row))
            .collect();
        let more: Vec<_> = of_plan
            .iter()
            .filter(|row| !of_template.contains(row))
            .collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{name}\ntemplate: {missing:#?}\nplan: {more:#?}"
        );
        assert_eq!(of_template.len(), of_plan.len(), "{name}");
        let has = |verdict: &str| of_plan.iter().any(|row| row[3] == verdict);
        assert!(has("pass") && has("fail") && has("notEvaluated"), "{name}");
    }
}

const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[
{"address":"module.eks.aws_eks_cluster.this[0]","module_address":"module.eks","mode":"managed","type":"aws_eks_cluster","name":"this","index":0,
"change":{"actions":["create"],"before":null,
"after":{"name":"a","vpc_config":[{"endpoint_public_access":true,
"public_access_cidrs":["10.0.0.0/8","0.0.0.0/0"]}]},
"after_unknown":{"id":true}}},
{"address":"aws_eks_cluster.later","mode":"managed","type":"aws_eks_cluster","name":"later",
"change":{"actions":["update"],"before":{},"after":{"name":"b","vpc_config":[{"endpoint_public_access":true}]},
"after_unknown":{"vpc_config":[{"public_access_cidrs":true}]}}},
{"address":"aws_eks_cluster.gone","mode":"managed","type":"aws_eks_cluster","name":"gone",
"change":{"actions":["delete"],"before":{"name":"c"},"after":null,"after_unknown":{}}}
]}"#;

const ONLY: [&str; 2] = ["--only", "eks-endpoint-public-open"];

/// Name, verdict, line and message of the verdicts.
fn short(rows: &[Value]) -> Vec<(String, String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let name = text(&row["resource"]["name"]);
        let line = row["line"].as_u64().unwrap_or_default();
        (name, text(&row["verdict"]), line, text(&row["message"]))
    };
    let mut rows: Vec<_> = rows.iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn findings_name_the_address_and_the_line_and_what_is_unknown_is_not_evaluated() {
    let folder = Folder::new();
    folder.write("plan.json", PLAN);
    for run in [
        folder.run(&[&["scan", "plan.json"], &ONLY[..], &ALL[..]].concat()),
        folder.run(&[&["scan", "."], &ONLY[..], &ALL[..]].concat()),
        folder.run_with(&[&["scan", "-f", "-"], &ONLY[..], &ALL[..]].concat(), PLAN),
    ] {
        let found = short(&verdicts(&run));
        assert_eq!(found.len(), 2, "{found:?}");
        let (name, verdict, line, message) = &found[0];
        assert_eq!(
            (&**name, &**verdict, *line),
            ("aws_eks_cluster.later", "notEvaluated", 9)
        );
        assert!(
            message.contains(
                "aws_eks_cluster.later.vpc_config.public_access_cidrs (known after apply)"
            ),
            "{message}"
        );
        let (name, verdict, line, _) = &found[1];
        assert_eq!(
            (&**name, &**verdict, *line),
            ("module.eks.aws_eks_cluster.this[0]", "fail", 5)
        );
    }
}

#[test]
fn what_is_no_json_of_a_plan_is_said_with_what_to_do() {
    let folder = Folder::new();
    folder.write(
        "terraform.tfplan",
        b"PK\x03\x04\x14\0\x08\0tfplan\0tfstate\0".as_slice(),
    );
    folder.write("future.json", PLAN.replace("\"1.2\"", "\"2.0\""));
    folder.write("cut.json", &PLAN[..PLAN.len() / 2]);
    folder.write(
        "part.json",
        PLAN.replace(
            "\"resource_changes\"",
            "\"complete\":false,\"resource_changes\"",
        ),
    );
    for (file, words) in [
        (
            "terraform.tfplan",
            "terraform show -json terraform.tfplan > plan.json",
        ),
        ("future.json", "Terraform's JSON format 2.0 is not known"),
        ("cut.json", "cut.json is not JSON"),
        ("part.json", "the plan leaves resources out"),
    ] {
        let run = folder.run(&[&["scan", file, "--fail-on", "critical"], &ONLY[..]].concat());
        assert_ne!(run.code, 0, "{file}: {}", run.out);
        let said = format!("{}{}", run.out, run.err);
        assert!(said.contains(words), "{file}: {said}");
    }
}
