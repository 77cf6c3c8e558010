//! What Kubernetes names in AWS.

use std::collections::BTreeSet;

use plimsoll_model::Named;
use serde_json::{Value, json};

use super::gathered;

fn names(object: &Value) -> BTreeSet<(Named, String)> {
    let mut found = BTreeSet::new();
    gathered(std::slice::from_ref(object), 1).named_in_aws(&mut |named, id| {
        found.insert((named, id.to_owned()));
    });
    found
}

#[test]
fn objects_name_what_they_are_made_of() {
    let volume =
        |spec: Value| json!({"kind": "PersistentVolume", "metadata": {"name": "pv"}, "spec": spec});
    let csi = |driver: &str, handle: &str| {
        volume(json!({"csi": {"driver": driver, "volumeHandle": handle}}))
    };
    let balanced = |kind: &str, host: &str| json!({"kind": kind, "metadata": {"name": "web"}, "status": {"loadBalancer": {"ingress": [{"hostname": host}]}}});
    let provided = |objects: &str| {
        json!({"kind": "SecretProviderClass", "metadata": {"name": "s"},
            "spec": {"provider": "aws", "parameters": {"objects": objects}}})
    };
    let external =
        |spec: Value| json!({"kind": "ExternalSecret", "metadata": {"name": "s"}, "spec": spec});
    let host = "k8s-web-1.elb.eu-central-1.amazonaws.com";
    let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf";
    for (object, expected) in [
        (
            json!({"kind": "Node", "metadata": {"name": "n"}, "spec": {"providerID": "aws:///eu-central-1a/i-0abc"}}),
            vec![(Named::Instance, "i-0abc")],
        ),
        (json!({"kind": "Node", "metadata": {"name": "n"}}), vec![]),
        (
            csi("ebs.csi.aws.com", "vol-1"),
            vec![(Named::Volume, "vol-1")],
        ),
        (
            csi("efs.csi.aws.com", "fs-1::fsap-2"),
            vec![(Named::FileSystem, "fs-1"), (Named::FileSystem, "fsap-2")],
        ),
        (
            csi("efs.csi.aws.com", "fs-1"),
            vec![(Named::FileSystem, "fs-1")],
        ),
        (csi("disk.csi.azure.com", "vol-1"), vec![]),
        (
            volume(json!({"awsElasticBlockStore": {"volumeID": "aws://eu-central-1a/vol-3"}})),
            vec![(Named::Volume, "vol-3")],
        ),
        (
            volume(json!({"nfs": {"server": "fs-4.efs.eu-central-1.amazonaws.com", "path": "/"}})),
            vec![(Named::FileSystem, "fs-4")],
        ),
        (
            volume(json!({"nfs": {"server": "10.0.0.1", "path": "/"}})),
            vec![],
        ),
        (balanced("Service", host), vec![(Named::LoadBalancer, host)]),
        (
            balanced("Ingress", &format!("dualstack.{}", host.to_uppercase())),
            vec![(Named::LoadBalancer, host)],
        ),
        (balanced("Service", "web.example.com"), vec![]),
        (
            json!({"kind": "Gateway", "metadata": {"name": "g"}, "status": {"addresses": [{"type": "Hostname", "value": host}]}}),
            vec![(Named::LoadBalancer, host)],
        ),
        (
            provided(
                "- objectName: db\n  objectType: secretsmanager\n- objectName: /p\n  objectType: ssmparameter\n",
            ),
            vec![(Named::Secret, "db")],
        ),
        (
            provided(&format!("[{{\"objectName\": \"{arn}\"}}]")),
            vec![(Named::Secret, arn)],
        ),
        (provided("{{ objects }}"), vec![(Named::Secret, "")]),
        (
            external(
                json!({"data": [{"secretKey": "a", "remoteRef": {"key": "db"}}], "dataFrom": [{"extract": {"key": "mail"}}]}),
            ),
            vec![(Named::Secret, "db"), (Named::Secret, "mail")],
        ),
        (
            external(json!({"dataFrom": [{"find": {"name": {"regexp": "x"}}}]})),
            vec![(Named::Secret, "")],
        ),
        (
            json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "a", "image": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/web:1"}]}}),
            vec![(
                Named::Repository,
                "eu-central-1:111122223333:repository/web",
            )],
        ),
    ] {
        let expected: BTreeSet<(Named, String)> = expected
            .into_iter()
            .map(|(named, id)| (named, id.to_owned()))
            .collect();
        assert_eq!(names(&object), expected, "{object}");
    }
    let mut dual = balanced("Ingress", &format!("dualstack.{host}"));
    assert_eq!(names(&dual).len(), 1);
    dual["status"] = json!(null);
    assert!(names(&dual).is_empty());
}

#[test]
fn roles_are_named_by_accounts_associations_and_aws_auth() {
    let auth = json!({"kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"},
        "data": {"mapRoles": "- rolearn: arn:aws:iam::111122223333:role/nodes\n  groups: []\n"}});
    let objects = [
        super::account("shop", "web", Some("app")),
        super::association("shop", "web", "boss"),
        auth,
    ];
    let mut found = BTreeSet::new();
    gathered(&objects, 2).roles_named(&mut |arn| {
        found.insert(arn.to_owned());
    });
    found.remove("");
    let expected = ["app", "boss", "nodes"].map(super::arn);
    assert_eq!(found, expected.into());
}
