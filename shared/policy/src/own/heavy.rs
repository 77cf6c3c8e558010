//! Whether a policy costs too much on an object that is like one of its examples, only larger.

use plimsoll_model::ReasonCode;
use serde_json::Value;

use crate::cases::{self, Case};
use crate::catalogue::Catalogue;

/// Items that each list of the example is given: more containers than any pod has, as many rules as large roles have.
const ITEMS: usize = 40;
/// Values in the larger object at most; about what the largest objects that an API server takes hold.
const VALUES: usize = 40_000;

/// Whether judging a large object like that of the case costs more than one policy may spend on one object.
pub(super) fn is_too_costly(catalogue: &Catalogue, id: &str, case: &Case) -> bool {
    let mut left = VALUES;
    let large = Case {
        given: grown(&case.given, &mut left),
        ..case.clone()
    };
    let over = |case: &Case| {
        let reason = cases::run(catalogue, id, case).reason;
        reason.is_some_and(|reason| reason.code == ReasonCode::CostLimit)
    };
    over(case) || over(&large)
}

/// The value with the items of every list repeated, as long as something is left.
fn grown(value: &Value, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let wanted = ITEMS.max(items.len());
            let repeated = items.iter().cycle().enumerate().take(wanted);
            let mut all = Vec::new();
            for (number, item) in repeated {
                if number >= items.len() && *left == 0 {
                    break;
                }
                all.push(grown(item, left));
            }
            Value::Array(all)
        }
        Value::Object(map) => {
            let grown = map
                .iter()
                .map(|(key, value)| (key.clone(), grown(value, left)));
            Value::Object(grown.collect())
        }
        other => other.clone(),
    }
}
