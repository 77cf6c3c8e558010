//! Findings point at the line of the template that they are about.

use plimsoll_cel::Bump;

use super::each;
use crate::files::{Change, ObjectIn, Op, Outcome, Spot, Step, edit, locate};

const YAML: &str = "\
Resources:
  Net: {Type: 'AWS::SNS::Topic'}
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      Name: !Sub
        - '${X}'
        - {X: a}
      ResourcesVpcConfig:
        EndpointPublicAccess: !Ref On
        PublicAccessCidrs:
        - !Ref Office
        - 0.0.0.0/0
  Group: {Type: 'AWS::EC2::SecurityGroup'}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !Ref Group
      CidrIp: 0.0.0.0/0
";

/// Line, column and end of the value at a path of an object.
fn place(file: &str, text: &str, name: &str, path: &str) -> (u32, u32, u32) {
    let mut found = None;
    each(file, text, &mut |object| {
        let mut bytes = Vec::new();
        object.to_bytes(&mut bytes).unwrap();
        let arena = Bump::new();
        let kept = ObjectIn::from_bytes(&bytes, object.source.clone(), &arena).unwrap();
        assert_eq!(kept.node, object.node);
        let id = object.node.at(&["metadata", "name"]).unwrap();
        if id.as_str() == Some(name) {
            let place = object.place(path).unwrap();
            assert_eq!(kept.place(path), Some(place));
            found = Some((place.line, place.column, place.end_column));
        }
    });
    found.unwrap()
}

#[test]
fn values_are_where_they_are_written() {
    for (name, path, expected) in [
        (
            "Cluster",
            "Properties.ResourcesVpcConfig.EndpointPublicAccess",
            (10, 9, 38),
        ),
        (
            "Cluster",
            "Properties.ResourcesVpcConfig.PublicAccessCidrs",
            (11, 9, 26),
        ),
        (
            "Cluster",
            "Properties.ResourcesVpcConfig.PublicAccessCidrs[0]",
            (12, 11, 22),
        ),
        (
            "Cluster",
            "Properties.ResourcesVpcConfig.PublicAccessCidrs[1]",
            (13, 11, 20),
        ),
        (
            "Cluster",
            "Properties.ResourcesVpcConfig.SubnetIds",
            (9, 7, 25),
        ),
        ("Cluster", "Properties.Name", (6, 7, 11)),
        ("Cluster", "Properties.Logging", (5, 5, 15)),
        ("Cluster", "kind", (4, 5, 28)),
        ("Cluster", "metadata.name", (3, 3, 10)),
        (
            "Group",
            "Properties.SecurityGroupIngress[0].CidrIp",
            (19, 7, 24),
        ),
    ] {
        assert_eq!(place("t.yaml", YAML, name, path), expected, "{name} {path}");
    }
}

#[test]
fn json_has_places_too() {
    let text = "{\"x\": 1} {\"Resources\": {\"C\": {\"Type\": \"AWS::EKS::Cluster\",\n\t\"Properties\": {\"Name\": {\"Ref\": \"N\"}}}}}";
    assert_eq!(place("t.json", text, "C", "kind"), (1, 31, 58));
    assert_eq!(place("t.json", text, "C", "Properties.Name"), (2, 17, 37));
}

#[test]
fn resources_are_found_again_in_the_text() {
    let spot = |path| Spot {
        document: 0,
        item: Some(1),
        path,
    };
    let at = |path| {
        let place = locate("t.yaml", YAML, &spot(path)).unwrap();
        (place.line, place.column, place.end_column)
    };
    assert_eq!(at("metadata.name"), (3, 3, 10));
    assert_eq!(
        at("Properties.ResourcesVpcConfig.PublicAccessCidrs[0]"),
        (12, 11, 22)
    );
    assert_eq!(at("kind"), (4, 5, 28));
}

#[test]
fn nothing_in_a_template_is_changed() {
    let pointer = "/Properties/ResourcesVpcConfig/EndpointPublicAccess";
    let change = Change {
        document: 0,
        item: Some(1),
        steps: vec![Step {
            op: Op::Add(false.into()),
            pointer: pointer.to_owned(),
        }],
    };
    let edited = edit("t.yaml", YAML, &[change]);
    assert_eq!(edited.text, YAML);
    let [Outcome::Left(why)] = &edited.outcomes[..] else {
        panic!("{:?}", edited.outcomes)
    };
    assert!(why.message.contains("by hand"));
    assert_eq!(why.place.map(|place| place.line), Some(10));
}
