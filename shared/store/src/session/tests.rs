//! The document and the calls, against an AWS that answers everything.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use crate::{QueueUrls, Store, StoreConfig};

use super::*;

#[test]
fn the_policy_names_the_tenants_own_and_fits() {
    let role = DataRole {
        arn: "arn:aws-cn:iam::111111111111:role/plimsoll-TenantDataRole-1QGKCTX6N0E6".to_owned(),
        region: "cn-northwest-1".to_owned(),
        table: "plimsoll-TenantData-1QGKCTX6N0E6".to_owned(),
        bucket: "plimsoll-objects-1qgkctx6n0e6".to_owned(),
    };
    let tenant = TenantId::of(&["acme"]);
    let policy = role.session_policy(&tenant);
    assert!(policy.len() < 2_048 / 2 + 256, "{}", policy.len());
    let table =
        "arn:aws-cn:dynamodb:cn-northwest-1:111111111111:table/plimsoll-TenantData-1QGKCTX6N0E6";
    for part in [
        format!("\"{table}\""),
        format!("\"{table}/index/open\""),
        format!("\"T#{tenant}\""),
        format!("\"T#{tenant}#*\""),
        format!("\"arn:aws-cn:s3:::plimsoll-objects-1qgkctx6n0e6/t/{tenant}/*\""),
    ] {
        assert!(policy.contains(&part), "{part}\n{policy}");
    }
    for never in [
        "Scan",
        "PartiQL",
        "index/due",
        "dynamodb:*",
        "BatchWriteItem",
    ] {
        assert!(!policy.contains(never), "{never}\n{policy}");
    }
}

const ROLE: &str = "arn:aws:iam::111111111111:role/data";

/// A request: by whose key it was signed, where it went, and its body.
#[derive(Debug, Clone)]
struct Asked {
    key: String,
    uri: String,
    body: String,
}

/// Gives out sessions whose keys are called as they are, and has nothing else.
#[derive(Debug, Clone, Default)]
struct Aws(Arc<Mutex<Vec<Asked>>>);

impl HttpClient for Aws {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let signed = request.headers().get("authorization").unwrap_or_default();
        let key = signed.split_once("Credential=").unwrap().1;
        let body = request.body().bytes().unwrap_or_default();
        let asked = Asked {
            key: key.split('/').next().unwrap().to_owned(),
            uri: request.uri().to_owned(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let answer = match asked.body.split_once("&RoleSessionName=") {
            Some((_, name)) => format!(
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{}</AccessKeyId>\
                 <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                 <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
                name.split('&').next().unwrap()
            ),
            None if asked.uri.contains("objects") => String::new(),
            None => "{}".to_owned(),
        };
        self.0.lock().unwrap().push(asked);
        let response = HttpResponse::new(200.try_into().unwrap(), SdkBody::from(answer));
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A form's value, `%XX` and all.
fn value(form: &str, name: &str) -> String {
    let field = form
        .split('&')
        .find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
    let mut parts = field.unwrap().split('%');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        text.push(char::from(u8::from_str_radix(&part[..2], 16).unwrap()));
        text.push_str(&part[2..]);
    }
    text
}

#[tokio::test]
async fn a_tenants_requests_carry_its_session_and_a_session_is_kept() {
    let aws = Aws::default();
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .http_client(aws.clone())
        .build();
    let config = StoreConfig {
        table: "core".to_owned(),
        control_table: "control".to_owned(),
        bucket: "objects".to_owned(),
        queues: QueueUrls::default(),
        due_shards: 1,
        data_role: Some(ROLE.to_owned()),
    };
    let store = Store::aws(&sdk, config);
    let (acme, other) = (TenantId::of(&["acme"]), TenantId::of(&["other"]));
    for tenant in [&acme, &other, &acme] {
        assert!(store.of(tenant).get_tenant().await.is_err());
    }
    let handle = store.of(&acme);
    handle.put_object("a", vec![1]).await.unwrap();
    handle.get_object_named("a").await.unwrap();
    assert_eq!(store.control().tenants().await.unwrap().len(), 0);

    let asked = aws.0.lock().unwrap().clone();
    let own = Credentials::for_tests();
    let mut of: Vec<(&str, &str)> = Vec::new();
    for one in &asked {
        if one.body.starts_with("Action=AssumeRole&") {
            assert_eq!(one.key, own.access_key_id());
            assert_eq!(value(&one.body, "RoleArn"), ROLE);
            assert_eq!(value(&one.body, "DurationSeconds"), "3600");
            let tenant = value(&one.body, "RoleSessionName");
            let tenant = TenantId::parse(tenant.strip_prefix("t-").unwrap()).unwrap();
            let role = DataRole {
                arn: ROLE.to_owned(),
                region: "eu-central-1".to_owned(),
                table: "core".to_owned(),
                bucket: "objects".to_owned(),
            };
            assert_eq!(value(&one.body, "Policy"), role.session_policy(&tenant));
            of.push((if tenant == acme { "acme" } else { "other" }, "session"));
            continue;
        }
        let whose = match one.key.strip_prefix("t-") {
            Some(id) if id == acme.as_str() => "acme",
            Some(_) => "other",
            None => "nobody",
        };
        let what = match one.uri.contains("objects") {
            true => "object",
            false => "item",
        };
        of.push((whose, what));
    }
    assert_eq!(
        of,
        [
            ("acme", "session"),
            ("acme", "item"),
            ("other", "session"),
            ("other", "item"),
            ("acme", "item"),
            // Objects have a client of their own, and so a session of their own.
            ("acme", "session"),
            ("acme", "object"),
            ("acme", "object"),
            ("nobody", "item"),
        ]
    );
}
