//! What AWS tells everybody: versions of EKS, add-ons, and images of nodes. It is nobody's own, so the operator's
//! credentials ask for it, at most daily in each region, and what was told is kept for all tenants.

mod ask;
mod tell;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use jiff::{SignedDuration, Timestamp};
use plimsoll_model::Reason;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::Reading;
use super::wire::{Account, Pace};

/// How long an answer holds.
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// How long a refusal holds: who mends it should not have to wait for a day.
const REFUSED: SignedDuration = SignedDuration::from_hours(1);
/// What nobody asked for again for so long is forgotten.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One thing that AWS tells everybody in a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// All versions of EKS.
    Versions,
    /// The versions of an add-on for a version of Kubernetes.
    Addon { kubernetes: String, name: String },
    /// The release of an image that is recommended: the name of a public parameter.
    Image(String),
}

impl Need {
    fn key(&self) -> String {
        match self {
            Need::Versions => "versions".to_owned(),
            Need::Addon { kubernetes, name } => format!("addon {kubernetes} {name}"),
            Need::Image(parameter) => format!("image {parameter}"),
        }
    }
}

/// What AWS told of one region, as far as somebody's clusters needed it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Releases(BTreeMap<String, Entry>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    asked_at: Timestamp,
    told: Result<Value, Reason>,
}

impl Entry {
    fn holds(&self, now: Timestamp) -> bool {
        let long = match self.told {
            Ok(_) => FRESH,
            Err(_) => REFUSED,
        };
        now.duration_since(self.asked_at) < long
    }
}

impl Releases {
    /// What was kept. Of what cannot be read nothing was kept: it is asked for again.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Fills in what is derived of it in the objects of a region, and asks for what is missing or old before. `own` is the
    /// operator's own account in that region. Gives whether something was asked for.
    pub async fn fill(&mut self, reading: &mut Reading, own: &Account, now: Timestamp) -> bool {
        let needs = tell::needs(reading);
        let asked = self.refresh(needs, own, now).await;
        tell::fill(self, reading);
        asked
    }

    async fn refresh(&mut self, needs: BTreeSet<Need>, own: &Account, now: Timestamp) -> bool {
        let holds = |need: &Need| {
            let entry = self.0.get(&need.key());
            entry.is_some_and(|entry| entry.holds(now))
        };
        let missing: Vec<Need> = needs.into_iter().filter(|need| !holds(need)).collect();
        if missing.is_empty() {
            return false;
        }
        for (need, told) in ask::ask(own, missing).await {
            let asked_at = now;
            self.0.insert(need.key(), Entry { asked_at, told });
        }
        let old = |entry: &Entry| now.duration_since(entry.asked_at) > KEPT;
        self.0.retain(|_, entry| !old(entry));
        true
    }

    fn told(&self, need: &Need) -> Option<&Result<Value, Reason>> {
        self.0.get(&need.key()).map(|entry| &entry.told)
    }
}

/// A region as the operator's own credentials see it. `sdk` holds them.
#[must_use]
pub fn own_account(sdk: &SdkConfig, region: &str, pace: Arc<Pace>) -> Account {
    let region = Region::new(region.to_owned());
    let config = sdk.to_builder().region(region).build();
    Account::new(config, "own", pace)
}
