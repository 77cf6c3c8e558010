//! Makes tables and queues: for the embedded servers and for tests. In AWS the template does it; this is the same shape.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TableStatus, TimeToLiveSpecification,
};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::keys::{DUE_INDEX, DUE_PK, DUE_SK, EXPIRES, OPEN_INDEX, OPEN_PK, OPEN_SK, PK, SK};
use crate::queues::{Queue, QueueUrls};
use crate::{StoreError, retry};

/// Deliveries of a message before it goes to the dead-letter queue. The tables hold the truth, so a dead message loses
/// nothing; it tells the operator that a handler fails.
pub(crate) const MOST_RECEIVES: u32 = 5;

pub(crate) async fn create_tables(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    control_table: &str,
) -> Result<(), StoreError> {
    let request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(definitions(&[
            PK, SK, OPEN_PK, OPEN_SK, DUE_PK, DUE_SK,
        ])?))
        .set_key_schema(Some(schema(PK, SK)?))
        .global_secondary_indexes(index(OPEN_INDEX, OPEN_PK, OPEN_SK)?)
        .global_secondary_indexes(index(DUE_INDEX, DUE_PK, DUE_SK)?);
    settle(
        request
            .send()
            .await
            .map(drop)
            .map_err(StoreError::from_create),
    )?;
    let request = client
        .create_table()
        .table_name(control_table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(definitions(&[PK, SK])?))
        .set_key_schema(Some(schema(PK, SK)?));
    settle(
        request
            .send()
            .await
            .map(drop)
            .map_err(StoreError::from_create),
    )?;
    for name in [table, control_table] {
        wait_until_active(client, name).await?;
    }
    // Refused when it is already on, which is what we want.
    let on = TimeToLiveSpecification::builder()
        .attribute_name(EXPIRES)
        .enabled(true)
        .build()
        .map_err(StoreError::other)?;
    if let Err(error) = client
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(on)
        .send()
        .await
    {
        tracing::debug!(%error, "time to live not changed");
    }
    Ok(())
}

/// What making a table can end in.
enum Creation {
    Exists,
    Failed(StoreError),
}

impl StoreError {
    fn from_create(
        error: aws_sdk_dynamodb::error::SdkError<
            aws_sdk_dynamodb::operation::create_table::CreateTableError,
        >,
    ) -> Creation {
        if error
            .as_service_error()
            .is_some_and(|e| e.is_resource_in_use_exception())
        {
            Creation::Exists
        } else {
            Creation::Failed(error.into())
        }
    }
}

fn settle(created: Result<(), Creation>) -> Result<(), StoreError> {
    match created {
        Ok(()) | Err(Creation::Exists) => Ok(()),
        Err(Creation::Failed(error)) => Err(error),
    }
}

async fn wait_until_active(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
) -> Result<(), StoreError> {
    let mut waits =
        retry::waits().chain(std::iter::repeat_n(std::time::Duration::from_secs(1), 60));
    loop {
        let described = client.describe_table().table_name(table).send().await?;
        let status = described.table().and_then(|table| table.table_status());
        if status == Some(&TableStatus::Active) {
            return Ok(());
        }
        match waits.next() {
            Some(wait) => tokio::time::sleep(wait).await,
            None => {
                return Err(StoreError::other(format!(
                    "table {table} does not become active"
                )));
            }
        }
    }
}

fn definitions(names: &[&str]) -> Result<Vec<AttributeDefinition>, StoreError> {
    names
        .iter()
        .map(|name| {
            AttributeDefinition::builder()
                .attribute_name(*name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .map_err(StoreError::other)
        })
        .collect()
}

fn schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind)
                .build()
                .map_err(StoreError::other)
        })
        .collect()
}

fn index(name: &str, partition: &str, sort: &str) -> Result<GlobalSecondaryIndex, StoreError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(schema(partition, sort)?))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::KeysOnly)
                .build(),
        )
        .build()
        .map_err(StoreError::other)
}

/// Makes every queue with its dead-letter queue, their names beginning with `prefix`.
///
/// # Errors
/// When SQS refuses, for example because a queue of that name has other settings.
pub async fn create_queues(
    client: &aws_sdk_sqs::Client,
    prefix: &str,
) -> Result<QueueUrls, StoreError> {
    let mut urls = QueueUrls::default();
    for queue in Queue::ALL {
        let dead = client
            .create_queue()
            .queue_name(format!("{prefix}{}-dead", queue.as_str()))
            .attributes(QueueAttributeName::MessageRetentionPeriod, "1209600")
            .send()
            .await?;
        let dead = dead.queue_url().unwrap_or_default().to_owned();
        let described = client
            .get_queue_attributes()
            .queue_url(&dead)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await?;
        let arn = described
            .attributes()
            .and_then(|map| map.get(&QueueAttributeName::QueueArn));
        let arn = arn.ok_or_else(|| StoreError::other("a queue without an ARN"))?;
        // The count is a JSON number: one of the servers we run against accepts no text there.
        let redrive =
            serde_json::json!({ "deadLetterTargetArn": arn, "maxReceiveCount": MOST_RECEIVES });
        let made = client
            .create_queue()
            .queue_name(format!("{prefix}{}", queue.as_str()))
            .attributes(
                QueueAttributeName::VisibilityTimeout,
                queue.visibility().as_secs().to_string(),
            )
            .attributes(QueueAttributeName::RedrivePolicy, redrive.to_string())
            .send()
            .await?;
        urls.set(queue, made.queue_url().unwrap_or_default(), &dead);
    }
    Ok(urls)
}
