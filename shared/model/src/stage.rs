//! Release stages: they decide how loud and how automatic we are.

use serde::{Deserialize, Serialize};

/// A cluster's release stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Development.
    Dev,
    /// Test.
    Test,
    /// The last step before production.
    Staging,
    /// Production.
    Prod,
}

impl Stage {
    /// All of them, quietest first.
    pub const ALL: [Stage; 4] = [Stage::Dev, Stage::Test, Stage::Staging, Stage::Prod];

    /// The word for people and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Dev => "dev",
            Stage::Test => "test",
            Stage::Staging => "staging",
            Stage::Prod => "prod",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
