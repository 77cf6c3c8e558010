//! The Kubernetes API through kube and, where the answer itself matters, through plain HTTPS.

use kube::api::{Api, DynamicObject, ListParams};
use kube::core::{ApiResource, GroupVersionKind};

use super::*;

const REGION: &str = "eu-central-1";

fn kube_client(far: &Far) -> kube::Client {
    let mut config = kube::Config::new(far.endpoint.parse().unwrap());
    let pem: String = far
        .pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    config.root_cert = Some(vec![STANDARD.decode(pem).unwrap()]);
    config.auth_info.token = Some(far.token.clone().into());
    kube::Client::try_from(config).unwrap()
}

#[tokio::test]
async fn kube_reads_a_cluster_page_by_page() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let client = kube_client(&far);
    assert_eq!(client.apiserver_version().await.unwrap().minor, "34");
    let pods = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "Pod"));
    let pods: Api<DynamicObject> = Api::all_with(client, &pods);
    let all = pods.list(&ListParams::default()).await.unwrap().items;
    let mut paged = Vec::new();
    let mut params = ListParams::default().limit(7);
    loop {
        let page = pods.list(&params).await.unwrap();
        assert!(page.items.len() <= 7);
        paged.extend(page.items);
        match page.metadata.continue_ {
            Some(token) => params = params.continue_token(&token),
            None => break,
        }
    }
    let names = |list: &[DynamicObject]| -> Vec<_> {
        list.iter().map(|pod| pod.metadata.name.clone()).collect()
    };
    assert!(all.len() > 20);
    assert_eq!(names(&paged), names(&all));
}

#[tokio::test]
async fn a_list_looks_as_an_api_server_writes_it() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let list = far.json("/api/v1/namespaces/payments/pods?limit=1").await;
    assert_eq!(
        (list["kind"].as_str(), list["apiVersion"].as_str()),
        (Some("PodList"), Some("v1"))
    );
    assert_eq!(list["metadata"]["remainingItemCount"], 4);
    let pod = &list["items"][0];
    assert!(pod.get("kind").is_none(), "items of a list carry no kind");
    for field in [
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "ownerReferences",
    ] {
        assert!(!pod["metadata"][field].is_null(), "{field}");
    }
    let empty = far.json("/apis/apps/v1/namespaces/none/deployments").await;
    assert_eq!(empty["items"], serde_json::json!([]));
    let one = far
        .json("/apis/apps/v1/namespaces/payments/deployments/ledger")
        .await;
    assert_eq!(one["kind"], "Deployment");
    assert_eq!(
        far.get("/apis/apps/v1/namespaces/payments/deployments/x")
            .await
            .status(),
        404
    );
    let request = far
        .http()
        .get(format!("{}/api/v1/pods", far.endpoint))
        .bearer_auth(&far.token);
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let partial: serde_json::Value = request
        .header("accept", accept)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(partial["kind"], "PartialObjectMetadataList");
    assert!(partial["items"][0].get("spec").is_none());
}

#[tokio::test]
async fn every_kind_of_the_table_can_be_listed_by_a_reader_but_secrets() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let client = far.http();
    for kind in crate::kinds::KINDS {
        let base = if kind.group.is_empty() {
            "api/v1"
        } else {
            &format!("apis/{}", kind.api_version())
        };
        let url = format!("{}/{base}/{}", far.endpoint, kind.plural);
        let status = client
            .get(url)
            .bearer_auth(&far.token)
            .send()
            .await
            .unwrap()
            .status();
        let closed = ["secrets", "events", "leases"];
        let expected = if closed.contains(&kind.plural) {
            403
        } else {
            200
        };
        assert_eq!(status, expected, "{}", kind.plural);
    }
    assert_eq!(far.get("/metrics").await.status(), 403);
    assert_eq!(
        far.json("/apis/apps/v1").await["resources"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    let groups = far.json("/apis").await["groups"].as_array().unwrap().len();
    assert!(groups > 10, "{groups}");
}

#[tokio::test]
async fn a_refused_list_says_so_in_the_servers_words() {
    let stage = Stage::new().await;
    let far = stage.cluster(GLOBEX, "eu-west-1", "lab").await;
    for (path, resource, group) in [
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            "clusterroles",
            RBAC,
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            "clusterrolebindings",
            RBAC,
        ),
        (
            "/apis/networking.k8s.io/v1/networkpolicies",
            "networkpolicies",
            "networking.k8s.io",
        ),
    ] {
        let answer = far.get(path).await;
        assert_eq!(answer.status(), 403);
        let body: serde_json::Value = answer.json().await.unwrap();
        let user = format!("arn:aws:sts::{GLOBEX}:assumed-role/{ROLE}/t-test.s-1");
        let message = format!(
            "{resource}.{group} is forbidden: User \"{user}\" cannot list resource \"{resource}\" \
             in API group \"{group}\" at the cluster scope"
        );
        assert_eq!(body["message"], message);
        assert_eq!(
            body["details"],
            serde_json::json!({ "kind": resource, "group": group })
        );
    }
    assert_eq!(far.get("/api/v1/pods").await.status(), 200);
}

const RBAC: &str = "rbac.authorization.k8s.io";

#[tokio::test]
async fn tokens_of_others_and_no_tokens_get_401() {
    let stage = Stage::new().await;
    let mut far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let keys = stage.assume(GLOBEX).await;
    let now = stage.clock.now();
    let other_tenant = token(&keys, REGION, "prod-eu-1", now);
    let other_cluster = stage.cluster(ACME, REGION, "dev-1").await.token;
    let vendor = token(&stage.vendor(), REGION, "prod-eu-1", now);
    for forged in [
        other_tenant,
        other_cluster,
        vendor,
        "k8s-aws-v1.x".to_owned(),
    ] {
        far.token = forged;
        let answer = far.get("/api/v1/pods").await;
        assert_eq!(answer.status(), 401);
        let body: serde_json::Value = answer.json().await.unwrap();
        let expected = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "Unauthorized", "reason": "Unauthorized", "code": 401,
        });
        assert_eq!(body, expected);
    }
    let bare = far
        .http()
        .get(format!("{}/version", far.endpoint))
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 401);
    let log = stage.world.requests();
    let reasons: Vec<&str> = log
        .iter()
        .filter_map(|request| request.reason.as_deref())
        .collect();
    assert_eq!(reasons.len(), 5);
    assert_eq!(reasons[0], "no access entry for the role");
    assert!(reasons[1].contains("another cluster"));
    assert_eq!(reasons[4], "no token");
}

#[tokio::test]
async fn a_token_is_good_for_fifteen_minutes() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "dev-1").await;
    assert_eq!(far.get("/api/v1/pods").await.status(), 200);
    stage.wait(16 * 60);
    assert_eq!(far.get("/api/v1/pods").await.status(), 401);
    let fresh = stage.cluster(ACME, REGION, "dev-1").await;
    assert_eq!(fresh.get("/api/v1/pods").await.status(), 200);
}

#[tokio::test]
async fn a_kubeconfig_logs_in_as_its_role() {
    let stage = Stage::new().await;
    for (role, status) in [(ROLE, 200), ("Stranger", 401)] {
        let text = stage.world.kubeconfig("lab", role).unwrap();
        let parsed = kube::config::Kubeconfig::from_yaml(&text).unwrap();
        let options = kube::config::KubeConfigOptions::default();
        let config = kube::Config::from_custom_kubeconfig(parsed, &options);
        let client = kube::Client::try_from(config.await.unwrap()).unwrap();
        let result = client.list_core_api_versions().await;
        match result {
            Ok(versions) => assert_eq!((status, versions.versions), (200, vec!["v1".to_owned()])),
            Err(kube::Error::Api(error)) => assert_eq!(error.code, status),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn another_clusters_authority_is_not_this_ones() {
    let stage = Stage::new().await;
    let mut far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    far.pem = stage.cluster(ACME, REGION, "dev-1").await.pem;
    let request = far
        .http()
        .get(format!("{}/version", far.endpoint))
        .bearer_auth(&far.token);
    assert!(request.send().await.unwrap_err().is_connect());
}
