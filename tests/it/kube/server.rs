//! The test server itself: who may do what, and that it ends.

use plimsoll_tests::kube_server::{Caller, KubeServer};

#[tokio::test]
async fn callers_are_told_apart() {
    let server = KubeServer::start().await.unwrap();
    let pods = "/api/v1/pods";
    assert_eq!(
        server
            .api(Caller::Admin)
            .unwrap()
            .get(pods)
            .await
            .unwrap()
            .status,
        200
    );
    let refused = server.api(Caller::Reader).unwrap().get(pods).await.unwrap();
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.message(),
        r#"pods is forbidden: User "reader" cannot list resource "pods" in API group "" at the cluster scope"#
    );
    assert_eq!(
        server
            .api(Caller::Stranger)
            .unwrap()
            .get(pods)
            .await
            .unwrap()
            .status,
        401
    );
}

#[tokio::test]
async fn nothing_is_left_when_it_is_dropped() {
    let server = KubeServer::start().await.unwrap();
    let folder = server.kubeconfig().parent().unwrap().to_owned();
    let port = server
        .url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse::<u16>()
        .unwrap();
    drop(server);
    assert!(!folder.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}
