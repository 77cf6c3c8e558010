//! The way to a cluster: through the tenant's role and EKS, by the address of its API server, or by a context of the
//! operator's kubeconfig.

use std::path::PathBuf;
use std::sync::Arc;

use aws_config::SdkConfig;
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_inventory::aws::{
    AssumedAccount, AwsError, describe_cluster, partition, session_name,
};
use plimsoll_inventory::kube::{
    ClusterError, ClusterReader, Patience, connect_context, connect_eks,
};
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::{
    Cluster, Connection, ConnectionKind, ConnectionState, Reason, ReasonCode, ScanId, Tenant,
};
use plimsoll_runtime::Clock;

use crate::keys::{Keys, NoToken};

/// What the service uses to reach clusters.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The operator's own credentials, region and endpoint.
    pub sdk: SdkConfig,
    /// How fast accounts are read.
    pub pace: Arc<Pace>,
    /// Private networks that clusters may lie in: the operator's word.
    pub allowed: AllowedNetworks,
    /// How patient to be with API servers.
    pub patience: Patience,
    /// The kubeconfig of connections by context; none for kubectl's own.
    pub kubeconfig: Option<PathBuf>,
    /// Where the tokens come from for clusters by their address.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
}

/// The ARN of a connection's role. An account lies in one partition, whose regions are looked at.
#[must_use]
pub fn role_arn(account: &str, role: &str, regions: &[String]) -> String {
    let partition = partition(regions.first().map_or("", String::as_str));
    format!("arn:{partition}:iam::{account}:role/{role}")
}

impl Reach {
    /// Prepares the connection to a cluster. One that is suspended is not used: whoever else its role lets in could have
    /// put there what we would read.
    ///
    /// # Errors
    /// Why it cannot be reached, and what mends it.
    pub async fn connect(
        &self,
        tenant: &Tenant,
        scan: &ScanId,
        connection: &Connection,
        cluster: &Cluster,
    ) -> Result<ClusterReader, Reason> {
        if let Some(reason) = suspended(connection) {
            return Err(reason);
        }
        match &connection.kind {
            ConnectionKind::KubeContext { context } => {
                let reader = connect_context(
                    self.kubeconfig.as_deref(),
                    Some(context),
                    self.allowed.clone(),
                    self.patience,
                )
                .await;
                reader.map_err(|error| unreadable(&error, connection, cluster))
            }
            ConnectionKind::Aws {
                account,
                role,
                external_id,
                regions,
            } => {
                let arn = role_arn(account, role, regions);
                let session = session_name(&tenant.id, scan);
                let assumed = AssumedAccount::assume(&self.sdk, &arn, external_id, &session).await;
                let assumed = assumed.map_err(|error| refused(&error))?;
                let region = cluster.region.as_deref().unwrap_or_default();
                let in_region = assumed.in_region(region);
                let of_region = Account::new(in_region, account, Arc::clone(&self.pace));
                let found = describe_cluster(&of_region, &cluster.name).await;
                let target = found.map_err(|error| refused(&error))?.target();
                let target = target.ok_or_else(|| {
                    Reason::new(ReasonCode::ApiError, "the cluster has no endpoint yet")
                })?;
                let clock = self.clock.clone();
                let reader = connect_eks(
                    &target,
                    assumed.credentials(),
                    Arc::new(move || clock.now()),
                    self.allowed.clone(),
                    self.patience,
                );
                reader.map_err(|error| unreadable(&error, connection, cluster))
            }
            ConnectionKind::Endpoint(endpoint) => {
                let token = self.token(&tenant.slug, endpoint).await;
                let token = token.map_err(|error| match error {
                    NoToken::Refused(said) => {
                        Reason::of_connection(&format!("does not work: {said}"))
                    }
                    NoToken::Lost(said) => Reason::new(ReasonCode::ApiError, said),
                })?;
                let reader = self.connect_endpoint(endpoint, token);
                reader.map_err(|error| unreadable(&error, connection, cluster))
            }
        }
    }
}

/// Why a connection that is suspended is not used.
pub(crate) fn suspended(connection: &Connection) -> Option<Reason> {
    let ConnectionState::Suspended { reason, mend, .. } = &connection.state else {
        return None;
    };
    let reason = Reason::of_connection(&format!("is suspended: {reason}"));
    Some(reason.mended_by(mend.to_string()))
}

/// Why AWS did not let us as far as the cluster.
#[must_use]
pub fn refused(error: &AwsError) -> Reason {
    match error {
        AwsError::Denied { call, .. } if call == "sts:AssumeRole" => {
            Reason::of_connection("does not work: the role does not let us in with our ExternalId")
                .mended_by("deploy infra/onboarding/role.yaml in the account again, with the ExternalId of this connection")
        }
        AwsError::Denied { call, .. } => {
            Reason::new(ReasonCode::PermissionMissing, call.clone()).mended_by("plimsoll access iam")
        }
        AwsError::NoCredentials { .. } => {
            Reason::new(ReasonCode::ApiError, "Plimsoll itself has no AWS credentials")
                .mended_by("its operator gives it some, for example AWS_PROFILE=NAME plimsoll up --config FILE")
        }
        other => Reason::new(ReasonCode::ApiError, other.to_string()),
    }
}

/// Why a cluster cannot be read, with the command that mends it.
#[must_use]
pub fn unreadable(error: &ClusterError, connection: &Connection, cluster: &Cluster) -> Reason {
    match (error, &connection.kind) {
        (
            ClusterError::Unauthorized { .. },
            ConnectionKind::Aws {
                account,
                role,
                regions,
                ..
            },
        ) => {
            let region = cluster.region.as_deref().unwrap_or_default();
            let arn = role_arn(account, role, regions);
            Reason::new(ReasonCode::PermissionMissing, "access entry missing (401)").mended_by(format!(
                "aws eks create-access-entry --cluster-name {} --region {region} --principal-arn {arn} --kubernetes-groups plimsoll:readers",
                cluster.name
            ))
        }
        (ClusterError::Unauthorized { .. }, ConnectionKind::KubeContext { context }) => {
            Reason::new(
                ReasonCode::PermissionMissing,
                "the credentials of the context are refused (401)",
            )
            .mended_by(format!("kubectl --context {context} get --raw /version"))
        }
        (other, ConnectionKind::KubeContext { context }) => {
            Reason::new(ReasonCode::ApiError, other.to_string())
                .mended_by(format!("kubectl --context {context} get --raw /version"))
        }
        (
            other @ (ClusterError::NetworkNotAllowed { .. }
            | ClusterError::Unreachable { private: true, .. }),
            ConnectionKind::Aws { .. },
        ) => {
            let need =
                format!("the cluster answers only inside its VPC (private endpoint): {other}");
            Reason::new(ReasonCode::ApiError, need)
        }
        (
            broken @ (ClusterError::Unauthorized { .. }
            | ClusterError::Unresolved { .. }
            | ClusterError::NetworkNotAllowed { .. }
            | ClusterError::Tls { .. }
            | ClusterError::Configuration { .. }),
            ConnectionKind::Endpoint(_),
        ) => Reason::of_connection(&format!("does not work: {broken}")),
        (other, ConnectionKind::Aws { .. } | ConnectionKind::Endpoint(_)) => {
            Reason::new(ReasonCode::ApiError, other.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use plimsoll_model::{ConnectionId, NextStep};

    use super::*;

    #[test]
    fn a_suspended_connection_says_why_it_is_not_used_and_what_mends_it() {
        let now = Timestamp::UNIX_EPOCH;
        let kind = ConnectionKind::KubeContext {
            context: "prod".to_owned(),
        };
        let mut connection = Connection::new(ConnectionId::of(&["c"]), kind, None, now);
        connection.state = ConnectionState::Connected;
        assert_eq!(suspended(&connection), None);
        connection.state = ConnectionState::Suspended {
            reason: "The role lets others in.".to_owned(),
            mend: NextStep::words("Mend its trust policy.").copying("Condition"),
            since: now,
        };
        let reason = suspended(&connection).unwrap();
        assert_eq!(
            reason.need,
            "the connection is suspended: The role lets others in."
        );
        assert_eq!(
            reason.mend.as_deref(),
            Some("Mend its trust policy.\nCondition")
        );
    }
}
