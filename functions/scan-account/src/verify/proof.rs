//! What must be proven before anything behind a connection is read.

use plimsoll_model::{CheckKind, ConnectionKind};

/// The checks of a kind of connection, by what their failure means.
#[derive(Debug)]
pub(super) struct Proof {
    /// It lets us in: all of them in the order in which they are made.
    pub(super) answers: &'static [CheckKind],
    /// It lets nobody else in: one that fails suspends the connection.
    pub(super) refuses: &'static [CheckKind],
    /// It is what the tenant says, and the tenant's.
    pub(super) belongs: &'static [CheckKind],
    /// How much of it can be read.
    pub(super) part: CheckKind,
}

const ROLE_ANSWERS: &[CheckKind] = &[CheckKind::RoleAnswers];
const ROLE_REFUSES: &[CheckKind] = &[CheckKind::RefusesWithout, CheckKind::RefusesWrong];
const ROLE_BELONGS: &[CheckKind] = &[CheckKind::AccountMatches, CheckKind::UniqueAmongTenants];
const CLUSTER_ANSWERS: &[CheckKind] = &[
    CheckKind::TokenObtained,
    CheckKind::NameResolves,
    CheckKind::AddressAllowed,
    CheckKind::ServerAnswers,
    CheckKind::CertificateMatches,
    CheckKind::TokenAccepted,
];
const CLUSTER_REFUSES: &[CheckKind] = &[CheckKind::RefusesOthersToken];

impl Proof {
    /// What is to be proven of a connection. Nothing is of a context of the operator's own kubeconfig.
    pub(super) fn of(kind: &ConnectionKind) -> Self {
        match kind {
            ConnectionKind::Aws { .. } | ConnectionKind::KubeContext { .. } => Self {
                answers: ROLE_ANSWERS,
                refuses: ROLE_REFUSES,
                belongs: ROLE_BELONGS,
                // Whatever it counts: checks are found by what they are about.
                part: CheckKind::RegionsListed { listed: 0, of: 0 },
            },
            ConnectionKind::Endpoint(endpoint) => Self {
                answers: CLUSTER_ANSWERS,
                // A token that is kept is nobody else's: there is no other to try.
                refuses: match endpoint.audience() {
                    Some(_) => CLUSTER_REFUSES,
                    None => &[],
                },
                belongs: &[],
                part: CheckKind::ListsAllowed,
            },
        }
    }
}
