//! Which documents are templates, which resources are judged, and what for they are used.

use serde_json::json;

use super::{each, object, objects, unknown};

#[test]
fn other_documents_are_no_templates() {
    for text in [
        "Resources: {a: {Type: 'Custom::X'}}\n",
        "Resources: [{Type: 'AWS::EKS::Cluster'}]\n",
        "Resources: AWS::EKS::Cluster\n",
        "resources: {Resources: {a: {Type: 'AWS::EKS::Cluster'}}}\n",
        "Resources: {a: {Type: 1}, b: AWS::EKS::Cluster}\n",
        "Resources: {a: {Type: 'AWS::S3::Bucket'}, b: {Type: 'AWS::Serverless::Function'}}\n",
        "Globals: {Function: {Timeout: 3}}\nResources: {b: {Type: 'AWS::Serverless::Function', Properties: {Policies: [x]}}}\n",
    ] {
        let outcome = each("t.yaml", text, &mut |_| panic!("{text}"));
        assert_eq!((outcome.not_kubernetes, outcome.objects), (1, 0), "{text}");
        assert_eq!(outcome.problems, [], "{text}");
    }
}

#[test]
fn manifests_keep_their_tags_to_themselves() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: !Ref AWS::X}\nResources: {a: {Type: 'AWS::EKS::Cluster'}}\n";
    assert_eq!(objects("t.yaml", text)[0].1["data"]["k"], "AWS::X");
}

#[test]
fn a_template_beside_manifests_is_one_of_several_documents() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n---\nResources: {C: {Type: 'AWS::EKS::Cluster'}}\n";
    let mut sources = Vec::new();
    each("t.yaml", text, &mut |object| {
        sources.push((object.source.document, object.source.item));
    });
    assert_eq!(sources, [(0, None), (1, Some(0))]);
}

#[test]
fn a_resource_whose_condition_is_false_is_none() {
    let text = "
Parameters: {P: {Type: String}}
Conditions: {No: !Equals [a, b], Off: !Equals [no, n], Yes: !Equals [a, a], Maybe: !Equals [!Ref P, a]}
Resources:
  A: {Type: 'AWS::EKS::Cluster', Condition: No}
  B: {Type: 'AWS::EKS::Cluster', Condition: Yes}
  C: {Type: 'AWS::EKS::Cluster', Condition: Maybe}
  D: {Type: 'AWS::EKS::Cluster', Condition: Missing}
";
    let names: Vec<String> = objects("t.yaml", text).into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["B", "C", "D"]);
}

#[test]
fn an_object_is_as_a_reader_of_an_account_would_give_it() {
    let text = "Resources: {C: {Type: 'AWS::EKS::Cluster', Properties: {Name: x}}}\n";
    let account = json!({"$unknown": "needsAccount the AWS account"});
    let expected = json!({
        "apiVersion": "aws", "kind": "AWS::EKS::Cluster", "metadata": {"name": "C"},
        "Use": ["controlPlane"], "Properties": {"Name": "x"}, "Live": account, "Derived": account,
    });
    assert_eq!(objects("t.yaml", text), [("C".to_owned(), expected)]);
    let bare = "Resources: {C: {Type: 'AWS::EKS::Cluster'}}\n";
    assert_eq!(object(bare, "C")["Properties"], json!({}));
}

#[test]
fn uses_follow_from_what_names_what() {
    let text = "
Resources:
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      RoleArn: !GetAtt ClusterRole.Arn
      EncryptionConfig: [{Provider: {KeyArn: !GetAtt Key.Arn}, Resources: [secrets]}]
      ResourcesVpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!GetAtt Group.GroupId]}
  Nodes:
    Type: AWS::EKS::Nodegroup
    Properties: {NodeRole: !GetAtt NodeRole.Arn, Subnets: [!Ref Subnet], LaunchTemplate: {Id: !Ref Template}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {NetworkInterfaces: [{Groups: [!Ref NodeGroup]}], IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}}
  Profile: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [!Ref Inner]}}
  Inner: {Type: 'AWS::IAM::Role'}
  ClusterRole: {Type: 'AWS::IAM::Role'}
  NodeRole: {Type: 'AWS::IAM::Role'}
  Other: {Type: 'AWS::IAM::Role'}
  Key: {Type: 'AWS::KMS::Key'}
  Group: {Type: 'AWS::EC2::SecurityGroup'}
  NodeGroup: {Type: 'AWS::EC2::SecurityGroup'}
  Vpc: {Type: 'AWS::EC2::VPC'}
  Subnet: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc}}
  Table: {Type: 'AWS::EC2::RouteTable'}
  Joined: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Records: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Sub '/aws/eks/${Cluster}/cluster'}}
  Others: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: mine}}
  Unnamed: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !ImportValue x}}
  Trail: {Type: 'AWS::CloudTrail::Trail'}
";
    for (name, expected) in [
        ("Cluster", json!(["controlPlane"])),
        ("Nodes", json!(["nodes"])),
        ("Template", json!(["nodes"])),
        ("Inner", json!(["nodes"])),
        ("NodeRole", json!(["nodes"])),
        ("NodeGroup", json!(["nodes"])),
        ("ClusterRole", json!(["controlPlane"])),
        ("Key", json!(["secrets"])),
        ("Group", json!(["clusterGroup"])),
        ("Subnet", json!(["controlPlane", "nodes"])),
        ("Vpc", json!(["controlPlane", "nodes"])),
        ("Table", json!(["controlPlane", "nodes"])),
        ("Records", json!(["controlPlane"])),
        ("Others", json!([])),
        ("Trail", json!([])),
        ("Unnamed", unknown("who uses it")),
        ("Other", unknown("who uses it")),
    ] {
        assert_eq!(object(text, name)["Use"], expected, "{name}");
    }
}
