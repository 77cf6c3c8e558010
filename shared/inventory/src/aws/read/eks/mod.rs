//! EKS: clusters, and what they are made of.

pub(super) mod objects;

use futures_util::future::{join, join_all};
use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Value, json};

use self::objects::{
    access_entry, addon, association, cluster, fargate_profile, identity_provider, nodegroup,
};
use super::reader::{MOST_SINGLES, Reader, over_budget, present};
use super::shape::Shape;
use super::{Lack, Place, Reading, part, unknown};
use crate::aws::clusters::DiscoveredCluster;
use crate::aws::error::AwsError;

pub(super) const CLUSTER: &str = "AWS::EKS::Cluster";
pub(super) const NODEGROUP: &str = "AWS::EKS::Nodegroup";
const ENTRY: &str = "AWS::EKS::AccessEntry";
const ADDON: &str = "AWS::EKS::Addon";
const FARGATE: &str = "AWS::EKS::FargateProfile";
const PROVIDER: &str = "AWS::EKS::IdentityProviderConfig";
const ASSOCIATION: &str = "AWS::EKS::PodIdentityAssociation";

/// Parts of clusters that are listed by name and described one by one.
struct Sort {
    kind: &'static str,
    list: &'static str,
    describe: &'static str,
    /// What names an item of the list, beside its cluster.
    input: fn(&Value) -> Value,
    /// The member of the answer.
    member: &'static str,
    shape: fn(Place<'_>, &Value) -> Value,
}

const SORTS: [Sort; 5] = [
    Sort {
        kind: NODEGROUP,
        list: "ListNodegroups",
        describe: "DescribeNodegroup",
        input: |name| json!({ "nodegroupName": name }),
        member: "nodegroup",
        shape: nodegroup,
    },
    Sort {
        kind: ADDON,
        list: "ListAddons",
        describe: "DescribeAddon",
        input: |name| json!({ "addonName": name }),
        member: "addon",
        shape: addon,
    },
    Sort {
        kind: ASSOCIATION,
        list: "ListPodIdentityAssociations",
        describe: "DescribePodIdentityAssociation",
        input: |item| json!({ "associationId": item["associationId"] }),
        member: "association",
        shape: association,
    },
    Sort {
        kind: FARGATE,
        list: "ListFargateProfiles",
        describe: "DescribeFargateProfile",
        input: |name| json!({ "fargateProfileName": name }),
        member: "fargateProfile",
        shape: fargate_profile,
    },
    Sort {
        kind: PROVIDER,
        list: "ListIdentityProviderConfigs",
        describe: "DescribeIdentityProviderConfig",
        input: |item| json!({ "identityProviderConfig": item }),
        member: "identityProviderConfig",
        shape: identity_provider,
    },
];

/// Everything of the clusters, which were described before.
pub(super) async fn read(at: Reader<'_>, clusters: &[DiscoveredCluster]) -> Reading {
    let sorts = join_all(SORTS.iter().map(|sort| parts(at, clusters, sort)));
    let (sorts, entries) = join(sorts, access_entries(at, clusters)).await;
    let mut reading = Reading::default();
    let described = clusters.iter().map(|one| cluster(at.place, &one.described));
    reading.take(CLUSTER, Ok::<_, Lack>(described.collect()));
    for (sort, objects) in SORTS.iter().zip(sorts) {
        reading.take(sort.kind, objects);
    }
    reading.take(ENTRY, entries);
    resolve_associations(&mut reading);
    reading
}

/// The items of a list of every cluster. One that has gone since has none.
async fn listed(
    at: Reader<'_>,
    clusters: &[DiscoveredCluster],
    operation: &str,
) -> Result<Vec<(String, Value)>, AwsError> {
    let lists = join_all(clusters.iter().map(|cluster| async move {
        let cluster = &cluster.name;
        let input = json!({ "clusterName": cluster });
        (cluster, at.list("eks", operation, input).await)
    }));
    let mut all = Vec::new();
    for (cluster, items) in lists.await {
        match items {
            Ok(items) => all.extend(items.into_iter().map(|item| (cluster.clone(), item))),
            Err(AwsError::NotFound { .. }) => {}
            // A cluster whose mode is CONFIG_MAP has no access entries, and says so by a refusal.
            Err(AwsError::Other { message, .. })
                if operation == "ListAccessEntries" && message.contains("authentication mode") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

async fn parts(
    at: Reader<'_>,
    clusters: &[DiscoveredCluster],
    sort: &Sort,
) -> Result<Vec<Value>, Lack> {
    let items = listed(at, clusters, sort.list).await?;
    if items.len() > MOST_SINGLES {
        let call = format!("eks:{}", sort.describe);
        return Err(Lack::Because(over_budget(&call)));
    }
    let answers = join_all(items.iter().map(|(cluster, item)| {
        let mut input = (sort.input)(item);
        input["clusterName"] = cluster.as_str().into();
        at.member("eks", sort.describe, input, sort.member)
    }));
    let answers = present(answers.await)?;
    Ok(answers
        .iter()
        .map(|answer| (sort.shape)(at.place, answer))
        .collect())
}

async fn access_entries(
    at: Reader<'_>,
    clusters: &[DiscoveredCluster],
) -> Result<Vec<Value>, Lack> {
    let items = listed(at, clusters, "ListAccessEntries").await?;
    if items.len() > MOST_SINGLES {
        return Err(Lack::Because(over_budget("eks:DescribeAccessEntry")));
    }
    let answers = join_all(items.iter().map(|(cluster, principal)| {
        let input = json!({ "clusterName": cluster, "principalArn": principal });
        let entry = at.member("eks", "DescribeAccessEntry", input.clone(), "accessEntry");
        let policies = at.list("eks", "ListAssociatedAccessPolicies", input);
        async move {
            let (entry, policies) = join(entry, policies).await;
            let policies = part(policies.map(Value::from));
            Ok(access_entry(at.place, &entry?, policies.as_ref()))
        }
    }));
    Ok(present(answers.await)?)
}

/// Of the associations of an add-on EKS tells the ARN; CloudFormation has the role and the account in their place.
fn resolve_associations(reading: &mut Reading) {
    let gap = reading.gaps.get(ASSOCIATION).cloned().flatten();
    let of_kind = |object: &&Value| object["kind"] == ASSOCIATION;
    let known: Vec<Value> = reading.objects.iter().filter(of_kind).cloned().collect();
    for addon in reading
        .objects
        .iter_mut()
        .filter(|object| object["kind"] == ADDON)
    {
        let Some(arns) = addon["Live"]["PodIdentityAssociations"].as_array() else {
            continue;
        };
        let found = arns.iter().map(|arn| {
            let of_arn = |known: &&Value| known["metadata"]["arn"] == *arn;
            let properties = &known.iter().find(of_arn)?["Properties"];
            Some(
                Shape::of(properties)
                    .alike(&["RoleArn", "ServiceAccount"])
                    .done(),
            )
        });
        let value = match (found.collect::<Option<Vec<_>>>(), &gap) {
            (Some(found), _) => found.into(),
            (None, Some(gap)) => unknown(gap),
            (None, None) => {
                let need = "an association of the add-on is not among those of the cluster";
                unknown(&Reason::new(ReasonCode::InputUnread, need))
            }
        };
        addon["Properties"]["PodIdentityAssociations"] = value;
    }
}
