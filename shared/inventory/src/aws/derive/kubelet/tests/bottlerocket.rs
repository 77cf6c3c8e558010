use plimsoll_model::Part;
use serde_json::Value;

use super::{file, known, need, shown, told};
use crate::aws::derive::kubelet::image::Family::Bottlerocket;

pub(super) const HEAD: &str = "[settings.kubernetes]\napi-server = \"https://example.com\"\ncluster-certificate = \"Y2VydGlmaWNhdGU=\"\ncluster-name = \"prod\"\nmax-pods = 58\n";

fn with(settings: &str) -> Value {
    shown(
        Bottlerocket,
        &format!("{HEAD}{settings}\n[settings.kubernetes.node-labels]\nteam = \"a\"\n"),
    )
}

#[test]
fn nothing_set_is_what_the_image_has() {
    let told = told(Bottlerocket, HEAD);
    let shown = told.settings.shown();
    assert_eq!(shown["authentication"]["anonymous"]["enabled"], false);
    assert_eq!(shown["authorization"]["mode"], "Webhook");
    assert_eq!(shown["podPidsLimit"], 1_048_576);
    assert_eq!(shown["seccompDefault"], false);
    assert_eq!(shown["serverTLSBootstrap"], true);
    assert_eq!(shown["eventRecordQPS"], 50);
    assert_eq!(shown["tlsCipherSuites"].as_array().unwrap().len(), 6);
    let files = told.files.by_key();
    for (key, path) in [
        ("kubeconfig", "/etc/kubernetes/kubelet/kubeconfig"),
        ("config", "/etc/kubernetes/kubelet/config"),
        ("clientCa", "/etc/kubernetes/pki/ca.crt"),
    ] {
        assert_eq!(known(&files[key]), &file(path, "0600"), "{key}");
    }
}

#[test]
fn settings_become_the_kubelet_s() {
    let shown = with(
        "event-qps = 0\npod-pids-limit = 1024\nseccomp-default = true\nallowed-unsafe-sysctls = [\"net.core.*\"]\nserver-tls-bootstrap = false",
    );
    assert_eq!(shown["eventRecordQPS"], 0);
    assert_eq!(shown["podPidsLimit"], 1024);
    assert_eq!(shown["seccompDefault"], true);
    assert_eq!(shown["allowedUnsafeSysctls"][0], "net.core.*");
    assert_eq!(shown.get("serverTLSBootstrap"), None);
    assert_eq!(shown["tlsCertFile"], "/var/lib/kubelet/pki/kubelet.crt");
    let own = with(
        "server-certificate = \"Y2VydA==\"\nserver-key = \"a2V5\"\nserver-tls-bootstrap = true",
    );
    assert_eq!(own["tlsCertFile"], "/etc/kubernetes/pki/kubelet-server.crt");
    assert_eq!(own.get("serverTLSBootstrap"), None);
    assert!(!own.to_string().contains("a2V5"), "{own}");
    let dotted = shown_of(
        "settings.kubernetes.cluster-name = \"prod\"\nsettings.kubernetes.event-qps = 3\n",
    );
    assert_eq!(dotted["eventRecordQPS"], 3);
}

fn shown_of(text: &str) -> Value {
    shown(Bottlerocket, text)
}

#[test]
fn a_node_on_its_own_lets_everybody_in() {
    let told = told(Bottlerocket, &format!("{HEAD}standalone-mode = true\n"));
    let shown = told.settings.shown();
    assert_eq!(shown["authentication"]["anonymous"]["enabled"], true);
    assert_eq!(shown["authentication"].get("x509"), None);
    assert_eq!(shown["authorization"]["mode"], "AlwaysAllow");
    assert!(!told.files.by_key().contains_key("clientCa"));
}

#[test]
fn a_setting_of_another_form_is_unknown() {
    let shown = with("event-qps = \"hunter2\"");
    assert!(shown["eventRecordQPS"]["$unknown"].is_string(), "{shown}");
    assert!(!shown.to_string().contains("hunter2"), "{shown}");
    let need = need(
        Bottlerocket,
        &format!("{HEAD}server-tls-bootstrap = \"no\"\n"),
    );
    assert!(
        need.starts_with("settings.kubernetes.server-tls-bootstrap"),
        "{need}"
    );
}

#[test]
fn what_runs_at_the_start_may_change_everything() {
    let also = |more: &str| format!("{HEAD}\n{more}\n");
    for more in [
        "[settings.bootstrap-containers.setup]\nsource = \"x\"\nmode = \"off\"",
        "[settings.bootstrap-commands.disks]\ncommands = [[\"apiclient\", \"ephemeral-storage\", \"init\"], [\"apiclient\", \"ephemeral-storage\", \"bind\"]]\nmode = \"always\"",
        "[settings.host-containers.admin]\nenabled = true",
        "[settings.host-containers.control]\nenabled = true\nsuperpowered = false",
    ] {
        told(Bottlerocket, &also(more));
    }
    for (more, what) in [
        (
            "[settings.bootstrap-containers.setup]\nsource = \"x\"\nmode = \"once\"",
            "bootstrap containers",
        ),
        (
            "[settings.bootstrap-commands.a]\ncommands = [[\"apiclient\", \"set\", \"kubernetes.event-qps=0\"]]\nmode = \"once\"",
            "bootstrap commands",
        ),
        (
            "[settings.host-containers.mine]\nenabled = true\nsuperpowered = true",
            "host containers",
        ),
        (
            "[settings.host-containers.admin]\nenabled = true\nsource = \"mine\"",
            "host containers",
        ),
    ] {
        let need = need(Bottlerocket, &also(more));
        assert!(need.contains(what), "{need}");
    }
}

#[test]
fn what_is_no_bottlerocket_is_unknown() {
    assert!(need(Bottlerocket, "#!/bin/bash\necho\n").contains("TOML"));
    assert!(need(Bottlerocket, "").contains("settings.kubernetes"));
    assert!(
        need(Bottlerocket, "[settings.ecs]\ncluster = \"a\"\n").contains("settings.kubernetes")
    );
    let tls = told(
        Bottlerocket,
        &format!("{HEAD}authentication-mode = \"tls\"\n"),
    );
    assert!(matches!(tls.files.by_key()["kubeconfig"], Part::Unknown(_)));
}
