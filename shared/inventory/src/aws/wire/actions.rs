//! The permissions that the operations of the table take.

use std::collections::BTreeMap;

use plimsoll_model::NodeRoute;

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

/// What is asked for by whoever chose a route to evidence of nodes, and by nobody else.
const OF_ROUTES: [(NodeRoute, &str, &str); 1] = [(NodeRoute::Ssm, "ssm", "GetInventory")];

/// What an operation is called on the wire: the name that its requests are signed for, and its own.
pub type SignedOperation = (&'static str, &'static str);

/// The IAM actions that reading an account takes, for example `ec2:DescribeSubnets`, with the operations that take each:
/// those that every account is asked for, and those of a route to evidence of nodes that was chosen.
///
/// # Errors
/// When the table cannot be read (a test holds that it can).
pub fn actions(route: Option<NodeRoute>) -> Result<BTreeMap<String, Vec<SignedOperation>>, String> {
    let table = table()?;
    let services = table.operations.iter();
    let all = services
        .flat_map(|(service, operations)| operations.keys().map(move |name| (*service, *name)));
    let is_chosen = |call: &(&str, &str)| {
        let mut of_routes = OF_ROUTES.iter();
        let found = of_routes.find(|(_, service, name)| *call == (*service, *name));
        found.is_none_or(|(of, ..)| Some(*of) == route)
    };
    let of_customers = all.filter(|call| !OURS.contains(call) && is_chosen(call));
    let mut actions: BTreeMap<String, Vec<SignedOperation>> = BTreeMap::new();
    for (service, operation) in of_customers.filter_map(|(s, name)| table.find(s, name)) {
        let action = Call::action(service, operation);
        let on_the_wire = (service.signing, operation.name);
        actions.entry(action).or_default().push(on_the_wire);
    }
    Ok(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_reads_is_asked_for() {
        let actions = super::actions(Some(NodeRoute::Ssm)).unwrap();
        for action in actions.keys() {
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
            assert!(!actions.contains_key(never));
        }
        let added = |route| {
            let without = super::actions(None).unwrap();
            let with = super::actions(route).unwrap();
            let added = with.keys().filter(|action| !without.contains_key(*action));
            added.cloned().collect::<Vec<_>>()
        };
        assert_eq!(added(Some(NodeRoute::Ssm)), ["ssm:GetInventory"]);
        assert!(added(Some(NodeRoute::Collector)).is_empty());
        for (service, name) in OURS {
            assert!(
                table().unwrap().find(service, name).is_some(),
                "{service} {name}"
            );
        }
        assert!(
            actions.contains_key("ec2:DescribeSubnets") && actions.len() > 60,
            "{}",
            actions.len()
        );
    }
}
