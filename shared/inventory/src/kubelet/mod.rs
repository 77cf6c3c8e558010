//! What a kubelet is set to, made of its command line and its files as it makes it: flags beat drop-ins, drop-ins beat the
//! file, and what nobody set is as the kubelet has it. Only the settings that policies read.
//!
//! Source: `cmd/kubelet/app/server.go`, `cmd/kubelet/app/options/options.go` and
//! `pkg/kubelet/apis/config/v1beta1/defaults.go` of Kubernetes.

mod flags;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::{Value, json};

pub(crate) use self::flags::Flags;

/// What it was started with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Started {
    /// Its command line.
    pub(crate) flags: Flags,
    /// Its configuration, where it was given a file.
    pub(crate) file: Option<Value>,
    /// What lies in the folder of its drop-ins, by path, in any order.
    pub(crate) drop_ins: Vec<(String, Value)>,
}

impl Started {
    /// Its settings, called as `/configz` calls them.
    ///
    /// # Errors
    /// The flag that no kubelet would start with.
    pub(crate) fn settings(&self) -> Result<Value, String> {
        let mut settings = defaults(self.file.is_some());
        if let Some(file) = &self.file {
            merge(&mut settings, &without_zeros(file));
        }
        let mut drop_ins: Vec<_> = self.drop_ins.iter().collect();
        // As a walk through the folder comes by them: name by name, not byte by byte.
        drop_ins.sort_by_key(|(path, _)| Path::new(path));
        for (_, drop_in) in drop_ins {
            merge(&mut settings, drop_in);
        }
        self.flags.lay_over(&mut settings)?;
        self.name_certificate(&mut settings);
        Ok(settings)
    }

    /// A kubelet that has no certificate and will not ask for one makes one, and names it as if it had been given.
    fn name_certificate(&self, settings: &mut Value) {
        const FOLDER: &str = "/var/lib/kubelet/pki";
        let is_set = |key: &str| settings[key].as_str().is_some_and(|path| !path.is_empty());
        let asks = settings["serverTLSBootstrap"] == true;
        if asks || is_set("tlsCertFile") || is_set("tlsPrivateKeyFile") {
            return;
        }
        let folder = self.flags.last("cert-dir").unwrap_or(FOLDER);
        settings["tlsCertFile"] = format!("{folder}/kubelet.crt").into();
        settings["tlsPrivateKeyFile"] = format!("{folder}/kubelet.key").into();
    }
}

/// What a kubelet does that nobody told anything: one without a file does as kubelets did before there were files.
fn defaults(has_file: bool) -> Value {
    let mut settings = json!({
        "authentication": { "anonymous": { "enabled": !has_file } },
        "authorization": { "mode": if has_file { "Webhook" } else { "AlwaysAllow" } },
        "enableProfilingHandler": true,
        "eventRecordQPS": 50,
        "makeIPTablesUtilChains": true,
        "podPidsLimit": -1,
        "seccompDefault": false,
        "streamingConnectionIdleTimeout": "4h0m0s",
    });
    if !has_file {
        settings["readOnlyPort"] = json!(10255);
    }
    settings
}

/// The same without what stands for the default where it is zero in the file: empty texts and times. In drop-ins, and as
/// flags, zero is zero.
fn without_zeros(file: &Value) -> Value {
    let mut file = file.clone();
    let is_zero = |value: &Value| {
        let text = value.as_str();
        text.is_some_and(|text| !text.contains(|c: char| matches!(c, '1'..='9')))
    };
    if is_zero(&file["streamingConnectionIdleTimeout"]) {
        file["streamingConnectionIdleTimeout"] = Value::Null;
    }
    if file.pointer("/authorization/mode").and_then(Value::as_str) == Some("") {
        file["authorization"]["mode"] = Value::Null;
    }
    file
}

/// Puts one configuration over another: member by member, lists as a whole, and null sets nothing.
fn merge(settings: &mut Value, over: &Value) {
    match over {
        Value::Null => {}
        Value::Object(over) => {
            if !settings.is_object() {
                *settings = json!({});
            }
            for (key, value) in over.iter().filter(|(_, value)| !value.is_null()) {
                merge(&mut settings[key.as_str()], value);
            }
        }
        other => *settings = other.clone(),
    }
}
