//! Load balancers of what is reached from outside.

use serde_json::{Value, json};

use super::fact;
use crate::facts::Fact;

const HOST: &str = "web-1.elb.eu-central-1.amazonaws.com";

fn world() -> Vec<Value> {
    let status = json!({"loadBalancer": {"ingress": [{"hostname": HOST}]}});
    vec![
        json!({"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"type": "LoadBalancer", "selector": {"app": "web"}}, "status": status}),
        json!({"kind": "Service", "metadata": {"name": "inner", "namespace": "shop"}, "spec": {"selector": {"app": "inner"}}}),
        json!({"kind": "Ingress", "metadata": {"name": "door", "namespace": "shop"}, "spec": {"defaultBackend": {"service": {"name": "inner"}}},
            "status": {"loadBalancer": {"ingress": [{"hostname": "gone-1.eu-central-1.elb.amazonaws.com"}]}}}),
        json!({"kind": "AWS::ElasticLoadBalancingV2::LoadBalancer", "metadata": {"name": "app/web/1", "arn": "arn:web"},
            "Properties": {"DNSName": "Web-1.elb.eu-central-1.amazonaws.com", "Scheme": "internet-facing", "SecurityGroups": ["sg-1"]},
            "Derived": {"OpenIngress": true}}),
    ]
}

fn of(kind: &str, name: &str) -> Value {
    let object = json!({"kind": kind, "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}}, "spec": {"containers": []}});
    fact(&world(), Fact::LoadBalancers, &object)
}

#[test]
fn a_service_and_its_pods_are_behind_the_load_balancer_that_its_status_names() {
    let expected = json!([{"via": "Service", "name": "web", "host": HOST, "arn": "arn:web", "scheme": "internet-facing",
        "securityGroups": ["sg-1"], "open": true}]);
    assert_eq!(of("Service", "web"), expected);
    assert_eq!(of("Pod", "web"), expected);
    assert_eq!(of("Service", "inner"), json!([]));
}

#[test]
fn one_that_is_not_in_the_account_is_not_known() {
    let found = of("Pod", "inner");
    let unknown = json!({"$unknown": "inputUnread load balancer of that name in the account"});
    assert_eq!(found[0]["via"], "Ingress");
    for field in ["arn", "scheme", "securityGroups", "open"] {
        assert_eq!(found[0][field], unknown, "{field}");
    }
}
