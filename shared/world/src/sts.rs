//! STS: the one AWS service of the world that has logic, because who may assume which role, and
//! with which ExternalId, is what Plimsoll's trust rests on.

use jiff::{SignedDuration, Timestamp};

use crate::identity::{Credential, Credentials, Identity};
use crate::refusal::Refusal;
use crate::reply::xml_text;
use crate::trust::Roles;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Answers one operation: the XML of the reply, or the refusal.
pub(crate) fn answer(
    operation: &str,
    params: &[(String, String)],
    caller: &Credential,
    roles: &Roles,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<String, Refusal> {
    match operation {
        "AssumeRole" => assume_role(params, caller, roles, credentials, now),
        "GetCallerIdentity" => Ok(element(
            "GetCallerIdentity",
            &format!(
                "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
                xml_text(&caller.identity.arn),
                xml_text(&caller.identity.user_id),
                caller.identity.account
            ),
        )),
        other => Err(Refusal::UnknownOperation(other.to_owned())),
    }
}

fn element(operation: &str, result: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{result}\
         </{operation}Result><ResponseMetadata><RequestId>REQUEST-ID</RequestId>\
         </ResponseMetadata></{operation}Response>"
    )
}

fn assume_role(
    params: &[(String, String)],
    caller: &Credential,
    roles: &Roles,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<String, Refusal> {
    let get = |name: &str| {
        params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v.as_str())
    };
    let arn = get("RoleArn").ok_or_else(|| missing("roleArn"))?;
    let session = get("RoleSessionName").ok_or_else(|| missing("roleSessionName"))?;
    let external_id = get("ExternalId");
    check_text("roleSessionName", session, 2, 64, "=,.@-")?;
    if let Some(external_id) = external_id {
        check_text("externalId", external_id, 2, 1224, "=,.@:/-+")?;
    }
    let chained = caller.session_token.is_some();
    let seconds = duration(get("DurationSeconds"), chained)?;
    let denied = || {
        Refusal::Denied(format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            caller.identity.arn
        ))
    };
    let (account, role) =
        parse_role(arn).ok_or_else(|| Refusal::Invalid(format!("{arn} is invalid")))?;
    if !roles.admits(account, role, &caller.identity, external_id) {
        return Err(denied());
    }
    let issued = credentials.issue(Identity::session(account, role, session), now, seconds);
    let (Some(token), Some(expires)) = (&issued.session_token, issued.expires) else {
        return Err(Refusal::Broken);
    };
    Ok(element(
        "AssumeRole",
        &format!(
            "<AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>\
             <Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
             <SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>",
            xml_text(&issued.identity.user_id),
            xml_text(&issued.identity.arn),
            issued.access_key,
            issued.secret
        ),
    ))
}

/// Seconds a session lives: 900 to 43,200, and at most an hour when a role assumes a role.
fn duration(text: Option<&str>, chained: bool) -> Result<i64, Refusal> {
    let Some(text) = text else { return Ok(3_600) };
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (900..=43_200).contains(seconds));
    match seconds {
        Some(seconds) if chained && seconds > 3_600 => Err(Refusal::Invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining"
                .to_owned(),
        )),
        Some(seconds) if SignedDuration::from_secs(seconds) > MAX_SESSION => Err(Refusal::Invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
                .to_owned(),
        )),
        Some(seconds) => Ok(seconds),
        None => Err(Refusal::Invalid(format!(
            "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy \
             constraint: Member must be between 900 and 43200"
        ))),
    }
}

/// What a role allows when its owner did not say otherwise.
const MAX_SESSION: SignedDuration = SignedDuration::from_secs(3_600);

fn check_text(name: &str, text: &str, min: usize, max: usize, more: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || more.contains(c);
    if (min..=max).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(());
    }
    Err(Refusal::Invalid(format!(
        "1 validation error detected: Value '{text}' at '{name}' failed to satisfy constraint: \
         {min} to {max} letters, digits or {more}"
    )))
}

fn missing(name: &str) -> Refusal {
    Refusal::Invalid(format!(
        "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member \
         must not be null"
    ))
}

fn parse_role(arn: &str) -> Option<(&str, &str)> {
    let (account, role) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    (account.len() == 12 && !role.is_empty()).then_some((account, role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_bounds_and_chains_a_lower_one() {
        assert_eq!(duration(None, false), Ok(3_600));
        assert_eq!(duration(Some("900"), true), Ok(900));
        for (text, chained) in [
            ("899", false),
            ("43201", false),
            ("x", false),
            ("3601", true),
        ] {
            assert!(duration(Some(text), chained).is_err(), "{text}");
        }
    }

    #[test]
    fn names_outside_the_alphabet_are_refused() {
        assert!(check_text("externalId", "plm-abc", 2, 1224, "=,.@:/-+").is_ok());
        assert!(check_text("externalId", "a b", 2, 1224, "=,.@:/-+").is_err());
        assert!(check_text("externalId", "a", 2, 1224, "=,.@:/-+").is_err());
    }

    #[test]
    fn role_arns_are_taken_apart() {
        let arn = "arn:aws:iam::471100000815:role/PlimsollScanner";
        assert_eq!(parse_role(arn), Some(("471100000815", "PlimsollScanner")));
        assert_eq!(parse_role("arn:aws:iam::1:role/x"), None);
    }
}
