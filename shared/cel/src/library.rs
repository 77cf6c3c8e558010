//! Functions.
use serde::{Deserialize, Serialize};
pub(crate) mod regex {
    pub(crate) fn build(p: &str) -> Result<::regex::Regex, ::regex::Error> {
        ::regex::Regex::new(p)
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Function {
    Size,
}
