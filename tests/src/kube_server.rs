//! A real Kubernetes API server for tests: etcd and kube-apiserver on free loopback ports, over TLS.
//!
//! There is no controller, scheduler or node: objects stay as they were written. Service account
//! admission is off, because nothing would make the account `default` of a namespace; role-based access
//! control and pod security admission are the server's own and are on.

mod api;
mod issuer;
mod pki;
mod processes;
mod warnings;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use serde_json::json;

pub use api::{Answer, Api, collection_path};
pub use issuer::Issuer;
use processes::Processes;
pub use warnings::TypeWarning;

/// The group that a scanner's role is bound to, as in a tenant's cluster.
pub const READERS: &str = "plimsoll:readers";

/// The server is ready within 6 s on a busy machine; a cold file cache takes longer.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Caller {
    /// May do everything (`system:masters`).
    Admin,
    /// Is in the group [`READERS`] and may do only what a test grants.
    Reader,
    /// Shows a token that the server does not know: every request is answered 401.
    Stranger,
}

impl Caller {
    const ALL: [Self; 3] = [Self::Admin, Self::Reader, Self::Stranger];

    /// The name of this caller's context in [`KubeServer::kubeconfig`], and of its user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Reader => "reader",
            Self::Stranger => "stranger",
        }
    }

    /// The bearer token.
    pub fn token(self) -> &'static str {
        match self {
            Self::Admin => "token-of-the-admin",
            Self::Reader => "token-of-the-reader",
            Self::Stranger => "token-nobody-knows",
        }
    }
}

/// A running server. Dropping it ends the processes and removes their files; so does the end of this
/// process, however it comes.
#[derive(Debug)]
pub struct KubeServer {
    url: String,
    ca: pki::Certificate,
    kubeconfig: PathBuf,
    _processes: Processes,
}

impl KubeServer {
    /// Starts etcd and kube-apiserver and waits until the server is ready.
    ///
    /// # Errors
    /// When `PLIMSOLL_KUBE_BIN` does not name the folder of the two programs (`tests/run kube` sets it), or
    /// when one of them ends or is not ready in time; the error then has the end of its log.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_asking(None).await
    }

    /// As [`KubeServer::start`]; tokens that are not the server's own are reviewed by the webhook at this URL, and what
    /// it says is remembered for a second.
    ///
    /// # Errors
    /// As [`KubeServer::start`].
    pub async fn start_asking(webhook: Option<&str>) -> anyhow::Result<Self> {
        Self::start_with(webhook, None).await
    }

    /// As [`KubeServer::start`], on this port of 127.0.0.1; who shows a token of the issuer for that audience is one of
    /// [`READERS`].
    ///
    /// # Errors
    /// As [`KubeServer::start`].
    pub async fn start_trusting(
        port: u16,
        issuer: &Issuer,
        audience: &str,
    ) -> anyhow::Result<Self> {
        Self::start_with(None, Some((port, issuer.trusted(audience)))).await
    }

    async fn start_with(
        webhook: Option<&str>,
        trusting: Option<(u16, String)>,
    ) -> anyhow::Result<Self> {
        let programs = programs()?;
        let mut processes = Processes::new()?;
        let folder = processes.folder().to_owned();

        let pki = pki::Pki::create()?;
        let file = |name: &str, text: &str| -> anyhow::Result<String> {
            let path = folder.join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path.display().to_string())
        };
        let ca_file = file("ca.crt", &pki.authority.pem)?;
        let certificate_file = file("server.crt", &pki.server_certificate)?;
        let key_file = file("server.key", &pki.server_key)?;
        let accounts_key = file("accounts.key", &pki.accounts_key)?;
        let accounts_public_key = file("accounts.pub", &pki.accounts_public_key)?;
        let tokens = file(
            "tokens.csv",
            &format!(
                "{},admin,1,\"system:masters\"\n{},reader,2,\"{READERS}\"\n",
                Caller::Admin.token(),
                Caller::Reader.token()
            ),
        )?;

        let [etcd_port, peer_port, free] = free_ports()?;
        let port = trusting.as_ref().map_or(free, |(port, _)| *port);
        let etcd_url = format!("http://127.0.0.1:{etcd_port}");
        let peer_url = format!("http://127.0.0.1:{peer_port}");
        processes.spawn(
            &programs.join("etcd"),
            &[
                "--name=tests",
                &format!("--data-dir={}", folder.join("etcd").display()),
                "--unsafe-no-fsync",
                "--log-level=warn",
                &format!("--listen-client-urls={etcd_url}"),
                &format!("--advertise-client-urls={etcd_url}"),
                &format!("--listen-peer-urls={peer_url}"),
                &format!("--initial-advertise-peer-urls={peer_url}"),
                &format!("--initial-cluster=tests={peer_url}"),
            ],
        )?;
        let mut review = match webhook {
            None => Vec::new(),
            Some(url) => vec![
                format!(
                    "--authentication-token-webhook-config-file={}",
                    file("webhook.json", &webhook_config(url))?
                ),
                "--authentication-token-webhook-version=v1".to_owned(),
                "--authentication-token-webhook-cache-ttl=1s".to_owned(),
            ],
        };
        if let Some((_, trusted)) = &trusting {
            let file = file("authentication.json", trusted)?;
            review.push(format!("--authentication-config={file}"));
        }
        let review: Vec<&str> = review.iter().map(String::as_str).collect();
        processes.spawn(
            &programs.join("kube-apiserver"),
            &[
                &[
                    &format!("--etcd-servers={etcd_url}"),
                    "--endpoint-reconciler-type=none",
                    "--bind-address=127.0.0.1",
                    "--advertise-address=127.0.0.1",
                    &format!("--secure-port={port}"),
                    &format!("--tls-cert-file={certificate_file}"),
                    &format!("--tls-private-key-file={key_file}"),
                    &format!("--client-ca-file={ca_file}"),
                    "--service-cluster-ip-range=10.96.0.0/16",
                    "--service-account-issuer=https://kubernetes.default.svc",
                    &format!("--service-account-key-file={accounts_public_key}"),
                    &format!("--service-account-signing-key-file={accounts_key}"),
                    "--disable-admission-plugins=ServiceAccount",
                    "--allow-privileged", // without it a privileged pod is refused before pod security sees it
                    "--authorization-mode=Node,RBAC",
                    &format!("--token-auth-file={tokens}"),
                    "--anonymous-auth=false",
                    "--profiling=false",
                ],
                review.as_slice(),
            ]
            .concat(),
        )?;

        let url = format!("https://127.0.0.1:{port}");
        let kubeconfig = PathBuf::from(file("kubeconfig", &kubeconfig(&url, &pki.authority.pem))?);
        let mut server = Self {
            url,
            ca: pki.authority,
            kubeconfig,
            _processes: processes,
        };
        server.wait_until_ready().await?;
        Ok(server)
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let admin = self.api(Caller::Admin)?;
        let started = Instant::now();
        loop {
            if let Ok(answer) = admin.get("/readyz").await
                && answer.status == 200
            {
                return Ok(());
            }
            self._processes.check_alive()?;
            if started.elapsed() > READY_WITHIN {
                bail!(
                    "kube-apiserver is not ready after {READY_WITHIN:?}\n{}",
                    self._processes.logs()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// `https://127.0.0.1:` and the port.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate authority that signed the server's certificate, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca.pem
    }

    /// A kubeconfig file with one context for each [`Caller`], named as [`Caller::name`] says; the current
    /// one is the reader's.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A plain client for setting up and asking directly.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn api(&self, caller: Caller) -> anyhow::Result<Api> {
        Api::new(&self.url, &self.ca.der, caller.token())
    }
}

/// The folder of the built programs.
fn programs() -> anyhow::Result<PathBuf> {
    std::env::var_os("PLIMSOLL_KUBE_BIN").map(PathBuf::from).context(
        "PLIMSOLL_KUBE_BIN is not set: these tests need a built kube-apiserver and etcd; run them as `tests/run kube`",
    )
}

/// A kubeconfig whose server is the webhook: how kube-apiserver is told of one.
fn webhook_config(url: &str) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "webhook", "cluster": { "server": url } }],
        "contexts": [{ "name": "webhook", "context": { "cluster": "webhook", "user": "server" } }],
        "users": [{ "name": "server", "user": {} }],
        "current-context": "webhook",
    })
    .to_string()
}

/// JSON, which is YAML too.
fn kubeconfig(url: &str, ca_pem: &str) -> String {
    let contexts = Caller::ALL.map(
        |caller| json!({ "name": caller.name(), "context": { "cluster": "tests", "user": caller.name() } }),
    );
    let users = Caller::ALL
        .map(|caller| json!({ "name": caller.name(), "user": { "token": caller.token() } }));
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "tests", "cluster": {
            "server": url,
            "certificate-authority-data": base64::engine::general_purpose::STANDARD.encode(ca_pem),
        } }],
        "contexts": contexts,
        "users": users,
        "current-context": Caller::Reader.name(),
    })
    .to_string()
}

/// Ports that were free a moment ago; all are held until all are known, so that they differ.
///
/// # Errors
/// When there are none.
pub fn free_ports<const N: usize>() -> anyhow::Result<[u16; N]> {
    let mut listeners = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        *port = listener.local_addr().context("no free port")?.port();
        listeners.push(listener);
    }
    Ok(ports)
}
