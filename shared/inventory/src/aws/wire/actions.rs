//! The permissions that the operations of the table take.

use std::collections::BTreeSet;

use super::call::Call;
use super::table::table;

/// What no customer's role need allow: identities may always ask who they are, and versions, public parameters, our own
/// stack and tenants' tokens among our secrets are asked for with our own credentials.
const OURS: [(&str, &str); 6] = [
    ("cloudformation", "DescribeStacks"),
    ("eks", "DescribeAddonVersions"),
    ("eks", "DescribeClusterVersions"),
    ("secretsmanager", "GetSecretValue"),
    ("ssm", "GetParameters"),
    ("sts", "GetCallerIdentity"),
];

/// The IAM actions that reading an account takes, for example `ec2:DescribeSubnets`.
///
/// # Errors
/// When the table cannot be read (a test holds that it can).
pub fn actions() -> Result<BTreeSet<String>, String> {
    let table = table()?;
    let services = table.operations.iter();
    let all = services
        .flat_map(|(service, operations)| operations.keys().map(move |name| (*service, *name)));
    let of_customers = all.filter(|call| !OURS.contains(call));
    Ok(of_customers
        .filter_map(|(service, name)| table.find(service, name))
        .map(|(service, operation)| Call::action(service, operation))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_reads_is_asked_for() {
        let actions = actions().unwrap();
        for action in &actions {
            let verb = action.split(':').next_back().unwrap();
            let reads = ["Describe", "Get", "List", "BatchGet"];
            // Making the report is of access level Read; nothing is changed by it.
            assert!(
                reads.iter().any(|read| verb.starts_with(read))
                    || verb == "GenerateCredentialReport",
                "{action}"
            );
        }
        for never in [
            "secretsmanager:GetSecretValue",
            "s3:GetObject",
            "ssm:GetParameter",
            "ecr:GetDownloadUrlForLayer",
        ] {
            assert!(!actions.contains(never));
        }
        for (service, name) in OURS {
            assert!(
                table().unwrap().find(service, name).is_some(),
                "{service} {name}"
            );
        }
        assert!(
            actions.contains("ec2:DescribeSubnets") && actions.len() > 60,
            "{}",
            actions.len()
        );
    }
}
