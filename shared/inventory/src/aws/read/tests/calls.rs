//! Calls grow with pages, not with objects, but for the operations that the README beside the readers names.

mod many;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_model::NodeRoute;
use serde_json::json;

use crate::aws::DiscoveredCluster;
use crate::aws::read::{Place, global, region};
use crate::aws::wire::tests::server::hurried;
use crate::aws::wire::{Account, actions};
use crate::stage::{ACME, Stage};

const REGION: &str = "eu-central-1";
const FEW: usize = 2;
/// Ten times as many, which fit on one page of every list.
const MANY: usize = 10 * FEW;

/// How often each action was asked for while an account is read in which there are so many of everything, and so many
/// clusters.
async fn calls(objects: usize, clusters: usize) -> BTreeMap<String, usize> {
    let stage = Stage::new().await;
    many::put(&stage.world, objects);
    let config = stage.account(ACME).await.in_region(REGION);
    let account = Account::new(hurried(&config), ACME, Arc::default());
    let cluster = |name: String| DiscoveredCluster {
        described: json!({ "name": name }),
        region: REGION.to_owned(),
        name,
    };
    let others = (1..clusters).map(|n| cluster(format!("none-{n}")));
    let clusters: Vec<_> = [cluster("prod-eu-1".to_owned())]
        .into_iter()
        .chain(others)
        .collect();
    let before = stage.world.requests().len();
    let place = Place {
        account: ACME,
        region: Some(REGION),
    };
    region(&account, place, &clusters, Some(NodeRoute::Ssm)).await;
    let everywhere = Place {
        region: None,
        ..place
    };
    global(&account, everywhere).await;
    let actions = actions(Some(NodeRoute::Ssm)).unwrap();
    let mut calls = BTreeMap::new();
    for request in stage.world.requests().split_off(before) {
        let asked = (request.service.as_str(), request.operation.as_str());
        let action = actions.iter().find(|(_, all)| all.contains(&asked));
        let action = action.unwrap_or_else(|| panic!("{asked:?} is not in the table"));
        *calls.entry(action.0.clone()).or_default() += 1;
    }
    calls
}

fn grown(few: &BTreeMap<String, usize>, many: &BTreeMap<String, usize>) -> BTreeSet<String> {
    let grown = many
        .iter()
        .filter(|(action, count)| few.get(*action).copied().unwrap_or_default() < **count);
    grown.map(|(action, _)| action.clone()).collect()
}

/// The actions in the first cells of a table of the README.
fn declared(heading: &str) -> BTreeSet<String> {
    let text = include_str!("../README.md");
    let (_, section) = text.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| {
        let cell = line.strip_prefix("| `")?;
        cell.split(" |").next()
    });
    let names = cells.flat_map(|cell| cell.split([',', ' ', '`']));
    names
        .filter(|name| name.contains(':'))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn calls_grow_with_pages_but_for_the_declared() {
    let (few, many) = (calls(FEW, 1).await, calls(MANY, 1).await);
    let by_object = grown(&few, &many);
    let declared = declared("## Calls that grow with objects");
    assert_eq!(by_object, declared, "{many:#?}");
    for action in &by_object {
        let most = few[action] * MANY / FEW;
        assert!(many[action] <= most, "{action}: {} calls", many[action]);
    }
    let flat = many.keys().filter(|action| !by_object.contains(*action));
    let twice: Vec<_> = flat.clone().filter(|action| many[*action] > 1).collect();
    // Of both generations, and first the public ones: two lists each.
    assert_eq!(
        twice,
        [
            "ec2:DescribeSnapshots",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags"
        ]
    );
    println!(
        "exercised: {} actions whose calls do not grow with {MANY} objects instead of {FEW}, {} whose do",
        flat.count(),
        by_object.len()
    );
}

#[tokio::test]
async fn a_cluster_costs_the_lists_of_its_parts() {
    let (one, ten) = (calls(0, 1).await, calls(0, 10).await);
    assert_eq!(
        grown(&one, &ten),
        [
            "eks:ListAccessEntries",
            "eks:ListAddons",
            "eks:ListFargateProfiles",
            "eks:ListIdentityProviderConfigs",
            "eks:ListNodegroups",
            "eks:ListPodIdentityAssociations",
        ]
        .map(str::to_owned)
        .into()
    );
}
