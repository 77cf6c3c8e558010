//! One round of checks of an account: the role is tried as we may, and as others could.

use jiff::{SignedDuration, Timestamp};
use plimsoll_inventory::aws::{Answer, AssumedAccount, AwsError, caller_account, knock};
use plimsoll_model::{
    Check, CheckKind, CheckOutcome, Connection, ConnectionChange, FinishedScan, Message, OutboxId,
    OutboxItem, ScanId, Stage, TenantId, hash_text,
};
use plimsoll_store::{Claim, Store, StoreError};

use scan_cluster::Reach;

use crate::AccountError;
use crate::disconnect::give_back;
use crate::verify::{self, Round};

/// How often a round is decided anew when somebody else has written the connection meanwhile.
const ATTEMPTS: usize = 5;

/// A connection's role.
pub(crate) struct Role<'a> {
    pub(crate) arn: &'a str,
    pub(crate) account: &'a str,
    pub(crate) external_id: &'a str,
    /// How we call ourselves in the account's trail.
    pub(crate) session: &'a str,
}

/// What came of trying a role.
pub(crate) struct Tried {
    pub(crate) checks: Vec<Check>,
    /// The account, if every check has passed.
    pub(crate) account: Option<AssumedAccount>,
    /// The first failure that may pass by itself.
    pub(crate) passing: Option<AwsError>,
}

impl Tried {
    /// There is no role to try.
    pub(crate) fn nothing() -> Self {
        Self {
            checks: Vec::new(),
            account: None,
            passing: None,
        }
    }

    fn say(&mut self, kind: CheckKind, outcome: CheckOutcome, at: Timestamp) {
        self.checks.retain(|check| !check.kind.is_same(&kind));
        self.checks.push(Check { kind, outcome, at });
    }

    fn lost(&mut self, error: AwsError) -> CheckOutcome {
        let said = match &error {
            AwsError::Denied { call, .. } => format!("Plimsoll itself may not call {call}"),
            AwsError::NoCredentials { .. } => "Plimsoll itself has no AWS credentials".to_owned(),
            other => other.to_string(),
        };
        if error.may_pass() {
            self.passing.get_or_insert(error);
        }
        CheckOutcome::Lost { said }
    }

    fn all_passed(&self) -> bool {
        let mut checks = self.checks.iter();
        checks.all(|check| check.outcome == CheckOutcome::Passed)
    }
}

/// Tries a role: with its ExternalId, without one, with a wrong one (made anew each time), and with its own once more, since
/// refusals prove something only between two answers: IAM is eventually consistent, and a role may go meanwhile.
///
/// # Errors
/// When the store fails. Whatever AWS says is an outcome.
pub(crate) async fn attempt(
    store: &Store,
    reach: &Reach,
    tenant: &TenantId,
    role: &Role<'_>,
    now: Timestamp,
) -> Result<Tried, AccountError> {
    let mut tried = Tried::nothing();
    let at = now.to_string();
    let wrong = format!("plm-{}", hash_text(&[role.external_id, "wrong", &at]));
    for (kind, external_id) in [
        (CheckKind::RoleAnswers, Some(role.external_id)),
        (CheckKind::RefusesWithout, None),
        (CheckKind::RefusesWrong, Some(wrong.as_str())),
        (CheckKind::RoleAnswers, Some(role.external_id)),
    ] {
        let answer = knock(&reach.sdk, role.arn, external_id, role.session).await;
        let positive = kind == CheckKind::RoleAnswers;
        let outcome = match answer {
            Answer::Admitted(account) if positive => {
                tried.account = Some(*account);
                CheckOutcome::Passed
            }
            Answer::Refused if !positive => CheckOutcome::Passed,
            Answer::Admitted(_) => failed("it let us in"),
            Answer::Refused => failed("it refuses us"),
            Answer::Lost(error) => tried.lost(error),
        };
        let proven = outcome == CheckOutcome::Passed;
        let open = !positive && matches!(outcome, CheckOutcome::Failed { .. });
        tried.say(kind, outcome, now);
        if open || (positive && !proven) {
            tried.account = None;
            return Ok(tried);
        }
    }
    if let Some(account) = tried.account.take()
        && tried.all_passed()
    {
        let region = reach.sdk.region().map(ToString::to_string);
        let region = region.as_deref().unwrap_or("us-east-1");
        let outcome = match caller_account(&account.in_region(region)).await {
            Ok(number) if number == role.account => CheckOutcome::Passed,
            Ok(number) => failed(&format!("AWS calls it {number}")),
            Err(error) => tried.lost(error),
        };
        tried.say(CheckKind::AccountMatches, outcome, now);
        if tried.all_passed() {
            let outcome = claim(store, role.account, tenant).await?;
            tried.say(CheckKind::UniqueAmongTenants, outcome, now);
        }
        tried.account = Some(account).filter(|_| tried.all_passed());
    }
    Ok(tried)
}

pub(crate) fn failed(said: &str) -> CheckOutcome {
    CheckOutcome::Failed {
        said: said.to_owned(),
    }
}

/// Makes the account the tenant's, whose role there has just been proven: typing another's account number claims nothing.
async fn claim(
    store: &Store,
    account: &str,
    tenant: &TenantId,
) -> Result<CheckOutcome, StoreError> {
    let control = store.control();
    let claimed = match control.owner(Claim::AwsAccount, account).await? {
        Some(owner) if owner == *tenant => Ok(()),
        Some(_) => Err(StoreError::Conflict(account.to_owned())),
        None => control.claim(Claim::AwsAccount, account, tenant).await,
    };
    match claimed {
        Ok(()) => Ok(CheckOutcome::Passed),
        Err(StoreError::Conflict(_)) => Ok(failed("another tenant has it")),
        Err(other) => Err(other),
    }
}

/// Writes what a round came to, and tells the router what people are to be told, in one transaction: a second delivery of
/// the same job finds the state written and has nothing to tell.
///
/// # Errors
/// When the store fails, or the connection is gone.
pub(crate) async fn settle(
    store: &Store,
    tenant: &TenantId,
    connection: &Connection,
    checks: &[Check],
    slot: Option<Timestamp>,
    every: SignedDuration,
    now: Timestamp,
) -> Result<Connection, AccountError> {
    let own = store.of(tenant);
    let mut before = connection.clone();
    for _ in 0..ATTEMPTS {
        let round = Round {
            checks,
            slot,
            every,
            now,
        };
        let (after, change) = verify::settle(&before, &round);
        let outbox = change.map(|change| outbox(&after, change, now));
        match own
            .settle_connection(&before, &after, outbox.as_ref())
            .await
        {
            Ok(()) => {
                if let Some(outbox) = outbox {
                    let message = Message::FinishedScan(FinishedScan {
                        tenant: tenant.clone(),
                        outbox: outbox.id,
                    });
                    store.queues().send(&message).await?;
                }
                return Ok(after);
            }
            Err(StoreError::Conflict(_)) => before = own.get_connection(&connection.id).await?,
            Err(error @ StoreError::NotFound(_)) => {
                // It was removed meanwhile, and what was claimed for it must not stay.
                give_back(store, &own, connection).await?;
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(connection.id.to_string()).into())
}

fn outbox(connection: &Connection, change: ConnectionChange, now: Timestamp) -> OutboxItem {
    let scope = connection.as_scope(Stage::Prod).id;
    let scan = ScanId::of_slot(&scope, now);
    OutboxItem {
        id: OutboxId::of_scan(&scan),
        scan,
        cluster: scope,
        at: now,
        first: false,
        unreadable: None,
        readable_changed: false,
        changes: Vec::new(),
        connection: Some(change),
    }
}
