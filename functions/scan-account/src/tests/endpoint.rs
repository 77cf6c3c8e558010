//! Clusters by their address: the example world's API servers, which take the tokens of EKS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;

use plimsoll_inventory::aws::AssumedAccount;
use plimsoll_inventory::kube::eks_token;
use plimsoll_model::{Endpoint, EndpointAccess};
use scan_cluster::{Kept, Keys};

use super::*;

const CLUSTER: &str = "edge";

/// The world, and a token of the cluster behind an STS of our own.
struct Door {
    stage: Stage,
    base: SdkConfig,
    token: Arc<Mutex<String>>,
    /// Whether the cluster's token is given for every audience.
    open: Arc<Mutex<bool>>,
    job: AccountJob,
}

/// The certificate authority in a kubeconfig of the world.
fn authority(world: &World, role: &str) -> String {
    let kubeconfig = world.kubeconfig(CLUSTER, role).unwrap();
    let (_, data) = kubeconfig.split_once("certificate-authority-data").unwrap();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let data = data.trim_start_matches(|c: char| !is_base64(c));
    let end = data.find(|c: char| !is_base64(c)).unwrap_or(data.len());
    String::from_utf8(decoded(&data[..end])).unwrap()
}

/// Base 64.
fn decoded(text: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = letters.iter().position(|known| *known == letter).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 255).unwrap());
        }
    }
    bytes
}

/// An STS that issues nothing but web identity tokens.
fn sts(token: Arc<Mutex<String>>, open: Arc<Mutex<bool>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(text) = lower.strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            assert!(body.contains("Action=GetWebIdentityToken"), "{body}");
            assert!(body.contains("SigningAlgorithm=RS256"), "{body}");
            let ours = body.contains(&format!("Audience.member.1={EXTERNAL_ID}"));
            let token = match ours || *open.lock().unwrap() {
                true => token.lock().unwrap().clone(),
                false => "token-with-another-audience".to_owned(),
            };
            let answer = format!(
                "<GetWebIdentityTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetWebIdentityTokenResult>\
                 <WebIdentityToken>{token}</WebIdentityToken><Expiration>2026-11-02T03:00:00Z</Expiration>\
                 </GetWebIdentityTokenResult></GetWebIdentityTokenResponse>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            );
        }
    });
    format!("http://{address}")
}

impl Door {
    async fn new() -> Self {
        let mut stage = Stage::new().await;
        let endpoint = Endpoint {
            name: "edge-by-address".to_owned(),
            url: stage.world.cluster_endpoint(CLUSTER).unwrap(),
            provider: Provider::Other,
            ca: Some(authority(&stage.world, ROLE)),
            external_id: EXTERNAL_ID.to_owned(),
            access: EndpointAccess::WebIdentity { audience: None },
        };
        let mut job = stage.connect("globex").await;
        let own = stage.store.of(&job.tenant);
        own.remove_connection(&job.connection).await.unwrap();
        let id = ConnectionId::of(&["by address"]);
        let kind = ConnectionKind::Endpoint(Box::new(endpoint));
        let connection = Connection::new(id.clone(), kind, None, night());
        own.put_connection(&connection).await.unwrap();
        job.connection = id;
        let base = stage.reach.sdk.clone();
        let (token, open) = (Arc::default(), Arc::default());
        let sts = sts(Arc::clone(&token), Arc::clone(&open));
        stage.reach.sdk = base.to_builder().endpoint_url(sts).build();
        let door = Self {
            stage,
            base,
            token,
            open,
            job,
        };
        door.renew().await;
        door
    }

    /// A token of this moment.
    async fn renew(&self) {
        let arn = role_arn(ACCOUNT, ROLE, &["eu-central-1".to_owned()]);
        let assumed = AssumedAccount::assume(&self.base, &arn, EXTERNAL_ID, "test-session");
        let keys = assumed.await.unwrap().credentials();
        let token = eks_token(&keys, "eu-central-1", CLUSTER, self.stage.clock.now()).unwrap();
        *self.token.lock().unwrap() = token;
    }

    async fn look(&mut self) -> (ConnectionState, Vec<ClusterJob>) {
        let mut job = self.job.clone();
        let looked = self.stage.look(&mut job).await;
        self.job = job;
        looked
    }

    async fn connection(&self) -> Connection {
        let own = self.stage.store.of(&self.job.tenant);
        own.get_connection(&self.job.connection).await.unwrap()
    }

    async fn change(&self, change: impl FnOnce(&mut Endpoint)) {
        let mut connection = self.connection().await;
        if let ConnectionKind::Endpoint(endpoint) = &mut connection.kind {
            change(endpoint);
        }
        let own = self.stage.store.of(&self.job.tenant);
        own.put_connection(&connection).await.unwrap();
    }

    /// What the failed check says first, after another look.
    async fn trouble(&mut self) -> (CheckKind, String) {
        let (_, jobs) = self.look().await;
        assert_eq!(jobs, [], "nothing is read");
        let connection = self.connection().await;
        let text = format!("{connection:?}");
        assert!(!text.contains("k8s-aws-v1."), "a token is kept: {text}");
        let check = connection.checked.failed().next().unwrap();
        (check.kind.clone(), connection.standing(&[]).reason)
    }
}

#[tokio::test]
async fn a_cluster_is_found_by_its_address_and_read_with_a_token() {
    let mut door = Door::new().await;
    let (state, jobs) = door.look().await;
    assert_eq!(state, ConnectionState::Connected);
    door.renew().await;
    let (cluster, _) = door.stage.scan(&jobs[0]).await;
    assert_eq!(
        (cluster.name.as_str(), &cluster.readable),
        ("edge-by-address", &Readable::Yes)
    );
    assert_eq!(jobs.len(), 1);
    let of_aws = cluster.scores.iter().any(|score| score.id.contains("eks"));
    assert!(!of_aws, "{:?}", cluster.scores);

    "unknown".clone_into(&mut door.token.lock().unwrap());
    let (state, none) = door.look().await;
    assert!(
        matches!(state, ConnectionState::Degraded { .. }),
        "{state:?}"
    );
    assert_eq!(none, []);
    door.renew().await;
    assert_eq!(door.look().await.0, ConnectionState::Connected);
}

#[tokio::test]
async fn what_is_wrong_on_the_way_is_named() {
    let mut door = Door::new().await;
    "unknown".clone_into(&mut door.token.lock().unwrap());
    let (kind, said) = door.trouble().await;
    assert_eq!(kind, CheckKind::TokenAccepted);
    assert_eq!(
        said,
        "The API server of edge-by-address does not accept our token (401)."
    );

    let other = World::start(WorldConfig::new(night)).await.unwrap();
    other.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let ca = authority(&other, ROLE);
    door.change(|endpoint| endpoint.ca = Some(ca)).await;
    let (kind, said) = door.trouble().await;
    assert_eq!(kind, CheckKind::CertificateMatches, "{said}");

    door.stage.reach.allowed = AllowedNetworks::public_only();
    let (kind, said) = door.trouble().await;
    assert_eq!(kind, CheckKind::AddressAllowed);
    assert!(said.contains("in a private network"), "{said}");

    door.change(|endpoint| endpoint.url = "https://no-such-name.invalid".to_owned())
        .await;
    let (kind, said) = door.trouble().await;
    assert_eq!(kind, CheckKind::NameResolves);
    assert_eq!(
        said,
        "https://no-such-name.invalid does not resolve to an address."
    );
}

#[tokio::test]
async fn a_cluster_that_takes_another_connections_token_is_suspended_and_told() {
    let mut door = Door::new().await;
    let (state, jobs) = door.look().await;
    assert_eq!((state, jobs.len()), (ConnectionState::Connected, 1));
    let refuses = CheckKind::RefusesOthersToken;
    let checked = door.connection().await.checked;
    assert_eq!(checked.outcome(&refuses), Some(&CheckOutcome::Passed));

    *door.open.lock().unwrap() = true;
    door.renew().await;
    let (state, jobs) = door.look().await;
    assert!(
        matches!(state, ConnectionState::Suspended { .. }),
        "{state:?}"
    );
    assert_eq!(jobs, []);
    let queues = door.stage.store.queues();
    let wait = std::time::Duration::ZERO;
    let told = queues
        .receive(Queue::FinishedScans, 10, wait)
        .await
        .unwrap();
    assert_eq!(told.len(), 1);

    *door.open.lock().unwrap() = false;
    door.renew().await;
    assert_eq!(door.look().await.0, ConnectionState::Connected);
}

#[tokio::test]
async fn a_deployed_stack_reads_neither_its_environment_nor_its_files() {
    let mut door = Door::new().await;
    let path = "/proc/self/environ".to_owned();
    door.change(|endpoint| endpoint.access = EndpointAccess::File { path })
        .await;
    door.stage.reach.keys = Keys {
        kept: Kept::Secrets("plimsoll".to_owned()),
        ..Keys::default()
    };
    let (kind, said) = door.trouble().await;
    assert_eq!(kind, CheckKind::TokenObtained);
    assert_eq!(
        said,
        "There is no token for edge-by-address: a deployed stack reads tokens from its secrets alone."
    );
}
