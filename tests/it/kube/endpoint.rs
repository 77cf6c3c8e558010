//! `plimsoll up` with clusters by their address: a real API server takes a token of its own, and by structured
//! authentication one that a stand-in of AWS issues.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plimsoll_runtime::Clock;
use plimsoll_tests::kube_server::{Caller, Issuer, KubeServer, free_ports};
use serde::Deserialize as _;
use serde_json::Value;

use crate::scan::plimsoll;

/// A line that is waited for comes within this on a busy machine.
const SAID_WITHIN: Duration = Duration::from_secs(180);

const ESCALATION: &str = "\
version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { email: [ lead@acme.example ] } } ], repeat: 14d } }
";

/// `plimsoll up`, and what it says line by line.
struct Up {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Up {
    fn start(config: &Path, sts: &str) -> Self {
        let program = std::env::var_os("PLIMSOLL_BIN").unwrap();
        let mut child = Command::new(program)
            .args(["up", "--config"])
            .arg(config)
            .env("XDG_CONFIG_HOME", "/none")
            .env("AWS_ENDPOINT_URL", sts)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("STRANGERS_TOKEN", Caller::Stranger.token())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, lines) = channel();
        let outs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for out in outs {
            let to = to.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    let _ = to.send(line);
                }
            });
        }
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Waits until a line holds the text, now or before.
    fn says(&mut self, text: &str) {
        while !self.said.iter().any(|line| line.contains(text)) {
            match self.lines.recv_timeout(SAID_WITHIN) {
                Ok(line) => self.said.push(line),
                Err(_) => panic!("`{text}` is not said:\n{}", self.said.join("\n")),
            }
        }
    }

    /// Kills it; gives everything that it said.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.said.extend(self.lines.iter());
        self.said.join("\n")
    }
}

/// An STS that signs what it is asked for; keeps the audiences.
fn sts(issuer: Arc<Issuer>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let audiences = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&audiences);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(text) = lower.strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            let audience = body.split("Audience.member.1=").nth(1).unwrap();
            let audience = audience.split('&').next().unwrap();
            kept.lock().unwrap().push(audience.to_owned());
            let subject = "arn:aws:iam::123456789012:role/plimsoll-scan-cluster";
            let now = Clock::machine().now().as_second();
            let token = issuer.token(subject, audience, now).unwrap();
            let answer = format!(
                "<GetWebIdentityTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetWebIdentityTokenResult>\
                 <WebIdentityToken>{token}</WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            );
        }
    });
    (url, audiences)
}

/// Acme has the cluster by a web identity and by a token, Globex by what does not fit.
fn config(port: u16) -> String {
    let tenant = |id: &str| {
        format!(
            "[[tenant]]\nid = \"{id}\"\nname = \"{id}\"\nescalation = \"escalation.yaml\"\nmail = {{ directory = \"mail\" }}\n"
        )
    };
    let connection = |host: &str, name: &str, rest: &str| {
        format!(
            "[[tenant.connection]]\nendpoint = \"https://{host}:{port}\"\nname = \"{name}\"\nprovider = \"self-managed\"\nstage = \"prod\"\n{rest}\n"
        )
    };
    [
        "[service]\ndata = \"data\"\nallow_networks = [\"127.0.0.0/8\", \"::1\"]\n".to_owned(),
        tenant("acme"),
        connection(
            "127.0.0.1",
            "by-identity",
            "ca = \"ca.crt\"\nweb_identity = {}",
        ),
        connection(
            "localhost",
            "by-token",
            "ca = \"ca.crt\"\ntoken_file = \"token\"",
        ),
        tenant("globex"),
        connection("127.0.0.1", "of-acme", "ca = \"ca.crt\"\nweb_identity = {}"),
        connection(
            "localhost",
            "by-wrong-token",
            "ca = \"ca.crt\"\ntoken_env = \"STRANGERS_TOKEN\"",
        ),
        tenant("initech"),
        connection(
            "127.0.0.1",
            "by-wrong-ca",
            "ca = \"other.crt\"\ntoken_file = \"token\"",
        ),
    ]
    .concat()
}

/// Asks `plimsoll service` for the connection's JSON.
fn connection(data: &Path, tenant: &str, name: &str) -> Value {
    let data = data.display().to_string();
    let arguments = ["service", "connection", "show", name, "--tenant", tenant];
    let where_it_is = ["--data-dir", &data, "-o", "json"];
    serde_json::from_str(&plimsoll(&[&arguments[..], &where_it_is[..]].concat())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn clusters_are_read_by_their_address() {
    let issuer = Arc::new(Issuer::start().await.unwrap());
    let (sts, audiences) = sts(Arc::clone(&issuer));
    let [port] = free_ports().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
    write("escalation.yaml", ESCALATION);
    write("plimsoll.toml", &config(port));
    write("token", Caller::Reader.token());

    // Before the API server is there: its port refuses, which proves nothing.
    let other = KubeServer::start().await.unwrap();
    write("other.crt", other.ca_pem());
    write("ca.crt", other.ca_pem());
    let mut up = Up::start(&path("plimsoll.toml"), &sts);
    up.says("by-identity: waiting. The cluster could not be tried: ");
    up.says("by-token: waiting. ");
    up.end();
    let found = connection(&path("data"), "acme", "by-identity");
    let audience = found["audience"].as_str().unwrap().to_owned();
    assert!(audience.starts_with("plm-"), "{found}");

    let server = KubeServer::start_trusting(port, &issuer, &audience);
    let server = server.await.unwrap();
    write("ca.crt", server.ca_pem());
    let mut up = Up::start(&path("plimsoll.toml"), &sts);
    up.says("by-identity: degraded. The API server of by-identity lets us in, but does not let us list: ");
    up.says("by-token: degraded. ");
    up.says("of-acme: waiting. The API server of of-acme does not accept our token (401).");
    up.says("by-wrong-token: waiting. The API server of by-wrong-token does not accept our token");
    up.says("by-wrong-ca: waiting. ");
    up.end();

    let admin = server.api(Caller::Admin).unwrap();
    let roles = plimsoll(&["access", "cluster-role"]);
    for document in yaml_serde::Deserializer::from_str(&roles) {
        let object = Value::deserialize(document).unwrap();
        admin.create(&object).await.unwrap();
    }
    let data = path("data").display().to_string();
    for name in ["by-identity", "by-token"] {
        plimsoll(&[
            "service",
            "scan",
            name,
            "--tenant",
            "acme",
            "--data-dir",
            &data,
        ]);
    }
    let mut up = Up::start(&path("plimsoll.toml"), &sts);
    up.says("by-identity: connected. Read-only, checked that a token made for another connection does not open it.");
    up.says("by-token: connected. Read by its own token.");
    up.says("by-identity: scanned ");
    up.says("by-token: scanned ");
    let said = up.end();
    for secret in [Caller::Reader.token(), Caller::Stranger.token(), "eyJ"] {
        assert!(!said.contains(secret), "a token is shown:\n{said}");
    }
    let asked = audiences.lock().unwrap();
    let made_up = |asked: &&String| **asked != audience;
    assert!(asked.iter().any(|asked| !made_up(&asked)));
    assert!(asked.iter().filter(made_up).count() > 1, "{asked:?}");
    println!("exercised: {} tokens for audiences", asked.len());
}
