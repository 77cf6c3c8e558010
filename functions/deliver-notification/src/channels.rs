//! Which channel a tenant's messages take.

use std::collections::BTreeMap;

use plimsoll_channels::{Mail, SendError, Slack};
use plimsoll_model::{MailSettings, Tenant, TenantId};

use crate::secrets::{Secrets, Token};

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
    /// In AWS: who has a token among the secrets is on Slack, mail goes by the tenant's settings.
    Aws {
        /// Slack itself.
        slack: Slack,
        /// Amazon SES.
        ses: Mail,
        /// Where tokens are kept.
        secrets: Secrets,
    },
}

impl Channels {
    /// Slack and the tenant's token; none if the tenant is not on Slack.
    ///
    /// # Errors
    /// [`SendError::Temporary`] when it cannot be told now.
    pub(crate) async fn slack(
        &self,
        tenant: &Tenant,
    ) -> Result<Option<(&Slack, Token)>, SendError> {
        match self {
            Channels::Made { slack, .. } => Ok(slack
                .get(&tenant.id)
                .map(|(slack, token)| (slack, Token::new(token)))),
            Channels::Aws { slack, secrets, .. } => {
                let token = secrets.slack_token(tenant).await?;
                Ok(token.map(|token| (slack, token)))
            }
        }
    }

    /// Mail and its sender.
    pub(crate) fn mail<'c>(&'c self, tenant: &'c Tenant) -> Option<(&'c Mail, &'c str)> {
        match self {
            Channels::Made { mail, .. } => mail
                .get(&tenant.id)
                .map(|(mail, from)| (mail, from.as_str())),
            Channels::Aws { ses, .. } => match tenant.mail.as_ref()? {
                MailSettings::Ses { from } => Some((ses, from)),
                MailSettings::Smtp { .. } | MailSettings::Directory { .. } => None,
            },
        }
    }
}
