//! `plimsoll scan` on CloudFormation templates: the same policies as for an account, at the lines of the template.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::Folder;

const ONLY: [&str; 2] = ["--only", "eks-endpoint-public-open"];

const TEMPLATE: &str = "\
Parameters:
  Public: {Type: String, Default: 'true'}
  Cidrs: {Type: CommaDelimitedList, Default: '203.0.113.0/24, 0.0.0.0/0'}
Conditions:
  IsPublic: !Equals [!Ref Public, 'true']
  IsGone: !Not [!Condition IsPublic]
Resources:
  Open:
    Type: AWS::EKS::Cluster
    Properties:
      ResourcesVpcConfig:
        EndpointPublicAccess: !Ref Public
        PublicAccessCidrs: !If [IsPublic, !Ref Cidrs, !Ref AWS::NoValue]
  Imported:
    Type: AWS::EKS::Cluster
    Properties:
      ResourcesVpcConfig:
        PublicAccessCidrs:
          - !ImportValue office
  Closed:
    Type: AWS::EKS::Cluster
    Properties: {ResourcesVpcConfig: {EndpointPublicAccess: 'false'}}
  Gone:
    Type: AWS::EKS::Cluster
    Condition: IsGone
  Function:
    Type: AWS::Serverless::Function
";

/// Name, verdict, line, column and reason of every verdict on a file.
fn verdicts(file: &str, text: &str) -> Vec<(String, String, u64, u64, String)> {
    let folder = Folder::new();
    folder.write(file, text);
    let more = ["--verdicts", "all", "--format", "json"];
    let arguments: Vec<&str> = ["scan", file].into_iter().chain(ONLY).chain(more).collect();
    let run = folder.run(&arguments);
    assert_eq!(run.err, "");
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = report["verdicts"].as_array().unwrap().iter();
    let rows = rows.map(|row| {
        let name = text(&row["resource"]["name"]);
        let at = |key: &str| row[key].as_u64().unwrap_or_default();
        let message = text(&row["message"]);
        (
            name,
            text(&row["verdict"]),
            at("line"),
            at("column"),
            message,
        )
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

#[test]
fn a_template_is_judged_by_what_is_known_of_it() {
    let found = verdicts("template.yaml", TEMPLATE);
    let short: Vec<_> = found
        .iter()
        .map(|row| (&*row.0, &*row.1, row.2, row.3))
        .collect();
    assert_eq!(short.len(), 3, "{found:?}");
    assert_eq!((short[0].0, short[0].1), ("Closed", "pass"));
    assert_eq!(short[1], ("Imported", "notEvaluated", 18, 9));
    assert!(found[1].4.contains("!ImportValue office"), "{found:?}");
    assert_eq!(short[2], ("Open", "fail", 13, 9));
}

#[test]
fn json_is_judged_the_same() {
    let text = r#"{
  "Parameters": {"Net": {"Type": "String", "Default": "0.0.0.0"}},
  "Resources": {
    "Open": {"Type": "AWS::EKS::Cluster", "Properties": {"ResourcesVpcConfig": {
      "EndpointPublicAccess": "true",
      "PublicAccessCidrs": [{"Fn::Join": ["/", [{"Ref": "Net"}, 0]]}]
    }}},
    "Closed": {"Type": "AWS::EKS::Cluster", "Properties": {"ResourcesVpcConfig": {"EndpointPublicAccess": "false"}}}
  }
}"#;
    let found = verdicts("template.json", text);
    let short: Vec<_> = found
        .iter()
        .map(|row| (&*row.0, &*row.1, row.2, row.3))
        .collect();
    assert_eq!((short[0].0, short[0].1), ("Closed", "pass"));
    assert_eq!(short[1..], [("Open", "fail", 6, 7)]);
}

#[test]
fn a_folder_of_templates_and_manifests_is_read_wholly() {
    let folder = Folder::with_payments();
    folder.write("k8s/template.yaml", TEMPLATE);
    folder.write(
        "k8s/buckets.yaml",
        "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {Name: !Sub '${A}'}}}\n",
    );
    let run = folder.run(&["scan", "k8s", ONLY[0], ONLY[1], "--format", "table"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.contains("--> k8s/template.yaml:13:9"),
        "{}",
        run.out
    );
    assert!(run.out.contains("AWS::EKS::Cluster Open"), "{}", run.out);
}
