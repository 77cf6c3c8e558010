//! Of which volumes and file systems AWS Backup has recovery points.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::word;
use super::{Lack, Reading, unknown};

/// What is said to be backed up or not.
const KINDS: [&str; 2] = ["AWS::EC2::Volume", "AWS::EFS::FileSystem"];

/// The ARNs of everything that has a recovery point; none where nobody uses the service.
pub(super) async fn protected(at: Reader<'_>) -> Result<BTreeSet<String>, Lack> {
    let all = at.list("backup", "ListProtectedResources", json!({})).await;
    match all.map_err(Lack::from) {
        Ok(all) => Ok(all
            .iter()
            .map(|one| word(one, "ResourceArn").to_owned())
            .collect()),
        Err(Lack::Unused) => Ok(BTreeSet::new()),
        Err(lack) => Err(lack),
    }
}

/// Sets `Live.BackedUp`.
pub(super) fn note(reading: &mut Reading, protected: &Result<BTreeSet<String>, Lack>) {
    for object in &mut reading.objects {
        if !KINDS.iter().any(|kind| object["kind"] == *kind) {
            continue;
        }
        let arn = object["metadata"]["arn"].as_str().unwrap_or_default();
        let said = match protected {
            Ok(protected) => Value::Bool(protected.contains(arn)),
            Err(Lack::Because(reason)) => unknown(reason),
            Err(Lack::Unused) => Value::Bool(false),
        };
        object["Live"]["BackedUp"] = said;
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Reason, ReasonCode};

    use super::*;

    fn noted(protected: &Result<BTreeSet<String>, Lack>) -> Vec<Value> {
        let object = |kind: &str, arn: &str| json!({"kind": kind, "metadata": {"arn": arn}});
        let mut reading = Reading {
            objects: vec![
                object("AWS::EC2::Volume", "arn:kept"),
                object("AWS::EFS::FileSystem", "arn:other"),
                object("AWS::EC2::VPC", "arn:kept"),
            ],
            ..Reading::default()
        };
        note(&mut reading, protected);
        let said = |object: &Value| object["Live"]["BackedUp"].clone();
        reading.objects.iter().map(said).collect()
    }

    #[test]
    fn volumes_and_file_systems_say_whether_they_are_backed_up() {
        let protected = Ok(BTreeSet::from(["arn:kept".to_owned()]));
        assert_eq!(noted(&protected), [json!(true), json!(false), Value::Null]);
        let lost = Reason::new(
            ReasonCode::PermissionMissing,
            "backup:ListProtectedResources",
        );
        let unknown = unknown(&lost);
        let noted = noted(&Err(Lack::Because(lost)));
        assert_eq!(noted, [unknown.clone(), unknown, Value::Null]);
    }
}
