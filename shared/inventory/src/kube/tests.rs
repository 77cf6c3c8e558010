//! Lists of live clusters against the example world.

use std::collections::BTreeSet;

use plimsoll_cel::Bump;
use plimsoll_model::kind::named as kind_named;
use plimsoll_world::{Failure, Fault};

use super::*;
use crate::network::AllowedNetworks;
use crate::stage::{ACME, GLOBEX, ROLE, Stage, quick};

/// What a list handed over, as a caller should count it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    names: BTreeSet<String>,
    pages: usize,
    restarts: usize,
    remaining: Vec<u64>,
}

async fn list(reader: &ClusterReader, kind: &str, scope: &ListScope) -> (ListOutcome, Read) {
    let mut read = Read::default();
    let mut arena = Bump::new();
    let outcome = reader
        .list(kind_named(kind).unwrap(), scope, &mut |event| match event {
            ListEvent::Restarted => {
                read = Read {
                    restarts: read.restarts + 1,
                    ..Read::default()
                }
            }
            ListEvent::Page(page) => {
                read.pages += 1;
                read.remaining.extend(page.remaining);
                page.for_each(&mut arena, |node| {
                    assert_eq!(node.get("kind").unwrap().as_str(), Some(kind));
                    let written = node.at(&["metadata", "managedFields"]);
                    let entries = written.iter().flat_map(|list| list.items());
                    assert!(entries.clone().all(|entry| entry.get("fieldsV1").is_none()));
                    let text = |key| {
                        node.at(&["metadata", key])
                            .and_then(|n| n.as_str())
                            .unwrap_or_default()
                    };
                    let name = format!("{}/{}", text("namespace"), text("name"));
                    assert!(read.names.insert(name), "each object once");
                });
            }
        })
        .await;
    (outcome, read)
}

fn all() -> ListScope {
    ListScope::default()
}

async fn prod(stage: &Stage) -> ClusterReader {
    stage.reader(ACME, "eu-central-1", "prod-eu-1").await
}

#[tokio::test]
async fn a_list_comes_page_by_page_and_whole() {
    let stage = Stage::new().await;
    let reader = prod(&stage).await;
    let (outcome, read) = list(&reader, "Pod", &all()).await;
    let count = read.names.len() as u64;
    assert_eq!(outcome, ListOutcome::Complete { count });
    assert!(read.pages > 2 && count > 10, "{read:?}");
    assert_eq!(read.remaining.first(), Some(&(count - 5)));
    assert!(
        read.remaining.is_sorted_by(|a, b| a > b),
        "{:?}",
        read.remaining
    );
    let version = reader.version().await.unwrap();
    assert!(
        version.minor.starts_with("1.") && version.provider() == "eks",
        "{version:?}"
    );
    let few = ListScope {
        namespaces: vec!["payments".into(), "shop".into()],
        ..all()
    };
    let (outcome, some) = list(&reader, "Deployment", &few).await;
    assert_eq!(
        outcome,
        ListOutcome::Complete {
            count: some.names.len() as u64
        }
    );
    assert!(
        some.names
            .iter()
            .all(|n| n.starts_with("payments/") || n.starts_with("shop/"))
    );
    assert!(
        some.names.iter().any(|n| n.starts_with("payments/"))
            && some.names.iter().any(|n| n.starts_with("shop/"))
    );
}

#[tokio::test]
async fn a_list_that_lost_its_version_is_read_again_and_counts_once() {
    let stage = Stage::new().await;
    let reader = prod(&stage).await;
    let (_, calm) = list(&reader, "Pod", &all()).await;
    stage
        .world
        .fault(Fault::list("prod-eu-1", "pods", Failure::Expired).after(1));
    let (outcome, read) = list(&reader, "Pod", &all()).await;
    assert_eq!(
        outcome,
        ListOutcome::Complete {
            count: calm.names.len() as u64
        }
    );
    assert_eq!((read.restarts, &read.names), (1, &calm.names));
    stage
        .world
        .fault(Fault::list("prod-eu-1", "pods", Failure::Expired).always());
    let (outcome, read) = list(&reader, "Pod", &all()).await;
    assert!(
        matches!(
            outcome,
            ListOutcome::Failed {
                error: ClusterError::Server { status: 410, .. },
                ..
            }
        ),
        "{outcome:?}"
    );
    assert_eq!(read.restarts, 3);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_does_not_is_said() {
    let stage = Stage::new().await;
    let reader = prod(&stage).await;
    let (_, calm) = list(&reader, "Service", &all()).await;
    for failure in [
        Failure::TooManyRequests { retry_after: 1 },
        Failure::InternalError,
        Failure::Closed,
        Failure::CutShort,
    ] {
        stage
            .world
            .fault(Fault::list("prod-eu-1", "services", failure).times(3));
        let (outcome, read) = list(&reader, "Service", &all()).await;
        assert!(
            matches!(outcome, ListOutcome::Complete { .. }),
            "{failure:?}: {outcome:?}"
        );
        assert_eq!(read.names, calm.names, "{failure:?}");
        stage
            .world
            .fault(Fault::list("prod-eu-1", "services", failure).always());
        let (outcome, _) = list(&reader, "Service", &all()).await;
        assert!(
            matches!(outcome, ListOutcome::Failed { .. }),
            "{failure:?}: {outcome:?}"
        );
        stage.world.clear_faults();
    }
    stage.world.fault(
        Fault::list(
            "prod-eu-1",
            "services",
            Failure::TooManyRequests { retry_after: 9 },
        )
        .always(),
    );
    let (outcome, _) = list(&reader, "Service", &all()).await;
    assert!(
        matches!(
            outcome,
            ListOutcome::Failed {
                error: ClusterError::Server { status: 429, .. },
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refused_list_is_denied_and_an_unknown_kind_is_absent() {
    let stage = Stage::new().await;
    let reader = stage.reader(GLOBEX, "eu-west-1", "lab").await;
    let (outcome, read) = list(&reader, "ClusterRole", &all()).await;
    let ListOutcome::Denied { message, user } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        message.contains("clusterroles") && message.contains("forbidden"),
        "{message}"
    );
    assert!(user.is_some_and(|user| user.contains(ROLE)), "{message}");
    assert!(read.names.is_empty());
    let (outcome, _) = list(&reader, "Pod", &all()).await;
    assert!(
        matches!(outcome, ListOutcome::Complete { .. }),
        "the rest is read: {outcome:?}"
    );
    let (outcome, _) = list(&reader, "CiliumNetworkPolicy", &all()).await;
    assert_eq!(
        outcome,
        ListOutcome::Absent,
        "what the server does not have is no refusal"
    );
}

#[tokio::test]
async fn a_cluster_without_access_entry_does_not_know_us() {
    let stage = Stage::new().await;
    stage.world.set_week(3);
    let reader = stage.reader(GLOBEX, "eu-central-1", "edge").await;
    let (outcome, _) = list(&reader, "Pod", &all()).await;
    let ListOutcome::Failed { error, count: 0 } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        matches!(error, ClusterError::Unauthorized { .. }) && error.concerns_whole_cluster(),
        "{error}"
    );
}

#[tokio::test]
async fn tokens_are_made_anew_as_they_age() {
    let stage = Stage::new().await;
    let reader = prod(&stage).await;
    for seconds in [0, 500, 700, 1_000] {
        stage.wait(seconds);
        let (outcome, _) = list(&reader, "Namespace", &all()).await;
        assert!(
            matches!(outcome, ListOutcome::Complete { .. }),
            "after {seconds} s: {outcome:?}"
        );
    }
    stage.wait(3_600);
    let (outcome, _) = list(&reader, "Namespace", &all()).await;
    assert!(
        matches!(
            outcome,
            ListOutcome::Failed {
                error: ClusterError::Unauthorized { .. },
                ..
            }
        ),
        "the session is over"
    );
}

#[tokio::test]
async fn a_private_endpoint_is_not_entered_without_leave() {
    let stage = Stage::new().await;
    let target = stage.target(ACME, "eu-central-1", "prod-eu-1").await;
    let credentials = stage.account(ACME).await.credentials();
    let connect = |allowed| {
        connect_eks(
            &target,
            credentials.clone(),
            stage.clock(),
            allowed,
            quick(),
        )
        .unwrap()
    };
    let before = stage.world.requests().len();
    let error = connect(AllowedNetworks::public_only())
        .version()
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClusterError::NetworkNotAllowed { ip, .. } if ip.is_loopback()),
        "{error}"
    );
    assert_eq!(stage.world.requests().len(), before, "nothing was sent");
    let own = target.endpoint.trim_start_matches("https://").to_owned();
    assert!(
        connect(AllowedNetworks::parse(&[own]).unwrap())
            .version()
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn another_authority_is_no_secure_connection() {
    let stage = Stage::new().await;
    let mut target = stage.target(ACME, "eu-central-1", "prod-eu-1").await;
    target.certificate_authority = stage
        .target(ACME, "eu-central-1", "dev-1")
        .await
        .certificate_authority;
    let credentials = stage.account(ACME).await.credentials();
    let reader = connect_eks(
        &target,
        credentials,
        stage.clock(),
        AllowedNetworks::everything(),
        quick(),
    )
    .unwrap();
    let error = reader.version().await.unwrap_err();
    assert!(
        matches!(&error, ClusterError::Tls { why, .. } if why.contains("certificate")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_kubeconfig_context_reads_the_same_cluster() {
    let stage = Stage::new().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    std::fs::write(&path, stage.world.kubeconfig("prod-eu-1", ROLE).unwrap()).unwrap();
    let reader = connect_context(Some(&path), None, AllowedNetworks::everything(), quick())
        .await
        .unwrap();
    assert_eq!(reader.name(), "prod-eu-1");
    let (outcome, read) = list(&reader, "Pod", &all()).await;
    assert_eq!(
        read.names,
        list(&prod(&stage).await, "Pod", &all()).await.1.names
    );
    assert!(matches!(outcome, ListOutcome::Complete { .. }));
    stage.wait(901);
    let (outcome, _) = list(&reader, "Pod", &all()).await;
    assert!(
        matches!(
            outcome,
            ListOutcome::Failed {
                error: ClusterError::Unauthorized { .. },
                ..
            }
        ),
        "an expired token"
    );
    stage.world.shutdown().await;
    let error = reader.version().await.unwrap_err();
    assert!(
        matches!(&error, ClusterError::Unreachable { private: true, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_plugin_that_fails_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    let file = "apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n\
        users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: plimsoll-no-such-plugin, interactiveMode: Never}}}]\n\
        contexts: [{name: x, context: {cluster: c, user: u}}]\n";
    std::fs::write(&path, file).unwrap();
    let error = connect_context(Some(&path), None, AllowedNetworks::everything(), quick())
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, ClusterError::Credentials { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("plimsoll-no-such-plugin"),
        "{error}"
    );
}

#[tokio::test]
async fn four_lists_at_most_are_read_at_once() {
    let stage = Stage::new().await;
    let reader = prod(&stage).await;
    let kinds = [
        "Pod",
        "Service",
        "Deployment",
        "ConfigMap",
        "Namespace",
        "Node",
        "Role",
        "RoleBinding",
    ];
    let tasks: Vec<_> = kinds
        .map(|kind| {
            let reader = reader.clone();
            tokio::spawn(async move { list(&reader, kind, &ListScope::default()).await.0 })
        })
        .into_iter()
        .collect();
    for task in tasks {
        assert!(matches!(task.await.unwrap(), ListOutcome::Complete { .. }));
    }
}
