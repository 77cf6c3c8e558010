//! Puts what the configuration says of tenants into the store, and makes their channels.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use deliver_notification::Channels;
use jiff::Timestamp;
use plimsoll_alerting::EscalationPolicy;
use plimsoll_channels::{Mail, Slack, SlackConfig as SlackAddress};
use plimsoll_model::{
    Connection, ConnectionId, ConnectionKind, MailSettings, SlackSettings, Tenant, TenantId,
    hash_text,
};
use plimsoll_report::{Diagnostic, Excerpt};
use plimsoll_store::{Store, StoreError};

use super::config::{Config, ConnectionConfig, MailConfig, SlackConfig, TenantConfig, beside};
use super::endpoint;

/// Reads a tenant's escalation document.
///
/// # Errors
/// Every mistake in it, with its place; or that it cannot be read.
pub(crate) fn escalation(config_file: &Path, escalation: &Path) -> Result<String, Vec<Diagnostic>> {
    let path = beside(config_file, escalation);
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        vec![
            Diagnostic::error("escalation", format!("{name}: {error}"))
                .help("the tenant's `escalation` names this file"),
        ]
    })?;
    match EscalationPolicy::parse(&text) {
        Ok(_) => Ok(text),
        Err(errors) => Err(errors
            .into_iter()
            .map(|error| {
                let diagnostic = Diagnostic::error("escalation", error.message.clone());
                let excerpt = Excerpt::of(&text, error.line, 1, "here");
                let diagnostic = diagnostic
                    .at(&name, Some((error.line, error.column)))
                    .showing(excerpt);
                match error.help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            })
            .collect()),
    }
}

/// Who a tenant is and where its messages go, from whichever file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described<'t> {
    pub(crate) slug: &'t str,
    pub(crate) name: &'t str,
    pub(crate) slack: Option<&'t SlackConfig>,
    pub(crate) mail: Option<&'t MailConfig>,
}

impl<'t> From<&'t TenantConfig> for Described<'t> {
    fn from(config: &'t TenantConfig) -> Self {
        Self {
            slug: config.id.get_ref(),
            name: &config.name,
            slack: config.slack.as_ref(),
            mail: config.mail.as_ref().map(toml::Spanned::get_ref),
        }
    }
}

/// Writes one tenant and its connections; what the service itself has come to since stays.
///
/// # Errors
/// When the store fails.
pub(crate) async fn put(
    store: &Store,
    config: &TenantConfig,
    escalation: &str,
    connections: &[ConnectionConfig],
    now: Timestamp,
) -> anyhow::Result<TenantId> {
    let id = put_described(store, &config.into(), escalation, now).await?;
    for connection in connections {
        put_connection(store, &id, connection, now, Timestamp::MIN).await?;
    }
    Ok(id)
}

/// Writes one tenant; what the service itself has come to since stays.
///
/// # Errors
/// When the store fails.
pub(crate) async fn put_described(
    store: &Store,
    described: &Described<'_>,
    escalation: &str,
    now: Timestamp,
) -> Result<TenantId, StoreError> {
    let id = TenantId::of(&[described.slug]);
    let tenant = Tenant {
        id: id.clone(),
        slug: described.slug.to_owned(),
        name: described.name.to_owned(),
        slack: described.slack.map(|slack| SlackSettings {
            token_reference: match slack {
                SlackConfig::Token { token_env } => token_env.clone(),
                SlackConfig::Directory { .. } => "directory".to_owned(),
            },
        }),
        mail: described.mail.map(mail_settings),
        escalation_version: 0,
        last_incident_number: 0,
    };
    let of = store.of(&id);
    store.control().register(&tenant).await?;
    of.put_tenant(&tenant).await?;
    of.set_escalation(escalation, now).await?;
    Ok(id)
}

/// The connection that a configuration means: the same account, address or context of a tenant is the same connection.
pub(crate) fn connection_id(tenant: &TenantId, config: &ConnectionConfig) -> ConnectionId {
    let what = config
        .kube_context
        .as_deref()
        .or(config.aws_account.as_deref())
        .or(endpoint::address(config))
        .unwrap_or_default();
    ConnectionId::of(&[tenant.as_str(), what])
}

/// Writes a connection and returns it. One that is known keeps its ExternalId, its state and its rhythm; it is not due
/// before `earliest`: a planner that reads minute by minute does not look back.
///
/// # Errors
/// When the store fails, or the operating system has no random bytes.
pub(crate) async fn put_connection(
    store: &Store,
    tenant: &TenantId,
    config: &ConnectionConfig,
    now: Timestamp,
    earliest: Timestamp,
) -> anyhow::Result<Connection> {
    let id = connection_id(tenant, config);
    let known = match store.of(tenant).get_connection(&id).await {
        Ok(known) => Some(known),
        Err(StoreError::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let external_id = match known.as_ref().map(|known| &known.kind) {
        Some(ConnectionKind::Aws { external_id, .. }) => external_id.clone(),
        Some(ConnectionKind::Endpoint(endpoint)) => endpoint.external_id.clone(),
        _ => new_external_id()?,
    };
    let by_address = endpoint::endpoint(config, &external_id);
    let kind = match (&config.kube_context, by_address) {
        (Some(context), _) => ConnectionKind::KubeContext {
            context: context.clone(),
        },
        (None, Some(endpoint)) => ConnectionKind::Endpoint(Box::new(endpoint)),
        (None, None) => ConnectionKind::Aws {
            account: config.aws_account.clone().unwrap_or_default(),
            role: config.role.clone(),
            external_id,
            regions: config.regions.clone(),
        },
    };
    let mut connection = known.unwrap_or_else(|| Connection::new(id, kind.clone(), None, now));
    if connection.kind != kind {
        // Another role, other regions, another way in: what was checked of the former says nothing.
        connection.checked.next = Some(now.max(earliest));
    }
    connection.kind = kind;
    connection.stage = config.stage;
    connection.node_evidence = config.node_evidence;
    connection.next_scan = connection.next_scan.max(earliest);
    store.of(tenant).put_connection(&connection).await?;
    Ok(connection)
}

/// 100 bits of chance.
fn new_external_id() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the operating system gives no random bytes: {error}"))?;
    Ok(format!(
        "plm-{}",
        hash_text(&[&format!("{:032x}", u128::from_le_bytes(bytes))])
    ))
}

fn mail_settings(mail: &MailConfig) -> MailSettings {
    match (&mail.ses, &mail.smtp) {
        (Some(ses), _) => MailSettings::Ses {
            from: ses.from.clone(),
        },
        (None, Some(_)) => MailSettings::Smtp {
            url_reference: "smtp".to_owned(),
            from: mail.from.clone(),
        },
        (None, None) => MailSettings::Directory {
            from: mail.from.clone(),
        },
    }
}

/// Makes every tenant's channels. `mail_folder` beats what the configuration says of mail.
///
/// # Errors
/// A token that is not in the environment, or an SMTP URL that is none.
pub(crate) async fn channels(
    config: &Config,
    config_file: &Path,
    mail_folder: Option<&Path>,
) -> anyhow::Result<Channels> {
    let environment = plimsoll_runtime::Environment::of_process();
    let (mut slack, mut mail) = (BTreeMap::new(), BTreeMap::new());
    for tenant in &config.tenants {
        let id = TenantId::of(&[tenant.id.get_ref()]);
        match &tenant.slack {
            Some(SlackConfig::Token { token_env }) => {
                let token = environment.get(token_env).with_context(|| {
                    format!(
                        "tenant {}: environment variable {token_env} is not set",
                        tenant.id.get_ref()
                    )
                })?;
                let api = environment
                    .get("PLIMSOLL_SLACK_API")
                    .map(str::parse)
                    .transpose()?;
                slack.insert(
                    id.clone(),
                    (Slack::api(&SlackAddress { api })?, token.to_owned()),
                );
            }
            Some(SlackConfig::Directory { directory }) => {
                slack.insert(
                    id.clone(),
                    (
                        Slack::folder(&beside(config_file, directory)),
                        String::new(),
                    ),
                );
            }
            None => {}
        }
        if let Some(settings) = &tenant.mail {
            let settings = settings.get_ref();
            let channel = match (mail_folder, &settings.directory, &settings.smtp) {
                (Some(folder), _, _) => Mail::folder(folder),
                (None, Some(folder), _) => Mail::folder(&beside(config_file, folder)),
                (None, None, Some(url)) => Mail::smtp(url)?,
                (None, None, None) => {
                    let sdk =
                        aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
                    Mail::ses(aws_sdk_sesv2::Client::new(&sdk))
                }
            };
            let from = settings
                .ses
                .as_ref()
                .map_or(&settings.from, |ses| &ses.from);
            mail.insert(id, (channel, from.clone()));
        }
    }
    Ok(Channels::Made { slack, mail })
}
