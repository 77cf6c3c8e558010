//! What is checked of a connection, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Cluster, Readable};

/// One thing that is checked. The first five are what AWS's guide on the confused deputy asks of whoever is given a role,
/// and ours: one account, one tenant. Those from [`CheckKind::TokenObtained`] on are of a cluster by its address, in the
/// order in which a connection to it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "camelCase")]
pub enum CheckKind {
    /// The role lets us in with the ExternalId of the connection.
    RoleAnswers,
    /// It refuses us without one.
    RefusesWithout,
    /// It refuses us with a wrong one.
    RefusesWrong,
    /// Whoever we then are belongs to the account of the connection.
    AccountMatches,
    /// No other tenant has the account.
    UniqueAmongTenants,
    /// The clusters of every region could be listed.
    RegionsListed {
        /// Regions that could.
        listed: usize,
        /// Regions of the connection.
        of: usize,
    },
    /// There is a token to show to an API server.
    TokenObtained,
    /// The API server's name has an address.
    NameResolves,
    /// That address is none that we must not connect to.
    AddressAllowed,
    /// What answers there is an API server.
    ServerAnswers,
    /// Its certificate is the one that it should have.
    CertificateMatches,
    /// It knows whose token that is.
    TokenAccepted,
    /// It refuses a token that was made for another connection.
    RefusesOthersToken,
    /// It lets us list objects.
    ListsAllowed,
    /// A cluster can be read.
    Cluster {
        /// Its name.
        name: String,
    },
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum CheckOutcome {
    /// As it should be.
    Passed,
    /// Not as it should be: the tenant has to mend it.
    Failed {
        /// What was seen.
        said: String,
    },
    /// Nobody knows: the call was throttled, got no answer, or we may not make it. It proves nothing either way.
    Lost {
        /// What happened.
        said: String,
    },
}

/// A check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked.
    #[serde(flatten)]
    pub kind: CheckKind,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: CheckOutcome,
    /// When.
    pub at: Timestamp,
}

/// What was checked of a connection, and when it is checked next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The last outcome of each check that was made.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// When the checks are due whatever the scans do; none before the first.
    pub next: Option<Timestamp>,
    /// When they were made last.
    pub at: Option<Timestamp>,
    /// Since when the connection is in the state in which it is.
    pub since: Option<Timestamp>,
    /// The slot of the last scan that could read it.
    pub read: Option<Timestamp>,
    /// Counts rounds of checks: every write of one is conditional on it.
    #[serde(default)]
    pub rounds: u64,
}

impl CheckKind {
    /// Whether both are about the same thing, whatever they count.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (CheckKind::Cluster { name }, CheckKind::Cluster { name: other }) => name == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Check {
    /// Whether a cluster could be read when it was scanned last; none before its first scan.
    #[must_use]
    pub fn of_cluster(cluster: &Cluster) -> Option<Self> {
        let (outcome, at) = match &cluster.readable {
            Readable::Unknown => return None,
            Readable::Yes => (CheckOutcome::Passed, cluster.last_scan_at?),
            Readable::No { reason, since } => {
                let said = reason.need.clone();
                (CheckOutcome::Failed { said }, *since)
            }
        };
        let name = cluster.shown_name();
        let kind = CheckKind::Cluster { name };
        Some(Self { kind, outcome, at })
    }
}

impl Checked {
    /// What came of a check, if it was made.
    #[must_use]
    pub fn outcome(&self, kind: &CheckKind) -> Option<&CheckOutcome> {
        let mut checks = self.checks.iter();
        let check = checks.find(|check| check.kind.is_same(kind));
        check.map(|check| &check.outcome)
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        let checks = self.checks.iter();
        checks.filter(|check| matches!(check.outcome, CheckOutcome::Failed { .. }))
    }

    /// The checks that were lost.
    pub fn lost(&self) -> impl Iterator<Item = &Check> {
        let checks = self.checks.iter();
        checks.filter(|check| matches!(check.outcome, CheckOutcome::Lost { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_kept_as_one_flat_object() {
        let check = Check {
            kind: CheckKind::RegionsListed { listed: 1, of: 2 },
            outcome: CheckOutcome::Failed {
                said: "eks:ListClusters in eu-west-1".to_owned(),
            },
            at: Timestamp::UNIX_EPOCH,
        };
        let text = serde_json::to_string(&check).unwrap();
        assert_eq!(
            text,
            r#"{"check":"regionsListed","listed":1,"of":2,"outcome":"failed","said":"eks:ListClusters in eu-west-1","at":"1970-01-01T00:00:00Z"}"#
        );
        assert_eq!(serde_json::from_str::<Check>(&text).unwrap(), check);
    }

    #[test]
    fn counts_do_not_make_another_check() {
        let listed = |listed| CheckKind::RegionsListed { listed, of: 2 };
        assert!(listed(1).is_same(&listed(2)));
        let cluster = |name: &str| CheckKind::Cluster {
            name: name.to_owned(),
        };
        assert!(!cluster("a").is_same(&cluster("b")));
    }
}
