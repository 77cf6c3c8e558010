//! What a deployed stack says of itself: the outputs and parameters of `infra/template.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::SdkConfig;
use plimsoll_inventory::aws::AwsError;
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_report::Diagnostic;
use plimsoll_store::{Queue, QueueUrls, StoreConfig};
use serde_json::{Value, json};

use super::stop::Stop;
use super::target::About;

/// Reads a stack.
pub(super) async fn read(sdk: &SdkConfig, name: &str) -> Result<(StoreConfig, About), Stop> {
    let account = Account::new(sdk.clone(), "ours", Arc::new(Pace::default()));
    let answer = account
        .call(
            "cloudformation",
            "DescribeStacks",
            &json!({ "StackName": name }),
        )
        .await
        .map_err(|error| refused(sdk, name, &error))?;
    of_answer(name, &answer["Stacks"][0])
}

fn refused(sdk: &SdkConfig, name: &str, error: &AwsError) -> Stop {
    let region = sdk.region().map_or("", |region| region.as_ref());
    let message = error.to_string();
    if message.contains("does not exist") {
        return Stop::nothing(
            Diagnostic::error("no-such-stack", format!("there is no stack {name} in {region}"))
                .help("`aws cloudformation list-stacks` names those there are; is it another --region or --profile?"),
        );
    }
    if error.may_pass() || matches!(error, AwsError::NoCredentials { .. }) {
        return Stop::from(anyhow::Error::new(error.clone()));
    }
    Stop::nothing(
        Diagnostic::error("stack-unreadable", format!("stack {name}: {message}"))
            .help("the credentials in use need cloudformation:DescribeStacks; `aws sts get-caller-identity` says whose they are"),
    )
}

fn of_answer(name: &str, stack: &Value) -> Result<(StoreConfig, About), Stop> {
    let pairs = |list: &str, key: &str, value: &str| -> BTreeMap<String, String> {
        let entries = stack[list].as_array().into_iter().flatten();
        entries
            .filter_map(|entry| {
                Some((
                    entry[key].as_str()?.to_owned(),
                    entry[value].as_str()?.to_owned(),
                ))
            })
            .collect()
    };
    let outputs = pairs("Outputs", "OutputKey", "OutputValue");
    let parameters = pairs("Parameters", "ParameterKey", "ParameterValue");
    let need = |output: &str| {
        outputs.get(output).cloned().ok_or_else(|| {
            Stop::nothing(
                Diagnostic::error("not-our-stack", format!("stack {name} has no output {output}"))
                    .help("is it Plimsoll's, and of this version? deploy infra/template.yaml again, or name another with --stack"),
            )
        })
    };
    let mut queues = QueueUrls::default();
    for queue in Queue::ALL {
        queues.set(queue, &need(output(queue))?, "");
    }
    let config = StoreConfig {
        table: need("TenantDataTable")?,
        control_table: need("ControlTable")?,
        bucket: need("ObjectsBucket")?,
        queues,
        due_shards: 1,
        data_role: None,
    };
    let given = |name: &str| {
        parameters
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    };
    let about = About {
        name: format!("stack {name}"),
        scanner_role_prefix: given("ScannerRolePrefix"),
        customer_role: given("CustomerRoleName"),
        templates: outputs.get("OnboardingTemplates").cloned(),
        secrets_prefix: given("SecretsPrefix"),
        status: stack["StackStatus"].as_str().map(str::to_owned),
    };
    Ok((config, about))
}

/// The output that holds a queue's URL.
fn output(queue: Queue) -> &'static str {
    match queue {
        Queue::AccountJobs => "AccountJobsUrl",
        Queue::ClusterJobs => "ClusterJobsUrl",
        Queue::FinishedScans => "FinishedScansUrl",
        Queue::Deliveries => "DeliveriesUrl",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

    /// A stack with the outputs that the template has.
    fn stack() -> Value {
        let outputs = TEMPLATE.split("\nOutputs:\n").nth(1).unwrap();
        let names = outputs.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("  ")?.split_once(':')?;
            (!name.starts_with(' ')).then_some(name)
        });
        let outputs: Vec<Value> = names
            .map(|name| json!({ "OutputKey": name, "OutputValue": format!("the {name}") }))
            .collect();
        let parameters = json!([
            { "ParameterKey": "ScannerRolePrefix", "ParameterValue": "plimsoll-dev" },
            { "ParameterKey": "BaseUrl", "ParameterValue": "" },
        ]);
        json!({ "Outputs": outputs, "Parameters": parameters })
    }

    #[test]
    fn the_templates_outputs_name_everything() {
        let (config, about) = of_answer("plimsoll", &stack()).unwrap();
        assert_eq!(config.table, "the TenantDataTable");
        assert_eq!(config.queues.live(Queue::Deliveries), "the DeliveriesUrl");
        assert_eq!(about.scanner_role_prefix.as_deref(), Some("plimsoll-dev"));
        for parameter in ["ScannerRolePrefix", "CustomerRoleName"] {
            assert!(TEMPLATE.contains(&format!("\n  {parameter}:\n")));
        }
    }

    #[test]
    fn a_stack_of_somebody_else_is_told_apart() {
        let stop = of_answer("network", &json!({ "Outputs": [] })).unwrap_err();
        assert_eq!(stop.exit, crate::exit::Exit::Nothing);
        assert_eq!(stop.shown[0].code, "not-our-stack");
    }
}
