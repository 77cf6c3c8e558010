//! Facts across the border over small worlds, written as a list of objects.

mod balancers;
mod identity;
mod names;
mod nodes;
mod worlds;

use plimsoll_cel::{Bump, Node, decode_our_own};
use serde_json::{Value, json};

use super::super::{Fact, Joins};

const ACCOUNT: &str = "111122223333";
const ISSUER: &str = "oidc.eks.eu-central-1.amazonaws.com/id/AAAA";

/// Everything gathered by that many workers, who got the objects in turn.
fn gathered(objects: &[Value], workers: usize) -> Joins {
    let arena = Bump::new();
    let mut joins = vec![Joins::default(); workers];
    for (place, object) in objects.iter().enumerate() {
        let node = decode_our_own(&arena, object.to_string().as_bytes()).unwrap();
        joins[place % workers].gather(object["kind"].as_str().unwrap(), &node);
    }
    let mut all = Joins::default();
    joins.into_iter().for_each(|joins| all.merge(joins));
    all.settle();
    all
}

/// The fact about an object, as JSON; the same whoever read the objects and in whatever order.
fn fact(objects: &[Value], fact: Fact, object: &Value) -> Value {
    let of = |joins: &Joins| -> Value {
        let arena = Bump::new();
        let node: Node<'_> = decode_our_own(&arena, object.to_string().as_bytes()).unwrap();
        let found = joins.fact(fact, object["kind"].as_str().unwrap(), &node, &arena, 37);
        serde_json::to_value(found).unwrap()
    };
    let found = of(&gathered(objects, 1));
    let mut turned = objects.to_vec();
    turned.reverse();
    for (objects, workers) in [(objects, 2), (&turned[..], 3)] {
        assert_eq!(
            of(&gathered(objects, workers)),
            found,
            "by {workers} workers"
        );
    }
    found
}

fn cluster() -> Value {
    json!({"kind": "AWS::EKS::Cluster",
        "metadata": {"name": "prod", "arn": format!("arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/prod")},
        "Properties": {"OpenIdConnectIssuerUrl": format!("https://{ISSUER}")}})
}

fn arn(role: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{role}")
}

fn provider() -> String {
    format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}")
}

fn account(namespace: &str, name: &str, role: Option<&str>) -> Value {
    let mut made =
        json!({"kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}});
    if let Some(role) = role {
        made["metadata"]["annotations"] = json!({"eks.amazonaws.com/role-arn": arn(role)});
    }
    made
}

fn association(namespace: &str, name: &str, role: &str) -> Value {
    json!({"kind": "AWS::EKS::PodIdentityAssociation", "metadata": {"name": format!("prod/{namespace}-{name}")},
        "Properties": {"Namespace": namespace, "ServiceAccount": name, "RoleArn": arn(role)}})
}

fn role(name: &str, trust: &Value) -> Value {
    json!({"kind": "AWS::IAM::Role", "metadata": {"name": name, "arn": arn(name)},
        "Derived": {"Trust": trust, "Grants": {"Admin": name == "boss", "EcrWrite": false, "Escalations": [], "IamFull": false}}})
}

/// A statement of a trust policy, as readers derive it.
fn statement(effect: &str, actions: &[&str], principal: (&str, &str), conditions: &Value) -> Value {
    json!({"Effect": effect, "Actions": actions, "NotActions": [], "Resources": [], "NotResources": [],
        "Principals": [{"Type": principal.0, "Value": principal.1}], "NotPrincipals": [], "Conditions": conditions})
}
