use jiff::Timestamp;

use crate::{
    Check, CheckKind, CheckOutcome, Checked, Connection, ConnectionId, ConnectionKind,
    ConnectionState, Endpoint, EndpointAccess, Provider,
};

fn endpoint(access: EndpointAccess) -> Connection {
    let endpoint = Endpoint {
        name: "edge".to_owned(),
        url: "https://api.acme.example".to_owned(),
        provider: Provider::Other,
        ca: None,
        external_id: "plm-7f".to_owned(),
        access,
    };
    let kind = ConnectionKind::Endpoint(Box::new(endpoint));
    Connection::new(ConnectionId::of(&["c"]), kind, None, Timestamp::UNIX_EPOCH)
}

fn secret() -> EndpointAccess {
    EndpointAccess::Secret {
        name: "edge".to_owned(),
    }
}

fn gke() -> EndpointAccess {
    EndpointAccess::Gke {
        project: "471".to_owned(),
        pool: "plimsoll".to_owned(),
        provider: "aws".to_owned(),
        service_account: None,
    }
}

fn said(access: EndpointAccess, kind: CheckKind, said: &str) -> String {
    let said = said.to_owned();
    let mut connection = endpoint(access);
    connection.checked = Checked {
        checks: vec![Check {
            kind,
            outcome: CheckOutcome::Failed { said },
            at: Timestamp::UNIX_EPOCH,
        }],
        ..Checked::default()
    };
    let standing = connection.standing(&[]);
    format!("{} | {}", standing.reason, standing.next)
}

#[test]
fn every_failed_check_says_why_and_the_next_step() {
    let web = EndpointAccess::WebIdentity { audience: None };
    for (access, kind, what, expected) in [
        (
            secret(),
            CheckKind::TokenAccepted,
            "401",
            "The API server of edge does not accept our token (401). | It has expired, or is of another cluster: put a new one in its place. We check again every hour.",
        ),
        (
            web.clone(),
            CheckKind::TokenAccepted,
            "401",
            "The API server of edge does not accept our token (401). | Let the API server's AuthenticationConfiguration accept our issuer with this audience and no other. We check again every hour.\naudiences: [plm-7f]",
        ),
        (
            secret(),
            CheckKind::ListsAllowed,
            "namespaces is forbidden",
            "The API server of edge lets us in, but does not let us list: namespaces is forbidden. | Apply the ClusterRole, and bind it to that user or its group. We check again every hour.\nplimsoll access cluster-role | kubectl apply -f -",
        ),
        (
            gke(),
            CheckKind::RefusesOthersToken,
            "it let us in",
            "What lets us into edge takes a token with another audience, so another customer of ours could have it read. | Let the provider aws accept our issuer with this audience and no other. We check again every hour.\ngcloud iam workload-identity-pools providers update-oidc aws --project 471 --location global --workload-identity-pool plimsoll --allowed-audiences plm-7f",
        ),
        (
            secret(),
            CheckKind::NameResolves,
            "",
            "https://api.acme.example does not resolve to an address. | Correct the address of the connection, or the name's entry in DNS, which must be public. We check again every hour.",
        ),
        (
            secret(),
            CheckKind::AddressAllowed,
            "https://api.acme.example leads to 10.0.0.1, in a private network that this service may not enter",
            "https://api.acme.example leads to 10.0.0.1, in a private network that this service may not enter. | Give an address of the API server that can be reached from the internet. Only the operator of Plimsoll can allow a private network.",
        ),
    ] {
        assert_eq!(said(access, kind, what), expected);
    }
}

#[test]
fn a_connection_that_works_says_what_was_proven_of_it() {
    let standing = |access| {
        let mut connection = endpoint(access);
        connection.state = ConnectionState::Connected;
        connection.standing(&[]).reason
    };
    assert_eq!(
        standing(gke()),
        "Read-only, checked that a token made for another connection does not open it. Re-checked daily. 0 clusters found, 0 readable."
    );
    assert_eq!(
        standing(secret()),
        "Read by its own token. Re-checked daily. 0 clusters found, 0 readable."
    );
}

#[test]
fn what_could_not_be_tried_is_said_so() {
    let mut connection = endpoint(gke());
    let said = "sts.googleapis.com answers 503".to_owned();
    connection.checked.checks = vec![Check {
        kind: CheckKind::TokenObtained,
        outcome: CheckOutcome::Lost { said },
        at: Timestamp::UNIX_EPOCH,
    }];
    assert_eq!(
        connection.standing(&[]).reason,
        "The cluster could not be tried: sts.googleapis.com answers 503."
    );
}
