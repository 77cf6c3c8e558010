//! EKS: replies come from files in the service's own form, one file an operation; only access
//! entries are made, because they move with the weeks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;

use crate::account;
use crate::aws::Call;
use crate::cluster::Cluster;
use crate::refusal::Refusal;
use crate::services::Named;
use crate::state::Shared;

/// The operation that a method and path mean.
pub(crate) fn operation(method: &str, path: &[String]) -> String {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let name = match (method, path.as_slice()) {
        ("GET", ["clusters"]) => "ListClusters",
        ("GET", ["cluster-versions"]) => "DescribeClusterVersions",
        ("GET", ["addons", "supported-versions"]) => "DescribeAddonVersions",
        ("GET", ["clusters", _]) => "DescribeCluster",
        ("GET", ["clusters", _, "access-entries"]) => "ListAccessEntries",
        ("GET", ["clusters", _, "access-entries", _]) => "DescribeAccessEntry",
        ("GET", ["clusters", _, "access-entries", _, "access-policies"]) => {
            "ListAssociatedAccessPolicies"
        }
        ("GET", ["clusters", _, "fargate-profiles"]) => "ListFargateProfiles",
        ("GET", ["clusters", _, "fargate-profiles", _]) => "DescribeFargateProfile",
        ("GET", ["clusters", _, "identity-provider-configs"]) => "ListIdentityProviderConfigs",
        ("POST", ["clusters", _, "identity-provider-configs", "describe"]) => {
            "DescribeIdentityProviderConfig"
        }
        ("GET", ["clusters", _, "pod-identity-associations"]) => "ListPodIdentityAssociations",
        ("GET", ["clusters", _, "pod-identity-associations", _]) => {
            "DescribePodIdentityAssociation"
        }
        ("GET", ["clusters", _, "node-groups"]) => "ListNodegroups",
        ("GET", ["clusters", _, "node-groups", _]) => "DescribeNodegroup",
        ("GET", ["clusters", _, "addons"]) => "ListAddons",
        ("GET", ["clusters", _, "addons", _]) => "DescribeAddon",
        (method, path) => return format!("{method} /{}", path.join("/")),
    };
    name.to_owned()
}

/// Answers one operation with its JSON.
pub(crate) fn answer(world: &Shared, named: &Named, call: &Call) -> Result<String, Refusal> {
    let operation = named.operation.as_str();
    let account = &call.caller.identity.account;
    if operation == "ListClusters" {
        let mut names: Vec<String> = world
            .of_eks()
            .filter(|cluster| &cluster.account == account && cluster.region == call.region)
            .map(|cluster| cluster.name.clone())
            .collect();
        names.sort();
        return page("clusters", names, call);
    }
    if account::is_told_everybody("eks", operation) {
        return account::answer(&world.replies, named, &call.asked());
    }
    let name = call.path.get(1).map_or("", String::as_str);
    let cluster = world
        .of_eks()
        .find(|c| &c.account == account && c.region == call.region && c.name == name)
        .ok_or_else(|| Refusal::NotFound(format!("No cluster found for name: {name}.")))?;
    if let Some(text) = account::put(&world.replies, named, &call.asked()) {
        return Ok(text);
    }
    let last = call.path.get(3).map_or("", String::as_str);
    match operation {
        "DescribeCluster" => describe(cluster),
        "ListAccessEntries" => {
            let state = cluster.state(world).map_err(|_| Refusal::Broken)?;
            let principals = state
                .access_entries
                .iter()
                .map(|entry| entry.principal.clone());
            page("accessEntries", principals.collect(), call)
        }
        "DescribeAccessEntry" => access_entry(world, cluster, last),
        "ListNodegroups" => list(cluster, "list-nodegroups.json", "nodegroups", call),
        "DescribeNodegroup" => file(cluster, &format!("describe-nodegroup.{last}.json"), last),
        "ListAddons" => list(cluster, "list-addons.json", "addons", call),
        "DescribeAddon" => file(cluster, &format!("describe-addon.{last}.json"), last),
        other if other.contains(' ') => Err(Refusal::UnknownOperation(other.to_owned())),
        _ => account::answer(&world.replies, named, &call.asked()),
    }
}

fn describe(cluster: &Cluster) -> Result<String, Refusal> {
    let text = cluster
        .aws_file("describe-cluster.json")
        .ok_or(Refusal::Broken)?;
    Ok(text
        .replace("$ENDPOINT", &cluster.endpoint)
        .replace("$CERTIFICATE_AUTHORITY", &cluster.certificate_authority))
}

fn access_entry(world: &Shared, cluster: &Cluster, principal: &str) -> Result<String, Refusal> {
    let state = cluster.state(world).map_err(|_| Refusal::Broken)?;
    let entry = state
        .access_entries
        .iter()
        .find(|entry| entry.principal == principal);
    let entry = entry.ok_or_else(|| {
        Refusal::NotFound(format!(
            "The specified principalArn could not be found. You can view your available access \
             entries with 'list-access-entries': {principal}"
        ))
    })?;
    let (account, region, name) = (&cluster.account, &cluster.region, &cluster.name);
    let role = entry.principal.rsplit('/').next().unwrap_or_default();
    Ok(json!({ "accessEntry": {
        "clusterName": name,
        "principalArn": entry.principal,
        "kubernetesGroups": entry.groups,
        "accessEntryArn": format!("arn:aws:eks:{region}:{account}:access-entry/{name}/role/{account}/{role}"),
        "createdAt": 1_767_609_000,
        "modifiedAt": 1_767_609_000,
        "tags": {},
        "username": entry.username,
        "type": "STANDARD",
    }})
    .to_string())
}

fn file(cluster: &Cluster, file: &str, name: &str) -> Result<String, Refusal> {
    let missing = || Refusal::NotFound(format!("No resource found for name: {name}."));
    cluster.aws_file(file).ok_or_else(missing)
}

fn list(cluster: &Cluster, file: &str, key: &str, call: &Call) -> Result<String, Refusal> {
    let text = cluster
        .aws_file(file)
        .unwrap_or_else(|| format!("{{\"{key}\":[]}}"));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| Refusal::Broken)?;
    let names = value[key].as_array().into_iter().flatten();
    let names = names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    page(key, names, call)
}

/// One page of names: `maxResults` of 1 to 100, `nextToken` opaque.
fn page(key: &str, names: Vec<String>, call: &Call) -> Result<String, Refusal> {
    let get = |name: &str| {
        call.query
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    };
    let limit = match get("maxResults") {
        None => 100,
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=100).contains(n))
            .ok_or_else(|| Refusal::Invalid("maxResults must be between 1 and 100".to_owned()))?,
    };
    let start = match get("nextToken") {
        None => 0,
        Some(token) => after(token, &names)
            .ok_or_else(|| Refusal::Invalid("The nextToken is invalid".to_owned()))?,
    };
    let rest = &names[start.min(names.len())..];
    let shown = &rest[..limit.min(rest.len())];
    let next = (shown.len() < rest.len()).then(|| shown.last()).flatten();
    let next = next.map(|name| STANDARD_NO_PAD.encode(name));
    Ok(json!({ key: shown, "nextToken": next }).to_string())
}

fn after(token: &str, names: &[String]) -> Option<usize> {
    let name = String::from_utf8(STANDARD_NO_PAD.decode(token).ok()?).ok()?;
    Some(names.iter().position(|n| *n > name).unwrap_or(names.len()))
}
