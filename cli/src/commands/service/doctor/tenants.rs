//! One tenant: its connections, its clusters and its messages.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{
    Cluster, Connection, ConnectionKind, Delivery, DeliveryState, Readable, Tenant,
};
use plimsoll_store::{RegisteredTenant, StoreError, TenantStore};

use super::{Check, routes};
use crate::commands::service::{Session, words};

/// A cluster that has not been scanned for so long after it was due will not be by itself.
const OVERDUE: SignedDuration = SignedDuration::from_hours(2);

pub(super) async fn look(session: &Session<'_>, listed: &RegisteredTenant) -> Vec<Check> {
    let store = session.target.store.of(&listed.id);
    let tenant = match store.get_tenant().await {
        Ok(tenant) => tenant,
        Err(StoreError::NotFound(_)) => {
            return vec![Check::wrong(
                &listed.slug,
                "stands in the list of tenants and has no settings: its deletion, or its addition, was cut short",
                format!(
                    "plimsoll service tenant delete {0} --yes {0}, or add it again",
                    listed.slug
                ),
            )];
        }
        Err(error) => return vec![Check::unknown(&listed.slug, &error)],
    };
    let now = session.clock.now();
    let mut checks = Vec::new();
    match (store.list_connections().await, store.list_clusters().await) {
        (Ok(connections), Ok(clusters)) => {
            checks.extend(connections_check(&tenant, &connections, &clusters));
            checks.extend(clusters.iter().filter_map(|one| cluster(&tenant, one, now)));
        }
        (Err(error), _) | (_, Err(error)) => checks.push(Check::unknown(&tenant.slug, &error)),
    }
    checks.extend(routes::look(session, &store, &tenant).await);
    match undelivered(&store, &tenant, now).await {
        Ok(found) => checks.extend(found),
        Err(error) => checks.push(Check::unknown(&tenant.slug, &error)),
    }
    if checks.is_empty() {
        checks.push(Check::well(&tenant.slug, "all is well"));
    }
    checks
}

fn connections_check(
    tenant: &Tenant,
    connections: &[Connection],
    clusters: &[Cluster],
) -> Vec<Check> {
    let slug = &tenant.slug;
    if connections.is_empty() {
        return vec![Check::wrong(
            slug,
            "has no connections",
            format!(
                "plimsoll service connection add --tenant {slug} --account ACCOUNT --regions REGION"
            ),
        )];
    }
    let each = connections.iter().map(|connection| {
        let reached = words::reached(connection);
        let what = format!("{slug} {reached}");
        let state = words::state(connection);
        if state.is_connected() {
            let of_it =
                |cluster: &&Cluster| cluster.connection == connection.id && cluster.is_cluster();
            let found = clusters.iter().filter(of_it).count();
            return Check::well(
                what,
                format!("connected, {}", words::count(found, "cluster")),
            );
        }
        let again = format!("then: plimsoll service scan {reached} --tenant {slug}");
        let help = match (&state.mend, &connection.kind) {
            (Some(mend), _) => format!("{mend}\n{again}"),
            (None, ConnectionKind::Aws { .. }) => {
                format!("plimsoll onboarding link --tenant {slug} --account {reached}\n{again}")
            }
            (None, _) => again,
        };
        let reason = state.reason.unwrap_or("nobody has let us in yet");
        Check::wrong(what, format!("{}: {reason}", state.word), help)
    });
    each.collect()
}

fn cluster(tenant: &Tenant, cluster: &Cluster, now: Timestamp) -> Option<Check> {
    let what = format!("{} {}", tenant.slug, cluster.name);
    if let Readable::No { reason, since } = &cluster.readable {
        let text = format!(
            "cannot be read since {}: {}",
            words::when(*since, now),
            reason.need
        );
        let help = reason.mend.clone();
        let help = help.unwrap_or_else(|| format!("plimsoll service cluster show {}", cluster.id));
        return Some(Check::wrong(what, text, help));
    }
    if now.duration_since(cluster.next_scan) > OVERDUE {
        let text = format!("was to be scanned {}", words::when(cluster.next_scan, now));
        let help = format!(
            "plimsoll service scan {} --tenant {}",
            cluster.name, tenant.slug
        );
        return Some(Check::wrong(what, text, help));
    }
    None
}

/// Messages that nobody got, or has got yet, of open incidents and of none.
async fn undelivered(
    store: &TenantStore,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Vec<Check>, StoreError> {
    let mut all = store.list_deliveries(None).await?;
    for incident in store.open_incidents(None).await? {
        all.extend(store.list_deliveries(Some(&incident.id)).await?);
    }
    let what = format!("{} messages", tenant.slug);
    let failed = failed(&all, now).map(|text| {
        let help = "mend the channel; what has failed is not sent again, what comes after it is";
        Check::wrong(&what, text, help)
    });
    let waiting = waiting(&all, now).map(|text| {
        let help = "mend the channel; what waits is tried again by itself";
        Check::wrong(&what, text, help)
    });
    Ok(failed.into_iter().chain(waiting).collect())
}

fn failed(all: &[Delivery], now: Timestamp) -> Option<String> {
    let failed = all.iter().filter_map(|delivery| match &delivery.state {
        DeliveryState::Failed { reason, .. } => Some((delivery, reason)),
        _ => None,
    });
    let (last, reason) = failed
        .clone()
        .max_by_key(|(delivery, _)| delivery.created)?;
    let (count, when) = (failed.count(), words::when(last.created, now));
    Some(format!(
        "{count} could not be delivered, the last {when}: {reason}"
    ))
}

/// Of what was tried in vain and is to be tried again, that which was tried most often.
fn waiting(all: &[Delivery], now: Timestamp) -> Option<String> {
    let waiting = all
        .iter()
        .filter_map(|delivery| Some((delivery, delivery.trouble.as_ref()?)));
    let (worst, trouble) = waiting
        .clone()
        .max_by_key(|(delivery, _)| delivery.attempts)?;
    let next = match worst.state {
        DeliveryState::Pending { not_before } => format!("next {}", words::when(not_before, now)),
        _ => "being tried now".to_owned(),
    };
    let (count, attempts) = (
        waiting.count(),
        words::count(worst.attempts as usize, "attempt"),
    );
    let verb = if count == 1 { "waits" } else { "wait" };
    Some(format!(
        "{count} {verb} for another attempt, {next}, after {attempts}: {trouble}"
    ))
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{DeliveryContent, DeliveryId, Destination};

    use super::*;

    fn delivery(attempts: u32, state: DeliveryState, trouble: Option<&str>) -> Delivery {
        Delivery {
            id: DeliveryId::of(&["d"]),
            incident: None,
            step: "r0s1".to_owned(),
            destination: Destination::Slack("#security".to_owned()),
            content: DeliveryContent {
                message: "incident-opened".to_owned(),
                context: serde_json::Value::Null,
                edits: None,
                thread: None,
            },
            state,
            created: Timestamp::UNIX_EPOCH,
            attempts,
            trouble: trouble.map(str::to_owned),
        }
    }

    #[test]
    fn what_waits_for_another_attempt_says_why_and_until_when() {
        let now = Timestamp::UNIX_EPOCH;
        let pending = DeliveryState::Pending {
            not_before: now + SignedDuration::from_mins(20),
        };
        let claimed = DeliveryState::Claimed { until: now };
        let fresh = delivery(0, pending.clone(), None);
        assert_eq!(waiting(std::slice::from_ref(&fresh), now), None);
        let first = delivery(1, claimed, Some("the far end asks to wait 30 s"));
        let worst = delivery(4, pending, Some("not sent: no answer"));
        let text = waiting(&[fresh, first.clone(), worst], now).unwrap();
        assert!(
            text.starts_with("2 wait for another attempt, next "),
            "{text}"
        );
        assert!(
            text.contains("in 20 min, after 4 attempts: not sent: no answer"),
            "{text}"
        );
        let text = waiting(&[first], now).unwrap();
        let expected = "1 waits for another attempt, being tried now, after 1 attempt: the far end asks to wait 30 s";
        assert_eq!(text, expected);
    }
}
