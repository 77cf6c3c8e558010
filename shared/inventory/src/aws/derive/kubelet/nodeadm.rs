//! Amazon Linux 2023: nodeadm writes the kubelet's configuration from its own defaults and the NodeConfigs in user data.
//!
//! awslabs/amazon-eks-ami: `nodeadm/internal/kubelet/config.go` (defaults, the user's part as a drop-in over them),
//! `environment.go` (flags), `nodeadm/internal/configprovider/` (user data), `nodeadm/internal/api/merge.go`.

use serde::Deserialize as _;
use serde_json::Value;

use super::files::{self, Files};
use super::flags::{flags, name_kubeconfig};
use super::pieces::{Kind, Piece, must_be_idle};
use super::{PLACE, Told, of_amazon_linux, shell};
use crate::aws::derive::look::{Known, malformed, unread};
use crate::kubelet::{SETTINGS, Settings, stands_at};

const API: &str = "node.eks.aws/";

/// Variables for a kubelet's proxy, the only ones that are known to change no setting of it.
const OF_PROXY: [&str; 3] = ["http_proxy", "https_proxy", "no_proxy"];

/// What a kubelet is started with by the parts of user data.
///
/// # Errors
/// There is no NodeConfig, or something beside that may change what comes of it.
pub(super) fn told(pieces: &[Piece]) -> Known<Told> {
    let mut configs = Vec::new();
    for piece in pieces {
        match piece.kind {
            Kind::NodeConfig => configs.push(node_config(&piece.text)?),
            // Nodeadm reads user data that is not multipart as a NodeConfig.
            Kind::Other if pieces.len() == 1 => configs.push(node_config(&piece.text)?),
            Kind::Script => must_do_nothing(&piece.text)?,
            Kind::CloudConfig => must_be_idle(&piece.text)?,
            Kind::Other => return Err(unread("what a part of the user data does")),
        }
    }
    if configs.is_empty() {
        return Err(unread("a NodeConfig in the user data"));
    }
    let specs: Vec<&Value> = configs.iter().map(|config| &config["spec"]).collect();
    let mut settings = Settings::new(PLACE, Some(&defaults()));
    for spec in &specs {
        match &spec["kubelet"]["config"] {
            config @ (Value::Null | Value::Object(_)) => settings.configure(config),
            _ => return Err(malformed("spec.kubelet.config in the user data")),
        }
        must_be_of_proxy(&spec["instance"]["environment"])?;
    }
    disagreed(&specs, &mut settings);
    let flags = flags(&flag_text(&specs)?)?;
    settings.command(&flags);
    let on_outpost = specs
        .iter()
        .any(|spec| spec["cluster"]["enableOutpost"] == true);
    // It writes them by Go's `os.WriteFile(…, 0644)`, as root.
    let kubeconfig = match on_outpost || name_kubeconfig(&flags) {
        true => files::other("kubeconfig"),
        false => files::of_root("/var/lib/kubelet/kubeconfig", "0644"),
    };
    let files = Files {
        kubeconfig,
        config: files::of_root("/etc/kubernetes/kubelet/config.json", "0644"),
        client_ca: files::client_ca(&settings, files::of_root(files::CLIENT_CA, "0644")),
    };
    Ok(Told { settings, files })
}

/// `defaultKubeletSubConfig`, as far as policies read it.
fn defaults() -> Value {
    of_amazon_linux(&[
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_256_GCM_SHA384",
    ])
}

fn node_config(text: &str) -> Known<Value> {
    let broken = || malformed("a NodeConfig in the user data that is no YAML");
    let documents = yaml_serde::Deserializer::from_str(text);
    let documents = documents.map(|one| Value::deserialize(one).map_err(|_| broken()));
    let mut documents: Vec<Value> = documents.collect::<Known<_>>()?;
    documents.retain(|document| !document.is_null());
    let (Some(config), true) = (documents.pop(), documents.is_empty()) else {
        return Err(malformed(
            "a part of the user data that is not one NodeConfig",
        ));
    };
    let api = config["apiVersion"].as_str().unwrap_or_default();
    match config["kind"] == "NodeConfig" && api.starts_with(API) {
        true => Ok(config),
        false => Err(unread("a NodeConfig in the user data")),
    }
}

fn must_do_nothing(script: &str) -> Known<()> {
    match shell::bootstraps(script) {
        Some(calls) if calls.is_empty() => Ok(()),
        _ => Err(unread("what a script in the user data does")),
    }
}

/// Two that say different things of one setting: which of them counts depends on nodeadm's release.
fn disagreed(specs: &[&Value], settings: &mut Settings) {
    for setting in &SETTINGS {
        let said = specs
            .iter()
            .map(|spec| stands_at(&spec["kubelet"]["config"], setting.path));
        let mut said = said.filter(|stands| *stands != Ok(None));
        let first = said.next();
        if said.any(|other| Some(other) != first) {
            let what = format!(
                "{}, of which two NodeConfigs say different things",
                setting.path
            );
            settings.set(setting.path, Err(unread(&what)));
        }
    }
}

fn flag_text(specs: &[&Value]) -> Known<String> {
    let mut flags = Vec::new();
    for spec in specs {
        match &spec["kubelet"]["flags"] {
            Value::Null => {}
            Value::Array(items) => flags.extend(items),
            _ => return Err(malformed("spec.kubelet.flags in the user data")),
        }
    }
    let texts = flags.iter().map(|flag| flag.as_str());
    let texts: Option<Vec<&str>> = texts.collect();
    let texts = texts.ok_or_else(|| malformed("spec.kubelet.flags in the user data"))?;
    Ok(texts.join(" "))
}

fn must_be_of_proxy(environment: &Value) -> Known<()> {
    let services = environment.as_object().into_iter().flatten();
    let mut names = services.flat_map(|(_, variables)| variables.as_object().into_iter().flatten());
    match names.all(|(name, _)| OF_PROXY.contains(&name.to_ascii_lowercase().as_str())) {
        true => Ok(()),
        false => Err(unread(
            "what spec.instance.environment in the user data does",
        )),
    }
}
