//! Files that images of Amazon's have, and who may read and write them.

use std::collections::BTreeMap;

use plimsoll_model::{NODE_FILES, Part};
use serde_json::{Value, json};

use crate::aws::derive::look::unread;
use crate::aws::read::unknown;
use crate::kubelet::{CLIENT_CA as SETTING, Settings};

/// Where all images of Amazon's keep the certificates that the kubelet checks clients by.
pub(super) const CLIENT_CA: &str = "/etc/kubernetes/pki/ca.crt";

/// The files of a node that policies are about.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) kubeconfig: Part,
    pub(super) config: Part,
    /// None where the kubelet checks no client's certificate.
    pub(super) client_ca: Option<Part>,
}

impl Files {
    /// By the keys of [`NODE_FILES`].
    pub(super) fn by_key(self) -> BTreeMap<String, Part> {
        let parts = [Some(self.kubeconfig), Some(self.config), self.client_ca];
        let keyed = NODE_FILES.into_iter().zip(parts);
        keyed
            .filter_map(|(key, part)| Some((key.to_owned(), part?)))
            .collect()
    }
}

/// A file of root's.
pub(super) fn of_root(path: &str, mode: &str) -> Part {
    file(path, mode.into())
}

/// A file of root's whose mode comes of how the image was built, which its sources do not tell.
pub(super) fn of_unknown_mode(path: &str) -> Part {
    let reason = unread(&format!("the mode that {path} has in the image"));
    file(path, unknown(&reason))
}

fn file(path: &str, mode: Value) -> Part {
    Part::Known(json!({ "path": path, "mode": mode, "owner": "root", "group": "root" }))
}

/// A file that is another one than the image's.
pub(super) fn other(what: &str) -> Part {
    Part::unknown(&unread(&format!(
        "the mode of a {what} that is not the image's"
    )))
}

/// The certificates of clients' authorities, of which `own` is the image's.
pub(super) fn client_ca(settings: &Settings, own: Part) -> Option<Part> {
    match settings.get(SETTING)? {
        Ok(path) if path == CLIENT_CA => Some(own),
        Ok(path) => path
            .as_str()
            .filter(|path| !path.is_empty())
            .map(|_| other("clientCAFile")),
        Err(reason) => Some(Part::unknown(reason)),
    }
}
