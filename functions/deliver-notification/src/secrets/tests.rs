use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Config;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use plimsoll_model::TenantId;

use super::*;

/// Secrets Manager that always answers the same, and what it was asked.
#[derive(Debug, Clone)]
struct Manager {
    status: u16,
    body: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl HttpClient for Manager {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Manager {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap();
        let asked = String::from_utf8(body.to_vec()).unwrap();
        self.asked.lock().unwrap().push(asked);
        let status = self.status.try_into().unwrap();
        let response = HttpResponse::new(status, SdkBody::from(self.body.clone()));
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// Asks for the token of a tenant with this short name; the answer, and the requests it took.
async fn ask(
    slug: &str,
    status: u16,
    body: &str,
) -> (Result<Option<Token>, SendError>, Vec<String>) {
    let manager = Manager {
        status,
        body: body.to_owned(),
        asked: Arc::default(),
    };
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(manager.clone())
        .build();
    let secrets = Secrets::new(Client::from_conf(config), "plimsoll-dev");
    let tenant = Tenant {
        id: TenantId::of(&[slug]),
        slug: slug.to_owned(),
        name: "Acme".to_owned(),
        slack: None,
        mail: None,
        escalation_version: 0,
        last_incident_number: 0,
    };
    let answer = secrets.slack_token(&tenant).await;
    let asked = manager.asked.lock().unwrap().clone();
    (answer, asked)
}

fn secret(text: &str) -> String {
    format!(r#"{{"Name":"plimsoll-dev/acme/slack","SecretString":"{text}"}}"#)
}

fn refused(kind: &str) -> String {
    format!(r#"{{"__type":"{kind}","message":"no"}}"#)
}

#[tokio::test]
async fn the_token_is_the_text_of_the_tenants_own_secret() {
    let (token, asked) = ask("acme", 200, &secret(" xoxb-1\\n")).await;
    let token = token.unwrap().unwrap();
    assert_eq!(token.as_str(), "xoxb-1");
    assert_eq!(asked, [r#"{"SecretId":"plimsoll-dev/acme/slack"}"#]);
    assert_eq!(format!("{token:?}"), "Token");
}

#[tokio::test]
async fn without_a_secret_the_tenant_is_not_on_slack() {
    for (status, body) in [
        (400, refused("ResourceNotFoundException")),
        // Deleted, and not yet gone.
        (400, refused("InvalidRequestException")),
        (200, secret(" ")),
        (200, r#"{"SecretBinary":"eA=="}"#.to_owned()),
    ] {
        let (token, _) = ask("acme", status, &body).await;
        assert!(matches!(token, Ok(None)), "{body}: {token:?}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_says_nothing_of_the_secret() {
    for (status, body) in [
        (400, refused("AccessDeniedException")),
        (400, refused("ThrottlingException")),
        (500, refused("InternalServiceError")),
        (200, secret("xoxb-1").replace("\"}", "")),
    ] {
        let (token, _) = ask("acme", status, &body).await;
        let Err(error @ SendError::Temporary(_)) = token else {
            panic!("{body}: {token:?}");
        };
        let said = format!("{error} {error:?}");
        assert!(!said.contains("xoxb"), "{said}");
    }
}

#[tokio::test]
async fn a_short_name_that_would_lead_elsewhere_is_not_asked_for() {
    for slug in ["", "acme/other", "*", "../acme"] {
        let (token, asked) = ask(slug, 200, &secret("xoxb-1")).await;
        assert!(matches!(token, Ok(None)), "{slug}");
        assert!(asked.is_empty(), "{slug}: {asked:?}");
    }
}
