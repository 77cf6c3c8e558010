//! The file of `service tenant add`: what one tenant of `plimsoll up` is, as YAML. Every mistake is named with its place.

use std::path::{Path, PathBuf};

use plimsoll_report::Diagnostic;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use crate::mistake::Mistake;
use crate::up::config::{ConnectionConfig, MailConfig, SlackConfig, Wrong, id_mistake};
use crate::up::endpoint;
use crate::up::tenants::{self, Described};

/// The file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    name: String,
    escalation: PathBuf,
    #[serde(default)]
    attestations: Option<PathBuf>,
    #[serde(default)]
    slack: Option<Spanned<SlackConfig>>,
    #[serde(default)]
    mail: Option<Spanned<MailConfig>>,
    #[serde(default, rename = "connection", alias = "connections")]
    connections: Vec<Spanned<ConnectionConfig>>,
}

/// A tenant to be added.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) name: String,
    /// The escalation document's text, checked.
    pub(super) escalation: String,
    /// The file of attestations, relative to this one.
    pub(super) attestations: Option<PathBuf>,
    pub(super) slack: Option<SlackConfig>,
    pub(super) mail: Option<MailConfig>,
    pub(super) connections: Vec<ConnectionConfig>,
}

impl Document {
    /// Reads and checks it. A deployed stack has no files, no kubeconfig, and one way to send mail.
    ///
    /// # Errors
    /// Everything that is wrong with it, ready to be shown.
    pub(super) fn read(path: &Path, deployed: bool) -> Result<Self, Vec<Diagnostic>> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            vec![
                Diagnostic::error("tenant", format!("{name}: {error}"))
                    .help("infra/README.md shows a tenant's file"),
            ]
        })?;
        let shown = |mistakes: Vec<Mistake>| -> Vec<Diagnostic> {
            let all = mistakes.into_iter();
            all.map(|mistake| mistake.diagnostic("tenant", &name, &text))
                .collect()
        };
        let file: File =
            serde_saphyr::from_str(&text).map_err(|error| shown(vec![of_yaml(&error)]))?;
        let mistakes = check(&file, deployed);
        if !mistakes.is_empty() {
            return Err(shown(mistakes));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let connection = |one: Spanned<ConnectionConfig>| {
            endpoint::beside(&one.value, folder).map_err(|message| Mistake {
                message,
                ..mistake(one.referenced, 1, ("", None))
            })
        };
        let connections = file.connections.into_iter().map(connection);
        let connections: Result<_, Mistake> = connections.collect();
        Ok(Self {
            connections: connections.map_err(|wrong| shown(vec![wrong]))?,
            escalation: tenants::escalation(path, &file.escalation)?,
            attestations: file.attestations,
            id: file.id.value,
            name: file.name,
            slack: file.slack.map(|slack| slack.value),
            mail: file.mail.map(|mail| mail.value),
        })
    }

    pub(super) fn described(&self) -> Described<'_> {
        Described {
            slug: &self.id,
            name: &self.name,
            slack: self.slack.as_ref(),
            mail: self.mail.as_ref(),
        }
    }
}

/// What a connection may not be in a deployed stack.
pub(super) fn deployed_mistake(connection: &ConnectionConfig) -> Option<Wrong> {
    connection.kube_context.is_some().then_some((
        "a context of a kubeconfig is for `plimsoll up` alone",
        Some("connect the account that the cluster lies in, aws_account and regions, or the cluster by its endpoint"),
    ))
}

fn check(file: &File, deployed: bool) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut wrong = |at: Location, length: usize, found: Option<Wrong>| {
        mistakes.extend(found.map(|found| mistake(at, length, found)));
    };
    let id = &file.id;
    wrong(
        id.referenced,
        id.value.chars().count(),
        id_mistake(&id.value),
    );
    if let Some(mail) = &file.mail {
        let found = mail.value.mistake();
        let found = found.or((deployed && mail.value.ses.is_none()).then_some((
            "a deployed stack sends mail by Amazon SES alone",
            Some("ses: { from: plimsoll@example.com }, an address that SES has verified"),
        )));
        wrong(mail.referenced, 1, found);
    }
    if let Some(slack) = &file.slack {
        let found = deployed.then_some((
            "a deployed stack finds the tenant's token among its secrets",
            Some("leave `slack` out; aws secretsmanager create-secret --name plimsoll/TENANT/slack --secret-string TOKEN"),
        ));
        wrong(slack.referenced, 1, found);
    }
    for connection in &file.connections {
        let found = connection.value.mistake();
        let found = found.or_else(|| deployed_mistake(&connection.value).filter(|_| deployed));
        let found = found.or_else(|| endpoint::place_mistake(&connection.value, deployed));
        wrong(connection.referenced, 1, found);
    }
    mistakes
}

fn mistake(at: Location, length: usize, (message, help): Wrong) -> Mistake {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Mistake {
        line: narrow(at.line()),
        column: narrow(at.column()),
        length: narrow(length as u64),
        message: message.to_owned(),
        help: help.map(str::to_owned),
    }
}

fn of_yaml(error: &serde_saphyr::Error) -> Mistake {
    let message = error.without_snippet().to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let at = error.location().unwrap_or(Location::UNKNOWN);
    Mistake {
        message: message.to_owned(),
        ..mistake(at, 1, ("", None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
id: acme
name: Acme
escalation: acme.escalation.yaml
mail: { ses: { from: plimsoll@acme.example } }
connections:
  - { aws_account: '471100000815', regions: [eu-central-1], stage: prod }
";

    const ESCALATION: &str = "\
version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { slack: '#security' } } ], repeat: 14d } }
";

    fn read(text: &str, deployed: bool) -> Result<Document, Vec<Diagnostic>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("acme.yaml");
        std::fs::write(&file, text).unwrap();
        std::fs::write(folder.path().join("acme.escalation.yaml"), ESCALATION).unwrap();
        Document::read(&file, deployed)
    }

    #[test]
    fn a_good_file_is_read() {
        let document = read(GOOD, true).unwrap();
        assert_eq!(
            (document.id.as_str(), document.escalation.as_str()),
            ("acme", ESCALATION)
        );
        assert_eq!(document.connections[0].role, "PlimsollScanner");
    }

    #[test]
    fn each_mistake_is_named_with_its_place() {
        for (from, to, line, message) in [
            ("id: acme", "id: Acme!", 1, "a tenant's id is made of"),
            ("name: Acme", "nam: Acme", 2, "nam"),
            (
                "ses: { from: plimsoll@acme.example }",
                "",
                4,
                "exactly one of",
            ),
            (
                "ses: { from: plimsoll@acme.example }",
                "directory: mail",
                4,
                "Amazon SES alone",
            ),
            (
                "name: Acme",
                "name: Acme\nslack: { token_env: T }",
                3,
                "among its secrets",
            ),
            ("'471100000815'", "'4711'", 6, "twelve digits"),
            (
                "aws_account: '471100000815', regions: [eu-central-1]",
                "kube_context: a",
                6,
                "`plimsoll up` alone",
            ),
            ("stage: prod", "stage: production", 6, "production"),
            ("mail: {", "mail: ]", 4, ""),
        ] {
            let wrong = read(&GOOD.replace(from, to), true).unwrap_err().remove(0);
            assert!(wrong.message.contains(message), "{}", wrong.message);
            assert_eq!(
                wrong.place.map(|(line, _)| line),
                Some(line),
                "{to}: {}",
                wrong.message
            );
        }
        let missing = read(&GOOD.replace("acme.escalation", "other"), true).unwrap_err();
        assert!(
            missing[0].message.contains("other.yaml"),
            "{}",
            missing[0].message
        );
    }

    #[test]
    fn what_plimsoll_up_may_is_no_mistake_there() {
        let text = GOOD.replace("ses: { from: plimsoll@acme.example }", "directory: mail");
        let text = text.replace("name: Acme", "name: Acme\nslack: { directory: slack }");
        let text = text.replace(
            "aws_account: '471100000815', regions: [eu-central-1]",
            "kube_context: a",
        );
        assert!(read(&text, false).is_ok());
    }
}
