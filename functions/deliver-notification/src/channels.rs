//! Which channel a tenant's messages take.

use std::collections::BTreeMap;

use plimsoll_channels::{Mail, Slack};
use plimsoll_model::{MailSettings, Tenant, TenantId};
use plimsoll_runtime::Environment;

/// The channels of all tenants.
#[derive(Debug, Clone)]
pub enum Channels {
    /// Made at start, for `plimsoll up`: by tenant.
    Made {
        /// Slack with its token.
        slack: BTreeMap<TenantId, (Slack, String)>,
        /// Mail with its sender.
        mail: BTreeMap<TenantId, (Mail, String)>,
    },
    /// By each tenant's settings, for the function: Slack's token stands in the environment under the tenant's token
    /// reference.
    BySettings {
        /// Slack itself.
        slack: Slack,
        /// Amazon SES.
        ses: Mail,
        /// Where secrets are found.
        environment: Environment,
    },
}

impl Channels {
    /// Slack and the tenant's token.
    pub(crate) fn slack(&self, tenant: &Tenant) -> Option<(&Slack, &str)> {
        match self {
            Channels::Made { slack, .. } => slack
                .get(&tenant.id)
                .map(|(slack, token)| (slack, token.as_str())),
            Channels::BySettings {
                slack, environment, ..
            } => Some((
                slack,
                environment.get(&tenant.slack.as_ref()?.token_reference)?,
            )),
        }
    }

    /// Mail and its sender.
    pub(crate) fn mail<'c>(&'c self, tenant: &'c Tenant) -> Option<(&'c Mail, &'c str)> {
        match self {
            Channels::Made { mail, .. } => mail
                .get(&tenant.id)
                .map(|(mail, from)| (mail, from.as_str())),
            Channels::BySettings { ses, .. } => match tenant.mail.as_ref()? {
                MailSettings::Ses { from } => Some((ses, from)),
                MailSettings::Smtp { .. } | MailSettings::Directory { .. } => None,
            },
        }
    }
}
