//! Tokens that are kept among the operator's own secrets.

use serde_json::json;

use super::error::AwsError;
use super::wire::Account;
use crate::token::Token;

/// The token that is the text of a secret; none when there is no such secret, when it is about to be deleted, and when its
/// text is no token. `own` has the operator's credentials.
///
/// # Errors
/// As AWS says; nothing of the secret is in it.
pub async fn kept_token(own: &Account, name: &str) -> Result<Option<Token>, AwsError> {
    let asked = json!({ "SecretId": name });
    match own.call("secretsmanager", "GetSecretValue", &asked).await {
        Ok(answer) => Ok(answer["SecretString"].as_str().and_then(Token::of)),
        Err(AwsError::NotFound { .. }) => Ok(None),
        // Secrets Manager's word for a secret that is about to be deleted.
        Err(AwsError::Other { message, .. }) if message.contains("marked for deletion") => Ok(None),
        Err(AwsError::Unreadable { call, .. }) => Err(AwsError::Unreadable {
            call,
            message: "it is no answer of Secrets Manager".to_owned(),
        }),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::web_identity_token;
    use crate::aws::wire::tests::server::{Reply, Server, ok};

    async fn kept(status: u16, body: &'static str) -> Result<Option<Token>, AwsError> {
        let server = Server::start(move |_, _| Reply::Whole(status, "", body.into())).await;
        let own = Account::new(server.config(), "own", Arc::default());
        let found = kept_token(&own, "plimsoll/acme/cluster/edge").await;
        let asked = server.asked().remove(0);
        assert_eq!(asked.body, r#"{"SecretId":"plimsoll/acme/cluster/edge"}"#);
        found
    }

    #[tokio::test]
    async fn a_secrets_text_is_the_token_and_one_that_is_not_there_is_none() {
        let token = kept(200, r#"{"SecretString":" abc\n"}"#).await.unwrap();
        assert_eq!(token, Token::of("abc"));
        for (status, body) in [
            (200, "{}"),
            (200, r#"{"SecretString":""}"#),
            (
                400,
                r#"{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}"#,
            ),
            (
                400,
                r#"{"__type":"InvalidRequestException","Message":"You can't perform this operation on the secret because it was marked for deletion."}"#,
            ),
        ] {
            assert_eq!(kept(status, body).await, Ok(None), "{body}");
        }
        let denied = kept(400, r#"{"__type":"AccessDeniedException","Message":"no"}"#).await;
        assert!(matches!(denied, Err(AwsError::Denied { .. })), "{denied:?}");
        let broken = kept(200, r#"{"SecretString":"my-token"#).await.unwrap_err();
        assert!(!broken.to_string().contains("my-token"), "{broken}");
    }

    #[tokio::test]
    async fn a_web_identity_is_asked_for_by_audience_and_for_a_quarter_of_an_hour() {
        let server = Server::start(|number, _| match number {
            0 => ok(
                "<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>a.b.c</WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>",
            ),
            _ => Reply::Whole(
                403,
                "",
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>".to_owned(),
            ),
        })
        .await;
        let config = server.config();
        let token = web_identity_token(&config, "plm-1").await.unwrap();
        assert_eq!(Some(token), Token::of("a.b.c"));
        assert_eq!(
            server.asked()[0].body,
            "Action=GetWebIdentityToken&Version=2011-06-15&Audience.member.1=plm-1&DurationSeconds=900&SigningAlgorithm=RS256"
        );
        let denied = web_identity_token(&config, "plm-1").await.unwrap_err();
        assert!(
            matches!(&denied, AwsError::Denied { call, .. } if call == "sts:GetWebIdentityToken"),
            "{denied}"
        );
    }
}
