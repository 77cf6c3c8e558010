//! What the image and the user data of an instance say that its kubelet is started with: the route `ami` to evidence of
//! nodes. See the README beside this folder.

mod bootstrap;
mod bottlerocket;
mod files;
mod flags;
mod image;
mod nodeadm;
mod pieces;
mod shell;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use plimsoll_model::{NodeEvidence, Part};
use serde_json::{Value, json};

use self::files::Files;
use self::image::Family;
use super::links::{INSTANCE, Links};
use super::lists::Lists;
use super::look::{self, Known, unread};
use super::nodes::{OF_TEMPLATE, USER_DATA};
use super::templates;
use crate::aws::machines::Machines;
use crate::kubelet::Settings;

/// Where settings are said.
const PLACE: &str = "in the user data";

/// Tags of instances that a group or a fleet started: no other user data than that of the launch template can be theirs.
const STARTED_BY: [&str; 2] = ["aws:autoscaling:groupName", "aws:ec2:fleet-id"];

/// What is known of a kubelet and of files beside it.
#[derive(Debug)]
struct Told {
    settings: Settings,
    files: Files,
}

/// The cipher suites of Bottlerocket, with which those of bootstrap.sh begin.
const FORWARD_SECRET: [&str; 6] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
];

/// What the kubelets of all images of Amazon's are configured to alike, as far as policies read it.
fn of_amazon(tls_cipher_suites: &[&str]) -> Value {
    json!({
        "authentication": {
            "anonymous": { "enabled": false },
            "x509": { "clientCAFile": files::CLIENT_CA },
        },
        "authorization": { "mode": "Webhook" },
        "protectKernelDefaults": true,
        "readOnlyPort": 0,
        "tlsCipherSuites": tls_cipher_suites,
    })
}

/// What those of Amazon Linux are, whose lists of cipher suites differ in their order.
fn of_amazon_linux(tls_cipher_suites: &[&str]) -> Value {
    let mut config = of_amazon(tls_cipher_suites);
    config["featureGates"] = json!({ "RotateKubeletServerCertificate": true });
    config["serverTLSBootstrap"] = true.into();
    config
}

/// What is known of all instances of a region that clusters use, or may use.
pub(super) fn machines(lists: &Lists<'_>, links: &Links<'_>, read_at: Timestamp) -> Machines {
    let of_cluster = |instance: &&&Value| {
        let used = links.told(instance);
        used.is_some_and(|(clusters, _)| clusters.as_array().is_some_and(|all| !all.is_empty()))
    };
    let evidence = lists
        .some(INSTANCE)
        .iter()
        .filter(of_cluster)
        .map(|instance| {
            let id = look::name(instance).to_owned();
            (id, evidence(instance, lists, read_at))
        });
    Machines {
        gap: lists.all(INSTANCE).err(),
        evidence: evidence.collect(),
    }
}

fn evidence(instance: &Value, lists: &Lists<'_>, read_at: Timestamp) -> NodeEvidence {
    let (kubelet, files) = match told(instance, lists) {
        Ok(told) => (Part::Known(told.settings.shown()), told.files.by_key()),
        Err(reason) => (Part::unknown(&reason), Part::no_files(&reason)),
    };
    NodeEvidence {
        node: look::name(instance).to_owned(),
        read_at,
        kubelet,
        files,
    }
}

fn told(instance: &Value, lists: &Lists<'_>) -> Known<Told> {
    let image = look::text(instance, "Properties.ImageId")?;
    let image = image.ok_or_else(|| unread("the image of the instance"))?;
    let family = image::family(lists.the("AwsImage", image)?)?;
    of_family(family, user_data(instance, lists)?)
}

fn of_family(family: Family, user_data: &str) -> Known<Told> {
    match family {
        Family::Bottlerocket => bottlerocket::told(user_data),
        Family::Nodeadm => nodeadm::told(&pieces::pieces(user_data)?),
        Family::Bootstrap => bootstrap::told(&pieces::pieces(user_data)?),
    }
}

/// The user data that an instance was started with: its own, else that of the launch template that made it.
fn user_data<'a>(instance: &'a Value, lists: &Lists<'a>) -> Known<&'a str> {
    if let Some(own) = look::text(instance, USER_DATA)? {
        return Ok(own);
    }
    let Some(of) = look::at(instance, "Properties.LaunchTemplate")? else {
        return Err(unread("user data of an instance that has none"));
    };
    let tags = look::tags(instance)?;
    if !tags.iter().any(|(key, _)| STARTED_BY.contains(key)) {
        return Err(unread(
            "user data of an instance that no group and no fleet started",
        ));
    }
    let version = look::text(of, "Version")?;
    if version.is_none_or(|version| version.parse::<u64>().is_err()) {
        return Err(unread("the version of the launch template"));
    }
    let template = templates::named(of, lists)?;
    let template = template.ok_or_else(|| unread("user data of a launch template that is gone"))?;
    look::text(template, OF_TEMPLATE)?
        .ok_or_else(|| unread("user data of a launch template that has none"))
}
