//! What a kubelet answers at `/configz`: the settings that it uses, defaults included.

use plimsoll_model::{Part, Reason, ReasonCode};
use serde::Deserialize;
use serde_json::Value;

/// The largest answer of a kubelet that is read, in bytes; a usual one has some five thousand.
pub(super) const MOST: usize = 1 << 20;

/// The settings in an answer of the kubelet of `node`.
pub(super) fn settings(node: &str, body: &str) -> Part {
    #[derive(Deserialize)]
    struct Configz {
        kubeletconfig: Value,
    }
    match serde_json::from_str::<Configz>(body) {
        Ok(Configz { kubeletconfig }) if kubeletconfig.is_object() => Part::Known(kubeletconfig),
        _ => {
            let need = format!("the kubelet of {node}: what came is no configuration");
            Part::unknown(&Reason::new(ReasonCode::MalformedInput, need))
        }
    }
}
