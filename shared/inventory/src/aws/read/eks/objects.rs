//! What EKS tells of clusters and their parts, as objects.

use serde_json::{Value, json};

use super::super::Place;
use super::super::shape::{Shape, capitals, list, tags, word};
use super::{ADDON, ASSOCIATION, CLUSTER, ENTRY, FARGATE, NODEGROUP, PROVIDER};

/// `AWS::EKS::Cluster` of `cluster`.
pub(in crate::aws::read) fn cluster(place: Place<'_>, from: &Value) -> Value {
    let network = &from["resourcesVpcConfig"];
    let services = &from["kubernetesNetworkConfig"];
    let balancing = Shape::of(&services["elasticLoadBalancing"]).alike(&["Enabled"]);
    let properties = Shape::of(from)
        .alike(&[
            "Arn",
            "Name",
            "Version",
            "RoleArn",
            "Endpoint",
            "DeletionProtection",
        ])
        .named("CertificateAuthorityData", "certificateAuthority.data")
        .named(
            "ClusterSecurityGroupId",
            "resourcesVpcConfig.clusterSecurityGroupId",
        )
        .named("OpenIdConnectIssuerUrl", "identity.oidc.issuer")
        .put("AccessConfig", capitals(&from["accessConfig"]))
        .put(
            "ResourcesVpcConfig",
            Shape::of(network)
                .alike(&[
                    "ControlPlaneEgressMode",
                    "EndpointPrivateAccess",
                    "EndpointPublicAccess",
                    "PublicAccessCidrs",
                    "SecurityGroupIds",
                    "SubnetIds",
                ])
                .done(),
        )
        .put(
            "KubernetesNetworkConfig",
            Shape::of(services)
                .alike(&["IpFamily", "ServiceIpv4Cidr", "ServiceIpv6Cidr"])
                .put("ElasticLoadBalancing", balancing.done())
                .done(),
        )
        .put("Logging", logging(&from["logging"]))
        .put("EncryptionConfig", capitals(&from["encryptionConfig"]))
        .put("UpgradePolicy", capitals(&from["upgradePolicy"]))
        .put("ZonalShiftConfig", capitals(&from["zonalShiftConfig"]))
        .put(
            "RemoteNetworkConfig",
            capitals(&from["remoteNetworkConfig"]),
        )
        .put("ComputeConfig", capitals(&from["computeConfig"]))
        .put("StorageConfig", capitals(&from["storageConfig"]))
        .put("Tags", tags(&from["tags"]));
    let live = Shape::of(from)
        .alike(&["CreatedAt", "PlatformVersion", "Status"])
        .named("VpcId", "resourcesVpcConfig.vpcId");
    place.object(
        CLUSTER,
        word(from, "name"),
        from["arn"].as_str(),
        properties.done(),
        live.done(),
    )
}

/// EKS lists what is on and what is off; CloudFormation only what is on.
fn logging(from: &Value) -> Value {
    let Some(setups) = from["clusterLogging"].as_array() else {
        return Value::Null;
    };
    let enabled = setups.iter().filter(|setup| setup["enabled"] == true);
    let types = enabled
        .filter_map(|setup| setup["types"].as_array())
        .flatten();
    let types: Vec<Value> = types.map(|name| json!({ "Type": name })).collect();
    json!({ "ClusterLogging": { "EnabledTypes": types } })
}

/// What lies in a cluster is called `CLUSTER/NAME`, as CloudFormation calls node groups.
fn inside(from: &Value, name: &str) -> String {
    format!("{}/{}", word(from, "clusterName"), word(from, name))
}

pub(in crate::aws::read) fn nodegroup(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "AmiType",
            "CapacityType",
            "ClusterName",
            "DiskSize",
            "InstanceTypes",
            "Labels",
            "NodeRole",
            "NodegroupName",
            "ReleaseVersion",
            "Subnets",
            "Tags",
            "Version",
        ])
        .named("Arn", "nodegroupArn")
        .put("LaunchTemplate", capitals(&from["launchTemplate"]))
        .put("NodeRepairConfig", capitals(&from["nodeRepairConfig"]))
        .put("RemoteAccess", capitals(&from["remoteAccess"]))
        .put("ScalingConfig", capitals(&from["scalingConfig"]))
        .put("Taints", capitals(&from["taints"]))
        .put("UpdateConfig", capitals(&from["updateConfig"]));
    let live = Shape::of(from)
        .alike(&["Status"])
        .put("Resources", capitals(&from["resources"]));
    let (name, arn) = (inside(from, "nodegroupName"), from["nodegroupArn"].as_str());
    place.object(NODEGROUP, &name, arn, properties.done(), live.done())
}

pub(in crate::aws::read) fn addon(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "AddonName",
            "AddonVersion",
            "ClusterName",
            "ConfigurationValues",
            "ServiceAccountRoleArn",
        ])
        .named("Arn", "addonArn")
        .put("Tags", tags(&from["tags"]));
    let live = Shape::of(from).alike(&["Status", "PodIdentityAssociations"]);
    let (name, arn) = (inside(from, "addonName"), from["addonArn"].as_str());
    place.object(ADDON, &name, arn, properties.done(), live.done())
}

pub(in crate::aws::read) fn association(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "AssociationArn",
            "AssociationId",
            "ClusterName",
            "DisableSessionTags",
            "ExternalId",
            "Namespace",
            "RoleArn",
            "ServiceAccount",
            "TargetRoleArn",
        ])
        .put("Tags", tags(&from["tags"]));
    let (name, arn) = (
        inside(from, "associationId"),
        from["associationArn"].as_str(),
    );
    place.object(ASSOCIATION, &name, arn, properties.done(), Value::Null)
}

pub(in crate::aws::read) fn fargate_profile(place: Place<'_>, from: &Value) -> Value {
    let selector = |from: &Value| {
        let labels = tags(&from["labels"]);
        Shape::of(from)
            .alike(&["Namespace"])
            .put("Labels", labels)
            .done()
    };
    let properties = Shape::of(from)
        .alike(&[
            "ClusterName",
            "FargateProfileName",
            "PodExecutionRoleArn",
            "Subnets",
        ])
        .named("Arn", "fargateProfileArn")
        .put("Selectors", list(&from["selectors"], selector))
        .put("Tags", tags(&from["tags"]));
    let name = inside(from, "fargateProfileName");
    let arn = from["fargateProfileArn"].as_str();
    place.object(FARGATE, &name, arn, properties.done(), Value::Null)
}

pub(in crate::aws::read) fn identity_provider(place: Place<'_>, from: &Value) -> Value {
    let from = &from["oidc"];
    let oidc = Shape::of(from)
        .alike(&[
            "ClientId",
            "GroupsClaim",
            "GroupsPrefix",
            "IssuerUrl",
            "UsernameClaim",
            "UsernamePrefix",
        ])
        .put("RequiredClaims", tags(&from["requiredClaims"]));
    let properties = Shape::of(from)
        .alike(&[
            "ClusterName",
            "IdentityProviderConfigArn",
            "IdentityProviderConfigName",
        ])
        .put("Type", "oidc")
        .put("Oidc", oidc.done())
        .put("Tags", tags(&from["tags"]));
    let name = inside(from, "identityProviderConfigName");
    let arn = from["identityProviderConfigArn"].as_str();
    place.object(PROVIDER, &name, arn, properties.done(), Value::Null)
}

/// `policies` are those associated with it, or unknown.
pub(in crate::aws::read) fn access_entry(
    place: Place<'_>,
    from: &Value,
    policies: Option<&Value>,
) -> Value {
    let policy = |from: &Value| {
        let scope = capitals(&from["accessScope"]);
        Shape::of(from)
            .alike(&["PolicyArn"])
            .put("AccessScope", scope)
            .done()
    };
    let policies = policies.map(|policies| match policies {
        Value::Array(_) => list(policies, policy),
        other => other.clone(),
    });
    let properties = Shape::of(from)
        .alike(&[
            "AccessEntryArn",
            "ClusterName",
            "KubernetesGroups",
            "PrincipalArn",
            "Type",
            "Username",
        ])
        .put("AccessPolicies", policies)
        .put("Tags", tags(&from["tags"]));
    let live = Shape::of(from).alike(&["CreatedAt"]);
    let (name, arn) = (
        inside(from, "principalArn"),
        from["accessEntryArn"].as_str(),
    );
    place.object(ENTRY, &name, arn, properties.done(), live.done())
}
