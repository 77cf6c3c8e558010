//! The real process is killed in its first scan and started again: the same messages as without, each once, and the same
//! findings. (`src/up/killed` does it at every request, without the process.)
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use plimsoll_model::{FindingState, TenantId};
use plimsoll_runtime::Clock;
use plimsoll_store::Store;
use plimsoll_world::{Failure, Fault, World, WorldConfig};

const CONFIG: &str = r##"
[service]
data = "data"
allow_networks = ["127.0.0.0/8"]
[[tenant]]
id = "acme"
name = "Acme"
escalation = "escalation.yaml"
slack = { directory = "slack" }
mail = { directory = "mail" }
[[tenant.connection]]
kube_context = "prod-eu-1"
"##;

const ESCALATION: &str = "version: 1
timezone: Europe/Berlin
stages: [ { stage: dev } ]
people: { ana: { slack: U07ANA, email: ana@acme.example } }
route: { use: default }
policies:
  default: { steps: [ { notify: { slack: '#security', email: [ana@acme.example] } } ], repeat: 14d }
";

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `plimsoll up`; killed at the latest when the test ends.
struct Up(Child);

impl Up {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args(["up", "--config", "plimsoll.toml"])
            .current_dir(folder)
            .env_clear()
            .env("KUBECONFIG", folder.join("kubeconfig"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("TMPDIR", std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _it_may_have_ended = self.0.kill();
        let _ = self.0.wait();
    }
}

fn folder(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = world.kubeconfig("prod-eu-1", "PlimsollScanner").unwrap();
    for (name, text) in [
        ("plimsoll.toml", CONFIG),
        ("escalation.yaml", ESCALATION),
        ("kubeconfig", &kubeconfig),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Messages that are there whole.
fn messages(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for channel in ["slack", "mail"] {
        for entry in std::fs::read_dir(folder.join(channel))
            .into_iter()
            .flatten()
        {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.starts_with('.') {
                names.insert(format!("{channel}/{name}"));
            }
        }
    }
    names
}

async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let seen = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, seen)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// Waits until both channels have their message, and says what is there then.
async fn told(folder: &Path) -> BTreeSet<String> {
    until("the messages", || {
        let there = messages(folder);
        there.iter().any(|name| name.ends_with(".json"))
            && there.iter().any(|name| name.ends_with(".eml"))
    })
    .await;
    messages(folder)
}

async fn open_findings(folder: &Path) -> BTreeSet<String> {
    let store = Store::embedded(Some(&folder.join("data"))).await.unwrap();
    let tenant = store.of(&TenantId::of(&["acme"]));
    let mut open = BTreeSet::new();
    for cluster in tenant.list_clusters().await.unwrap() {
        for finding in tenant.cluster_findings(&cluster.id).await.unwrap() {
            if finding.state == FindingState::Open {
                open.insert(finding.fingerprint.to_string());
            }
        }
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_its_first_scan_and_started_again_it_says_everything_once() {
    let clock = Clock::machine();
    let world = World::start(WorldConfig::new(move || clock.now()))
        .await
        .unwrap();
    let calm = folder(&world);
    let up = Up::start(calm.path());
    let expected = told(calm.path()).await;
    up.kill();
    assert_eq!(expected.len(), 4, "{expected:?}");

    let struck = folder(&world);
    // The scan stands still in the middle: other lists are read, this one is to wait.
    let wait = Failure::TooManyRequests { retry_after: 100 };
    world.fault(Fault::list("prod-eu-1", "pods", wait));
    let up = Up::start(struck.path());
    let is_told_to_wait = || world.requests().iter().any(|r| r.status == 429);
    until("the first scan", is_told_to_wait).await;
    up.kill();
    assert_eq!(messages(struck.path()), BTreeSet::new());
    world.clear_faults();
    let up = Up::start(struck.path());
    assert_eq!(told(struck.path()).await, expected);
    up.kill();
    let open = open_findings(calm.path()).await;
    assert!(!open.is_empty());
    assert_eq!(open_findings(struck.path()).await, open);
}
