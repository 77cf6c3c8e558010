//! The names of what the store uses in AWS, as the template gives them to every function.

use crate::{Queue, QueueUrls, StoreConfig};

/// A variable of the environment that is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {0} is not set")]
pub struct MissingVariable(pub &'static str);

impl StoreConfig {
    /// Reads the variables that `infra/template.yaml` sets; a function that does not use a queue need not have its URL.
    ///
    /// # Errors
    /// When a table or the bucket is not named.
    pub fn read<'v>(
        variable: impl Fn(&'static str) -> Option<&'v str>,
    ) -> Result<Self, MissingVariable> {
        let need = |name| {
            variable(name)
                .map(str::to_owned)
                .ok_or(MissingVariable(name))
        };
        let mut queues = QueueUrls::default();
        for queue in Queue::ALL {
            let name = match queue {
                Queue::AccountJobs => "ACCOUNT_JOBS_URL",
                Queue::ClusterJobs => "CLUSTER_JOBS_URL",
                Queue::FinishedScans => "FINISHED_SCANS_URL",
                Queue::Deliveries => "DELIVERIES_URL",
            };
            queues.set(queue, variable(name).unwrap_or_default(), "");
        }
        Ok(Self {
            table: need("TABLE")?,
            control_table: need("CONTROL_TABLE")?,
            bucket: need("BUCKET")?,
            queues,
            due_shards: 1,
            data_role: variable("TENANT_DATA_ROLE").map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_needed_and_queues_are_not() {
        let names = |name| (name != "CONTROL_TABLE").then_some("x");
        assert_eq!(
            StoreConfig::read(names).unwrap_err(),
            MissingVariable("CONTROL_TABLE")
        );
        let config = StoreConfig::read(|name| (!name.ends_with("_URL")).then_some("x")).unwrap();
        assert_eq!(
            (config.table.as_str(), config.queues.live(Queue::Deliveries)),
            ("x", "")
        );
    }
}
