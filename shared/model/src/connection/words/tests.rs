use jiff::Timestamp;

use super::*;
use crate::{Checked, ConnectionId, Reason, ReasonCode, Stage};

fn aws() -> ConnectionKind {
    ConnectionKind::Aws {
        account: "471100000815".to_owned(),
        role: "PlimsollScanner".to_owned(),
        external_id: "plm-7f".to_owned(),
        regions: vec!["eu-central-1".to_owned()],
    }
}

fn connection(state: ConnectionState, checks: Vec<Check>) -> Connection {
    let id = ConnectionId::of(&["c"]);
    Connection {
        state,
        checked: Checked {
            checks,
            ..Checked::default()
        },
        ..Connection::new(id, aws(), None, Timestamp::UNIX_EPOCH)
    }
}

fn check(kind: CheckKind, outcome: CheckOutcome) -> Check {
    let at = Timestamp::UNIX_EPOCH;
    Check { kind, outcome, at }
}

fn failed(kind: CheckKind) -> Check {
    let said = "it let us in".to_owned();
    check(kind, CheckOutcome::Failed { said })
}

fn lost(kind: CheckKind) -> Check {
    let said = "sts:AssumeRole throttled: Rate exceeded".to_owned();
    check(kind, CheckOutcome::Lost { said })
}

fn said(connection: &Connection) -> String {
    let standing = connection.standing(&[]);
    format!("{}: {} | {}", standing.word, standing.reason, standing.next)
}

#[test]
fn every_state_says_why_and_what_to_do() {
    let waiting = connection(
        ConnectionState::Waiting,
        vec![failed(CheckKind::RoleAnswers)],
    );
    assert_eq!(
        said(&waiting),
        "waiting: Nothing yet from the role PlimsollScanner. | Usual causes: the stack is still in progress; it was rolled back (open its Events); it was created in another account than 471100000815 (we try only that one)."
    );
    let taken = connection(
        ConnectionState::Waiting,
        vec![failed(CheckKind::UniqueAmongTenants)],
    );
    assert_eq!(
        said(&taken),
        "waiting: Another tenant has connected account 471100000815. | Ask the operator of Plimsoll: an account belongs to one tenant."
    );
    let ours = connection(ConnectionState::Waiting, vec![lost(CheckKind::RoleAnswers)]);
    assert_eq!(
        said(&ours),
        "waiting: The role could not be tried: sts:AssumeRole throttled: Rate exceeded. | Ask the operator of Plimsoll if it stays so."
    );
    let verifying = connection(
        ConnectionState::Verifying,
        vec![lost(CheckKind::RefusesWrong)],
    );
    assert_eq!(
        said(&verifying),
        "verifying: The role answers. Not known yet: it refuses a wrong one: not known, sts:AssumeRole throttled: Rate exceeded. | Nothing to do: we check again within minutes."
    );
    let (reason, mend) = mended(&aws(), &failed(CheckKind::RefusesWithout));
    let since = Timestamp::UNIX_EPOCH;
    let suspended = ConnectionState::Suspended {
        reason,
        mend,
        since,
    };
    assert_eq!(
        said(&connection(suspended, Vec::new())),
        "suspended: The role PlimsollScanner lets us in without an ExternalId, so another customer of ours could ask for your data. | Put this condition into the trust policy of PlimsollScanner. We check again every hour.\n\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"plm-7f\"}}"
    );
}

#[test]
fn connected_counts_clusters_and_does_not_hide_what_was_lost() {
    let mut connection = connection(ConnectionState::Connected, Vec::new());
    let cluster = |name: &str, readable| {
        let scope = connection.as_scope(Stage::Prod);
        let id = crate::ClusterId::of(&[name]);
        let name = name.to_owned();
        let provider = crate::Provider::Eks;
        Cluster {
            id,
            name,
            readable,
            provider,
            ..scope
        }
    };
    let reason = Reason::new(ReasonCode::PermissionMissing, "access entry missing (401)");
    let since = Timestamp::UNIX_EPOCH;
    let clusters = [
        cluster("prod-eu-1", Readable::Yes),
        cluster("edge-2", Readable::No { reason, since }),
        connection.as_scope(Stage::Prod),
    ];
    let standing = connection.standing(&clusters);
    assert_eq!(
        standing.reason,
        "Read-only, checked that nobody can use it without your ExternalId. Re-checked daily. 2 clusters found, 1 readable."
    );
    assert_eq!(standing.next, NextStep::default());
    connection.checked.checks = vec![lost(CheckKind::RefusesWithout)];
    let reason = connection.standing(&clusters[..1]).reason;
    assert!(
        reason.contains("Not known from the last check: it refuses without"),
        "{reason}"
    );
    assert!(reason.ends_with("1 cluster found, 1 readable."), "{reason}");
    let unread = Check::of_cluster(&clusters[1]).unwrap();
    assert_eq!(
        unread.line(&aws()),
        "edge-2 readable: no, access entry missing (401)"
    );
}

#[test]
fn names_for_people_say_what_they_name() {
    let connection = connection(ConnectionState::Waiting, Vec::new());
    assert_eq!(connection.shown_name(), "AWS 4711…0815");
    let mut scope = connection.as_scope(Stage::Prod);
    assert_eq!(scope.shown_name(), "AWS 4711…0815");
    scope.name = "471100000815-eu-central-1".to_owned();
    scope.region = Some("eu-central-1".to_owned());
    assert_eq!(scope.shown_name(), "AWS 4711…0815, eu-central-1");
    scope.provider = crate::Provider::Eks;
    assert_eq!(scope.shown_name(), "471100000815-eu-central-1");
}
