//! What looks like a secret in a text: something of a known form, or a value given to a name that ends in a word for one.
//!
//! The words and forms are those of the policy `env-plaintext-credential`; what a shell or a template puts in later is no
//! secret.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// What is of a form of its own, and what it is called in findings.
static FORMS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("AWS access key", r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("GitHub token", r"\bgh[pousr]_[0-9A-Za-z]{36}"),
        ("GitLab token", r"\bglpat-[0-9A-Za-z_-]{20}"),
        ("Slack token", r"\bxox[abprs]-[0-9A-Za-z-]{10}"),
        ("Stripe key", r"\bsk_live_[0-9A-Za-z]{16}"),
        ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        (
            "password in a URL",
            r#"\b[A-Za-z][A-Za-z0-9+.-]*://[^/:@\s"'$]*:[^/@\s${"'<]+@"#,
        ),
    ]
    .into_iter()
    .filter_map(|(name, form)| Some((name, Regex::new(form).ok()?)))
    .collect()
});

/// `NAME=value`, `export NAME="value"`, `name: value`, `"name": "value"`, `--name=value`; not `$NAME = …`, which reads it.
/// And options of commands, `--name value`.
static GIVEN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let words = "password|passwd|passphrase|secret|token|api_?key|secret_?key|access_?key|private_?key|credentials?";
    let name = format!("((?:[A-Za-z0-9_.-]{{0,64}}[_.-])?(?:{words}))");
    let value = r#"(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;&|)]+))"#;
    [
        format!(r#"(?im)(?:^|[^A-Za-z0-9_.${{-])-{{0,2}}{name}["']?[ \t]*[=:][ \t]*{value}"#),
        format!(r"(?im)(?:^|\s)-{{1,2}}{name}[ \t]+{value}"),
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// Values that refer to something, or that are none.
static NO_SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[$`/<{\[=!|>*&%(]|^arn:|^(?i:true|false|yes|no|none|null|changeme)$|^[0-9]{1,5}$|^$",
    )
    .ok()
});

static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:[A-Za-z0-9+/]{20,}[ \t]*\r?\n[ \t]*)*[A-Za-z0-9+/]{20,}={0,2}").ok()
});

/// Adds the names of what is found.
pub(super) fn in_text(text: &str, found: &mut BTreeSet<String>) {
    for (name, form) in FORMS.iter() {
        if form.is_match(text) {
            found.insert((*name).to_owned());
        }
    }
    let Some(no_secret) = &*NO_SECRET else {
        return;
    };
    for parts in GIVEN.iter().flat_map(|given| given.captures_iter(text)) {
        let mut values = (2..5).filter_map(|i| parts.get(i));
        let value = values.next().map_or("", |part| part.as_str());
        if let Some(name) = parts.get(1).filter(|_| !no_secret.is_match(value)) {
            let name = name.as_str().trim_start_matches(['-', '.']);
            found.insert(name.to_owned());
        }
    }
}

/// Runs of letters that may be something in Base64: files of cloud-config, parts of multipart data.
pub(super) fn encoded_runs(text: &str) -> impl Iterator<Item = &str> {
    let runs = RUN.as_ref().map(|run| run.find_iter(text));
    runs.into_iter().flatten().map(|run| run.as_str())
}
