//! What the checks of a cluster by its address mean for its tenant.

use super::super::{Check, CheckKind, Endpoint, EndpointAccess};
use super::NextStep;

const AGAIN: &str = "We check again every hour.";

/// What a check is about.
pub(super) fn subject(kind: &CheckKind) -> &'static str {
    match kind {
        CheckKind::TokenObtained => "there is a token",
        CheckKind::NameResolves => "the name resolves",
        CheckKind::AddressAllowed => "the address may be connected to",
        CheckKind::ServerAnswers => "the API server answers",
        CheckKind::CertificateMatches => "its certificate matches",
        CheckKind::TokenAccepted => "it accepts our token",
        CheckKind::RefusesOthersToken => "it refuses a token made for another connection",
        CheckKind::ListsAllowed => "it lets us list",
        _ => "",
    }
}

/// Why a check that failed matters, and what mends it.
pub(super) fn mended(endpoint: &Endpoint, check: &Check, said: &str) -> (String, NextStep) {
    let Endpoint { name, url, .. } = endpoint;
    match &check.kind {
        CheckKind::TokenObtained => (
            format!("There is no token for {name}: {said}."),
            token(endpoint),
        ),
        CheckKind::NameResolves => (
            format!("{url} does not resolve to an address."),
            NextStep::words(format!(
                "Correct the address of the connection, or the name's entry in DNS, which must be public. {AGAIN}"
            )),
        ),
        CheckKind::AddressAllowed => (
            format!("{said}."),
            NextStep::words(
                "Give an address of the API server that can be reached from the internet. Only the operator of Plimsoll can allow a private network.",
            ),
        ),
        CheckKind::ServerAnswers => (
            format!("{url} does not answer as an API server: {said}."),
            NextStep::words(format!("Correct the address of the connection. {AGAIN}"))
                .copying(format!("kubectl --server {url} get --raw /version")),
        ),
        CheckKind::CertificateMatches => (
            format!("{said}."),
            NextStep::words(format!(
                "Give the connection the certificates that the cluster's kubeconfig has, as `ca`. {AGAIN}"
            ))
            .copying("kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d"),
        ),
        CheckKind::TokenAccepted => (
            format!("The API server of {name} does not accept our token (401)."),
            accepted(endpoint),
        ),
        CheckKind::RefusesOthersToken => (
            format!(
                "What lets us into {name} takes a token with another audience, so another customer of ours could have it read."
            ),
            audience_alone(endpoint),
        ),
        CheckKind::ListsAllowed => (
            format!("The API server of {name} lets us in, but does not let us list: {said}."),
            NextStep::words(format!(
                "Apply the ClusterRole, and bind it to that user or its group. {AGAIN}"
            ))
            .copying("plimsoll access cluster-role | kubectl apply -f -"),
        ),
        _ => (said.to_owned(), NextStep::default()),
    }
}

/// How a token is come by.
fn token(endpoint: &Endpoint) -> NextStep {
    match &endpoint.access {
        EndpointAccess::Secret { .. } => NextStep::words(format!(
            "Make that secret, with the token of a ServiceAccount that the ClusterRole is bound to as its text. {AGAIN}"
        )),
        EndpointAccess::Environment { variable } => {
            NextStep::words(format!("Set {variable} and start `plimsoll up` again."))
        }
        EndpointAccess::File { path } => NextStep::words(format!("Write the token to {path}.")),
        EndpointAccess::WebIdentity { .. } => {
            NextStep::words("Ask the operator of Plimsoll if it stays so.")
        }
        EndpointAccess::Gke { .. } | EndpointAccess::Aks { .. } => audience_alone(endpoint),
    }
}

/// What is to be mended where the API server does not know a token.
fn accepted(endpoint: &Endpoint) -> NextStep {
    match &endpoint.access {
        EndpointAccess::Secret { .. }
        | EndpointAccess::Environment { .. }
        | EndpointAccess::File { .. } => NextStep::words(format!(
            "It has expired, or is of another cluster: put a new one in its place. {AGAIN}"
        )),
        EndpointAccess::WebIdentity { .. } => audience_alone(endpoint),
        EndpointAccess::Gke { project, pool, .. } => NextStep::words(format!(
            "Give the principals of pool {pool} in project {project}, or the service account, the role roles/container.clusterViewer in the cluster's project. {AGAIN}"
        )),
        EndpointAccess::Aks { .. } => NextStep::words(format!(
            "Switch the cluster's Microsoft Entra integration on, for the same directory. {AGAIN}"
        ))
        .copying("az aks update --name CLUSTER --resource-group GROUP --enable-aad"),
    }
}

/// How trust is put in our issuer, with this connection's audience and no other.
fn audience_alone(endpoint: &Endpoint) -> NextStep {
    let audience = endpoint.audience().unwrap_or_default();
    match &endpoint.access {
        EndpointAccess::Gke {
            project,
            pool,
            provider,
            ..
        } => NextStep::words(format!(
            "Let the provider {provider} accept our issuer with this audience and no other. {AGAIN}"
        ))
        .copying(format!(
            "gcloud iam workload-identity-pools providers update-oidc {provider} --project {project} --location global --workload-identity-pool {pool} --allowed-audiences {audience}"
        )),
        EndpointAccess::Aks { client_id, .. } => NextStep::words(format!(
            "Let the federated credentials of application {client_id} accept our issuer with this audience and no other. {AGAIN}"
        ))
        .copying(format!(r#""audiences": ["{audience}"]"#)),
        _ => NextStep::words(format!(
            "Let the API server's AuthenticationConfiguration accept our issuer with this audience and no other. {AGAIN}"
        ))
        .copying(format!("audiences: [{audience}]")),
    }
}

#[cfg(test)]
mod tests;
