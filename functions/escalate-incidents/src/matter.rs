//! What an incident is about, read afresh: its findings, why its cluster cannot be read, what is wrong with its connection.

use jiff::Timestamp;
use plimsoll_alerting::{PolicyWords, Topic};
use plimsoll_model::{
    ConnectionId, ConnectionTrouble, Finding, Incident, Readable, Reason, ReasonCode,
};
use plimsoll_store::StoreError;
use route_findings::{Desk, Dossier};

/// What an incident is about.
pub(crate) enum Matter {
    Policy {
        words: PolicyWords,
        findings: Vec<Finding>,
        /// Nobody could say whether the findings are still there: the cluster cannot be read.
        muted: bool,
    },
    Unreadable {
        reason: Reason,
        since: Timestamp,
    },
    Connection {
        connection: ConnectionId,
        trouble: ConnectionTrouble,
    },
}

impl Matter {
    /// Reads it; none when there is nothing wrong any more, which the router is about to say.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn of(
        desk: &Desk<'_>,
        dossier: &Dossier,
        incident: &Incident,
    ) -> Result<Option<Self>, StoreError> {
        if let Some(id) = &incident.connection {
            let connection = dossier.store.get_connection(id).await?;
            return Ok(connection.trouble().map(|trouble| Self::Connection {
                connection: connection.id,
                trouble,
            }));
        }
        let cluster = dossier.store.get_cluster(&incident.cluster).await?;
        let muted = matches!(cluster.readable, Readable::No { .. });
        Ok(Some(match (&incident.policy, cluster.readable) {
            (Some(policy), _) => Self::Policy {
                words: desk.words(dossier, policy),
                findings: dossier.findings(incident, []).await?,
                muted,
            },
            (None, Readable::No { reason, since }) => Self::Unreadable { reason, since },
            (None, _) => Self::Unreadable {
                reason: Reason::new(ReasonCode::ApiError, "it could not be read"),
                since: incident.opened,
            },
        }))
    }

    pub(crate) fn topic(&self) -> Topic<'_> {
        match self {
            Self::Policy {
                words, findings, ..
            } => Topic::Policy { words, findings },
            Self::Unreadable { reason, since } => Topic::Unreadable {
                reason,
                since: *since,
            },
            Self::Connection {
                connection,
                trouble,
            } => Topic::Connection {
                connection,
                trouble,
            },
        }
    }

    pub(crate) fn is_muted(&self) -> bool {
        matches!(self, Self::Policy { muted: true, .. })
    }
}
