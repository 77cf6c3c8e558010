//! A customer of the operator.

use serde::{Deserialize, Serialize};

use crate::TenantId;

/// A tenant and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The id in every key.
    pub id: TenantId,
    /// The short name in URLs and configuration: letters, digits, `-`.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// Where Slack messages go, if anywhere.
    pub slack: Option<SlackSettings>,
    /// How mail is sent, if at all.
    pub mail: Option<MailSettings>,
    /// The version of the escalation policy in force, 0 before the first.
    pub escalation_version: u32,
    /// The last incident number given out.
    pub last_incident_number: u32,
}

/// A tenant's Slack workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlackSettings {
    /// The name under which `plimsoll up` finds the token (never the token itself); in AWS it is the tenant's secret.
    pub token_reference: String,
}

/// How a tenant's mail leaves us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MailSettings {
    /// Amazon SES from a verified address.
    Ses {
        /// The sender.
        from: String,
    },
    /// An SMTP server.
    Smtp {
        /// The name under which the runtime finds the server's URL (it may hold a password).
        url_reference: String,
        /// The sender.
        from: String,
    },
    /// Files in a directory, named by delivery id.
    Directory {
        /// The sender.
        from: String,
    },
}

/// A person who belongs to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Name for people.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Slack user id.
    pub slack: Option<String>,
}
