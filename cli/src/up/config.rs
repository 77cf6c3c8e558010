//! The configuration file of `plimsoll up`: read, checked, and every mistake named with its place.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{NodeRoute, Stage};
use plimsoll_policy::Catalogue;
use serde::Deserialize;
use toml::Spanned;

use super::attested;
use super::endpoint::{self, AksConfig, GkeConfig, ProviderConfig, WebIdentityConfig};
use crate::mistake::Mistake;
use crate::parameters;

/// The file, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) service: Service,
    #[serde(default, rename = "tenant")]
    pub(crate) tenants: Vec<TenantConfig>,
    /// What `plimsoll scan` reads.
    #[serde(default, rename = "scan")]
    _scan: Option<serde::de::IgnoredAny>,
}

/// `[service]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Service {
    /// Where state is kept, relative to the file.
    pub(crate) data: PathBuf,
    /// Private networks that clusters may lie in, as CIDR; the operator's alone.
    pub(crate) allow_networks: Vec<Spanned<String>>,
    /// How often every connection is scanned.
    pub(crate) scan_every: Spanned<String>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            data: "plimsoll-data".into(),
            allow_networks: Vec::new(),
            scan_every: Spanned::new(0..0, "24h".to_owned()),
        }
    }
}

/// `[[tenant]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantConfig {
    pub(crate) id: Spanned<String>,
    pub(crate) name: String,
    /// The escalation document, relative to the file.
    pub(crate) escalation: Spanned<PathBuf>,
    /// The file of attestations, relative to the file.
    #[serde(default)]
    pub(crate) attestations: Option<PathBuf>,
    /// A folder of own policies, relative to the file.
    #[serde(default)]
    pub(crate) policies: Option<Spanned<PathBuf>>,
    /// Values of policies' parameters.
    #[serde(default)]
    pub(crate) params: parameters::Table,
    #[serde(default)]
    pub(crate) slack: Option<SlackConfig>,
    #[serde(default)]
    pub(crate) mail: Option<Spanned<MailConfig>>,
    #[serde(default, rename = "connection")]
    pub(crate) connections: Vec<Spanned<ConnectionConfig>>,
}

impl TenantConfig {
    /// What its file of attestations says.
    pub(crate) fn attested(
        &self,
        config_file: &Path,
        built_in: &Catalogue,
        now: Timestamp,
    ) -> attested::Read {
        attested::read(config_file, self.attestations.as_deref(), built_in, now)
    }
}

/// `slack = …`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum SlackConfig {
    /// A workspace, by the environment variable that holds its bot token.
    Token {
        /// Name of the variable.
        token_env: String,
    },
    /// Files in a directory.
    Directory {
        /// Relative to the file.
        directory: PathBuf,
    },
}

/// `mail = …`: exactly one of the three.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfig {
    pub(crate) directory: Option<PathBuf>,
    pub(crate) smtp: Option<String>,
    pub(crate) ses: Option<Ses>,
    #[serde(default = "default_sender")]
    pub(crate) from: String,
}

/// `ses = { from = "…" }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ses {
    pub(crate) from: String,
}

fn default_sender() -> String {
    "plimsoll@localhost".to_owned()
}

/// `[[tenant.connection]]`: a kube context, an AWS account with its role, or a cluster by the address of its API server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionConfig {
    pub(crate) kube_context: Option<String>,
    pub(crate) aws_account: Option<String>,
    #[serde(default = "default_role")]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) regions: Vec<String>,
    #[serde(default)]
    pub(crate) stage: Option<Stage>,
    /// The route to evidence of nodes.
    #[serde(default)]
    pub(crate) node_evidence: Option<NodeRoute>,
    pub(crate) endpoint: Option<String>,
    /// What people call the cluster; with `endpoint`.
    pub(crate) name: Option<String>,
    pub(crate) provider: Option<ProviderConfig>,
    /// Certificates in PEM, or a file of them relative to the file.
    pub(crate) ca: Option<String>,
    pub(crate) token_secret: Option<String>,
    pub(crate) token_env: Option<String>,
    /// Relative to the file.
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) web_identity: Option<WebIdentityConfig>,
    pub(crate) gke: Option<GkeConfig>,
    pub(crate) aks: Option<AksConfig>,
}

/// The role that customers make, unless they name it otherwise.
pub(crate) fn default_role() -> String {
    "PlimsollScanner".to_owned()
}

impl Config {
    /// Reads and checks.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        let config: Config =
            toml::from_str(text).map_err(|error| vec![Mistake::of_toml(text, &error)])?;
        let mut errors = Vec::new();
        config.check(text, &mut errors);
        if errors.is_empty() {
            Ok(config)
        } else {
            Err(errors)
        }
    }

    /// How often to scan.
    pub(crate) fn scan_every(&self) -> SignedDuration {
        self.service
            .scan_every
            .get_ref()
            .parse()
            .unwrap_or(SignedDuration::from_hours(24))
    }

    fn check(&self, text: &str, errors: &mut Vec<Mistake>) {
        let mut wrong = |span, message: &str, help: Option<&str>| {
            errors.push(Mistake::at(text, span, message, help));
        };
        let every = &self.service.scan_every;
        let often = every.get_ref().parse::<SignedDuration>();
        if !often.is_ok_and(|often| often >= SignedDuration::from_mins(5)) {
            wrong(
                every.span(),
                "is no duration of at least 5 minutes",
                Some("for example \"24h\""),
            );
        }
        if self.tenants.is_empty() {
            wrong(
                0..0,
                "there is no [[tenant]]",
                Some("add one: id, name, escalation, and its connections"),
            );
        }
        let mut ids = BTreeSet::new();
        for tenant in &self.tenants {
            let id = tenant.id.get_ref();
            if let Some((message, help)) = id_mistake(id) {
                wrong(tenant.id.span(), message, help);
            }
            if !ids.insert(id) {
                wrong(tenant.id.span(), "another tenant has this id", None);
            }
            if let Some(mail) = &tenant.mail
                && let Some((message, help)) = mail.get_ref().mistake()
            {
                wrong(mail.span(), message, help);
            }
            for connection in &tenant.connections {
                let (found, span) = (connection.get_ref(), connection.span());
                let mistake = found.mistake();
                if let Some((message, help)) =
                    mistake.or_else(|| endpoint::place_mistake(found, false))
                {
                    wrong(span, message, help);
                }
            }
        }
    }
}

/// What is wrong, and what to do.
pub(crate) type Wrong = (&'static str, Option<&'static str>);

/// What is wrong with a tenant's id.
pub(crate) fn id_mistake(id: &str) -> Option<Wrong> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (id.is_empty() || !id.bytes().all(fits))
        .then_some(("a tenant's id is made of a-z, 0-9 and `-`", None))
}

impl MailConfig {
    /// What is wrong with it.
    pub(crate) fn mistake(&self) -> Option<Wrong> {
        let chosen = [
            self.directory.is_some(),
            self.smtp.is_some(),
            self.ses.is_some(),
        ];
        (chosen.into_iter().filter(|is| *is).count() != 1).then_some((
            "exactly one of `directory`, `smtp` and `ses` is needed",
            None,
        ))
    }
}

impl ConnectionConfig {
    /// What is wrong with it.
    pub(crate) fn mistake(&self) -> Option<Wrong> {
        let of_endpoint = [
            self.name.is_some(),
            self.provider.is_some(),
            self.ca.is_some(),
            self.token_secret.is_some(),
            self.token_env.is_some(),
            self.token_file.is_some(),
            self.web_identity.is_some(),
            self.gke.is_some(),
            self.aks.is_some(),
        ];
        match (&self.kube_context, &self.aws_account, &self.endpoint) {
            (None, None, Some(url)) => endpoint::mistake(self, url),
            (_, _, None) if of_endpoint.contains(&true) => Some((
                "`name`, `provider`, `ca` and tokens belong to a connection with `endpoint`",
                None,
            )),
            (Some(_), None, None) => None,
            (None, Some(account), None) => {
                if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
                    return Some(("`aws_account` must be twelve digits", None));
                }
                self.regions.is_empty().then_some((
                    "`regions` is needed with `aws_account`",
                    Some("for example [\"eu-central-1\"]"),
                ))
            }
            _ => Some((
                "exactly one of `kube_context`, `aws_account` and `endpoint` is needed",
                None,
            )),
        }
    }
}

/// A path of the file, which is relative to the file.
pub(crate) fn beside(file: &Path, path: &Path) -> PathBuf {
    file.parent()
        .map_or_else(|| path.to_owned(), |folder| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[service]
data = "state"
allow_networks = ["10.0.0.0/8"]

[[tenant]]
id = "acme"
name = "Acme"
escalation = "acme.escalation.yaml"
slack = { token_env = "ACME_SLACK_TOKEN" }
mail = { directory = "mail" }

[[tenant.connection]]
kube_context = "prod-eu-1"
stage = "prod"

[[tenant.connection]]
aws_account = "471100000815"
regions = ["eu-central-1"]
"#;

    fn first_error(text: &str) -> Mistake {
        Config::parse(text).unwrap_err().remove(0)
    }

    #[test]
    fn a_good_file_is_read_with_its_defaults() {
        let config = Config::parse(GOOD).unwrap();
        assert_eq!(config.scan_every(), SignedDuration::from_hours(24));
        assert_eq!(
            config.tenants[0].connections[1].get_ref().role,
            "PlimsollScanner"
        );
    }

    #[test]
    fn each_mistake_is_named_with_its_place() {
        for (from, to, line, message) in [
            ("id = \"acme\"", "id = \"Acme!\"", 7, "a tenant's id"),
            ("name = \"Acme\"", "nam = \"Acme\"", 8, "nam"),
            (
                "mail = { directory = \"mail\" }",
                "mail = { }",
                11,
                "exactly one of `directory`",
            ),
            ("471100000815", "4711", 17, "twelve digits"),
            (
                "kube_context = \"prod-eu-1\"",
                "",
                13,
                "exactly one of `kube_context`",
            ),
            (
                "stage = \"prod\"",
                "stage = \"production\"",
                15,
                "production",
            ),
            ("data = \"state\"", "data = \"state", 3, ""),
        ] {
            let error = first_error(&GOOD.replace(from, to));
            assert!(error.message.contains(message), "{}", error.message);
            assert_eq!(error.line, line, "{from}: {}", error.message);
        }
        assert!(first_error("").message.contains("no [[tenant]]"));
    }
}
