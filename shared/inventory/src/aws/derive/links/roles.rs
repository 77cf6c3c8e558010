//! From clusters, their parts and their nodes to the roles that act for them.

use std::collections::HashMap;

use plimsoll_model::Reason;
use serde_json::Value;

use super::super::lists::Lists;
use super::super::look::{self, Known};
use super::{ROLE, SCALING, SUBNET, Spread, nodes};

/// What an access entry is of whose principal is the role of nodes.
const NODE_TYPES: [&str; 4] = ["EC2", "EC2_LINUX", "EC2_WINDOWS", "HYBRID_LINUX"];
const NODES: &[&str] = &["nodes"];
const PODS: &[&str] = &["serviceAccounts"];
const ADDONS: &[&str] = &["addons"];

/// Roles by instance profile.
pub(super) type Profiles<'a> = HashMap<&'a str, Vec<&'a Value>>;

/// What is inside a cluster: node groups, Fargate profiles, add-ons, entries, associations. Of other kinds nothing spreads.
pub(super) fn of_part(spread: &mut Spread<'_, '_>, kind: &str, part: &Value) -> Known<()> {
    let role = |key: &str| look::text(part, &format!("Properties.{key}"));
    match kind {
        "AWS::EKS::Nodegroup" => {
            spread.hand_to(ROLE, role("NodeRole"), NODES);
            spread.hand_to_all(SUBNET, look::texts(part, "Properties.Subnets"), NODES);
            for group in look::items(part, "Live.Resources.AutoScalingGroups")? {
                spread.hand_to(SCALING, look::text(group, "Name"), NODES);
            }
            nodes::launched_from(spread, part);
        }
        "AWS::EKS::FargateProfile" => {
            // Nobody gets at a node of Fargate, whose role only pulls images: it is used, but not by nodes.
            spread.hand_to(ROLE, role("PodExecutionRoleArn"), &[]);
            spread.hand_to_all(SUBNET, look::texts(part, "Properties.Subnets"), &[]);
        }
        "AWS::EKS::Addon" => {
            spread.hand_to(ROLE, role("ServiceAccountRoleArn"), ADDONS);
            for association in look::items(part, "Properties.PodIdentityAssociations")? {
                spread.hand_to(ROLE, look::text(association, "RoleArn"), ADDONS);
            }
        }
        "AWS::EKS::AccessEntry" => {
            let of = look::text(part, "Properties.Type")?;
            if of.is_some_and(|of| NODE_TYPES.contains(&of)) {
                spread.hand_to(ROLE, role("PrincipalArn"), NODES);
            }
        }
        "AWS::EKS::PodIdentityAssociation" => {
            spread.hand_to(ROLE, role("RoleArn"), PODS);
            spread.hand_to(ROLE, role("TargetRoleArn"), PODS);
        }
        _ => (),
    }
    Ok(())
}

/// The roles in an instance profile, given by its ARN or name.
pub(super) fn of_profile(spread: &mut Spread<'_, '_>, profile: Known<Option<&Value>>) {
    let profile = match profile {
        Ok(Some(profile)) => profile.as_str().unwrap_or_default(),
        Ok(None) => return,
        Err(reason) => return spread.links.hole(ROLE, &reason),
    };
    let roles = spread.links.profiles.get(profile).cloned();
    for role in roles.into_iter().flatten() {
        spread.hand_on(ROLE, role, NODES);
    }
    if let Some(reason) = spread.links.profiles_lost.clone() {
        spread.links.hole(ROLE, &reason);
    }
}

/// Roles by the ARNs and the names of the instance profiles that they are in, and why there may be more.
pub(super) fn profiles<'a>(lists: &Lists<'a>) -> (Profiles<'a>, Option<Reason>) {
    let mut found = Profiles::new();
    let mut lost: Option<Reason> = None;
    for role in lists.some(ROLE).iter().copied() {
        match profiles_of(role) {
            Ok(ids) => ids
                .into_iter()
                .for_each(|id| found.entry(id).or_default().push(role)),
            Err(reason) => lost = lost.into_iter().chain([reason]).min(),
        }
    }
    (found, lost)
}

fn profiles_of(role: &Value) -> Known<Vec<&str>> {
    let mut ids = Vec::new();
    for profile in look::items(role, "Live.InstanceProfileList")? {
        ids.extend(look::text(profile, "Arn")?);
        ids.extend(look::text(profile, "InstanceProfileName")?);
    }
    Ok(ids)
}

/// The roles that trust what a cluster says of its ServiceAccounts.
pub(super) fn trusted_by_issuer(spread: &mut Spread<'_, '_>, cluster: &Value) {
    let issuer = match look::text(cluster, "Properties.OpenIdConnectIssuerUrl") {
        Ok(Some(issuer)) => issuer.trim_start_matches("https://"),
        Ok(None) => return,
        Err(reason) => return spread.links.hole(ROLE, &reason),
    };
    let end = format!(":oidc-provider/{issuer}");
    let lists = spread.lists();
    for role in lists.some(ROLE).iter().copied() {
        match trusts(role, &end) {
            Ok(true) => spread.hand_on(ROLE, role, PODS),
            Ok(false) => (),
            Err(reason) => spread.links.hole(ROLE, &reason),
        }
    }
}

fn trusts(role: &Value, provider: &str) -> Known<bool> {
    let places = ["Properties.AssumeRolePolicyDocument"];
    let Some(statements) = super::super::statement::at(role, &places)? else {
        return Ok(false);
    };
    let statements = statements.as_array().into_iter().flatten();
    let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
    let mut principals = allowing
        .filter_map(|statement| statement["Principals"].as_array())
        .flatten()
        .filter_map(|principal| principal["Value"].as_str());
    Ok(principals.any(|value| value.ends_with(provider)))
}
