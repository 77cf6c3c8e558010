//! Bottlerocket: a template of the image makes the kubelet's configuration of the settings in user data, which is TOML.
//!
//! bottlerocket-os/bottlerocket-core-kit: `packages/kubernetes-1.36/kubelet-config` (the same in what is read here from
//! 1.30, but for cipher suites, of which the first images of 1.30 offer one only) and `kubelet-exec-start-conf`;
//! bottlerocket-os/bottlerocket: `sources/shared-defaults/kubernetes-aws.toml` (what holds where nothing is set) and
//! `kubernetes-services.toml` (modes of files).

use plimsoll_model::Reason;
use serde_json::{Value, json};

use super::files::{self, Files};
use super::{FORWARD_SECRET, PLACE, Told, of_amazon};
use crate::aws::derive::look::{Known, malformed, unread};
use crate::aws::derive::user_data;
use crate::kubelet::Settings;

/// Settings that a template passes on as they are: their name and the kubelet's.
const PASSED_ON: [(&str, &str); 4] = [
    ("allowed-unsafe-sysctls", "allowedUnsafeSysctls"),
    ("event-qps", "eventRecordQPS"),
    ("pod-pids-limit", "podPidsLimit"),
    ("seccomp-default", "seccompDefault"),
];

/// What a kubelet is started with by user data as EC2 gives it.
///
/// # Errors
/// It is no TOML, or has something run that may change settings.
pub(super) fn told(user_data: &str) -> Known<Told> {
    let text = user_data::text(user_data)?;
    let data: Value = toml::from_str(&text).map_err(|_| malformed("user data that is no TOML"))?;
    let data = &data["settings"];
    if !data["kubernetes"].is_object() {
        return Err(unread("settings.kubernetes in the user data"));
    }
    must_run_nothing(data)?;
    let of = &data["kubernetes"];
    let settings = settings(of)?;
    let kubeconfig = match word(of, "authentication-mode")?.unwrap_or("aws") {
        "aws" => files::of_root("/etc/kubernetes/kubelet/kubeconfig", "0600"),
        // The kubelet then writes its own.
        _ => files::other("kubeconfig"),
    };
    let files = Files {
        kubeconfig,
        config: files::of_root("/etc/kubernetes/kubelet/config", "0600"),
        client_ca: files::client_ca(&settings, files::of_root(files::CLIENT_CA, "0600")),
    };
    Ok(Told { settings, files })
}

fn settings(of: &Value) -> Known<Settings> {
    let mut config = of_amazon(&FORWARD_SECRET);
    config["podPidsLimit"] = 1_048_576.into();
    config["seccompDefault"] = false.into();
    // Without a cluster, for pods of the node's own.
    if truth(of, "standalone-mode")? == Some(true) {
        config["authentication"] = json!({ "anonymous": { "enabled": true } });
        config["authorization"]["mode"] = "AlwaysAllow".into();
    }
    for (name, path) in PASSED_ON {
        if let Some(value) = of.get(name) {
            config[path] = value.clone();
        }
    }
    let is_given = |name: &str| Ok(word(of, name)?.is_some_and(|text| !text.is_empty()));
    if is_given("server-certificate")? && is_given("server-key")? {
        config["tlsCertFile"] = "/etc/kubernetes/pki/kubelet-server.crt".into();
        config["tlsPrivateKeyFile"] = "/etc/kubernetes/pki/private/kubelet-server.key".into();
    } else {
        config["serverTLSBootstrap"] = truth(of, "server-tls-bootstrap")?.unwrap_or(true).into();
    }
    Ok(Settings::new(PLACE, Some(&config)))
}

fn truth(of: &Value, name: &str) -> Known<Option<bool>> {
    let wrong = || misplaced(name, "neither true nor false");
    let value = of.get(name);
    value
        .map(|value| value.as_bool().ok_or_else(wrong))
        .transpose()
}

fn word<'a>(of: &'a Value, name: &str) -> Known<Option<&'a str>> {
    let wrong = || misplaced(name, "no text");
    let value = of.get(name);
    value
        .map(|value| value.as_str().ok_or_else(wrong))
        .transpose()
}

fn misplaced(name: &str, what: &str) -> Reason {
    malformed(&format!("settings.kubernetes.{name} {PLACE}, {what}"))
}

/// Containers and commands at the start may change every setting, and so may a host container that is superpowered; the
/// administrator's own, of Bottlerocket, waits for a person.
fn must_run_nothing(settings: &Value) -> Known<()> {
    let all = |list: &str| {
        let all = settings[list].as_object();
        all.into_iter()
            .flatten()
            .map(|(name, one)| (name.clone(), one))
    };
    let runs = |one: &Value| one.get("mode").is_some_and(|mode| mode != "off");
    let is_harmful = |one: &Value| runs(one) && !only_mounts(&one["commands"]);
    let is_open = |name: &str, one: &Value| {
        let is_admin = name == "admin";
        let is_changed = !is_admin || one.get("source").is_some();
        one["enabled"] == true && is_changed && (is_admin || one["superpowered"] == true)
    };
    let what = if all("bootstrap-containers").any(|(_, one)| runs(one)) {
        "bootstrap containers in the user data do"
    } else if all("bootstrap-commands").any(|(_, one)| is_harmful(one)) {
        "bootstrap commands in the user data do"
    } else if all("host-containers").any(|(name, one)| is_open(&name, one)) {
        "host containers in the user data do"
    } else {
        return Ok(());
    };
    Err(unread(&format!("what {what}")))
}

/// Commands that mount an instance's own disks, as Karpenter has them run.
fn only_mounts(commands: &Value) -> bool {
    let mounts = |command: &Value| command[0] == "apiclient" && command[1] == "ephemeral-storage";
    commands
        .as_array()
        .is_some_and(|commands| commands.iter().all(mounts))
}
