//! Tokens that AWS issues about ourselves, for whoever trusts our account's issuer.

use aws_config::SdkConfig;

use super::error::AwsError;
use crate::token::Token;

const CALL: &str = "sts:GetWebIdentityToken";

/// How long a token holds, in seconds: longer than a function may run, and no longer than the credentials of one last (STS
/// refuses a token that would outlive the session that asks for it).
const HOLDS_SECONDS: i32 = 900;

/// The algorithm that every verifier knows: Microsoft Entra takes no other.
const ALGORITHM: &str = "RS256";

/// A token about whoever `config` has the credentials of, for one audience. `config` names the region: the global endpoint
/// issues none.
///
/// # Errors
/// [`AwsError::Denied`] also when the account's issuer is not switched on; others as AWS says.
pub async fn web_identity_token(config: &SdkConfig, audience: &str) -> Result<Token, AwsError> {
    let call = aws_sdk_sts::Client::new(config)
        .get_web_identity_token()
        .audience(audience)
        .duration_seconds(HOLDS_SECONDS)
        .signing_algorithm(ALGORITHM);
    let answer = call
        .send()
        .await
        .map_err(|error| AwsError::of(CALL, &error))?;
    let token = answer.web_identity_token().and_then(Token::of);
    token.ok_or_else(|| AwsError::Other {
        call: CALL.to_owned(),
        message: "the answer holds no token".to_owned(),
    })
}
