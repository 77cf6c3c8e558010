//! What a role may do: whatever its policies allow, its boundary does not keep back and nothing denies.
//!
//! Only what is granted for anything of its kind counts as an administrator's or an escalating right: a role that may pass
//! one other role may be meant to. A condition makes an allowance less than that, and a denial not sure.

mod effect;
mod escalations;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use self::effect::{Effect, Rule};
use super::lists::Lists;
use super::look::{self, Known, malformed, unread};
use super::statement;

const POLICY: &str = "AWS::IAM::ManagedPolicy";

/// Policies that AWS keeps and everybody knows, for accounts whose copies were not read. By the end of their ARNs.
const WELL_KNOWN: [(&str, &str); 3] = [
    (
        ":aws:policy/AdministratorAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    ),
    (
        ":aws:policy/IAMFullAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#,
    ),
    (
        ":aws:policy/PowerUserAccess",
        r#"{"Statement": {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"}}"#,
    ),
];

/// Actions of which only somebody who may do everything may do all; the first is none that there is.
const EVERYTHING: [&str; 8] = [
    "any:Any",
    "iam:CreateUser",
    "iam:Any",
    "s3:GetObject",
    "ec2:RunInstances",
    "kms:Decrypt",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
];
const ALL_OF_IAM: [&str; 4] = [
    "iam:Any",
    "iam:CreateUser",
    "iam:AttachRolePolicy",
    "iam:PassRole",
];
/// What changes images that others run.
const ECR_WRITE: [&str; 4] = [
    "ecr:PutImage",
    "ecr:BatchDeleteImage",
    "ecr:DeleteRepository",
    "ecr:SetRepositoryPolicy",
];

/// `AWS::IAM::Role.Grants`. Unknown as a whole if a document is not at hand: it may allow more, or deny.
pub(super) fn of(role: &Value, lists: &Lists<'_>) -> Known<Value> {
    let mut rules = Vec::new();
    for arn in look::texts(role, "Properties.ManagedPolicyArns")? {
        rules.extend(managed(arn, lists)?);
    }
    for policy in look::items(role, "Properties.Policies")? {
        let written = look::at(policy, "PolicyDocument")?;
        let written = written.ok_or_else(|| malformed("inline policy without document"))?;
        rules.extend(Rule::of(&statement::statements(written)?));
    }
    let boundary = look::text(role, "Properties.PermissionsBoundary")?
        .map(|arn| managed(arn, lists))
        .transpose()?;
    let arn = look::text(role, "metadata.arn")?.unwrap_or_default();
    let effect = Effect::new(arn, rules, boundary);
    let all = |actions: &[&str]| actions.iter().all(|action| effect.allows_any(action));
    Ok(json!({
        "Admin": all(&EVERYTHING),
        "EcrWrite": ECR_WRITE.iter().any(|action| effect.allows_some(action)),
        "Escalations": escalations::of(&effect),
        "IamFull": all(&ALL_OF_IAM),
    }))
}

fn managed(arn: &str, lists: &Lists<'_>) -> Known<Vec<Rule>> {
    if let [policy, ..] = lists.named(POLICY, arn) {
        let written = look::at(policy, "Properties.PolicyDocument")?;
        let written = written.ok_or_else(|| unread(&format!("document of {arn}")))?;
        return Ok(Rule::of(&statement::statements(written)?));
    }
    let known = WELL_KNOWN.iter().find(|(end, _)| arn.ends_with(end));
    match known {
        Some((_, document)) => Ok(Rule::of(&statement::statements(&Value::from(*document))?)),
        None => {
            lists.all(POLICY)?;
            Err(unread(&format!("document of {arn}")))
        }
    }
}
