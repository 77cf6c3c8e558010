//! A kube-apiserver for tests that are not written in Rust: says on its first line where it is, and ends when its input
//! does.
//!
//!     kube-server [WEBHOOK]
//!
//! WEBHOOK is the URL of a token review webhook, asked for tokens that are not the server's own.

use std::io::{Read as _, Write as _};

use plimsoll_tests::kube_server::{Caller, KubeServer};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let webhook = std::env::args().nth(1);
    let server = KubeServer::start_asking(webhook.as_deref()).await?;
    let place = serde_json::json!({
        "url": server.url(),
        "ca": server.ca_pem(),
        "admin": Caller::Admin.token(),
    });
    writeln!(std::io::stdout(), "{place}")?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
