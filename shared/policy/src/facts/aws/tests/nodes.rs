//! Roles of nodes, as far as pods reach them.

use serde_json::{Value, json};

use super::{arn, fact, role};
use crate::facts::Fact;

fn instance(options: &Value) -> Value {
    json!({"kind": "AWS::EC2::Instance", "metadata": {"name": "i-1"}, "Properties": {"MetadataOptions": options}})
}

fn admitted(instances: &[Value], on_host: bool) -> Value {
    let mut boss = role("boss", &json!([]));
    boss["Use"] = json!(["nodes"]);
    let mut objects = vec![boss, role("app", &json!([]))];
    objects.extend(instances.iter().map(instance));
    let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"hostNetwork": on_host, "containers": []}});
    let found = fact(&objects, Fact::NodeIdentity, &pod);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["roleArn"], arn("boss"));
    assert_eq!(found[0]["grants"]["admin"], true);
    found[0]["admitted"].clone()
}

#[test]
fn a_pod_has_the_role_of_a_node_whose_metadata_service_it_reaches() {
    let near =
        json!({"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1});
    let far =
        json!({"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2});
    let old =
        json!({"HttpEndpoint": "enabled", "HttpTokens": "optional", "HttpPutResponseHopLimit": 1});
    let off =
        json!({"HttpEndpoint": "disabled", "HttpTokens": "optional", "HttpPutResponseHopLimit": 2});
    let lost = json!({"$unknown": "permissionMissing ec2:DescribeInstances"});
    for (instances, expected, on_host) in [
        (vec![], json!(false), json!(false)),
        (vec![near.clone()], json!(false), json!(true)),
        (vec![near.clone(), far], json!(true), json!(true)),
        (vec![old], json!(true), json!(true)),
        (vec![off.clone()], json!(false), json!(false)),
        (vec![near.clone(), lost.clone()], lost.clone(), json!(true)),
        (vec![off, lost.clone()], lost.clone(), lost),
        (vec![Value::Null], json!(true), json!(true)),
    ] {
        assert_eq!(admitted(&instances, false), expected, "{instances:?}");
        assert_eq!(
            admitted(&instances, true),
            on_host,
            "{instances:?} on the host"
        );
    }
}

#[test]
fn what_a_role_is_used_for_may_be_unknown() {
    let mut boss = role("boss", &json!([]));
    boss["Use"] = json!({"$unknown": "permissionMissing eks:ListNodegroups"});
    let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": []}});
    let found = fact(&[boss.clone()], Fact::NodeIdentity, &pod);
    assert_eq!(found, boss["Use"]);
}
