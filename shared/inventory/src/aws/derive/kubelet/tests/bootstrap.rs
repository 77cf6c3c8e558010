use serde_json::{Value, json};

use super::{file, known, need, shown, told};
use crate::aws::derive::kubelet::image::Family::Bootstrap;

/// As EKS writes it for a managed node group.
pub(super) const MANAGED: &str = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n#!/bin/bash\nset -ex\nB64_CLUSTER_CA=LS0tLS1CRUdJTg==\nAPI_SERVER_URL=https://ABCDEF.gr7.eu-central-1.eks.amazonaws.com\nK8S_CLUSTER_DNS_IP=10.100.0.10\n/etc/eks/bootstrap.sh prod --kubelet-extra-args '--node-labels=eks.amazonaws.com/nodegroup=workers,eks.amazonaws.com/capacityType=ON_DEMAND --max-pods=58' --b64-cluster-ca $B64_CLUSTER_CA --apiserver-endpoint $API_SERVER_URL --dns-cluster-ip $K8S_CLUSTER_DNS_IP --use-max-pods false\n\n--//--\n";

fn script(body: &str) -> String {
    format!("#!/bin/bash\nset -o xtrace\n{body}\n")
}

fn with(arguments: &str) -> Value {
    shown(
        Bootstrap,
        &script(&format!("/etc/eks/bootstrap.sh prod {arguments}")),
    )
}

#[test]
fn a_managed_node_group_is_what_the_image_makes_of_nothing() {
    let told = told(Bootstrap, MANAGED);
    let shown = told.settings.shown();
    assert_eq!(shown["authentication"]["anonymous"]["enabled"], false);
    assert_eq!(shown["protectKernelDefaults"], true);
    assert_eq!(shown["serverTLSBootstrap"], true);
    assert_eq!(shown.get("readOnlyPort"), None);
    assert_eq!(shown["podPidsLimit"], -1);
    let files = told.files.by_key();
    assert_eq!(
        known(&files["clientCa"]),
        &file("/etc/kubernetes/pki/ca.crt", "0644")
    );
    for (key, path) in [
        ("kubeconfig", "/var/lib/kubelet/kubeconfig"),
        ("config", "/etc/kubernetes/kubelet/kubelet-config.json"),
    ] {
        let file = known(&files[key]);
        assert_eq!(
            (&file["owner"], &file["path"]),
            (&json!("root"), &json!(path))
        );
        assert!(file["mode"]["$unknown"].is_string(), "{file}");
    }
}

#[test]
fn flags_for_the_kubelet_count() {
    let shown = with(
        "--kubelet-extra-args \"--anonymous-auth=true --read-only-port=10255 --node-labels='a=b'\"",
    );
    assert_eq!(shown["authentication"]["anonymous"]["enabled"], true);
    assert_eq!(shown["readOnlyPort"], 10255);

    let in_lines = with(
        "\\\n  --use-max-pods false \\\n  --kubelet-extra-args '--seccomp-default \
         --tls-min-version=VersionTLS13'",
    );
    assert_eq!(in_lines["seccompDefault"], true);
    assert_eq!(in_lines["tlsMinVersion"], "VersionTLS13");

    let text = script(
        "LABELS=\"team=a,stage=prod\"\nMORE='--event-qps=0'\n/etc/eks/bootstrap.sh \"prod\" --kubelet-extra-args \"--node-labels=$LABELS ${MORE}\"; exit 0\nreboot",
    );
    assert_eq!(shown_of(&text)["eventRecordQPS"], 0);

    let last = with("--kubelet-extra-args '--event-qps=0' --kubelet-extra-args '--event-qps=9'");
    assert_eq!(last["eventRecordQPS"], 9);
}

fn shown_of(text: &str) -> Value {
    shown(Bootstrap, text)
}

#[test]
fn a_script_that_may_do_more_is_unknown() {
    for body in [
        "sed -i 's/\"enabled\": false/\"enabled\": true/' /etc/kubernetes/kubelet/kubelet-config.json\n/etc/eks/bootstrap.sh prod",
        "cat >> /etc/systemd/system/kubelet.service.d/90.conf <<EOF\n[Service]\nEOF\n/etc/eks/bootstrap.sh prod",
        "/etc/eks/bootstrap.sh prod && systemctl restart kubelet",
        "/etc/eks/bootstrap.sh prod --kubelet-extra-args \"$(curl -s https://example.com/args)\"",
        "/etc/eks/bootstrap.sh prod --kubelet-extra-args `cat /args`",
        "/etc/eks/bootstrap.sh prod --kubelet-extra-args \"$UNSET\"",
        "ARGS='--event-qps=0 --seccomp-default'\n/etc/eks/bootstrap.sh prod --kubelet-extra-args $ARGS",
        "export KUBELET_EXTRA_ARGS=--anonymous-auth=true\n/etc/eks/bootstrap.sh prod",
        "KUBELET_EXTRA_ARGS=--anonymous-auth=true /etc/eks/bootstrap.sh prod",
        "PATH=/tmp:/bin\n/etc/eks/bootstrap.sh prod",
        "set -a\nKUBELET_EXTRA_ARGS=--anonymous-auth=true\n/etc/eks/bootstrap.sh prod",
        "if true; then /etc/eks/bootstrap.sh prod; fi",
        "exec > /var/log/user-data.log\n/etc/eks/bootstrap.sh prod",
        "curl -s https://example.com/run | bash",
        "/etc/eks/bootstrap.sh prod --kubelet-extra-args 'unfinished",
    ] {
        let need = need(Bootstrap, &script(body));
        assert!(need.contains("what a script"), "{body}: {need}");
    }
    for body in [
        "",
        "exit 0\n/etc/eks/bootstrap.sh prod",
        "/etc/eks/bootstrap.sh prod\n/etc/eks/bootstrap.sh prod",
    ] {
        let need = need(Bootstrap, &script(body));
        assert!(need.contains("one call"), "{body}: {need}");
    }
    assert!(
        need(
            Bootstrap,
            "#cloud-config\nruncmd: [/etc/eks/bootstrap.sh prod]\n"
        )
        .contains("cloud-config")
    );
    assert!(need(Bootstrap, "<powershell>\n</powershell>\n").contains("part"));
}

#[test]
fn flags_that_systemd_would_read_in_its_own_way_are_unknown() {
    for flags in ["--node-labels=a=%i", "--node-labels=\"a b\""] {
        let text = script(&format!(
            "/etc/eks/bootstrap.sh prod --kubelet-extra-args '{flags}'"
        ));
        assert!(
            need(Bootstrap, &text).contains("cannot be told apart"),
            "{flags}"
        );
    }
}
