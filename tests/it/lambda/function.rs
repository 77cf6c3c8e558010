//! A function's binary, built by the same cargo and started as Lambda starts it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{oneshot, watch};

use super::runtime_api::{RuntimeApi, Said};

/// How long a start or an answer may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The functions that tests start; the others need not be linked.
const STARTED: [&str; 5] = [
    "plan-scans",
    "scan-account",
    "deliver-notification",
    "escalate-incidents",
    "send-summaries",
];

/// Makes the binaries once. Features are those of the whole workspace, so that what its tests were built from is used
/// again; that each crate compiles with its own alone is another test's business.
#[expect(clippy::print_stdout, reason = "tests/run shows what was exercised")]
fn binary(name: &str) -> PathBuf {
    // Built as for Lambda: `tests/run lambda` says where.
    let deployable = std::env::var_os("PLIMSOLL_LAMBDA_BIN")
        .map(|folder| Path::new(&folder).join(name))
        .filter(|path| path.is_file());
    if let Some(path) = deployable {
        println!("exercised: {name} as Lambda gets it");
        return path;
    }
    static BUILT: OnceLock<Vec<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let target = std::env::current_exe().unwrap();
        let target = target.ancestors().nth(3).unwrap(); // TARGET/debug/deps/it-…
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["build", "--locked", "--workspace", "--message-format=json"])
            .arg("--manifest-path")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"))
            .arg("--target-dir")
            .arg(target);
        for function in STARTED {
            command.args(["--bin", function]);
        }
        let output = command.output().unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaints}");
        let said = String::from_utf8(output.stdout).unwrap();
        said.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .collect()
    });
    let found = built.iter().find(|path| path.ends_with(name));
    found.unwrap_or_else(|| panic!("no binary {name}")).clone()
}

/// A running function; it is killed when this is dropped.
pub(super) struct Function {
    child: Child,
    api: RuntimeApi,
    log: watch::Receiver<String>,
    ended: oneshot::Receiver<()>,
}

impl Function {
    /// Starts a function in nothing but the environment that Lambda makes and `variables`.
    pub(super) async fn start(name: &'static str, variables: &[(String, String)]) -> Self {
        let path = tokio::task::spawn_blocking(move || binary(name));
        let path = path.await.unwrap();
        let api = RuntimeApi::start(name).await;
        let mut child = Command::new(path)
            .env_clear()
            .envs(lambda_variables(name, &api))
            .envs(variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (writing, log) = watch::channel(String::new());
        let (ending, ended) = oneshot::channel();
        collect(child.stdout.take().unwrap(), writing.clone(), None);
        collect(child.stderr.take().unwrap(), writing, Some(ending));
        Self {
            child,
            api,
            log,
            ended,
        }
    }

    /// Waits until it asks for an event.
    pub(super) async fn ready(&mut self) {
        assert_eq!(self.next().await, Said::Ready, "{}", self.log());
    }

    /// Gives it an event and waits for its answer, or for the failure that it reports.
    pub(super) async fn invoke(&mut self, event: Value) -> Result<Value, Value> {
        let invocation = self.api.invoke(event);
        let answer = match self.next().await {
            Said::Response(id, value) if id == invocation => Ok(value),
            Said::Error(id, value) if id == invocation => Err(value),
            other => panic!("{other:?} to invocation {invocation}\n{}", self.log()),
        };
        self.ready().await;
        answer
    }

    /// Waits until it ends by itself, which it must not do well, and says what it logged.
    pub(super) async fn fails_to_start(mut self) -> String {
        let ended = tokio::time::timeout(PATIENCE, &mut self.ended).await;
        assert!(ended.is_ok(), "it runs\n{}", self.log());
        assert!(!self.child.wait().unwrap().success());
        self.log()
    }

    async fn next(&mut self) -> Said {
        tokio::select! {
            said = self.api.said.recv() => said.unwrap(),
            _ = &mut self.ended => panic!("the function ended\n{}", self.log()),
            () = tokio::time::sleep(PATIENCE) => panic!("the function is silent\n{}", self.log()),
        }
    }

    pub(super) fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Waits until it has logged these words; what it answers may be here before what it logged.
    pub(super) async fn logs(&mut self, words: &str) {
        let logged = self.log.wait_for(|log| log.contains(words));
        let found = matches!(tokio::time::timeout(PATIENCE, logged).await, Ok(Ok(_)));
        assert!(found, "no {words:?} in its log\n{}", self.log());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Reads what the function writes until it ends.
fn collect(
    from: impl Read + Send + 'static,
    log: watch::Sender<String>,
    ending: Option<oneshot::Sender<()>>,
) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            log.send_modify(|log| {
                log.push_str(&line);
                log.push('\n');
            });
        }
        // Nobody may be waiting any more.
        ending.map(|ending| ending.send(()))
    });
}

/// What Lambda sets for every function (developer guide, "Defined runtime environment variables").
fn lambda_variables(name: &str, api: &RuntimeApi) -> Vec<(&'static str, String)> {
    let plain = [
        ("_HANDLER", "bootstrap"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "111111111111"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_Image"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ];
    let mut all: Vec<_> = plain.map(|(name, value)| (name, value.to_owned())).into();
    all.extend([
        ("AWS_LAMBDA_RUNTIME_API", api.address.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/plimsoll/{name}")),
        (
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "2026/11/21/[$LATEST]0".to_owned(),
        ),
    ]);
    all
}
