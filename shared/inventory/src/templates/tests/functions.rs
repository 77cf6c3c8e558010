//! Every function, in all forms in which it can be written.

use serde_json::{Value, json};

use super::{objects, properties, unknown};

const HEAD: &str = r"
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String, Default: prod}
  Public: {Type: String, Default: true}
  Port: {Type: Number, Default: 22}
  Cidrs: {Type: CommaDelimitedList, Default: '10.0.0.0/8, 192.168.0.0/16'}
  Network: {Type: 'AWS::EC2::VPC::Id'}
  Password: {Type: String, Default: hunter2, NoEcho: true}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /my/image}
Mappings:
  ByStage:
    prod: {Name: big, Zones: [a, b]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Never: !And [!Condition IsProd, !Equals [!Ref Network, vpc-1], !Equals [a, b]]
  Always: !Or [!Equals [!Ref Network, vpc-1], {Condition: IsProd}]
  Open: !Equals [!Ref Network, vpc-1]
  Turns: !Not [!Condition Round]
  Round: !Not [!Condition Turns]
Resources:
  Key: {Type: 'AWS::KMS::Alias'}
  Ip: {Type: 'AWS::EC2::EIP'}
  Own: {Type: 'Custom::Thing'}
  Net: {Type: 'AWS::EC2::CarrierGateway', Properties: {CidrBlock: !Sub '10.${Port}.0.0/16', Plain: 1.5, Other: !GetAtt Net.Plain}}
  Gone: {Type: 'AWS::SNS::Topic', Condition: IsDev}
  It:
    Type: AWS::EKS::Cluster
    Properties:
";

/// What a value in the template becomes.
fn value(written: &str) -> Value {
    let text = format!("{HEAD}      It: {written}\n");
    properties("t.yaml", &text)["It"].clone()
}

#[test]
fn what_a_template_says_is_filled_in() {
    for (written, expected) in [
        ("!Ref Stage", json!("prod")),
        ("!Ref Port", json!(22)),
        ("!Ref Public", json!("true")),
        ("!Ref Cidrs", json!(["10.0.0.0/8", "192.168.0.0/16"])),
        (
            "!Sub 'a-${Stage}-${!Stage}-${Port}'",
            json!("a-prod-${Stage}-22"),
        ),
        ("!Sub ['${X}/${Stage}', {X: !Ref Port}]", json!("22/prod")),
        (
            "!Join ['-', [a, !Ref Stage, 3, true]]",
            json!("a-prod-3-true"),
        ),
        (
            "!Join [',', !Ref Cidrs]",
            json!("10.0.0.0/8,192.168.0.0/16"),
        ),
        ("!Select [1, !Ref Cidrs]", json!("192.168.0.0/16")),
        ("!Select ['0', [!Ref Stage, !Ref Network]]", json!("prod")),
        ("!Split ['-', !Sub '${Stage}-x']", json!(["prod", "x"])),
        ("!If [IsProd, [1], [2]]", json!([1])),
        ("!If [IsDev, 1, {a: !Ref Stage}]", json!({"a": "prod"})),
        ("!If [Never, 1, 2]", json!(2)),
        ("!If [Always, 1, 2]", json!(1)),
        ("!If [Open, !Ref Stage, prod]", json!("prod")),
        ("[1, !If [IsDev, 2, !Ref 'AWS::NoValue'], 3]", json!([1, 3])),
        ("{a: !Ref AWS::NoValue, b: 1}", json!({"b": 1})),
        ("!Ref AWS::NoValue", Value::Null),
        ("!FindInMap [ByStage, !Ref Stage, Name]", json!("big")),
        ("!FindInMap [ByStage, prod, Zones]", json!(["a", "b"])),
        (
            "!FindInMap [ByStage, dev, Name, {DefaultValue: small}]",
            json!("small"),
        ),
        ("!Base64 ab", json!("YWI=")),
        ("!Base64\n        Fn::Sub: '${Stage}!'", json!("cHJvZCE=")),
        ("!Ref Key", json!("!Ref Key")),
        (
            "!GetAtt Key.TargetKeyArn",
            json!("!GetAtt Key.TargetKeyArn"),
        ),
        (
            "{'Fn::GetAtt': [Key, TargetKeyId]}",
            json!("!GetAtt Key.TargetKeyId"),
        ),
        (
            "!Sub 'x/${Key}/${Key.Arn}'",
            json!("x/!Ref Key/!GetAtt Key.Arn"),
        ),
        ("!GetAtt Net.CidrBlock", unknown("!GetAtt Net.CidrBlock")),
        ("!GetAtt Net.Plain", json!(1.5)),
        ("2012-10-17", json!("2012-10-17")),
        ("yes", json!("yes")),
        (
            "{Condition: {Bool: {x: !Ref Public}}}",
            json!({"Condition": {"Bool": {"x": "true"}}}),
        ),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn what_only_a_deployment_says_is_unknown_and_named() {
    for (written, what) in [
        ("!Ref Network", "!Ref Network"),
        ("!Ref Password", "!Ref Password"),
        ("!Ref Image", "!Ref Image"),
        ("!Ref Nothing", "!Ref Nothing"),
        ("!Ref AWS::Region", "!Ref AWS::Region"),
        ("!Ref Gone", "!Ref Gone"),
        ("!Ref Ip", "!Ref Ip"),
        ("!Ref Own", "!Ref Own"),
        ("!GetAtt Key.Endpoint", "!GetAtt Key.Endpoint"),
        ("!GetAtt Own.Arn", "!GetAtt Own.Arn"),
        ("!GetAtt Net.Other", "!GetAtt Net.Other"),
        ("!GetAtt Key", "!GetAtt Key"),
        ("!Sub 'arn:${AWS::Partition}:x'", "!Ref AWS::Partition"),
        ("!Sub '${Own.Arn}'", "!GetAtt Own.Arn"),
        ("!Sub '${Cidrs}'", "a list or map where text belongs"),
        ("!Sub '${Stage'", "!Sub ${Stage"),
        ("!Join [',', [a, !Ref Network]]", "!Ref Network"),
        ("!Join [a]", "!Join a"),
        ("!Select [7, !Ref Cidrs]", "!Select 7"),
        ("!Select [0, !GetAZs '']", "!GetAZs"),
        ("!Split ['', abc]", "!Split"),
        ("!ImportValue network", "!ImportValue network"),
        (
            "!ImportValue\n        Fn::Sub: '${AWS::StackName}-vpc'",
            "!ImportValue !Sub ${AWS::StackName}-vpc",
        ),
        ("!Cidr [10.0.0.0/8, 4, 8]", "!Cidr 10.0.0.0/8"),
        ("!Transform {Name: X}", "!Transform"),
        ("{'Fn::Transform': {Name: X}, a: 1}", "!Transform"),
        ("!FindInMap [ByStage, dev, Name]", "!FindInMap ByStage"),
        ("!If [Open, 1, 2]", "!Ref Network"),
        ("!If [Missing, 1, 2]", "!Condition Missing"),
        ("!If [Turns, 1, 2]", "!Condition Turns"),
        ("!If [IsProd]", "!If IsProd"),
        ("!Base64 [a]", "a list or map where text belongs"),
        ("'{{resolve:ssm:/a/b}}'", "{{resolve:ssm:/a/b}}"),
        (
            "!Sub 'x{{resolve:secretsmanager:${Stage}}}'",
            "{{resolve:secretsmanager:${Stage}}",
        ),
    ] {
        assert_eq!(value(written), unknown(what), "{written}");
    }
}

#[test]
fn only_what_is_unknown_is() {
    let value = value("{a: [1, !Ref Network, {b: !Ref Stage, c: !ImportValue x}]}");
    let expected =
        json!({"a": [1, unknown("!Ref Network"), {"b": "prod", "c": unknown("!ImportValue x")}]});
    assert_eq!(value, expected);
}

#[test]
fn short_long_and_json_forms_mean_the_same() {
    let short = "
Parameters: {P: {Type: String, Default: p}}
Conditions: {C: !Not [!Equals [!Ref P, x]]}
Resources:
  It:
    Type: AWS::EKS::Cluster
    Properties:
      A: !If [C, !Sub '${P}-é😀', no]
      B: !GetAtt It.Arn
      C: !Join [':', [!Ref P, !ImportValue v]]
      D: !Select [0, !Split [',', 'a,b']]
";
    let long = "
Parameters: {P: {Type: String, Default: p}}
Conditions: {C: {'Fn::Not': [{'Fn::Equals': [{Ref: P}, x]}]}}
Resources:
  It:
    Type: AWS::EKS::Cluster
    Properties:
      A: {'Fn::If': [C, {'Fn::Sub': '${P}-é😀'}, no]}
      B: {'Fn::GetAtt': It.Arn}
      C: {'Fn::Join': [':', [{Ref: P}, {'Fn::ImportValue': v}]]}
      D: {'Fn::Select': [0, {'Fn::Split': [',', 'a,b']}]}
";
    let json = r#"{"Parameters": {"P": {"Type": "String", "Default": "p"}},
"Conditions": {"C": {"Fn::Not": [{"Fn::Equals": [{"Ref": "P"}, "x"]}]}},
"Resources": {"It": {"Type": "AWS::EKS::Cluster", "Properties": {
	"A": {"Fn::If": ["C", {"Fn::Sub": "${P}-é😀"}, false]},
	"B": {"Fn::GetAtt": ["It", "Arn"]},
	"C": {"Fn::Join": [":", [{"Ref": "P"}, {"Fn::ImportValue": "v"}]]},
	"D": {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]}}}}}"#;
    let expected = objects("t.yaml", short);
    let read = &expected[0].1["Properties"];
    assert_eq!((&read["A"], &read["D"]), (&json!("p-é😀"), &json!("a")));
    assert_eq!(objects("t.yaml", long), expected);
    assert_eq!(objects("t.json", json), expected);
    assert_eq!(objects("t.yaml", json), expected);
}

#[test]
fn texts_become_what_their_properties_hold() {
    let text = "
Parameters: {On: {Type: String, Default: 'true'}, N: {Type: String, Default: '22'}}
Resources:
  Key: {Type: 'AWS::KMS::Alias'}
  It:
    Type: AWS::EKS::Cluster
    Properties:
      Flag: 'False'
      Port: !Ref N
      Share: '0.5'
      Name: 1.31
      Ports: ['1', 2, x, !Ref Key]
      Labels: {a: !Ref On, b: maybe, c: no}
      Other: 'true'
";
    let expected = json!({
        "Flag": false, "Port": 22, "Share": 0.5, "Name": "1.31", "Other": "true",
        "Ports": [1, 2, "x", unknown("!Ref Key")], "Labels": {"a": true, "b": "maybe", "c": false},
    });
    assert_eq!(properties("t.yaml", text), expected);
}
