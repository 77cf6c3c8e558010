//! The messages as files that one can open, numbered in the order in which they were sent.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use plimsoll_channels::write_slack_index;
use plimsoll_model::{Delivery, DeliveryState, Destination, TenantId};
use plimsoll_store::Store;

/// How many files of each kind were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) slack: usize,
    /// Of those, how many were put in place of an earlier one, which disturbs nobody.
    pub(super) edits: usize,
    pub(super) summaries: usize,
    pub(super) mails: usize,
}

/// Gives the files of both folders their numbers and names, and writes the page of Slack messages.
pub(super) async fn number(
    store: &Store,
    tenants: &[(TenantId, String)],
    slack: &Path,
    mail: &Path,
) -> Result<Written> {
    let mut sent: Vec<(Timestamp, String, Delivery)> = Vec::new();
    for (id, slug) in tenants {
        let of = store.of(id);
        let mut deliveries = of.list_deliveries(None).await?;
        for incident in of.recent_incidents(1_000).await? {
            deliveries.extend(of.list_deliveries(Some(&incident.id)).await?);
        }
        for delivery in deliveries {
            if let DeliveryState::Sent { at, .. } = &delivery.state {
                sent.push((*at, slug.clone(), delivery));
            }
        }
    }
    // A reply stands behind what it answers.
    let order = |(at, slug, delivery): &(Timestamp, String, Delivery)| {
        (
            *at,
            slug.clone(),
            delivery.content.thread.is_some(),
            delivery.step.clone(),
            delivery.id.clone(),
        )
    };
    sent.sort_by_key(order);
    let mut written = Written::default();
    for (_, slug, delivery) in &sent {
        let message = &delivery.content.message;
        match &delivery.destination {
            Destination::Slack(_) => {
                written.slack += 1;
                written.edits += usize::from(delivery.content.edits.is_some());
                rename(
                    slack,
                    delivery,
                    &format!("{:02}-{slug}-{message}", written.slack),
                    &["json"],
                )?;
            }
            Destination::Email(_) => {
                written.mails += 1;
                written.summaries += usize::from(message == "weekly-summary");
                rename(
                    mail,
                    delivery,
                    &format!("{:02}-{slug}-{message}", written.mails),
                    &["eml", "html", "txt"],
                )?;
            }
        }
    }
    write_slack_index(
        slack,
        &TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
    )
    .await?;
    Ok(written)
}

fn rename(folder: &Path, delivery: &Delivery, name: &str, endings: &[&str]) -> Result<()> {
    for ending in endings {
        let from = folder.join(format!("{}.{ending}", delivery.id));
        let to = folder.join(format!("{name}.{ending}"));
        std::fs::rename(&from, &to)
            .with_context(|| format!("cannot name {} {}", from.display(), to.display()))?;
    }
    Ok(())
}
