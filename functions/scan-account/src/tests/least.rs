//! The customer's role, both ways: it allows nothing that is not asked for, and everything that is; and without any one of
//! its actions exactly the declared policies are not evaluated, while nothing else changes and nothing is closed. The
//! account has something of everything.

mod judged;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;

use plimsoll_catalogue::policies_by_action;
use plimsoll_inventory::aws::wire::actions;
use plimsoll_world::{Failure, Fault};

use self::judged::{Judged, judged};
use super::*;

/// Without these no cluster is found, and nothing is read.
const FINDING: [&str; 2] = ["eks:DescribeCluster", "eks:ListClusters"];
/// What is declared of them.
const ALL: &str = "*";
/// Worlds at work at once.
const AT_ONCE: usize = 4;

/// What is not judged in an account is judged in its clusters by the same policies as in this one.
const LEFT_OUT: &str = "dev-1";

fn below(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Puts the answers of `tests/everything` beside the world's own.
fn put_everything(world: &World) {
    let entries = |path: &Path| {
        let entries = std::fs::read_dir(path).unwrap();
        entries.map(|entry| entry.unwrap().path())
    };
    let objects = std::fs::read_to_string(below("tests/everything/prod-eu-1.yaml")).unwrap();
    world.put("prod-eu-1", &objects).unwrap();
    for region in entries(&below("tests/everything")).filter(|path| path.is_dir()) {
        for file in entries(&region).flat_map(|service| entries(&service).collect::<Vec<_>>()) {
            let path = file.strip_prefix(below("tests/everything")).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            world.put_reply(&format!("{RICH_ACCOUNT}/{}", path.display()), &text);
        }
    }
}

/// An account that has something of everything, evidence of nodes too.
async fn full() -> (Stage, AccountJob) {
    let stage = Stage::new().await;
    put_everything(&stage.world);
    let job = stage.connect_account("acme", RICH_ACCOUNT).await;
    stage.choose(&job, NodeRoute::Ssm).await;
    (stage, job)
}

impl Stage {
    /// A night of the account: what is judged of each scope.
    async fn night(&self, catalogue: &Catalogue, job: &mut AccountJob) -> Vec<Judged> {
        let (_, jobs) = self.look(job).await;
        let mut all = Vec::new();
        for job in &jobs {
            let cluster = self.store.of(&job.tenant).get_cluster(&job.cluster).await;
            let cluster = cluster.unwrap();
            if cluster.name != LEFT_OUT {
                all.push(judged(self, catalogue, job, &cluster).await);
            }
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }
}

/// The actions of the customer's role, those that its stack is told to allow too.
fn granted() -> BTreeSet<String> {
    let template = std::fs::read_to_string(below("../../infra/onboarding/role.yaml")).unwrap();
    let lines = template.lines().filter_map(|line| {
        let actions = line.trim().strip_prefix("Action: [")?;
        actions.strip_suffix(']')
    });
    let actions = lines.flat_map(|actions| actions.split(", "));
    actions.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_customers_role_allows_what_is_asked_for_and_nothing_else() {
    let (stage, mut job) = full().await;
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    stage.night(&catalogue, &mut job).await;
    let actions = actions(Some(NodeRoute::Ssm)).unwrap();
    let action_of = |request: &plimsoll_world::Request| {
        let asked = (request.service.as_str(), request.operation.as_str());
        let found = actions.iter().find(|(_, all)| all.contains(&asked));
        found.map_or(format!("{asked:?}"), |(action, _)| action.clone())
    };
    let requests = stage.world.requests();
    let of_customer = requests.iter().filter(|request| {
        request.account.as_deref() == Some(RICH_ACCOUNT)
            && !matches!(request.service.as_str(), "sts" | "kubernetes")
    });
    let asked: BTreeSet<String> = of_customer.map(action_of).collect();
    let granted = granted();
    let never_asked: Vec<_> = granted.difference(&asked).collect();
    assert!(never_asked.is_empty(), "granted in vain: {never_asked:?}");
    let not_granted: Vec<_> = asked.difference(&granted).collect();
    assert!(not_granted.is_empty(), "asked in vain: {not_granted:?}");
    println!(
        "exercised: {} actions, each granted and asked for",
        asked.len()
    );
}

/// What became of the policies without an action.
struct Without {
    action: String,
    /// Those that are not evaluated, and were before.
    unevaluated: BTreeSet<String>,
    complaints: Vec<String>,
}

/// Takes the actions from the role, one after another.
async fn without_each(catalogue: &Catalogue, actions: Vec<String>) -> Vec<Without> {
    let (stage, mut job) = full().await;
    let before = stage.night(catalogue, &mut job).await;
    assert_eq!(before.len(), 3, "a cluster, its region and its account");
    let all = plimsoll_inventory::aws::wire::actions(None).unwrap();
    let mut seen = Vec::new();
    for action in actions {
        for (service, operation) in &all[&action] {
            let refused = Fault::aws(service, operation, Failure::Forbidden);
            stage.world.fault(refused.always());
        }
        let after = stage.night(catalogue, &mut job).await;
        stage.world.clear_faults();
        let unevaluated = match after.is_empty() {
            // Nothing is planned, so that nothing is judged or closed.
            true => BTreeSet::from([ALL.to_owned()]),
            false => judged::unevaluated(&before, &after),
        };
        let complaints = judged::complaints(catalogue, &before, &after, &unevaluated);
        seen.push(Without {
            action,
            unevaluated,
            complaints,
        });
    }
    seen
}

fn line(action: &str, policies: &BTreeSet<String>) -> String {
    let policies: Vec<&str> = policies.iter().map(String::as_str).collect();
    format!("{action}: {}", policies.join(" "))
}

#[test]
fn without_an_action_the_declared_policies_are_not_evaluated_and_nothing_else_changes() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let mut shares = vec![Vec::new(); AT_ONCE];
    for (index, action) in actions(None).unwrap().into_keys().enumerate() {
        shares[index % AT_ONCE].push(action);
    }
    let mut seen: Vec<Without> = thread::scope(|scope| {
        let catalogue = &catalogue;
        let workers = shares.into_iter().map(|share| {
            let work = move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.unwrap().block_on(without_each(catalogue, share))
            };
            scope.spawn(work)
        });
        let workers: Vec<_> = workers.collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap());
        ended.flatten().collect()
    });
    seen.sort_by(|one, other| one.action.cmp(&other.action));
    let complaints: Vec<String> = seen
        .iter()
        .flat_map(|one| {
            let of = |what: &String| format!("without {}: {what}", one.action);
            one.complaints.iter().map(of)
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));

    let declared = policies_by_action();
    let lines = seen.iter().map(|one| line(&one.action, &one.unevaluated));
    let wrong: Vec<String> = seen
        .iter()
        .filter_map(|one| {
            let declared = declared.get(one.action.as_str()).into_iter().flatten();
            let declared: BTreeSet<String> = declared.copied().map(str::to_owned).collect();
            let differs = declared != one.unevaluated;
            differs.then(|| {
                let missed: Vec<_> = one.unevaluated.difference(&declared).collect();
                let needless: Vec<_> = declared.difference(&one.unevaluated).collect();
                format!(
                    "{}: not evaluated, though not declared: {missed:?}; declared, though evaluated: {needless:?}",
                    one.action
                )
            })
        })
        .collect();
    let path = below("../../policies/actions.txt");
    if std::env::var_os("PLIMSOLL_WRITE_ACTIONS").is_some() {
        let head = "# Without an action of the customer's role these policies about AWS are not evaluated; * for all.\n\
                    # Written by: PLIMSOLL_WRITE_ACTIONS=1 cargo test -p scan-account --lib least\n";
        let text: Vec<String> = lines.collect();
        std::fs::write(&path, format!("{head}{}\n", text.join("\n"))).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for finding in FINDING {
        assert_eq!(
            declared[finding],
            [ALL],
            "nothing is found without {finding}"
        );
    }
    let needless: Vec<_> = seen
        .iter()
        .filter(|one| one.unevaluated.is_empty())
        .collect();
    let needless: Vec<_> = needless.iter().map(|one| &one.action).collect();
    assert!(needless.is_empty(), "no policy needs {needless:?}");
    println!(
        "exercised: {} actions, each taken from the role by itself",
        seen.len()
    );
}
