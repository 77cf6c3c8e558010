//! IAM's report on the credentials of users: a table of text that IAM makes on demand, and keeps for four hours.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Map, Value, json};

use super::super::reader::Reader;
use super::super::unknown;
use crate::aws::error::AwsError;

/// IAM makes a report within seconds; after so many questions it is not waited for.
const QUESTIONS: u32 = 10;
/// Between two questions.
const WAIT: Duration = Duration::from_secs(2);

/// The lines of the report, by user.
pub(super) async fn credential_report(at: Reader<'_>) -> Result<Value, AwsError> {
    for question in 0..QUESTIONS {
        if question > 0 {
            tokio::time::sleep(WAIT).await;
        }
        let state = at
            .member("iam", "GenerateCredentialReport", json!({}), "State")
            .await?;
        if state == "COMPLETE" {
            let content = at
                .member("iam", "GetCredentialReport", json!({}), "Content")
                .await?;
            return lines(&content).map_err(|message| AwsError::Unreadable {
                call: "iam:GetCredentialReport".to_owned(),
                message,
            });
        }
    }
    Err(AwsError::Unreachable {
        call: "iam:GenerateCredentialReport".to_owned(),
        message: "the report was not ready in time".to_owned(),
    })
}

/// The line of a user, or why there is none.
pub(super) fn line(report: &Value, user: &str) -> Value {
    if report.get(plimsoll_cel::UNKNOWN_KEY).is_some() {
        return report.clone();
    }
    match report.get(user) {
        Some(line) => line.clone(),
        None => {
            let need = "the user is not in the credential report, which may be four hours old";
            unknown(&Reason::new(ReasonCode::InputUnread, need))
        }
    }
}

fn lines(content: &Value) -> Result<Value, String> {
    let bytes = STANDARD.decode(content.as_str().unwrap_or_default());
    let bytes = bytes.map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut lines = text.lines().filter(|line| !line.is_empty()).map(fields);
    let names = lines.next().ok_or("it is empty")?;
    if names.first().is_none_or(|name| name != "user") {
        return Err("its first column is not `user`".to_owned());
    }
    let mut report = Map::new();
    for values in lines {
        if values.len() != names.len() {
            return Err("a line has other columns than the first".to_owned());
        }
        let user = values[0].clone();
        let pairs = names
            .iter()
            .cloned()
            .zip(values.into_iter().map(Value::from));
        report.insert(user, pairs.collect::<Map<_, _>>().into());
    }
    Ok(report.into())
}

/// The fields of a line of comma-separated text. Names of users may hold commas, and then stand in quotes.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                push(&mut fields, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], letter: char) {
    if let Some(field) = fields.last_mut() {
        field.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_user() {
        let text = "user,arn,mfa_active\n<root_account>,a,true\n\"zo,e\",\"b\"\"\",false\n";
        let report = lines(&STANDARD.encode(text).into()).unwrap();
        assert_eq!(
            line(&report, "zo,e"),
            json!({"user": "zo,e", "arn": "b\"", "mfa_active": "false"})
        );
        let nobody = line(&report, "nobody");
        assert!(
            nobody["$unknown"]
                .as_str()
                .unwrap()
                .starts_with("inputUnread "),
            "{nobody}"
        );
        for broken in ["", "arn,user\n", "user,arn\na,b,c\n"] {
            assert!(lines(&STANDARD.encode(broken).into()).is_err(), "{broken}");
        }
    }
}
