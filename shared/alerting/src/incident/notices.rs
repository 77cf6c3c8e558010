//! Messages that belong to no incident: a first scan, a week, a test.

use jiff::Timestamp;
use plimsoll_model::{Cluster, Delivery, DeliveryId, Destination, Severity, Tenant};

use super::Scene;
use super::draft::{destination_of, pending};
use super::teller::add;
use crate::chain::Chain;
use crate::context::{BaselineContext, Links, SummaryContext, TestMessageContext, When, one_line};
use crate::document::{EscalationPolicy, Person, Target};
use crate::route::{IncidentFacts, route};

/// The one message about the first scan of `cluster` (its counts are those of that scan) to everybody whom the tenant's
/// policy tells first about anything of that cluster. Incidents are opened only for what changes afterwards.
#[must_use]
pub fn baseline(
    policy: &EscalationPolicy,
    cluster: &Cluster,
    facts: &IncidentFacts<'_>,
    scene: &Scene<'_>,
) -> Vec<Delivery> {
    let zone = policy.zone();
    let mut destinations: Vec<Destination> = Vec::new();
    for severity in Severity::ALL {
        let matches = route(policy, &IncidentFacts { severity, ..*facts });
        let Some(chain) = Chain::of(policy, &matches, severity, facts.stage) else {
            continue;
        };
        for target in chain.first_targets() {
            destinations_of(target, scene.now, &zone, &mut destinations);
        }
    }
    let scanned = When::of(cluster.last_scan_at.unwrap_or(scene.now), &zone);
    let context = BaselineContext::of(scene.tenant, cluster, scanned, scene.links);
    // A cluster that is read later has another first scan then.
    let sort = match cluster.known_around() {
        Some(_) => "baseline-around",
        None => "baseline",
    };
    destinations
        .into_iter()
        .map(|destination| {
            let step = format!("{sort}-{}", cluster.id);
            let id = DeliveryId::of(&[cluster.id.as_str(), sort, &destination.key()]);
            pending(
                id,
                None,
                &step,
                destination,
                "baseline",
                &context,
                scene.now,
            )
        })
        .collect()
}

fn destinations_of(
    target: &Target,
    now: Timestamp,
    zone: &jiff::tz::TimeZone,
    destinations: &mut Vec<Destination>,
) {
    let destination = match target {
        Target::Slack(to) => Some(Destination::Slack(to.clone())),
        Target::Email(to) => Some(Destination::Email(to.clone())),
        Target::Person(person) => destination_of(person),
        Target::Schedule(schedule) => schedule.on_duty(now, zone).and_then(destination_of),
    };
    if let Some(destination) = destination {
        add(destinations, destination);
    }
}

/// The weekly summary to each of its recipients: a person by mail where there is an address, else in Slack. The ids name
/// tenant, period and recipient, so that nobody gets the same week twice.
#[must_use]
pub fn summary_deliveries(
    policy: &EscalationPolicy,
    tenant: &Tenant,
    context: &SummaryContext,
    now: Timestamp,
) -> Vec<Delivery> {
    let Some(summary) = &policy.summary else {
        return Vec::new();
    };
    let mut destinations: Vec<Destination> = Vec::new();
    for target in &summary.to {
        match target {
            Target::Person(Person {
                email: Some(address),
                ..
            }) => add(&mut destinations, Destination::Email(address.clone())),
            target => destinations_of(target, now, &policy.zone(), &mut destinations),
        }
    }
    destinations
        .into_iter()
        .map(|destination| {
            let key = destination.key();
            let id = DeliveryId::of(&[tenant.id.as_str(), "summary", &context.period, &key]);
            pending(
                id,
                None,
                &context.period,
                destination,
                "weekly-summary",
                context,
                now,
            )
        })
        .collect()
}

/// The one message that proves a destination works; `what` says what will come there.
#[must_use]
pub fn test_message(
    tenant: &Tenant,
    destination: Destination,
    what: &str,
    links: &Links,
    now: Timestamp,
) -> Delivery {
    let context = TestMessageContext {
        tenant: one_line(&tenant.name, 80),
        what: one_line(what, 200),
        url: links.to(&tenant.slug, "settings"),
    };
    let seconds = now.as_second().to_string();
    let id = DeliveryId::of(&[tenant.id.as_str(), "test", &destination.key(), &seconds]);
    let step = format!("test-{seconds}");
    pending(id, None, &step, destination, "test-message", &context, now)
}
