//! What objects of Kubernetes name in AWS, besides images.

use plimsoll_cel::Node;
use plimsoll_model::Named;
use serde::Deserialize;

use super::super::{items, name, namespace, text};
use super::{Border, look, said};

const EBS: &str = "ebs.csi.aws.com";
const EFS: &str = "efs.csi.aws.com";
/// Before the DNS names of load balancers that answer over both versions of IP.
const DUAL: &str = "dualstack.";

pub(super) fn gather(border: &mut Border, kind: &str, object: &Node<'_>) {
    match kind {
        // `aws:///eu-central-1a/i-0abc` (cloud-provider-aws, "KubernetesInstanceID").
        "Node" => {
            let id = said(object, &["spec", "providerID"]).rsplit('/').next();
            add(border, Named::Instance, id.unwrap_or(""));
        }
        "PersistentVolume" => volume(border, object),
        "Service" | "Ingress" => {
            let status = look(object, &["status", "loadBalancer"]);
            for point in items(&status, "ingress") {
                balancer(border, kind, object, text(point, "hostname"));
            }
        }
        "Gateway" => {
            let status = object.get("status").unwrap_or(Node::Null);
            for address in items(&status, "addresses") {
                balancer(border, kind, object, text(address, "value"));
            }
        }
        "SecretProviderClass" => provided(border, object),
        "ExternalSecret" => external(border, object),
        _ => (),
    }
}

fn add(border: &mut Border, named: Named, id: &str) {
    if !id.is_empty() {
        border.named.push(|out| out.texts([named.letter(), id]));
    }
}

/// Some are named that cannot be told.
fn add_some(border: &mut Border, named: Named) {
    border.named.push(|out| out.texts([named.letter(), ""]));
}

fn balancer(border: &mut Border, kind: &str, object: &Node<'_>, host: Option<&str>) {
    let host = host.unwrap_or("").to_ascii_lowercase();
    let host = host.strip_prefix(DUAL).unwrap_or(&host);
    if !host.contains(".elb.") {
        return;
    }
    add(border, Named::LoadBalancer, host);
    border
        .balanced
        .push(|out| out.texts([kind, namespace(object), name(object), host]));
}

/// Volumes of the CSI drivers of EBS and EFS (`fs-…`, then perhaps a path and an access point, with colons between), of the
/// plugins that were there before, and file systems mounted as plain NFS (`fs-….efs.REGION.amazonaws.com`).
fn volume(border: &mut Border, object: &Node<'_>) {
    let handle = said(object, &["spec", "csi", "volumeHandle"]);
    let (named, ids): (Named, Vec<&str>) = match said(object, &["spec", "csi", "driver"]) {
        EBS => (Named::Volume, vec![handle]),
        EFS => {
            let parts = handle.split(':');
            let ids = parts.filter(|part| part.starts_with("fs-") || part.starts_with("fsap-"));
            (Named::FileSystem, ids.collect())
        }
        _ => {
            let id = said(object, &["spec", "awsElasticBlockStore", "volumeID"]);
            let server = said(object, &["spec", "nfs", "server"]);
            match server.split_once(".efs.") {
                Some((id, _)) => (Named::FileSystem, vec![id]),
                None => (Named::Volume, vec![id.rsplit('/').next().unwrap_or("")]),
            }
        }
    };
    for id in ids {
        add(border, named, id);
    }
}

/// One of the `objects` that a SecretProviderClass of AWS mounts (AWS provider of the Secrets Store CSI driver, README).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mounted {
    object_name: String,
    #[serde(default)]
    object_type: Option<String>,
}

fn provided(border: &mut Border, object: &Node<'_>) {
    if said(object, &["spec", "provider"]) != "aws" {
        return;
    }
    let written = said(object, &["spec", "parameters", "objects"]);
    match serde_saphyr::from_str::<Vec<Mounted>>(written) {
        Ok(mounted) => {
            for one in mounted {
                let of_type = one.object_type.as_deref();
                let is_secret = of_type
                    .map_or(one.object_name.contains(":secretsmanager:"), |of| {
                        of == "secretsmanager"
                    });
                if is_secret {
                    add(border, Named::Secret, &one.object_name);
                }
            }
        }
        Err(_) => add_some(border, Named::Secret),
    }
}

/// Keys of remote secrets, whichever store has them: the store is not read, and a name that AWS has not leads nowhere. What
/// is found by a pattern cannot be told (external-secrets.io API, `ExternalSecret`).
fn external(border: &mut Border, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    for item in items(&spec, "data") {
        add(border, Named::Secret, said(item, &["remoteRef", "key"]));
    }
    for from in items(&spec, "dataFrom") {
        add(border, Named::Secret, said(from, &["extract", "key"]));
        if from.get("find").is_some() {
            add_some(border, Named::Secret);
        }
    }
}
