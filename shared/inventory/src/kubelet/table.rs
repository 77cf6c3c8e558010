//! The settings of a kubelet that policies read: how they are named, what they may hold, and what holds where nobody says
//! anything.

use serde_json::Value;

use super::form::Form;

/// A setting of a kubelet.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its path in a KubeletConfiguration.
    pub(crate) path: &'static str,
    /// The flag of the command line that goes before it.
    pub(super) flag: Option<&'static str>,
    /// What it may hold.
    pub(super) form: Form,
    /// What a kubelet that has a file uses where nothing is said, if it shows that: as JSON.
    default: Option<&'static str>,
}

/// What one without a file uses instead, as kubelets did before there were files (`applyLegacyDefaults`): as JSON.
const WITHOUT_FILE: [(&str, &str); 3] = [
    ("authentication.anonymous.enabled", "true"),
    ("authorization.mode", "\"AlwaysAllow\""),
    ("readOnlyPort", "10255"),
];

impl Setting {
    /// What holds where nobody says anything; null where that is nothing.
    pub(super) fn default(&self, has_file: bool) -> Value {
        let mut legacy = WITHOUT_FILE.iter().filter(|_| !has_file);
        let legacy = legacy.find(|(path, _)| *path == self.path);
        let text = legacy.map(|(_, text)| *text).or(self.default);
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// Whether a kubelet does not show a value: what is off, zero or empty, where its type leaves that out.
    pub(super) fn is_left_out(&self, value: &Value) -> bool {
        let shows_all = self.default.is_some() || self.form == Form::Gate;
        match value {
            Value::Null => true,
            Value::Bool(on) => !shows_all && !on,
            Value::Number(number) => !shows_all && number.as_i64() == Some(0),
            Value::String(text) => !shows_all && text.is_empty(),
            Value::Array(items) => !shows_all && items.is_empty(),
            Value::Object(_) => false,
        }
    }
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

/// All that policies read.
pub(crate) const SETTINGS: [Setting; 21] = [
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
    setting(GATE, Some("feature-gates"), Form::Gate, None),
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

/// The feature gate that policies read.
pub(super) const GATE: &str = "featureGates.RotateKubeletServerCertificate";
/// The flag of this one counts beside the setting, not before it.
pub(super) const SECCOMP: &str = "seccompDefault";
/// What clients' certificates are checked by.
pub(crate) const CLIENT_CA: &str = "authentication.x509.clientCAFile";
/// Whether the cluster signs the serving certificate.
pub(super) const BOOTSTRAP: &str = "serverTLSBootstrap";
/// The pair that the kubelet serves with.
pub(super) const CERTIFICATE: &str = "tlsCertFile";
/// See [`CERTIFICATE`].
pub(super) const KEY: &str = "tlsPrivateKeyFile";
