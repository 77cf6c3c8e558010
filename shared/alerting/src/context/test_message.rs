//! The one message that proves a destination works.

use serde::{Deserialize, Serialize};

/// What a test message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestMessageContext {
    /// The tenant's name.
    pub tenant: String,
    /// What will come here: `Incidents of stage prod from 2 clusters`.
    pub what: String,
    /// The page with the tenant's settings.
    pub url: Option<String>,
}
