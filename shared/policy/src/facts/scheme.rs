//! Whether what leads into a cluster faces the internet, as far as objects say.
//!
//! Sources: the load balancer annotations in the manuals of the AWS cloud provider and AWS Load Balancer Controller, of
//! Azure's and of Google's cloud providers, and of their ingress controllers; Kubernetes API, `ServiceSpec`.

use plimsoll_cel::Node;

/// Faces the internet, or does where the provider's default was left.
pub(super) const INTERNET: &str = "internet";
/// Faces the internet, but takes named address ranges only.
pub(super) const LIMITED: &str = "limited";
/// Does not face the internet.
pub(super) const INTERNAL: &str = "internal";
/// Depends on what no object says: the addresses of nodes, another load balancer.
pub(super) const UNKNOWN: &str = "unknown";

/// A service's. Of load balancers, those of the AWS Load Balancer Controller and of EKS Auto Mode are internal when
/// nothing is said, all others face the internet.
pub(super) fn of_service(object: &Node<'_>) -> &'static str {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let list = |key: &str| spec.get(key).map_or(&[][..], |list| list.items());
    let text = |key| spec.get(key).and_then(|value| value.as_str()).unwrap_or("");
    match text("type") {
        "LoadBalancer" => {}
        "NodePort" => return UNKNOWN,
        _ if list("externalIPs").is_empty() => return INTERNAL,
        _ => return UNKNOWN,
    }
    let note = |key: &str| annotation(object, key);
    let named = match note("service.beta.kubernetes.io/aws-load-balancer-scheme") {
        Some("internal") => return INTERNAL,
        Some("internet-facing") => true,
        _ => false,
    };
    let controller = ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"];
    let by_default = controller.contains(&text("loadBalancerClass"))
        || matches!(
            note("service.beta.kubernetes.io/aws-load-balancer-type"),
            Some("external" | "nlb-ip")
        );
    let old = note("service.beta.kubernetes.io/aws-load-balancer-internal");
    let old = old.is_some_and(|value| !["", "false"].contains(&value));
    let azure = note("service.beta.kubernetes.io/azure-load-balancer-internal") == Some("true");
    let google = [
        "networking.gke.io/load-balancer-type",
        "cloud.google.com/load-balancer-type",
    ];
    let google = google.iter().any(|key| note(key) == Some("Internal"));
    if !named && (by_default || old || azure || google) {
        return INTERNAL;
    }
    let ranges = list("loadBalancerSourceRanges");
    let everybody = |range: &Node<'_>| matches!(range.as_str(), Some("0.0.0.0/0" | "::/0"));
    if ranges.is_empty() || ranges.iter().any(everybody) {
        INTERNET
    } else {
        LIMITED
    }
}

/// An ingress': only the controllers of clouds say it on the object; others stand behind a service of their own.
pub(super) fn of_ingress(object: &Node<'_>) -> &'static str {
    let class = object
        .at(&["spec", "ingressClassName"])
        .and_then(|class| class.as_str())
        .or_else(|| annotation(object, "kubernetes.io/ingress.class"))
        .unwrap_or("");
    let private = annotation(object, "appgw.ingress.kubernetes.io/use-private-ip");
    match annotation(object, "alb.ingress.kubernetes.io/scheme") {
        Some("internet-facing") => INTERNET,
        Some("internal") => INTERNAL,
        _ if class == "alb" || class == "gce-internal" => INTERNAL,
        _ if class == "gce" => INTERNET,
        _ if private == Some("true") => INTERNAL,
        _ => UNKNOWN,
    }
}

/// A gateway's, from its class and the annotations it hands to the service that is made for it.
pub(super) fn of_gateway(object: &Node<'_>) -> &'static str {
    let class = object.at(&["spec", "gatewayClassName"]);
    let class = class.and_then(|class| class.as_str()).unwrap_or("");
    let handed = object.at(&["spec", "infrastructure", "annotations"]);
    let handed = handed.unwrap_or(Node::Null);
    let own = annotation(object, "networking.istio.io/service-type");
    let internal = [
        (
            "service.beta.kubernetes.io/aws-load-balancer-scheme",
            "internal",
        ),
        (
            "service.beta.kubernetes.io/azure-load-balancer-internal",
            "true",
        ),
        ("networking.gke.io/load-balancer-type", "Internal"),
    ];
    let says = |(key, value): &(&str, &str)| {
        let handed = handed.get(key).and_then(|value| value.as_str());
        handed.or_else(|| annotation(object, key)) == Some(*value)
    };
    match class {
        _ if internal.iter().any(says) || own == Some("ClusterIP") => INTERNAL,
        "gke-l7-rilb" | "gke-l7-cross-regional-internal-managed-mc" => INTERNAL,
        class if class.starts_with("gke-l7-") => INTERNET,
        _ => UNKNOWN,
    }
}

fn annotation<'a>(object: &Node<'a>, key: &str) -> Option<&'a str> {
    object.at(&["metadata", "annotations", key])?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::{Bump, decode_json};

    fn scheme(of: fn(&Node<'_>) -> &'static str, json: &str) -> &'static str {
        let arena = Bump::new();
        of(&decode_json(&arena, json.as_bytes()).unwrap())
    }

    #[test]
    fn services_are_as_their_type_and_annotations_say() {
        let noted = |key: &str, value: &str| {
            format!(
                r#"{{"metadata":{{"annotations":{{"{key}":"{value}"}}}},"spec":{{"type":"LoadBalancer"}}}}"#
            )
        };
        let spec = |rest: &str| format!(r#"{{"spec":{{"type":"LoadBalancer"{rest}}}}}"#);
        let aws = "service.beta.kubernetes.io/aws-load-balancer-";
        for (json, expected) in [
            (r#"{"spec":{}}"#.to_owned(), INTERNAL),
            (r#"{"spec":{"type":"NodePort"}}"#.to_owned(), UNKNOWN),
            (r#"{"spec":{"externalIPs":["192.0.2.1"]}}"#.to_owned(), UNKNOWN),
            (spec(""), INTERNET),
            (spec(r#","loadBalancerSourceRanges":["10.0.0.0/8"]"#), LIMITED),
            (spec(r#","loadBalancerSourceRanges":["10.0.0.0/8","::/0"]"#), INTERNET),
            (spec(r#","loadBalancerClass":"eks.amazonaws.com/nlb""#), INTERNAL),
            (spec(r#","loadBalancerClass":"example.org/nlb""#), INTERNET),
            (
                r#"{"metadata":{"annotations":{"service.beta.kubernetes.io/aws-load-balancer-scheme":"internet-facing"}},"spec":{"type":"LoadBalancer","loadBalancerClass":"service.k8s.aws/nlb"}}"#.to_owned(),
                INTERNET,
            ),
            (noted(&format!("{aws}scheme"), "internal"), INTERNAL),
            (noted(&format!("{aws}type"), "nlb-ip"), INTERNAL),
            (noted(&format!("{aws}type"), "nlb"), INTERNET),
            (noted(&format!("{aws}internal"), "0.0.0.0/0"), INTERNAL),
            (noted(&format!("{aws}internal"), "false"), INTERNET),
            (noted("service.beta.kubernetes.io/azure-load-balancer-internal", "true"), INTERNAL),
            (noted("networking.gke.io/load-balancer-type", "Internal"), INTERNAL),
            (noted("cloud.google.com/load-balancer-type", "External"), INTERNET),
        ] {
            assert_eq!(scheme(of_service, &json), expected, "{json}");
        }
    }

    #[test]
    fn ingresses_and_gateways_are_as_their_class_and_annotations_say() {
        for (json, expected) in [
            (r#"{"spec":{"ingressClassName":"alb"}}"#, INTERNAL),
            (r#"{"spec":{"ingressClassName":"nginx"}}"#, UNKNOWN),
            (
                r#"{"metadata":{"annotations":{"kubernetes.io/ingress.class":"gce"}}}"#,
                INTERNET,
            ),
            (r#"{"spec":{"ingressClassName":"gce-internal"}}"#, INTERNAL),
            (
                r#"{"metadata":{"annotations":{"alb.ingress.kubernetes.io/scheme":"internet-facing"}},"spec":{"ingressClassName":"alb"}}"#,
                INTERNET,
            ),
            (
                r#"{"metadata":{"annotations":{"appgw.ingress.kubernetes.io/use-private-ip":"true"}}}"#,
                INTERNAL,
            ),
        ] {
            assert_eq!(scheme(of_ingress, json), expected, "{json}");
        }
        for (json, expected) in [
            (r#"{"spec":{"gatewayClassName":"istio"}}"#, UNKNOWN),
            (r#"{"spec":{"gatewayClassName":"gke-l7-rilb"}}"#, INTERNAL),
            (
                r#"{"spec":{"gatewayClassName":"gke-l7-global-external-managed"}}"#,
                INTERNET,
            ),
            (
                r#"{"metadata":{"annotations":{"networking.istio.io/service-type":"ClusterIP"}}}"#,
                INTERNAL,
            ),
            (
                r#"{"spec":{"infrastructure":{"annotations":{"service.beta.kubernetes.io/aws-load-balancer-scheme":"internal"}}}}"#,
                INTERNAL,
            ),
        ] {
            assert_eq!(scheme(of_gateway, json), expected, "{json}");
        }
    }
}
