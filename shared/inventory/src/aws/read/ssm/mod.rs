//! Evidence of nodes by the route ssm: what the customer's own document left in the inventory of Systems Manager
//! (`infra/onboarding/node-evidence-ssm.yaml`). Nothing is run on any instance.

mod entry;
#[cfg(test)]
mod tests;

use plimsoll_model::{NodeRoute, ReasonCode};
use serde_json::{Value, json};

use super::reader::Reader;
use super::reason;
use super::shape::word;
use crate::aws::machines::Machines;

/// The type under which the document leaves what it read.
const TYPE: &str = "Custom:PlimsollKubelet";

/// What lies there of every instance of the region. An entry is whole by itself: pages that were read count although
/// another is lost.
pub(super) async fn read(at: Reader<'_>) -> Machines {
    let mut machines = Machines::default();
    let input = json!({ "ResultAttributes": [{ "TypeName": TYPE }] });
    let each = |entity: Value| {
        let (id, entry) = (word(&entity, "Id"), &entity["Data"][TYPE]);
        // Who left nothing may be told of by an entry without rows.
        let rows = entry["Content"].as_array();
        if rows.is_some_and(|rows| !rows.is_empty()) {
            let evidence = entry::evidence(id, entry);
            machines.evidence.insert(id.to_owned(), evidence);
        }
    };
    let read = at.account.each_item("ssm", "GetInventory", &input, each);
    if let Err(error) = read.await {
        let gap = reason(&error);
        machines.gap = Some(match gap.code {
            ReasonCode::PermissionMissing => {
                let route = NodeRoute::Ssm.as_str();
                gap.mended_by(format!("plimsoll access iam --node-evidence {route}"))
            }
            _ => gap,
        });
    }
    machines
}
