//! Amazon's images of nodes: how they start a kubelet is known of their sources. Of others nothing is.

use serde_json::Value;

use crate::aws::derive::look::{self, Known, unread};

/// The minor versions of Kubernetes 1 whose images are known: the sources of all in between were read.
const KNOWN: std::ops::RangeInclusive<u32> = 30..=36;

/// Who makes a kubelet's settings of user data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Amazon Linux 2023: nodeadm.
    Nodeadm,
    /// Amazon Linux 2: a script of the image.
    Bootstrap,
    /// Bottlerocket.
    Bottlerocket,
}

/// Names begin so: `amazon-eks-node-al2023-x86_64-standard-1.31-v20261101`, `amazon-eks-node-1.31-v20261101`,
/// `bottlerocket-aws-k8s-1.31-x86_64-v1.40.0-5d9ac849`.
const NAMES: [(&str, Family); 5] = [
    ("amazon-eks-node-al2023-", Family::Nodeadm),
    ("amazon-eks-node-1.", Family::Bootstrap),
    ("amazon-eks-arm64-node-1.", Family::Bootstrap),
    ("amazon-eks-gpu-node-1.", Family::Bootstrap),
    ("bottlerocket-aws-k8s-1.", Family::Bottlerocket),
];

/// The family of an `AwsImage`.
///
/// # Errors
/// It is not Amazon's, none for EKS, or of a version that is not known.
pub(super) fn family(image: &Value) -> Known<Family> {
    if look::text(image, "Live.ImageOwnerAlias")? != Some("amazon") {
        return Err(unread(
            "what an image that is not Amazon's starts its kubelet with",
        ));
    }
    let name = look::text(image, "Live.Name")?.ok_or_else(|| unread("the name of the image"))?;
    if name.starts_with("eks-auto-") {
        return Err(unread(
            "what an image of EKS Auto Mode starts its kubelet with",
        ));
    }
    if name.starts_with("Windows") {
        return Err(unread("what an image of Windows starts its kubelet with"));
    }
    let found = NAMES.iter().find(|(start, _)| name.starts_with(start));
    let Some((_, family)) = found else {
        return Err(unread(
            "what an image that is none of the known ones for EKS starts its kubelet with",
        ));
    };
    match minor(name) {
        Some(minor) if KNOWN.contains(&minor) => Ok(*family),
        Some(minor) => Err(unread(&format!(
            "what images for Kubernetes 1.{minor} start their kubelet with"
        ))),
        None => Err(unread("the version of Kubernetes that the image is for")),
    }
}

/// The first part of a name that is a version of Kubernetes tells which.
fn minor(name: &str) -> Option<u32> {
    let version = name.split('-').find(|part| part.starts_with("1."))?;
    version.strip_prefix("1.")?.parse().ok()
}
