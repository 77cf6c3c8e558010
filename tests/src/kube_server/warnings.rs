//! What the server's own type check says of policies.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{KubeServer, programs};

/// An expression that the server's type check does not like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeWarning {
    /// Where it stands in the policy: `spec.validations[3].expression`.
    pub field: String,
    /// The server's words.
    pub text: String,
}

impl KubeServer {
    /// Type warnings by policy: those that a cluster's controller would write into the policies' status.
    ///
    /// # Errors
    /// When `typecheck`, which is built beside the server, cannot be run or fails.
    pub fn type_warnings(
        &self,
        policies: &[Value],
    ) -> anyhow::Result<BTreeMap<String, Vec<TypeWarning>>> {
        let program = programs()?.join("typecheck");
        let input = tempfile::NamedTempFile::new()?;
        serde_json::to_writer(input.as_file(), policies)?;
        let output = Command::new(&program)
            .arg(self.kubeconfig())
            .stdin(Stdio::from(input.reopen()?))
            .output()
            .with_context(|| format!("cannot start {}", program.display()))?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let found: BTreeMap<String, Vec<Value>> = serde_json::from_slice(&output.stdout)?;
        let warning = |warning: Value| {
            let text = |key: &str| warning[key].as_str().unwrap_or_default().to_owned();
            TypeWarning {
                field: text("fieldRef"),
                text: text("warning"),
            }
        };
        let read = |(name, warnings): (String, Vec<Value>)| {
            (name, warnings.into_iter().map(warning).collect())
        };
        Ok(found.into_iter().map(read).collect())
    }
}
