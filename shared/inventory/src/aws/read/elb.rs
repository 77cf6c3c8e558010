//! Load balancers of both generations, listeners, and the web ACLs before them.

use futures_util::future::join_all;
use serde_json::{Map, Value, json};

use super::reader::{MOST_SINGLES, Reader, over_budget, present, unasked};
use super::shape::{Shape, capitals, list, plucked, tags, text, word};
use super::{Lack, Place, Reading, part, waf};
use crate::aws::error::AwsError;

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";

/// Balancers whose tags one call tells. Source: API references of both `DescribeTags`.
const TAGS_AT_ONCE: usize = 20;

/// The keys of tags by which Kubernetes' controllers know their load balancers begin with one of these.
const OF_KUBERNETES: [&str; 4] = [
    "elbv2.k8s.aws/",
    "eks:",
    "ingress.k8s.aws/",
    "kubernetes.io/",
];

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let (mut reading, classic) = tokio::join!(balancers(at), classic(at));
    reading.take(CLASSIC, classic);
    reading
}

async fn balancers(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    let (balancers, acls) = tokio::join!(
        at.list("elbv2", "DescribeLoadBalancers", json!({})),
        waf::read(at)
    );
    let balancers = match balancers {
        Ok(balancers) => balancers,
        Err(error) => {
            reading.take(LISTENER, Err(error.clone()));
            reading.take(BALANCER, Err(error));
            return reading;
        }
    };
    let found = tagged(
        at,
        "elbv2",
        "LoadBalancerArn",
        "ResourceArns",
        "ResourceArn",
        &balancers,
    );
    let tags = found.await;
    let mut balancers: Vec<_> = balancers.into_iter().zip(tags).collect();
    // What may be a cluster's comes first, so that the budget is spent on it.
    balancers.sort_by_key(|(_, tags)| !may_be_of_kubernetes(tags));
    let arns = || {
        balancers
            .iter()
            .map(|(from, _)| json!({ "LoadBalancerArn": from["LoadBalancerArn"] }))
    };
    let listeners = join_all(arns().take(MOST_SINGLES).map(|input| async move {
        at.list("elbv2", "DescribeListeners", input)
            .await
            .map(Value::from)
    }));
    let attributes = join_all(arns().take(MOST_SINGLES).map(|input| {
        at.member(
            "elbv2",
            "DescribeLoadBalancerAttributes",
            input,
            "Attributes",
        )
    }));
    let (listeners, attributes) = tokio::join!(listeners, attributes);
    let beyond = balancers.iter().skip(MOST_SINGLES);
    let lost = beyond
        .filter(|(_, tags)| may_be_of_kubernetes(tags))
        .count();
    reading.take(LISTENER, all_listeners(at.place, listeners, lost));
    let mut attributes = attributes.into_iter();
    let objects = balancers.iter().filter_map(|(from, tags)| {
        let attributes = match attributes.next() {
            Some(Err(AwsError::NotFound { .. })) => return None,
            Some(answer) => part(answer),
            None => Some(unasked(
                "elasticloadbalancing:DescribeLoadBalancerAttributes",
            )),
        };
        let acl = acls.of(word(from, "LoadBalancerArn"));
        Some(balancer(at.place, from, tags, attributes.as_ref(), acl))
    });
    reading.take(BALANCER, Ok::<_, Lack>(objects.collect()));
    reading
}

fn all_listeners(
    place: Place<'_>,
    answers: Vec<Result<Value, AwsError>>,
    lost: usize,
) -> Result<Vec<Value>, Lack> {
    let lists = present(answers)?;
    if lost > 0 {
        return Err(Lack::Because(over_budget(
            "elasticloadbalancing:DescribeListeners",
        )));
    }
    let all = lists.iter().filter_map(Value::as_array).flatten();
    Ok(all.map(|from| listener(place, from)).collect())
}

fn may_be_of_kubernetes(tags: &Value) -> bool {
    let Some(tags) = tags.as_array() else {
        return true;
    };
    let is = |tag: &Value| {
        OF_KUBERNETES
            .iter()
            .any(|prefix| word(tag, "Key").starts_with(prefix))
    };
    tags.iter().any(is)
}

/// The tags of each: a list, nothing, or unknown.
async fn tagged(
    at: Reader<'_>,
    service: &str,
    id: &str,
    input: &str,
    output: &str,
    balancers: &[Value],
) -> Vec<Value> {
    let asked = join_all(balancers.chunks(TAGS_AT_ONCE).map(|some| {
        let ids: Vec<_> = some.iter().map(|one| one[id].clone()).collect();
        let asked = Map::from_iter([(input.to_owned(), ids.into())]);
        async move {
            let answer = at.list(service, "DescribeTags", asked.into()).await;
            let answer = part(answer.map(Value::from)).unwrap_or_default();
            let of = |one: &Value| match &answer {
                Value::Array(all) => {
                    let own = all.iter().find(|tags| tags[output] == one[id]);
                    own.map_or(Value::Null, |own| tags(&own["Tags"]))
                }
                unknown => unknown.clone(),
            };
            some.iter().map(of).collect::<Vec<_>>()
        }
    }));
    asked.await.into_iter().flatten().collect()
}

/// What comes after the kind of resource in an ARN of this API, which is as short as a unique name gets.
fn tail(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').last().unwrap_or(arn);
    resource.split_once('/').map_or(resource, |(_, tail)| tail)
}

/// `attributes` are its own, or unknown; so is `acl`, the ARN of its web ACL.
pub(super) fn balancer(
    place: Place<'_>,
    from: &Value,
    tags: &Value,
    attributes: Option<&Value>,
    acl: Value,
) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "DNSName",
            "IpAddressType",
            "LoadBalancerArn",
            "LoadBalancerName",
            "Scheme",
            "SecurityGroups",
            "Type",
        ])
        .named("Name", "LoadBalancerName")
        .named("CanonicalHostedZoneID", "CanonicalHostedZoneId")
        .put("LoadBalancerAttributes", attributes.cloned())
        .put("Subnets", plucked(&from["AvailabilityZones"], "SubnetId"))
        .put("Tags", tags.clone());
    let live = Shape::of(from).alike(&["VpcId"]).put("WebACLArn", acl);
    let arn = word(from, "LoadBalancerArn");
    place.object(
        BALANCER,
        tail(arn),
        Some(arn),
        properties.done(),
        live.done(),
    )
}

pub(super) fn listener(place: Place<'_>, from: &Value) -> Value {
    let action = |from: &Value| {
        Shape::of(from)
            .alike(&[
                "Type",
                "TargetGroupArn",
                "Order",
                "RedirectConfig",
                "FixedResponseConfig",
            ])
            .put("ForwardConfig", capitals(&from["ForwardConfig"]))
            .done()
    };
    let certificate = |from: &Value| Shape::of(from).alike(&["CertificateArn"]).done();
    let properties = Shape::of(from)
        .alike(&[
            "AlpnPolicy",
            "ListenerArn",
            "LoadBalancerArn",
            "MutualAuthentication",
            "Port",
            "Protocol",
            "SslPolicy",
        ])
        .put("Certificates", list(&from["Certificates"], certificate))
        .put("DefaultActions", list(&from["DefaultActions"], action));
    let arn = word(from, "ListenerArn");
    place.object(
        LISTENER,
        tail(arn),
        Some(arn),
        properties.done(),
        Value::Null,
    )
}

async fn classic(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let balancers = at.list("elb", "DescribeLoadBalancers", json!({})).await?;
    let name = "LoadBalancerName";
    let tags = tagged(at, "elb", name, "LoadBalancerNames", name, &balancers).await;
    let pairs = balancers.iter().zip(&tags);
    Ok(pairs
        .map(|(from, tags)| classic_balancer(at.place, from, tags))
        .collect())
}

pub(super) fn classic_balancer(place: Place<'_>, from: &Value, tags: &Value) -> Value {
    let listener = |from: &Value| {
        let own = &from["Listener"];
        Shape::of(own)
            .alike(&["InstanceProtocol", "Protocol", "SSLCertificateId"])
            .put("InstancePort", text(&own["InstancePort"]))
            .put("LoadBalancerPort", text(&own["LoadBalancerPort"]))
            .put("PolicyNames", from["PolicyNames"].clone())
            .done()
    };
    let properties = Shape::of(from)
        .alike(&[
            "AvailabilityZones",
            "DNSName",
            "LoadBalancerName",
            "Scheme",
            "SecurityGroups",
            "Subnets",
        ])
        .put("Instances", plucked(&from["Instances"], "InstanceId"))
        .put("Listeners", list(&from["ListenerDescriptions"], listener))
        .put("Tags", tags.clone());
    let live = Shape::of(from).named("VpcId", "VPCId");
    place.object(
        CLASSIC,
        word(from, "LoadBalancerName"),
        None,
        properties.done(),
        live.done(),
    )
}
