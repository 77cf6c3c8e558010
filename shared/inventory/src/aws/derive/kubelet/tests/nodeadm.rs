use serde_json::{Value, json};

use super::{STANDARD, file, known, need, shown, told, zipped};
use crate::aws::derive::kubelet::image::Family::Nodeadm;
use crate::aws::derive::kubelet::of_family;
use base64::Engine as _;

const HEAD: &str = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: prod\n    apiServerEndpoint: https://example.com\n    certificateAuthority: Y2VydGlmaWNhdGU=\n    cidr: 10.100.0.0/16\n";

/// As managed node groups write it: what the customer's launch template holds, then EKS's own part.
fn multipart(parts: &[(&str, &str)]) -> String {
    let mut text =
        String::from("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n");
    for (media, body) in parts {
        text.push_str(&format!("--//\nContent-Type: {media}\n\n{body}\n"));
    }
    text + "--//--\n"
}

fn with(kubelet: &str) -> String {
    let own = format!(
        "{HEAD}  kubelet:\n    config:\n      maxPods: 58\n      clusterDNS:\n      - 10.100.0.10\n    flags:\n    - \"--node-labels=eks.amazonaws.com/nodegroup=workers\"\n"
    );
    match kubelet {
        "" => multipart(&[("application/node.eks.aws", &own)]),
        kubelet => multipart(&[
            (
                "application/node.eks.aws",
                &format!(
                    "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n{kubelet}"
                ),
            ),
            ("application/node.eks.aws", &own),
        ]),
    }
}

/// A managed node group of which the customer sets something.
pub(super) fn multipart_of_a_group() -> String {
    with("    config: { readOnlyPort: 10255 }\n    flags:\n    - --anonymous-auth=true\n")
}

fn config(settings: &str) -> Value {
    shown(Nodeadm, &with(&format!("    config:\n{settings}")))
}

fn flags(flags: &str) -> Value {
    shown(Nodeadm, &with(&format!("    flags:\n    - {flags}\n")))
}

#[test]
fn a_managed_node_group_is_what_nodeadm_makes_of_nothing() {
    let told = told(Nodeadm, &with(""));
    let shown = told.settings.shown();
    assert_eq!(
        shown,
        json!({
            "authentication": {
                "anonymous": { "enabled": false },
                "x509": { "clientCAFile": "/etc/kubernetes/pki/ca.crt" },
            },
            "authorization": { "mode": "Webhook" },
            "enableProfilingHandler": true,
            "eventRecordQPS": 50,
            "featureGates": { "RotateKubeletServerCertificate": true },
            "makeIPTablesUtilChains": true,
            "podPidsLimit": -1,
            "protectKernelDefaults": true,
            "seccompDefault": false,
            "serverTLSBootstrap": true,
            "streamingConnectionIdleTimeout": "4h0m0s",
            "tlsCipherSuites": [
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
                "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384",
            ],
        })
    );
    let files = told.files.by_key();
    for (key, path) in [
        ("kubeconfig", "/var/lib/kubelet/kubeconfig"),
        ("config", "/etc/kubernetes/kubelet/config.json"),
        ("clientCa", "/etc/kubernetes/pki/ca.crt"),
    ] {
        assert_eq!(known(&files[key]), &file(path, "0644"), "{key}");
    }
}

#[test]
fn what_the_customer_sets_goes_over_the_defaults() {
    let shown = config(
        "      readOnlyPort: 10255\n      podPidsLimit: 4096\n      authentication:\n        anonymous:\n          enabled: true\n      tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n      tlsMinVersion: VersionTLS12\n      featureGates: { RotateKubeletServerCertificate: false, NodeSwap: true }\n      serverTLSBootstrap: false\n      staticPodURL: https://user:hunter2@pods.example\n",
    );
    assert_eq!(shown["readOnlyPort"], 10255);
    assert_eq!(shown["podPidsLimit"], 4096);
    assert_eq!(shown["authentication"]["anonymous"]["enabled"], true);
    assert_eq!(
        shown["authentication"]["x509"]["clientCAFile"],
        "/etc/kubernetes/pki/ca.crt"
    );
    assert_eq!(
        shown["tlsCipherSuites"],
        json!(["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"])
    );
    assert_eq!(shown["tlsMinVersion"], "VersionTLS12");
    assert_eq!(
        shown["featureGates"],
        json!({ "RotateKubeletServerCertificate": false })
    );
    assert_eq!(shown["serverTLSBootstrap"], Value::Null);
    assert_eq!(shown["tlsCertFile"], "/var/lib/kubelet/pki/kubelet.crt");
    assert_eq!(
        shown["tlsPrivateKeyFile"],
        "/var/lib/kubelet/pki/kubelet.key"
    );
    assert!(!shown.to_string().contains("hunter2"), "{shown}");
    assert!(shown["staticPodURL"].is_string());
}

#[test]
fn null_leaves_a_default_of_nodeadm_s() {
    let shown = config(
        "      protectKernelDefaults: null\n      authentication: { x509: null, anonymous: null }\n      authorization: null\n      tlsCipherSuites: null\n",
    );
    assert_eq!(shown, config("      {}\n"));
}

#[test]
fn flags_go_before_the_configuration() {
    let both = with(
        "    config:\n      readOnlyPort: 10255\n      podPidsLimit: 4096\n    flags:\n    - --read-only-port=0\n    - --anonymous-auth\n    - \"--pod-max-pids 100 --authorization_mode=AlwaysAllow\"\n",
    );
    let both = shown(Nodeadm, &both);
    assert_eq!(both.get("readOnlyPort"), None);
    assert_eq!(both["podPidsLimit"], 100);
    assert_eq!(both["authentication"]["anonymous"]["enabled"], true);
    assert_eq!(both["authorization"]["mode"], "AlwaysAllow");

    assert_eq!(
        flags("--anonymous-auth=true --anonymous-auth=false")["authentication"]["anonymous"]["enabled"],
        false
    );
    assert_eq!(
        flags("--node-labels a=b --v 2 -v=4 --event-qps=0")["eventRecordQPS"],
        0
    );
    assert_eq!(
        flags("--streaming-connection-idle-timeout=0")["streamingConnectionIdleTimeout"],
        "0s"
    );
    assert_eq!(
        flags("--feature-gates=A=true,RotateKubeletServerCertificate=false")["featureGates"]["RotateKubeletServerCertificate"],
        false
    );
    assert_eq!(flags("--seccomp-default")["seccompDefault"], true);
    assert_eq!(
        flags("'--tls-cipher-suites=A,B --tls-cipher-suites=C'")["tlsCipherSuites"],
        json!(["A", "B", "C"])
    );
    assert_eq!(
        flags("'--node-labels=\"a=b\" --protect-kernel-defaults=\"false\"'")
            .get("protectKernelDefaults"),
        None
    );
}

#[test]
fn zero_is_no_default_since_nodeadm_writes_a_drop_in() {
    let zero = config("      streamingConnectionIdleTimeout: 0s\n      podPidsLimit: -5\n");
    assert_eq!(zero["streamingConnectionIdleTimeout"], "0s");
    assert_eq!(zero["podPidsLimit"], -5);
}

#[test]
fn a_value_of_another_form_is_unknown_alone_and_is_not_kept() {
    for (settings, path) in [
        ("      readOnlyPort: hunter2\n", "readOnlyPort"),
        ("      readOnlyPort: '10255'\n", "readOnlyPort"),
        ("      podPidsLimit: 1.5\n", "podPidsLimit"),
        ("      seccompDefault: [hunter2]\n", "seccompDefault"),
        ("      tlsMinVersion: 'hunter2 hunter2'\n", "tlsMinVersion"),
        (
            "      tlsCipherSuites: [{ $unknown: hunter2 }]\n",
            "tlsCipherSuites",
        ),
        ("      tlsCertFile: hunter2\n", "tlsCertFile"),
        (
            "      streamingConnectionIdleTimeout: hunter2\n",
            "streamingConnectionIdleTimeout",
        ),
    ] {
        let shown = config(settings);
        let line = shown[path]["$unknown"]
            .as_str()
            .unwrap_or_else(|| panic!("{settings}: {shown}"));
        assert!(
            line.starts_with(&format!("malformedInput {path} in the user data")),
            "{line}"
        );
        assert_eq!(shown["authorization"]["mode"], "Webhook");
        assert!(!shown.to_string().contains("hunter2"), "{shown}");
    }
    let below = config("      authentication: hunter2\n");
    assert!(
        below["authentication"]["anonymous"]["enabled"]["$unknown"].is_string(),
        "{below}"
    );
    let unknown = config("      serverTLSBootstrap: 1\n");
    assert!(unknown["tlsCertFile"]["$unknown"].is_string(), "{unknown}");
}

#[test]
fn two_that_disagree_are_not_guessed_between() {
    let other = |value: &str| {
        let text = format!(
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config: {{ seccompDefault: {value}, eventRecordQPS: 7 }}\n"
        );
        ("application/node.eks.aws", text)
    };
    let both = |first: &str, second: &str| {
        let (one, other) = (other(first), other(second));
        shown(Nodeadm, &multipart(&[(one.0, &one.1), (other.0, &other.1)]))
    };
    assert_eq!(both("true", "true")["seccompDefault"], true);
    let two = both("true", "false");
    assert!(two["seccompDefault"]["$unknown"].is_string(), "{two}");
    assert_eq!(two["eventRecordQPS"], 7);
    assert!(both("null", "true")["seccompDefault"]["$unknown"].is_string());
}

#[test]
fn a_script_that_does_nothing_is_nothing_and_any_other_is_unknown() {
    let node = format!("{HEAD}  kubelet: {{}}\n");
    let beside =
        |media: &str, body: &str| multipart(&[(media, body), ("application/node.eks.aws", &node)]);
    for (media, body) in [
        (
            "text/x-shellscript; charset=\"us-ascii\"",
            "#!/bin/bash -xe\n# sed -i s/false/true/ /etc/kubernetes/kubelet/config.json\nNAME=prod\necho \"hello $NAME\"\n",
        ),
        ("text/cloud-config", "#cloud-config\n# runcmd: [reboot]\n"),
        ("text/x-shellscript", "\n"),
    ] {
        told(Nodeadm, &beside(media, body));
    }
    for (media, body, what) in [
        (
            "text/x-shellscript",
            "#!/bin/bash\nyum install -y htop\n",
            "script",
        ),
        (
            "text/x-shellscript",
            "#!/bin/bash\necho x > /etc/eks/nodeadm.d/a.yaml\n",
            "script",
        ),
        ("text/x-shellscript", "#!/usr/bin/python3\npass\n", "script"),
        (
            "text/x-shellscript",
            "#!/bin/bash\n/etc/eks/bootstrap.sh prod\n",
            "script",
        ),
        ("text/plain", "#!/bin/sh\nreboot\n", "script"),
        (
            "text/cloud-config",
            "#cloud-config\nruncmd: [reboot]\n",
            "cloud-config",
        ),
        ("text/cloud-boothook", "#cloud-boothook\necho\n", "part"),
        ("text/x-include-url", "https://example.com\n", "part"),
    ] {
        let need = need(Nodeadm, &beside(media, body));
        assert!(need.contains(what) && need.contains("user data"), "{need}");
    }
}

#[test]
fn parts_may_be_encoded_and_all_of_it_packed() {
    let plain = format!("{HEAD}  kubelet:\n    config: {{ readOnlyPort: 10255 }}\n");
    let port = |user_data: &str| {
        of_family(Nodeadm, user_data).unwrap().settings.shown()["readOnlyPort"].clone()
    };
    assert_eq!(port(&super::encoded(&plain)), 10255);
    assert_eq!(port(&STANDARD.encode(zipped(&plain))), 10255);
    assert_eq!(
        port(&super::encoded(&STANDARD.encode(zipped(&plain)))),
        10255
    );
    let part = STANDARD.encode(zipped(&plain));
    let wrapped = multipart(&[(
        "application/node.eks.aws\nContent-Transfer-Encoding: base64\nMIME-Version: 1.0",
        &part,
    )]);
    assert_eq!(port(&super::encoded(&wrapped)), 10255);
    let windows = wrapped.replace('\n', "\r\n");
    assert_eq!(port(&super::encoded(&windows)), 10255);
    let quoted = multipart(&[(
        "application/node.eks.aws\nContent-Transfer-Encoding: quoted-printable",
        &plain,
    )]);
    assert!(need(Nodeadm, &quoted).contains("encoding"));
}

#[test]
fn what_is_no_node_config_is_unknown() {
    for text in [
        "",
        "hello",
        "apiVersion: v1\nkind: NodeConfig\n",
        "apiVersion: node.eks.aws/v1alpha1\nkind: Other\n",
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n",
        "apiVersion: [node.eks.aws\n",
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: { kubelet: { config: yes please } }\n",
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: { kubelet: { flags: [1] } }\n",
    ] {
        need(Nodeadm, text);
    }
    assert!(of_family(Nodeadm, &STANDARD.encode([0xff, 0xfe, 0x00])).is_err());
}

#[test]
fn flags_that_cannot_be_followed_are_unknown() {
    for line in [
        "--config=/tmp/mine.yaml",
        "--config-dir /tmp",
        "false",
        "'--node-labels=\"a b\"'",
        "'--a=\\b'",
        "-x",
        "--anonymous-auth false",
    ] {
        need(Nodeadm, &with(&format!("    flags:\n    - {line}\n")));
    }
    let other = told(
        Nodeadm,
        &with("    flags:\n    - --kubeconfig=/tmp/mine\n    - --client-ca-file=/tmp/ca.crt\n"),
    );
    let files = other.files.by_key();
    assert!(matches!(
        files["kubeconfig"],
        plimsoll_model::Part::Unknown(_)
    ));
    assert!(matches!(
        files["clientCa"],
        plimsoll_model::Part::Unknown(_)
    ));
}

#[test]
fn variables_of_services_may_change_flags() {
    let with = |name: &str| {
        format!("{HEAD}  instance:\n    environment:\n      default: {{ {name}: x }}\n")
    };
    told(Nodeadm, &with("HTTPS_PROXY"));
    assert!(need(Nodeadm, &with("NODEADM_KUBELET_ARGS")).contains("environment"));
}

#[test]
fn on_an_outpost_the_kubelet_writes_its_own_kubeconfig() {
    let text = HEAD.replace("cidr: 10.100.0.0/16", "enableOutpost: true");
    let files = told(Nodeadm, &text).files.by_key();
    assert!(matches!(
        files["kubeconfig"],
        plimsoll_model::Part::Unknown(_)
    ));
}
