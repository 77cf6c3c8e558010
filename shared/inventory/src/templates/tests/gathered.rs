//! Resources that are parts of others, and what others make of them.

use serde_json::json;

use super::{object, objects, unknown};

const TEMPLATE: &str = "
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{FromPort: 1, CidrIp: 10.0.0.0/8}]
  Bare: {Type: 'AWS::EC2::SecurityGroup'}
  Lost:
    Type: AWS::EC2::SecurityGroup
    Properties: {SecurityGroupIngress: !ImportValue rules}
  First:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, FromPort: '22', CidrIp: 0.0.0.0/0}
  Second:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Bare.GroupId, FromPort: 80, CidrIp: !ImportValue net}
  Third:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: sg-1, FromPort: 80}
  Fourth:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Lost, FromPort: 80}
  Role: {Type: 'AWS::IAM::Role'}
  Policy:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: p, PolicyDocument: {Statement: []}, Roles: [!Ref Role, other]}
  More:
    Type: AWS::IAM::RolePolicy
    Properties: {PolicyName: q, RoleName: !Ref Role}
  Gateway: {Type: 'AWS::EC2::InternetGateway'}
  Table: {Type: 'AWS::EC2::RouteTable'}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Subnet: {Type: 'AWS::EC2::Subnet'}
  Own:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Nowhere: {Type: 'AWS::EC2::Subnet'}
  Acl: {Type: 'AWS::EC2::NetworkAcl'}
  Rule:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, PortRange: {From: 22, To: 23}}
";

#[test]
fn rules_are_put_into_their_groups() {
    let rules = |name| object(TEMPLATE, name)["Properties"]["SecurityGroupIngress"].clone();
    let own = json!({"FromPort": 1, "CidrIp": "10.0.0.0/8"});
    assert_eq!(
        rules("Group"),
        json!([own, {"FromPort": 22, "CidrIp": "0.0.0.0/0"}])
    );
    assert_eq!(
        rules("Bare"),
        json!([{"FromPort": 80, "CidrIp": unknown("!ImportValue net")}])
    );
    assert_eq!(rules("Lost"), unknown("!ImportValue rules"));
}

#[test]
fn policies_are_put_into_their_roles() {
    let role = object(TEMPLATE, "Role");
    let expected =
        json!([{"PolicyName": "p", "PolicyDocument": {"Statement": []}}, {"PolicyName": "q"}]);
    assert_eq!(role["Properties"]["Policies"], expected);
}

#[test]
fn routes_and_entries_are_derived() {
    let routes = &object(TEMPLATE, "Table")["Derived"]["Routes"];
    assert_eq!(routes[0]["GatewayId"], "!Ref Gateway");
    let entries = &object(TEMPLATE, "Acl")["Derived"]["Entries"];
    assert_eq!(
        (&entries[0]["FromPort"], &entries[0]["ToPort"]),
        (&json!(22), &json!(23))
    );
    let subnet = |text: &str| object(text, "Subnet")["Derived"].clone();
    assert_eq!(subnet(TEMPLATE), json!({"RoutesToInternet": true}));
    let inside = TEMPLATE.replace("GatewayId: !Ref Gateway", "NatGatewayId: nat-1");
    assert_eq!(subnet(&inside), json!({"RoutesToInternet": false}));
    let unclear = TEMPLATE.replace("!Ref Gateway}", "!ImportValue gate}");
    assert_eq!(
        subnet(&unclear),
        json!({"RoutesToInternet": unknown("!ImportValue gate")})
    );
    let unclear = TEMPLATE.replace("0.0.0.0/0, GatewayId", "!ImportValue net, GatewayId");
    assert_eq!(
        subnet(&unclear),
        json!({"RoutesToInternet": unknown("!ImportValue net")})
    );
    assert_eq!(
        object(TEMPLATE, "Group")["Derived"],
        json!({"ByDefault": false})
    );
    let account = json!({"$unknown": "needsAccount the AWS account"});
    assert_eq!(object(TEMPLATE, "Nowhere")["Derived"], account);
    assert_eq!(object(TEMPLATE, "Role")["Live"], account);
}

#[test]
fn parts_are_no_objects() {
    let names: Vec<String> = objects("t.yaml", TEMPLATE)
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(
        names,
        [
            "Group", "Bare", "Lost", "Role", "Table", "Subnet", "Nowhere", "Acl"
        ]
    );
}
