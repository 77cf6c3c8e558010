//! A server on loopback that answers as a test says, well or badly.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};

/// A request that came.
#[derive(Debug, Clone)]
pub(in crate::aws) struct Asked {
    /// Method and path, for example `POST /`.
    pub(in crate::aws) line: String,
    /// Names in lower case.
    pub(in crate::aws) headers: BTreeMap<String, String>,
    pub(in crate::aws) body: String,
}

/// What to do with it.
pub(in crate::aws) enum Reply {
    /// Status, headers as lines, body.
    Whole(u16, &'static str, String),
    /// A body, as soon as there is a permit.
    Held(Arc<Semaphore>, &'static str),
    /// The beginning of a body that was to be longer.
    Cut(String),
    /// Nothing, and the connection stays open.
    Hang,
}

pub(in crate::aws) fn ok(body: impl Into<String>) -> Reply {
    Reply::Whole(200, "", body.into())
}

pub(in crate::aws) struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// `answer` gets the number of the request, from 0, and the request.
    pub(in crate::aws) async fn start(
        answer: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), asked.clone());
        let connections = Arc::new(AtomicUsize::new(0));
        let opened = connections.clone();
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                let (answer, log) = (answer.clone(), log.clone());
                open.spawn(async move { serve(stream, &*answer, &log).await });
            }
        });
        let task = task.abort_handle();
        Self {
            url,
            asked,
            connections,
            task,
        }
    }

    /// How many connections were opened.
    pub(in crate::aws) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(in crate::aws) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Keys that are good for nothing; waits between attempts take no time.
    pub(in crate::aws) fn config(&self) -> SdkConfig {
        let keys = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .endpoint_url(&self.url)
            .build();
        hurried(&config)
    }
}

/// The same with waits that are over at once, and time-outs that never come.
pub(in crate::aws) fn hurried(config: &SdkConfig) -> SdkConfig {
    let limits = TimeoutConfig::builder()
        .connect_timeout(LIMIT)
        .operation_attempt_timeout(LIMIT)
        .operation_timeout(LIMIT)
        .build();
    config
        .to_builder()
        .timeout_config(limits)
        .sleep_impl(SharedAsyncSleep::new(NoWait))
        .build()
}

/// Far longer than any wait between attempts.
const LIMIT: Duration = Duration::from_secs(1_000);

/// Waits between attempts are over at once; time-outs, which are far longer here, never come.
#[derive(Debug)]
struct NoWait;

impl AsyncSleep for NoWait {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration < LIMIT {
            Sleep::new(std::future::ready(()))
        } else {
            Sleep::new(std::future::pending())
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(usize, &Asked) -> Reply + Send + Sync),
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    loop {
        let asked = read(&mut stream).await?;
        let number = {
            let mut log = log.lock().unwrap();
            log.push(asked.clone());
            log.len() - 1
        };
        let (status, headers, body, missing) = match answer(number, &asked) {
            Reply::Whole(status, headers, body) => (status, headers, body, 0),
            Reply::Held(permits, body) => {
                permits.acquire().await.unwrap().forget();
                (200, "", body.to_owned(), 0)
            }
            Reply::Cut(body) => (200, "", body, 100),
            // Until the client goes away.
            Reply::Hang => return stream.read_to_end(&mut Vec::new()).await.map(drop),
        };
        let length = body.len() + missing;
        let head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n{headers}\r\n");
        stream.write_all((head + &body).as_bytes()).await?;
        if missing > 0 {
            return stream.shutdown().await;
        }
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let mut all = Vec::new();
    let end = loop {
        if let Some(end) = all.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut all).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let line = line.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = all.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let body = String::from_utf8(body).unwrap();
    Ok(Asked {
        line,
        headers,
        body,
    })
}
