//! How a cluster by its address lets us in: what its administrator does once.

use std::io::{self, Write};

use plimsoll_model::{Connection, ConnectionKind, Endpoint, EndpointAccess, token_secret};
use serde_json::{Value, json};

use super::invitation::{PREFIX, vendor_account};
use super::stop::Stop;
use super::target::Target;
use crate::args::{EndpointArgs, InvitedArgs};
use crate::up::config::ConnectionConfig;
use crate::up::endpoint::{AksConfig, GkeConfig, WebIdentityConfig};

/// Tells the issuer of an account's tokens; switched on once with `enable-outbound-web-identity-federation`.
const ISSUER: &str = "aws iam get-outbound-web-identity-federation-info";

/// What the command line says of a cluster by its address.
pub(super) fn of_args(args: &EndpointArgs) -> ConnectionConfig {
    let part = |text: &str, number: usize| {
        let parts = text.splitn(3, '/').nth(number);
        parts.unwrap_or_default().to_owned()
    };
    ConnectionConfig {
        endpoint: args.cluster_endpoint.clone(),
        name: args.name.clone(),
        provider: args.provider,
        ca: args.ca.clone(),
        token_secret: args.token_secret.clone(),
        token_env: args.token_env.clone(),
        token_file: args.token_file.clone(),
        web_identity: args
            .web_identity
            .as_ref()
            .map(|audience| WebIdentityConfig {
                audience: Some(audience.clone()).filter(|audience| !audience.is_empty()),
            }),
        gke: args.gke.as_ref().map(|gke| GkeConfig {
            project: part(gke, 0),
            pool: part(gke, 1),
            provider: part(gke, 2),
            service_account: args.gke_service_account.clone(),
        }),
        aks: args.aks.as_ref().map(|aks| AksConfig {
            tenant_id: part(aks, 0),
            client_id: part(aks, 1),
        }),
        ..ConnectionConfig::default()
    }
}

/// What is to be done, each step a sentence and lines to copy.
#[derive(Debug)]
pub(super) struct Steps {
    audience: Option<String>,
    subjects: Vec<String>,
    steps: Vec<(String, Vec<String>)>,
}

impl Steps {
    /// Those of a connection; none for one that is no cluster by its address.
    pub(super) async fn of(
        target: &Target,
        connection: &Connection,
        given: &InvitedArgs,
    ) -> Result<Option<Self>, Stop> {
        let ConnectionKind::Endpoint(endpoint) = &connection.kind else {
            return Ok(None);
        };
        let audience = endpoint.audience();
        let mut subjects = Vec::new();
        if audience.is_some() {
            let account = vendor_account(target, given).await?;
            let prefix = given.scanner_role_prefix.as_deref();
            let prefix = prefix.or(target.about.scanner_role_prefix.as_deref());
            let prefix = prefix.unwrap_or(PREFIX);
            subjects = ["scan-account", "scan-cluster"]
                .map(|name| format!("arn:aws:iam::{account}:role/{prefix}-{name}"))
                .into();
        }
        let secrets = target.about.secrets_prefix.as_deref().unwrap_or("plimsoll");
        let mut steps = vec![(
            "Once, with the cluster's administrator rights, the ClusterRole and its binding to the group plimsoll:readers:".to_owned(),
            vec!["plimsoll access cluster-role | kubectl apply -f -".to_owned()],
        )];
        steps.extend(trust(endpoint, &subjects, secrets));
        Ok(Some(Self {
            audience,
            subjects,
            steps,
        }))
    }

    /// For people.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (what, lines) in &self.steps {
            writeln!(out, "{what}")?;
            for line in lines {
                writeln!(out, "  {line}")?;
            }
        }
        Ok(())
    }

    /// For programs: what stands beside the connection.
    pub(super) fn describe(&self, json: &mut Value) {
        let steps = self.steps.iter();
        let steps = steps.map(|(what, lines)| json!({ "text": what, "lines": lines }));
        json["audience"] = json!(self.audience);
        json["subjects"] = json!(self.subjects);
        json["steps"] = steps.collect();
    }
}

/// How trust is put in us.
fn trust(endpoint: &Endpoint, subjects: &[String], secrets: &str) -> Vec<(String, Vec<String>)> {
    let audience = endpoint.audience().unwrap_or_default();
    let issuer = format!(
        "Our issuer, ISSUER below, is what this prints with Plimsoll's own credentials: {ISSUER}"
    );
    match &endpoint.access {
        EndpointAccess::Secret { name } => {
            let secret = token_secret(secrets, "TENANT", name).unwrap_or_default();
            let lines = service_account().chain([format!(
                "aws secretsmanager create-secret --name {secret} --secret-string TOKEN"
            )]);
            vec![(
                "A ServiceAccount, and its token among Plimsoll's secrets:".to_owned(),
                lines.collect(),
            )]
        }
        EndpointAccess::Environment { .. } | EndpointAccess::File { .. } => vec![(
            "A ServiceAccount, whose token `plimsoll up` is given:".to_owned(),
            service_account().collect(),
        )],
        EndpointAccess::WebIdentity { .. } => vec![(
            format!("{issuer}\nIn the API server's AuthenticationConfiguration:"),
            structured(&audience, subjects),
        )],
        EndpointAccess::Gke {
            project,
            pool,
            provider,
            service_account,
        } => {
            let member = format!(
                "principalSet://iam.googleapis.com/projects/{project}/locations/global/workloadIdentityPools/{pool}/*"
            );
            let both = subjects.join("','");
            let mut lines = vec![
                format!(
                    "gcloud iam workload-identity-pools create {pool} --project {project} --location global"
                ),
                format!(
                    "gcloud iam workload-identity-pools providers create-oidc {provider} --project {project} --location global --workload-identity-pool {pool} --issuer-uri ISSUER --allowed-audiences {audience} --attribute-mapping google.subject=assertion.sub --attribute-condition \"assertion.sub in ['{both}']\""
                ),
            ];
            match service_account {
                Some(account) => lines.extend([
                    format!(
                        "gcloud iam service-accounts add-iam-policy-binding {account} --role roles/iam.serviceAccountTokenCreator --member '{member}'"
                    ),
                    format!(
                        "gcloud projects add-iam-policy-binding CLUSTER-PROJECT --role roles/container.clusterViewer --member serviceAccount:{account}"
                    ),
                    format!(
                        "kubectl create clusterrolebinding plimsoll --clusterrole plimsoll-readers --user {account}"
                    ),
                ]),
                // What a pool's own principal is called in a cluster's RBAC is not said anywhere: IAM alone lets it read.
                None => lines.push(format!(
                    "gcloud projects add-iam-policy-binding CLUSTER-PROJECT --role roles/container.viewer --member '{member}'"
                )),
            }
            vec![(format!("{issuer}\nIn Google's cloud:"), lines)]
        }
        EndpointAccess::Aks { client_id, .. } => {
            let credential = |(name, subject): (&str, &String)| {
                format!(
                    "az ad app federated-credential create --id {client_id} --parameters '{{\"name\":\"{name}\",\"issuer\":\"ISSUER\",\"subject\":\"{subject}\",\"audiences\":[\"{audience}\"]}}'"
                )
            };
            let names = ["plimsoll-scan-account", "plimsoll-scan-cluster"];
            let mut lines: Vec<String> = names.into_iter().zip(subjects).map(credential).collect();
            lines.push(
                "kubectl create clusterrolebinding plimsoll --clusterrole plimsoll-readers --user OBJECT-ID   # of the application's service principal".to_owned(),
            );
            vec![(
                format!("{issuer}\nIn Microsoft Entra, and the cluster:"),
                lines,
            )]
        }
    }
}

fn service_account() -> impl Iterator<Item = String> {
    [
        "kubectl create serviceaccount plimsoll --namespace kube-system",
        "kubectl create clusterrolebinding plimsoll --clusterrole plimsoll-readers --serviceaccount kube-system:plimsoll",
        "kubectl create token plimsoll --namespace kube-system --duration 2160h",
    ]
    .into_iter()
    .map(str::to_owned)
}

/// An entry under `jwt` of an AuthenticationConfiguration (`apiserver.config.k8s.io/v1`).
fn structured(audience: &str, subjects: &[String]) -> Vec<String> {
    let both = subjects.join("', '");
    [
        "- issuer:".to_owned(),
        "    url: ISSUER".to_owned(),
        format!("    audiences: [{audience}]"),
        "  claimValidationRules:".to_owned(),
        format!("  - expression: \"claims.sub in ['{both}']\""),
        "  claimMappings:".to_owned(),
        "    username: { expression: \"'aws:' + claims.sub\" }".to_owned(),
        "    groups: { expression: \"['plimsoll:readers']\" }".to_owned(),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(args: EndpointArgs) -> String {
        let args = EndpointArgs {
            cluster_endpoint: Some("https://api.acme.example".to_owned()),
            name: Some("edge".to_owned()),
            provider: Some(crate::up::endpoint::ProviderConfig::SelfManaged),
            ..args
        };
        let config = of_args(&args);
        let endpoint = crate::up::endpoint::endpoint(&config, "plm-1").unwrap();
        let subjects = ["arn:a".to_owned(), "arn:b".to_owned()];
        let steps = trust(&endpoint, &subjects, "plimsoll");
        let lines = steps
            .into_iter()
            .flat_map(|(what, lines)| [vec![what], lines].concat());
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn trust_is_put_in_both_scanners_and_one_audience() {
        let web = steps(EndpointArgs {
            web_identity: Some(String::new()),
            ..EndpointArgs::default()
        });
        assert!(web.contains("audiences: [plm-1]"), "{web}");
        assert!(web.contains("claims.sub in ['arn:a', 'arn:b']"), "{web}");
        let named = steps(EndpointArgs {
            web_identity: Some("acme".to_owned()),
            ..EndpointArgs::default()
        });
        assert!(named.contains("audiences: [acme/plm-1]"), "{named}");
        let gke = steps(EndpointArgs {
            gke: Some("471/pool/aws".to_owned()),
            ..EndpointArgs::default()
        });
        assert!(
            gke.contains("create-oidc aws --project 471 --location global --workload-identity-pool pool --issuer-uri ISSUER --allowed-audiences plm-1 "),
            "{gke}"
        );
        let aks = steps(EndpointArgs {
            aks: Some("d/c".to_owned()),
            ..EndpointArgs::default()
        });
        for subject in ["arn:a", "arn:b"] {
            let part = format!(r#""subject":"{subject}","audiences":["plm-1"]"#);
            assert!(aks.contains(&part), "{aks}");
        }
    }

    #[test]
    fn a_kept_token_has_a_place() {
        let secret = steps(EndpointArgs {
            token_secret: Some("edge".to_owned()),
            ..EndpointArgs::default()
        });
        assert!(
            secret.contains("create-secret --name plimsoll/TENANT/cluster/edge "),
            "{secret}"
        );
    }
}
