//! What `plimsoll collect-node` does on each node: reads its own kubelet and the modes of a few files, and leaves that in
//! a ConfigMap. It reads no file's content.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use http::Request;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use kube::client::Body;
use plimsoll_model::{
    COLLECTED_KEY, COLLECTED_LABEL, NODE_FILES, NodeEvidence, Part, Reason, ReasonCode,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::configz;
use crate::kube::connect::{CONNECT_TIMEOUT, client};
use crate::kube::error::ClusterError;
use crate::kube::reader::{ClusterReader, JSON};
use crate::kube::request::{Patience, Refusal};
use crate::network::AllowedNetworks;
use crate::redact::REDACTED;

/// Where kubelets of the usual installers keep a file, the first that exists counts: EKS, kubeadm, Bottlerocket.
const KUBECONFIGS: [&str; 3] = [
    "/var/lib/kubelet/kubeconfig",
    "/etc/kubernetes/kubelet.conf",
    "/etc/kubernetes/kubelet/kubeconfig",
];
const CONFIGS: [&str; 4] = [
    "/etc/kubernetes/kubelet/config.json",
    "/etc/kubernetes/kubelet/kubelet-config.json",
    "/var/lib/kubelet/config.yaml",
    "/etc/kubernetes/kubelet/config",
];

/// Settings that may hold credentials: whether they are set is all that is passed on.
const SECRET: [&str; 2] = ["staticPodURL", "staticPodURLHeader"];

/// Where the program finds what it asks, and where it leaves the answers.
#[derive(Debug, Clone)]
pub struct KubeletDoor {
    /// The node's name.
    pub node: String,
    /// An address of the node that its kubelet listens on.
    pub host_ip: IpAddr,
    /// The kubelet's port.
    pub port: u16,
    /// Whether the kubelet's certificate must be signed by the cluster's authority.
    pub verify: bool,
    /// The API server's URL.
    pub api_server: String,
    /// The cluster's certificate authority, PEM.
    pub authority: PathBuf,
    /// The token of the program's service account.
    pub token: PathBuf,
    /// The namespace to leave the answers in.
    pub namespace: String,
    /// Below what folder `/etc/kubernetes` and `/var/lib/kubelet` of the node are mounted; none to look at no files.
    pub files: Option<PathBuf>,
}

/// Reads the node and leaves what it found; what cannot be read is left as such, with the reason.
///
/// # Errors
/// What was found cannot be left: the API server is out of reach, or refuses it.
pub async fn collect(door: &KubeletDoor, now: Timestamp) -> Result<NodeEvidence, ClusterError> {
    let kubelet = without_secrets(door.kubelet().await);
    let files = match &door.files {
        Some(root) => files(root, &kubelet),
        None => {
            let need = "the collector looks at no files: plimsoll collector --files";
            Part::no_files(&Reason::new(ReasonCode::RouteNotChosen, need))
        }
    };
    let evidence = NodeEvidence {
        node: door.node.clone(),
        read_at: now,
        kubelet,
        files,
    };
    door.leave(&evidence).await?;
    Ok(evidence)
}

impl KubeletDoor {
    async fn kubelet(&self) -> Part {
        let node = &self.node;
        let unread = |code, why: String| {
            let need = format!("the kubelet of {node}: {why}");
            Part::unknown(&Reason::new(code, need))
        };
        let host = match self.host_ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let address = format!("https://{host}:{}", self.port);
        let reader = match self.config(&address, self.verify) {
            Ok(config) => ClusterReader::new(node, &config, None, anywhere(), Patience::default()),
            Err(error) => Err(error),
        };
        let reader = match reader {
            Ok(reader) => reader,
            Err(error) => return unread(ReasonCode::ApiError, error.to_string()),
        };
        let (patience, mut body) = (reader.patience(), String::new());
        let answer = reader.get_bounded("/configz", JSON, &mut body, &patience, configz::MOST);
        match answer.await {
            Ok(()) => configz::settings(node, &body),
            Err(Refusal::Denied(_)) => {
                let why =
                    "get nodes/configz is refused: kubelets before 1.33 do not know that right";
                unread(ReasonCode::PermissionMissing, why.to_owned())
            }
            Err(Refusal::NotFound) => unread(ReasonCode::ApiError, "it has no /configz".to_owned()),
            Err(Refusal::Expired) => unread(ReasonCode::ApiError, "it answered 410".to_owned()),
            Err(Refusal::Error(error)) => unread(ReasonCode::ApiError, error.to_string()),
        }
    }

    async fn leave(&self, evidence: &NodeEvidence) -> Result<(), ClusterError> {
        let broken = |message: String| ClusterError::Configuration {
            message,
            help: None,
        };
        let config = self.config(&self.api_server, true)?;
        let client = client(&config, None, anywhere().into(), CONNECT_TIMEOUT)?;
        let (label, value) = COLLECTED_LABEL;
        let text = serde_json::to_string(evidence).map_err(|error| broken(error.to_string()))?;
        let config_map = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": { "name": self.node, "namespace": self.namespace, "labels": { label: value } },
            "data": { COLLECTED_KEY: text },
        });
        let uri = format!(
            "/api/v1/namespaces/{}/configmaps/{}?fieldManager=plimsoll-collector&force=true",
            self.namespace, self.node
        );
        let request = Request::patch(uri)
            .header(CONTENT_TYPE, "application/apply-patch+yaml")
            .body(Body::from(config_map.to_string().into_bytes()))
            .map_err(|error| broken(error.to_string()))?;
        let address = &self.api_server;
        let answer = client.send(request).await;
        let answer = answer.map_err(|error| ClusterError::of_client(address, &error))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(ClusterError::Server {
                status: status.as_u16(),
                message: format!(
                    "the ConfigMap {}/{} was not taken",
                    self.namespace, self.node
                ),
            }),
        }
    }

    pub(super) fn config(&self, address: &str, verify: bool) -> Result<kube::Config, ClusterError> {
        let broken = |message: String| ClusterError::Configuration {
            message,
            help: None,
        };
        let uri = address
            .parse::<http::Uri>()
            .map_err(|error| broken(format!("{address}: {error}")))?;
        let shown = self.authority.display();
        let authority = CertificateDer::pem_file_iter(&self.authority)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| broken(format!("the certificate authority {shown}: {error}")))?;
        let mut config = kube::Config::new(uri);
        config.root_cert = Some(authority.iter().map(|one| one.to_vec()).collect());
        config.accept_invalid_certs = !verify;
        config.auth_info.token_file = Some(self.token.display().to_string());
        Ok(config)
    }
}

/// The program asks its own node and its own cluster only; there is no one else's address to be led to.
fn anywhere() -> AllowedNetworks {
    AllowedNetworks::everything()
}

fn without_secrets(kubelet: Part) -> Part {
    let Part::Known(Value::Object(mut settings)) = kubelet else {
        return kubelet;
    };
    for key in SECRET {
        if let Some(value) = settings.get_mut(key) {
            *value = Value::from(REDACTED);
        }
    }
    Part::Known(Value::Object(settings))
}

/// Modes and owners of the files that policies are about, below a folder that the node's own are mounted in.
pub(super) fn files(root: &Path, kubelet: &Part) -> BTreeMap<String, Part> {
    let [kubeconfig, config, client_ca] = NODE_FILES;
    let mut files = BTreeMap::from([
        (kubeconfig.to_owned(), first_of(root, &KUBECONFIGS)),
        (config.to_owned(), first_of(root, &CONFIGS)),
    ]);
    let authority = match kubelet {
        Part::Known(settings) => settings
            .pointer("/authentication/x509/clientCAFile")
            .and_then(Value::as_str)
            .filter(|path| !path.is_empty())
            .map(|path| first_of(root, &[path])),
        Part::Unknown(line) => Some(Part::Unknown(line.clone())),
    };
    files.extend(authority.map(|file| (client_ca.to_owned(), file)));
    files
}

/// The first of some files that exists. Where none is found nobody knows: it may lie in a folder that is not mounted.
fn first_of(root: &Path, paths: &[&str]) -> Part {
    for path in paths {
        let below = root.join(path.trim_start_matches('/'));
        match std::fs::metadata(&below) {
            Ok(found) => {
                return Part::Known(json!({
                    "path": path,
                    "mode": format!("{:04o}", found.mode() & 0o7777),
                    "owner": name(found.uid()),
                    "group": name(found.gid()),
                }));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let need = format!("{path} of the node: {}", error.kind());
                return Part::unknown(&Reason::new(ReasonCode::PermissionMissing, need));
            }
        }
    }
    let need = format!("a file of the node, none of {} is there", paths.join(", "));
    Part::unknown(&Reason::new(ReasonCode::InputUnread, need))
}

/// Names of users are the node's own, and not known here; but 0 is root everywhere.
fn name(id: u32) -> String {
    match id {
        0 => "root".to_owned(),
        id => id.to_string(),
    }
}
