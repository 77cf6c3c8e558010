use serde_json::{Value, json};

use crate::aws::derive::kubelet::image::{Family, family};

fn image(name: &str, owner: &str) -> Value {
    json!({ "kind": "AwsImage", "Live": { "Name": name, "ImageOwnerAlias": owner } })
}

#[test]
fn amazon_s_images_for_eks_are_known_by_name() {
    for (name, expected) in [
        (
            "amazon-eks-node-al2023-x86_64-standard-1.31-v20261101",
            Family::Nodeadm,
        ),
        (
            "amazon-eks-node-al2023-arm64-nvidia-1.36-v20261101",
            Family::Nodeadm,
        ),
        ("amazon-eks-node-1.30-v20250101", Family::Bootstrap),
        ("amazon-eks-arm64-node-1.32-v20250101", Family::Bootstrap),
        ("amazon-eks-gpu-node-1.32-v20250101", Family::Bootstrap),
        (
            "bottlerocket-aws-k8s-1.33-x86_64-v1.40.0-5d9ac849",
            Family::Bottlerocket,
        ),
        (
            "bottlerocket-aws-k8s-1.33-fips-aarch64-v1.40.0-5d9ac849",
            Family::Bottlerocket,
        ),
    ] {
        assert_eq!(family(&image(name, "amazon")), Ok(expected), "{name}");
    }
}

#[test]
fn other_images_are_not_known() {
    let known = "amazon-eks-node-al2023-x86_64-standard-1.31-v20261101";
    for (name, owner, need) in [
        (known, "self", "not Amazon's"),
        (known, "aws-marketplace", "not Amazon's"),
        (
            "Windows_Server-2022-English-Full-EKS_Optimized-1.31-2026.10.14",
            "amazon",
            "Windows",
        ),
        ("eks-auto-standard-arm64-1.34", "amazon", "EKS Auto Mode"),
        (
            "al2023-ami-2023.6.20241121.0-kernel-6.1-x86_64",
            "amazon",
            "none of the known",
        ),
        (
            "amazon-eks-node-al2027-x86_64-standard-1.40-v20261101",
            "amazon",
            "none of the known",
        ),
        (
            "bottlerocket-aws-ecs-2-x86_64-v1.40.0-5d9ac849",
            "amazon",
            "none of the known",
        ),
        (
            "amazon-eks-node-al2023-x86_64-standard-1.29-v20261101",
            "amazon",
            "Kubernetes 1.29",
        ),
        (
            "bottlerocket-aws-k8s-1.37-x86_64-v1.60.0-5d9ac849",
            "amazon",
            "Kubernetes 1.37",
        ),
        (
            "amazon-eks-node-al2023-x86_64-standard",
            "amazon",
            "version of Kubernetes",
        ),
    ] {
        let reason = family(&image(name, owner)).unwrap_err();
        assert!(reason.need.contains(need), "{name}: {reason:?}");
    }
    assert!(
        family(&json!({ "Live": { "ImageOwnerAlias": "amazon" } }))
            .unwrap_err()
            .need
            .contains("name of the image")
    );
    assert!(family(&json!({})).is_err());
}
