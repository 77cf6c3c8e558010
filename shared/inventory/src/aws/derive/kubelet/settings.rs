//! The kubelet's settings that policies read, made to look as its `/configz` would show them.
//!
//! Only what stands in [`SETTINGS`] is ever taken from user data, and only in the form that the setting has: nothing else
//! of user data is kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::form::Form;
use crate::aws::derive::look::{Known, malformed};
use crate::aws::read::unknown;

/// Where a kubelet keeps the pair that it signs itself: its `--cert-dir`.
const SELF_SIGNED: &str = "/var/lib/kubelet/pki/kubelet";

/// A setting of a kubelet.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its path in a KubeletConfiguration.
    pub(super) path: &'static str,
    /// The flag of the command line that goes before it.
    pub(super) flag: Option<&'static str>,
    /// What it may hold.
    pub(super) form: Form,
    /// What a kubelet uses where nothing is said, if it shows that: as JSON.
    default: Option<&'static str>,
}

const fn setting(
    path: &'static str,
    flag: Option<&'static str>,
    form: Form,
    default: Option<&'static str>,
) -> Setting {
    Setting {
        path,
        flag,
        form,
        default,
    }
}

/// All that policies read. Flags: kubernetes/kubernetes, `cmd/kubelet/app/options/options.go`; defaults:
/// `pkg/kubelet/apis/config/v1beta1/defaults.go` there, the same from Kubernetes 1.30 to 1.36.
pub(super) const SETTINGS: [Setting; 21] = [
    setting(
        "allowedUnsafeSysctls",
        Some("allowed-unsafe-sysctls"),
        Form::Words,
        None,
    ),
    setting(
        "authentication.anonymous.enabled",
        Some("anonymous-auth"),
        Form::Truth,
        Some("false"),
    ),
    setting(
        "authentication.x509.clientCAFile",
        Some("client-ca-file"),
        Form::Path,
        None,
    ),
    setting(
        "authorization.mode",
        Some("authorization-mode"),
        Form::Word,
        Some("\"Webhook\""),
    ),
    setting("enableProfilingHandler", None, Form::Truth, Some("true")),
    setting(
        "eventRecordQPS",
        Some("event-qps"),
        Form::Number,
        Some("50"),
    ),
    setting(GATE, None, Form::Gate, None),
    setting(
        "imagePullCredentialsVerificationPolicy",
        None,
        Form::Word,
        None,
    ),
    setting(
        "makeIPTablesUtilChains",
        Some("make-iptables-util-chains"),
        Form::Truth,
        Some("true"),
    ),
    setting(
        "podPidsLimit",
        Some("pod-max-pids"),
        Form::Number,
        Some("-1"),
    ),
    setting(
        "protectKernelDefaults",
        Some("protect-kernel-defaults"),
        Form::Truth,
        None,
    ),
    setting("readOnlyPort", Some("read-only-port"), Form::Number, None),
    setting(
        "rotateCertificates",
        Some("rotate-certificates"),
        Form::Truth,
        None,
    ),
    setting(SECCOMP, Some("seccomp-default"), Form::Truth, Some("false")),
    setting(
        BOOTSTRAP,
        Some("rotate-server-certificates"),
        Form::Truth,
        None,
    ),
    setting("staticPodURL", Some("manifest-url"), Form::Secret, None),
    setting(
        "streamingConnectionIdleTimeout",
        Some("streaming-connection-idle-timeout"),
        Form::Span,
        Some("\"4h0m0s\""),
    ),
    setting(CERTIFICATE, Some("tls-cert-file"), Form::Path, None),
    setting(
        "tlsCipherSuites",
        Some("tls-cipher-suites"),
        Form::Words,
        None,
    ),
    setting("tlsMinVersion", Some("tls-min-version"), Form::Word, None),
    setting(KEY, Some("tls-private-key-file"), Form::Path, None),
];

/// The feature gate that policies read, which `--feature-gates` sets with others.
pub(super) const GATE: &str = "featureGates.RotateKubeletServerCertificate";
/// The flag of this one counts beside the setting, not before it.
pub(super) const SECCOMP: &str = "seccompDefault";
/// What clients' certificates are checked by.
pub(super) const CLIENT_CA: &str = "authentication.x509.clientCAFile";
const BOOTSTRAP: &str = "serverTLSBootstrap";
const CERTIFICATE: &str = "tlsCertFile";
const KEY: &str = "tlsPrivateKeyFile";

/// What is said of settings, by path.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings(BTreeMap<&'static str, Known<Value>>);

impl Settings {
    /// Those that a KubeletConfiguration sets.
    pub(super) fn of(config: &Value) -> Self {
        let mut settings = Self::default();
        settings.configure(config);
        settings
    }

    /// Puts a KubeletConfiguration over what was said before, as a kubelet puts a drop-in over its file: maps are merged,
    /// anything else is replaced, null removes.
    pub(super) fn configure(&mut self, config: &Value) {
        for setting in &SETTINGS {
            match stands_at(config, setting.path) {
                Stands::Nothing => {}
                Stands::Removed => drop(self.0.remove(setting.path)),
                Stands::Value(value) => match setting.form.of_config(value) {
                    Ok(None) => drop(self.0.remove(setting.path)),
                    Ok(Some(value)) => self.set(setting.path, Ok(value)),
                    Err(what) => self.set(setting.path, Err(misplaced(setting.path, what))),
                },
                Stands::Beyond => self.set(
                    setting.path,
                    Err(misplaced(setting.path, "below what is no map")),
                ),
            }
        }
    }

    /// Sets one, or says why it is not known.
    pub(super) fn set(&mut self, path: &'static str, value: Known<Value>) {
        self.0.insert(path, value);
    }

    /// What is said of one.
    pub(super) fn get(&self, path: &str) -> Option<&Known<Value>> {
        self.0.get(path)
    }

    /// The paths that something is said of.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }

    /// As `/configz` shows them: with the kubelet's defaults, without what is off, zero or empty where its type leaves that
    /// out, and with the pair that it signs itself where it is given none (`InitializeTLS` in `cmd/kubelet/app/server.go`).
    pub(super) fn shown(mut self) -> Value {
        self.name_own_pair();
        let mut shown = json!({});
        for setting in &SETTINGS {
            let default = || setting.default.and_then(|text| text.parse().ok());
            let value = match self.0.remove(setting.path) {
                Some(Ok(value)) => Some(value),
                Some(Err(reason)) => Some(unknown(&reason)),
                None => default(),
            };
            let left_out = setting.default.is_none() && setting.form != Form::Gate;
            if let Some(value) = value.filter(|value| !left_out || !is_empty(value)) {
                put(&mut shown, setting.path, value);
            }
        }
        shown
    }

    fn name_own_pair(&mut self) {
        let said = |path: &str| self.0.get(path).cloned().transpose();
        let own = match (said(BOOTSTRAP), said(CERTIFICATE), said(KEY)) {
            (Err(reason), Ok(None), Ok(None)) => Err(reason),
            (Ok(asked), Ok(None), Ok(None)) if asked != Some(Value::Bool(true)) => Ok(()),
            _ => return,
        };
        for (path, end) in [(CERTIFICATE, "crt"), (KEY, "key")] {
            let name = Value::from(format!("{SELF_SIGNED}.{end}"));
            self.set(path, own.clone().map(|()| name));
        }
    }
}

/// Why what stands at a setting is not known. The value itself is not told: it may be anything.
pub(super) fn misplaced(path: &str, what: &str) -> plimsoll_model::Reason {
    malformed(&format!("{path} in the user data, {what}"))
}

enum Stands<'a> {
    Nothing,
    Removed,
    Value(&'a Value),
    Beyond,
}

fn stands_at<'a>(config: &'a Value, path: &str) -> Stands<'a> {
    let mut value = config;
    for step in path.split('.') {
        match value {
            Value::Object(members) => match members.get(step) {
                None => return Stands::Nothing,
                Some(Value::Null) => return Stands::Removed,
                Some(member) => value = member,
            },
            _ => return Stands::Beyond,
        }
    }
    Stands::Value(value)
}

fn put(shown: &mut Value, path: &str, value: Value) {
    let mut place = shown;
    for step in path.split('.') {
        place = &mut place[step];
    }
    *place = value;
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null | Value::Object(_) => false,
    }
}
