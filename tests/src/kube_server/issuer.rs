//! A token issuer as an account of AWS is one: its tokens are signed, and its keys are published over TLS.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};

use super::free_ports;
use super::pki::{Certificate, Pki};
use super::processes::Processes;

/// Serves two files over TLS.
const SERVER: &str = r#"
import http.server, ssl, sys
port = int(sys.argv[1])
files = {"/.well-known/openid-configuration": "discovery.json", "/keys": "keys.json"}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = open(files[self.path], "rb").read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.crt", "server.key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"#;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// A running issuer; dropping it ends it.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    authority: Certificate,
    key: KeyPair,
    _processes: Processes,
}

impl Issuer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When `python3` cannot be started, or ends.
    pub async fn start() -> anyhow::Result<Self> {
        let [port] = free_ports()?;
        let url = format!("https://127.0.0.1:{port}");
        let (pki, key) = (Pki::create()?, KeyPair::generate()?);
        let mut processes = Processes::new()?;
        let folder = processes.folder().to_owned();
        for (name, text) in [
            ("server.crt", pki.server_certificate),
            ("server.key", pki.server_key),
            ("discovery.json", discovery(&url).to_string()),
            ("keys.json", json!({ "keys": [public(&key)] }).to_string()),
        ] {
            fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
        }
        let arguments = ["-c", SERVER, &port.to_string()];
        processes.spawn("python3".as_ref(), &arguments)?;
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            processes.check_alive()?;
            if started.elapsed() > READY_WITHIN {
                bail!("the issuer is not ready\n{}", processes.logs());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Self {
            url,
            authority: pki.authority,
            key,
            _processes: processes,
        })
    }

    /// A token about `subject`, good for ten minutes from `now_seconds` after 1970.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token(&self, subject: &str, audience: &str, now_seconds: i64) -> anyhow::Result<String> {
        let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "iss": self.url,
            "sub": subject,
            "aud": [audience],
            "iat": now_seconds,
            "exp": now_seconds + 600,
        });
        let header = json!({ "alg": "ES256", "kid": "1", "typ": "JWT" });
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = raw_signature(&self.key.sign(signed.as_bytes())?)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// An AuthenticationConfiguration that takes this issuer's tokens for one audience: whoever they are about is in
    /// [`super::READERS`].
    pub(super) fn trusted(&self, audience: &str) -> String {
        json!({
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AuthenticationConfiguration",
            "jwt": [{
                "issuer": {
                    "url": self.url,
                    "audiences": [audience],
                    "certificateAuthority": self.authority.pem,
                },
                "claimMappings": {
                    "username": { "expression": "'aws:' + claims.sub" },
                    "groups": { "expression": format!("['{}']", super::READERS) },
                },
            }],
        })
        .to_string()
    }
}

fn discovery(url: &str) -> Value {
    json!({
        "issuer": url,
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    })
}

/// The key as RFC 7517 writes it; its bytes are the point without compression.
fn public(key: &KeyPair) -> Value {
    let point = key.der_bytes();
    let (x, y) = point[1..].split_at(32);
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1",
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    })
}

/// The two numbers of an ASN.1 signature, 32 bytes each, as RFC 7518 has them.
fn raw_signature(der: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut rest = der.get(2..).context("no signature")?;
    let mut raw = Vec::with_capacity(64);
    for _ in 0..2 {
        let length = usize::from(*rest.get(1).context("a short signature")?);
        let number = rest.get(2..2 + length).context("a short signature")?;
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let number = &number[zeros..];
        raw.extend(vec![0; 32_usize.saturating_sub(number.len())]);
        raw.extend_from_slice(number);
        rest = &rest[2 + length..];
    }
    Ok(raw)
}
