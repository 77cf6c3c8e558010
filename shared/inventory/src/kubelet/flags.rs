//! A kubelet's command line.

use serde_json::{Map, Value};

/// What a flag takes.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Truth,
    Number,
    Text,
    /// Words between commas; a flag that comes again adds to them.
    Words,
    /// `NAME=TRUTH` between commas; those that are not named stay as they are.
    Gates,
}

/// The flags that set what policies read, and the setting of each.
const FLAGS: [(&str, &str, Takes); 19] = [
    (
        "allowed-unsafe-sysctls",
        "allowedUnsafeSysctls",
        Takes::Words,
    ),
    (
        "anonymous-auth",
        "authentication.anonymous.enabled",
        Takes::Truth,
    ),
    ("authorization-mode", "authorization.mode", Takes::Text),
    (
        "client-ca-file",
        "authentication.x509.clientCAFile",
        Takes::Text,
    ),
    ("event-qps", "eventRecordQPS", Takes::Number),
    ("feature-gates", "featureGates", Takes::Gates),
    (
        "make-iptables-util-chains",
        "makeIPTablesUtilChains",
        Takes::Truth,
    ),
    ("manifest-url", "staticPodURL", Takes::Text),
    ("pod-max-pids", "podPidsLimit", Takes::Number),
    (
        "protect-kernel-defaults",
        "protectKernelDefaults",
        Takes::Truth,
    ),
    ("read-only-port", "readOnlyPort", Takes::Number),
    ("rotate-certificates", "rotateCertificates", Takes::Truth),
    (
        "rotate-server-certificates",
        "serverTLSBootstrap",
        Takes::Truth,
    ),
    ("seccomp-default", "seccompDefault", Takes::Truth),
    (
        "streaming-connection-idle-timeout",
        "streamingConnectionIdleTimeout",
        Takes::Text,
    ),
    ("tls-cert-file", "tlsCertFile", Takes::Text),
    ("tls-cipher-suites", "tlsCipherSuites", Takes::Words),
    ("tls-min-version", "tlsMinVersion", Takes::Text),
    ("tls-private-key-file", "tlsPrivateKeyFile", Takes::Text),
];

/// The flags of a command line, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(Vec<(String, String)>);

impl Flags {
    /// Reads arguments of the form `--name=value`.
    ///
    /// # Errors
    /// The argument that has another.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let flag = |argument: &String| {
            let pair = argument
                .strip_prefix("--")
                .and_then(|rest| rest.split_once('='));
            let (name, value) = pair.ok_or_else(|| format!("`{argument}` is no --flag=value"))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        arguments
            .iter()
            .map(flag)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// What a flag was given last; to be given nothing is not to be given.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        let mut given = self.0.iter().rev();
        let (_, value) = given.find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Sets what the flags set.
    ///
    /// # Errors
    /// The flag whose value is none of what it takes.
    pub(super) fn lay_over(&self, settings: &mut Value) -> Result<(), String> {
        for (name, path, takes) in &FLAGS {
            let given = self.0.iter().filter(|(known, _)| known == name);
            let given: Vec<&str> = given.map(|(_, value)| value.as_str()).collect();
            let Some(last) = given.last() else {
                continue;
            };
            let wrong = || format!("--{name}={last} is none that a kubelet takes");
            let value = match takes {
                Takes::Text => Value::from(*last),
                Takes::Truth => truth(last).ok_or_else(wrong)?.into(),
                Takes::Number => last.parse::<i64>().map_err(|_| wrong())?.into(),
                Takes::Words => words(&given).ok_or_else(wrong)?.into(),
                Takes::Gates => gates(&given).ok_or_else(wrong)?.into(),
            };
            super::merge(settings, &nested(path, value));
        }
        Ok(())
    }
}

/// `{"a": {"b": value}}` for `a.b`.
fn nested(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |inner, key| {
        Value::Object(Map::from_iter([(key.to_owned(), inner)]))
    })
}

/// The words of Go's `strconv.ParseBool`.
fn truth(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// None for quotes, in which commas would stand for themselves.
fn words(given: &[&str]) -> Option<Vec<Value>> {
    let plain = given.iter().all(|list| !list.contains('"'));
    let words = given.iter().flat_map(|list| list.split(','));
    plain.then(|| {
        words
            .filter(|word| !word.is_empty())
            .map(Value::from)
            .collect()
    })
}

fn gates(given: &[&str]) -> Option<Map<String, Value>> {
    let pairs = given.iter().flat_map(|list| list.split(','));
    let pairs = pairs.filter(|pair| !pair.trim().is_empty()).map(|pair| {
        let (name, word) = pair.split_once('=')?;
        Some((name.trim().to_owned(), truth(word.trim())?.into()))
    });
    pairs.collect()
}
