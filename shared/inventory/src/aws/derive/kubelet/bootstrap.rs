//! Amazon Linux 2: a script of the image starts the kubelet, called by the user data with flags for it.
//!
//! awslabs/amazon-eks-ami: `templates/al2/runtime/bootstrap.sh`, `kubelet-config.json` there, and
//! `templates/al2/provisioners/install-worker.sh`, which tells the owners of files, but not their modes.

use serde_json::Value;

use super::files::{self, Files};
use super::flags::{flags, name_kubeconfig};
use super::pieces::{Kind, Piece, must_be_idle};
use super::{FORWARD_SECRET, PLACE, Told, of_amazon_linux, shell};
use crate::aws::derive::look::{Known, unread};
use crate::kubelet::Settings;

/// What a kubelet is started with by the parts of user data.
///
/// # Errors
/// The script is not called once, or something is done beside.
pub(super) fn told(pieces: &[Piece]) -> Known<Told> {
    let mut calls = Vec::new();
    for piece in pieces {
        match piece.kind {
            Kind::Script => {
                let of_piece = shell::bootstraps(&piece.text);
                calls
                    .extend(of_piece.ok_or_else(|| unread("what a script in the user data does"))?);
            }
            Kind::CloudConfig => must_be_idle(&piece.text)?,
            Kind::NodeConfig | Kind::Other => {
                return Err(unread("what a part of the user data does"));
            }
        }
    }
    let [call] = calls.as_slice() else {
        return Err(unread("one call of /etc/eks/bootstrap.sh in the user data"));
    };
    let option = |name: &str| {
        let given = call.windows(2).rev().find(|pair| pair[0] == name);
        given.map(|pair| pair[1].as_str())
    };
    let flags = flags(option("--kubelet-extra-args").unwrap_or_default())?;
    let mut settings = Settings::new(PLACE, Some(&defaults()));
    settings.command(&flags);
    let kubeconfig =
        match name_kubeconfig(&flags) || option("--enable-local-outpost") == Some("true") {
            true => files::other("kubeconfig"),
            false => files::of_unknown_mode("/var/lib/kubelet/kubeconfig"),
        };
    let files = Files {
        kubeconfig,
        config: files::of_unknown_mode("/etc/kubernetes/kubelet/kubelet-config.json"),
        client_ca: files::client_ca(&settings, files::of_root(files::CLIENT_CA, "0644")),
    };
    Ok(Told { settings, files })
}

/// `kubelet-config.json`, as far as policies read it.
fn defaults() -> Value {
    let rsa = [
        "TLS_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
    ];
    of_amazon_linux(&[&FORWARD_SECRET[..], &rsa].concat())
}
