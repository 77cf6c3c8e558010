//! One round of checks of a cluster by its address: its API server is asked as we may, and as another tenant's connection
//! could.

use std::time::Duration;

use jiff::Timestamp;
use plimsoll_inventory::kube::{ClusterError, ClusterReader, Patience};
use plimsoll_model::kind;
use plimsoll_model::{Check, CheckKind, CheckOutcome, Endpoint, hash_text};
use scan_cluster::{NoToken, Reach};

use crate::round::failed;

/// Somebody may be mending it, and other connections wait: less patience than a scan has.
const REQUEST: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 2;

/// What is passed on the way to an answer, in this order.
const WAY: [CheckKind; 5] = [
    CheckKind::NameResolves,
    CheckKind::AddressAllowed,
    CheckKind::ServerAnswers,
    CheckKind::CertificateMatches,
    CheckKind::TokenAccepted,
];

/// Asks an API server: with our token; where AWS issues that, with one whose audience is of a connection that nobody has
/// (made up anew each time); and with ours once more, since a refusal proves something only between two answers.
pub(crate) async fn attempt(
    reach: &Reach,
    slug: &str,
    endpoint: &Endpoint,
    now: Timestamp,
) -> Vec<Check> {
    let reach = Reach {
        patience: Patience {
            request: REQUEST.min(reach.patience.request),
            attempts: ATTEMPTS.min(reach.patience.attempts),
            ..reach.patience
        },
        ..reach.clone()
    };
    let mut round = Round {
        checks: Vec::new(),
        now,
    };
    let Some(reader) = round.enter(&reach, slug, endpoint).await else {
        return round.checks;
    };
    if endpoint.audience().is_some() {
        let at = now.to_string();
        let wrong = hash_text(&[&endpoint.external_id, "wrong", &at]);
        let other = endpoint.with_external_id(format!("plm-{wrong}"));
        let outcome = refuses(&reach, slug, &other).await;
        round.say(CheckKind::RefusesOthersToken, outcome);
        if round.enter(&reach, slug, endpoint).await.is_none() {
            return round.checks;
        }
    }
    let namespaces = kind::named("Namespace");
    if let Some(namespaces) = namespaces {
        let outcome = match reader.list_refused(namespaces).await {
            Ok(None) => CheckOutcome::Passed,
            Ok(Some(said)) => failed(&said),
            Err(error) => lost(&error.to_string()),
        };
        round.say(CheckKind::ListsAllowed, outcome);
    }
    round.checks
}

struct Round {
    checks: Vec<Check>,
    now: Timestamp,
}

impl Round {
    fn say(&mut self, kind: CheckKind, outcome: CheckOutcome) {
        self.checks.retain(|check| !check.kind.is_same(&kind));
        let at = self.now;
        self.checks.push(Check { kind, outcome, at });
    }

    /// As far as an answer to our own token.
    async fn enter(
        &mut self,
        reach: &Reach,
        slug: &str,
        endpoint: &Endpoint,
    ) -> Option<ClusterReader> {
        let token = match reach.token(slug, endpoint).await {
            Ok(token) => token,
            Err(why) => {
                let outcome = match why {
                    NoToken::Refused(said) => failed(&said),
                    NoToken::Lost(said) => lost(&said),
                };
                self.say(CheckKind::TokenObtained, outcome);
                return None;
            }
        };
        self.say(CheckKind::TokenObtained, CheckOutcome::Passed);
        let reader = reach.connect_endpoint(endpoint, token);
        let answer = match &reader {
            Ok(reader) => reader.version().await.err(),
            Err(error) => Some(error.clone()),
        };
        let stopped = answer.and_then(|error| ended(&error));
        for kind in WAY {
            match &stopped {
                Some((at, outcome)) if *at == kind => {
                    self.say(kind, outcome.clone());
                    return None;
                }
                _ => self.say(kind, CheckOutcome::Passed),
            }
        }
        reader.ok()
    }
}

/// At which step an API server was not got on with; none if it knows who asks, whatever it lets us read.
fn ended(error: &ClusterError) -> Option<(CheckKind, CheckOutcome)> {
    let said = error.to_string();
    Some(match error {
        ClusterError::Server { status: 403, .. } => return None,
        ClusterError::Unresolved { .. } => (CheckKind::NameResolves, failed(&said)),
        ClusterError::NetworkNotAllowed { .. } => (CheckKind::AddressAllowed, failed(&said)),
        ClusterError::Server { status, .. } if *status == 200 || (400..429).contains(status) => {
            (CheckKind::ServerAnswers, failed(&said))
        }
        ClusterError::Unreachable { .. }
        | ClusterError::Server { .. }
        | ClusterError::Credentials { .. } => (CheckKind::ServerAnswers, lost(&said)),
        ClusterError::Tls { .. } | ClusterError::Configuration { .. } => {
            (CheckKind::CertificateMatches, failed(&said))
        }
        ClusterError::Unauthorized { .. } => (CheckKind::TokenAccepted, failed(&said)),
    })
}

/// Whether a connection with another ExternalId is refused: by whoever exchanges its token, or by the API server.
async fn refuses(reach: &Reach, slug: &str, other: &Endpoint) -> CheckOutcome {
    let token = match reach.token(slug, other).await {
        Ok(token) => token,
        Err(NoToken::Refused(_)) => return CheckOutcome::Passed,
        Err(NoToken::Lost(said)) => return lost(&said),
    };
    let reader = match reach.connect_endpoint(other, token) {
        Ok(reader) => reader,
        Err(error) => return lost(&error.to_string()),
    };
    match reader.version().await {
        Ok(_) | Err(ClusterError::Server { status: 403, .. }) => failed("it let us in"),
        Err(ClusterError::Unauthorized { .. }) => CheckOutcome::Passed,
        Err(error) => lost(&error.to_string()),
    }
}

fn lost(said: &str) -> CheckOutcome {
    CheckOutcome::Lost {
        said: said.to_owned(),
    }
}
