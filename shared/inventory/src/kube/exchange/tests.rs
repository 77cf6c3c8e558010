//! Against a scripted service on loopback, which keeps what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;

/// Answers request after request as it was told to; keeps them whole.
struct Script {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    allowed: AllowedNetworks,
}

impl Script {
    fn new(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for ((status, body), stream) in answers.iter().zip(listener.incoming()) {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut whole = String::new();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let lower = line.to_ascii_lowercase();
                    if let Some(text) = lower.strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                    if line == "\r\n" {
                        break;
                    }
                    whole.push_str(&line);
                }
                let mut body_bytes = vec![0; length];
                reader.read_exact(&mut body_bytes).unwrap();
                whole.push('\n');
                whole.push_str(&String::from_utf8(body_bytes).unwrap());
                kept.lock().unwrap().push(whole);
                write!(
                    stream,
                    "HTTP/1.1 {status} Any\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
                .unwrap();
            }
        });
        Self {
            base: format!("http://{address}"),
            asked,
            allowed: AllowedNetworks::parse(&[address]).unwrap(),
        }
    }

    fn services(&self) -> TokenServices {
        TokenServices {
            google_tokens: self.base.clone(),
            google_credentials: self.base.clone(),
            microsoft: self.base.clone(),
        }
    }

    async fn google(&self, service_account: Option<&str>) -> Result<Token, ExchangeError> {
        let of = GoogleProvider {
            project: "471100000815",
            pool: "plimsoll",
            provider: "aws",
            service_account,
        };
        let services = self.services();
        services.google(of, &identity(), &self.allowed).await
    }

    async fn microsoft(&self) -> Result<Token, ExchangeError> {
        let services = self.services();
        services
            .microsoft("d1", "app-1", &identity(), &self.allowed)
            .await
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn identity() -> Token {
    Token::of("head.claims.signature").unwrap()
}

fn body(asked: &str) -> &str {
    asked.split_once("\n\n").unwrap_or_default().1
}

#[tokio::test]
async fn google_is_asked_for_the_pools_principal_and_then_for_the_service_account() {
    let script = Script::new(&[
        (200, r#"{"access_token":"of-the-pool","expires_in":3599}"#),
        (200, r#"{"accessToken":"of-the-account"}"#),
    ]);
    let account = "plimsoll@acme.iam.gserviceaccount.com";
    let token = script.google(Some(account)).await.unwrap();
    assert_eq!(token.as_str(), "of-the-account");
    let asked = script.asked();
    assert!(asked[0].starts_with("POST /v1/token HTTP/1.1\r\n"));
    assert!(!asked[0].to_ascii_lowercase().contains("authorization:"));
    assert_eq!(
        serde_json::from_str::<Value>(body(&asked[0])).unwrap(),
        json!({
            "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": "//iam.googleapis.com/projects/471100000815/locations/global/workloadIdentityPools/plimsoll/providers/aws",
            "scope": "https://www.googleapis.com/auth/cloud-platform",
            "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
            "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
            "subjectToken": "head.claims.signature",
        })
    );
    assert!(asked[1].starts_with(
        "POST /v1/projects/-/serviceAccounts/plimsoll@acme.iam.gserviceaccount.com:generateAccessToken HTTP/1.1\r\n"
    ));
    assert!(asked[1].contains("authorization: Bearer of-the-pool\r\n"));
    assert_eq!(
        serde_json::from_str::<Value>(body(&asked[1])).unwrap(),
        json!({ "scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s" })
    );
}

#[tokio::test]
async fn microsoft_is_given_the_token_as_the_applications_assertion() {
    let script = Script::new(&[(200, r#"{"access_token":"of-the-app"}"#)]);
    assert_eq!(script.microsoft().await.unwrap().as_str(), "of-the-app");
    let asked = script.asked();
    assert!(asked[0].starts_with("POST /d1/oauth2/v2.0/token HTTP/1.1\r\n"));
    assert!(asked[0].contains("content-type: application/x-www-form-urlencoded\r\n"));
    assert_eq!(
        body(&asked[0]),
        "grant_type=client_credentials&client_id=app-1\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion=head.claims.signature&scope=6dae42f8-4368-4678-94ff-3960e28e3630%2F.default"
    );
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code_alone_and_what_may_pass_is_no_refusal() {
    let refused = |said: &str| Err(ExchangeError::Refused(said.to_owned()));
    let script = Script::new(&[
        (
            400,
            r#"{"error":"invalid_grant","error_description":"head.claims.signature"}"#,
        ),
        (403, r#"{"error":{"status":"PERMISSION_DENIED"}}"#),
        (401, r#"{"error":"head.claims.signature"}"#),
        (503, "{}"),
        (302, "{}"),
        (200, r#"{"access_token":"two words"}"#),
    ]);
    let at = script.base.replace("http://", "");
    let google = async || script.google(None).await;
    assert_eq!(
        google().await,
        refused(&format!("{at} refuses us (400 invalid_grant)"))
    );
    assert_eq!(
        google().await,
        refused(&format!("{at} refuses us (403 PERMISSION_DENIED)"))
    );
    assert_eq!(google().await, refused(&format!("{at} refuses us (401)")));
    for _ in 0..3 {
        let error = google().await.unwrap_err();
        assert!(matches!(error, ExchangeError::Lost(_)), "{error}");
        assert!(!error.to_string().contains("two words"), "{error}");
    }
    let script = Script::new(&[(
        400,
        r#"{"error":"invalid_client","error_codes":[700213],"error_description":"x"}"#,
    )]);
    let at = script.base.replace("http://", "");
    assert_eq!(
        script.microsoft().await,
        refused(&format!(
            "{at} refuses us (400 invalid_client, AADSTS700213)"
        ))
    );
}

#[tokio::test]
async fn a_service_in_a_network_that_is_not_allowed_is_not_asked() {
    let mut script = Script::new(&[(200, r#"{"access_token":"t"}"#)]);
    script.allowed = AllowedNetworks::public_only();
    let error = script.google(None).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Lost(_)), "{error}");
    assert_eq!(script.asked(), Vec::<String>::new());
}
