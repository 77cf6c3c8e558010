//! What is asked of an account, and how often.

use super::*;

#[tokio::test]
async fn nothing_of_an_account_is_asked_twice() {
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    stage.look(&mut job).await;
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for request in stage.world.requests() {
        if request.service == "sts" {
            continue;
        }
        let what = format!("{} {} {}", request.service, request.operation, request.uri);
        *asked.entry(what).or_default() += 1;
    }
    let described = |name: &str| asked[&format!("eks DescribeCluster /clusters/{name}")];
    assert_eq!((described("prod-eu-1"), described("dev-1")), (1, 1));
    let by_path = asked.iter().filter(|(what, _)| what.starts_with("eks "));
    let twice: Vec<_> = by_path.filter(|(_, count)| **count > 1).collect();
    assert_eq!(
        twice,
        [(&"eks ListClusters /clusters?maxResults=100".to_owned(), &2)],
        "once a region"
    );
}

#[tokio::test]
async fn what_aws_tells_everybody_is_asked_for_once_by_us_and_judged() {
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let (_, jobs) = stage.look(&mut job).await;
    let mut found = Vec::new();
    for job in &jobs {
        found.extend(stage.scan(job).await.1);
    }
    for finding in [
        "nodegroup-ami-outdated AWS::EKS::Nodegroup eu-central-1/prod-eu-1/batch open",
        "eks-addon-outdated AWS::EKS::Addon eu-central-1/prod-eu-1/metrics-server open",
    ] {
        assert!(
            found.iter().any(|one| one == finding),
            "{finding}: {found:#?}"
        );
    }
    let supported = |one: &String| {
        one.starts_with("eks-version-unsupported") || one.starts_with("eks-extended-support")
    };
    assert!(!found.iter().any(supported));
    let told = stage
        .store
        .control()
        .releases("eu-central-1")
        .await
        .unwrap();
    assert!(told.unwrap().contains("STANDARD_SUPPORT"));

    // Another tenant's account is told the same without asking.
    let before = stage.world.requests().len();
    stage.clock.set(night() + SignedDuration::from_hours(1));
    let mut other = stage.connect("globex").await;
    let (_, jobs) = stage.look(&mut other).await;
    let mut asked = stage.world.requests().split_off(before);
    asked.retain(|one| one.account.as_deref() == Some(plimsoll_world::VENDOR_ACCOUNT));
    asked.retain(|one| one.service != "sts");
    let asked: Vec<_> = asked.iter().map(|one| one.operation.as_str()).collect();
    assert_eq!(
        asked,
        ["DescribeClusterVersions"],
        "of the region that nobody had"
    );
    let mut found = Vec::new();
    for job in &jobs {
        found.extend(stage.scan(job).await.1);
    }
    let extended = "eks-extended-support AWS::EKS::Cluster eu-central-1/edge open".to_owned();
    assert!(found.contains(&extended), "{found:#?}");
}
