//! The tables, the bucket, the queues, and whether the schedules are kept.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::TenantId;
use plimsoll_store::{DueKind, Queue, StoreError};

use super::Check;
use crate::commands::service::{Session, words};

/// A schedule ticks every minute, for summaries every quarter of an hour; so many ticks may be missed.
const LATE: SignedDuration = SignedDuration::from_mins(10);
const SUMMARIES_LATE: SignedDuration = SignedDuration::from_mins(45);

/// What has waited for longer than it takes to be sent again twice is not dealt with at all.
const STUCK: SignedDuration = SignedDuration::from_mins(30);

/// Every kind of due work with the function that looks for it, and how it is called.
const WORK: [(DueKind, &str, &str); 7] = [
    (
        DueKind::Connection,
        "plan-scans",
        "accounts to be looked at",
    ),
    (DueKind::Cluster, "plan-scans", "clusters to be scanned"),
    (DueKind::Scan, "plan-scans", "scans under way"),
    (DueKind::Outbox, "plan-scans", "finished scans to be routed"),
    (DueKind::Delivery, "plan-scans", "messages to be sent"),
    (
        DueKind::Incident,
        "escalate-incidents",
        "incidents to be escalated",
    ),
    (
        DueKind::Summary,
        "send-summaries",
        "summaries to be written",
    ),
];

pub(super) async fn look(session: &Session<'_>) -> Vec<Check> {
    let mut checks: Vec<Check> = stack(session).into_iter().collect();
    checks.extend([tables(session).await, objects(session).await]);
    if session.target.is_deployed() {
        for queue in Queue::ALL {
            checks.push(queue_check(session, queue).await);
        }
        checks.extend(schedules(session).await);
    }
    for (kind, function, what) in WORK {
        checks.extend(waiting(session, kind, function, what).await);
    }
    checks
}

/// Whether the last deployment has gone through.
fn stack(session: &Session<'_>) -> Option<Check> {
    let status = session.target.about.status.as_deref()?;
    let gone_through = status.ends_with("_COMPLETE") && !status.contains("ROLLBACK");
    Some(match gone_through {
        true => Check::well("stack", status),
        false => Check::wrong(
            "stack",
            status,
            "its events say why: aws cloudformation describe-stack-events; deploy again when that is mended",
        ),
    })
}

async fn tables(session: &Session<'_>) -> Check {
    let nobody = TenantId::of(&["plimsoll service doctor"]);
    let store = &session.target.store;
    let control = store.control().tenants().await;
    let tenant = store.of(&nobody).get_tenant().await;
    match (control, tenant) {
        (Ok(all), Err(StoreError::NotFound(_)) | Ok(_)) => Check::well(
            "tables",
            format!("can be read, {}", words::count(all.len(), "tenant")),
        ),
        (Err(error), _) | (_, Err(error)) => Check::unknown("tables", &error),
    }
}

async fn objects(session: &Session<'_>) -> Check {
    let nobody = TenantId::of(&["plimsoll service doctor"]);
    let object = session.target.store.of(&nobody);
    match object.get_object_named("nothing").await {
        Ok(_) | Err(StoreError::NotFound(_)) => Check::well("objects", "can be read"),
        Err(error) => Check::unknown("objects", &error),
    }
}

async fn queue_check(session: &Session<'_>, queue: Queue) -> Check {
    let what = format!("queue {}", queue.as_str());
    let health = match session.target.store.queues().health(queue).await {
        Ok(health) => health,
        Err(error) => return Check::unknown(what, &error),
    };
    let text = format!("{} waiting, {} under way", health.waiting, health.under_way);
    if health.dead == 0 {
        return Check::well(what, format!("{text}, none given up on"));
    }
    Check::wrong(
        what,
        format!("{text}, {} given up on", health.dead),
        format!(
            "the function's log says why; when that is mended, send them again:\n\
             aws sqs start-message-move-task --source-arn {}",
            health.dead_arn
        ),
    )
}

/// Whether each function that looks for due work has done so lately.
async fn schedules(session: &Session<'_>) -> Vec<Check> {
    let now = session.clock.now();
    let mut checks = Vec::new();
    for (kind, function, late) in [
        (DueKind::Connection, "plan-scans", LATE),
        (DueKind::Incident, "escalate-incidents", LATE),
        (DueKind::Summary, "send-summaries", SUMMARIES_LATE),
    ] {
        checks.push(match session.target.store.due().reached(kind).await {
            Err(error) => Check::unknown(function, &error),
            Ok(reached) => schedule(function, reached, late, now),
        });
    }
    checks
}

fn schedule(
    function: &str,
    reached: Option<Timestamp>,
    late: SignedDuration,
    now: Timestamp,
) -> Check {
    let help =
        format!("its log group ends in /{function}; its schedule and its alarm are in the stack");
    match reached {
        None => Check::wrong(function, "has never run", help),
        Some(at) if now.duration_since(at) > late => Check::wrong(
            function,
            format!("has not run since {}", words::when(at, now)),
            help,
        ),
        Some(at) => Check::well(function, format!("ran {}", words::ago(at, now))),
    }
}

/// The work of a kind that has waited for too long; nothing where there is none.
async fn waiting(
    session: &Session<'_>,
    kind: DueKind,
    function: &str,
    what: &str,
) -> Option<Check> {
    let now = session.clock.now();
    let stuck = match session.target.store.due().list(kind, now - STUCK).await {
        Err(error) => return Some(Check::unknown(what, &error)),
        Ok(batch) => batch.items,
    };
    let oldest = stuck.first()?;
    let text = format!(
        "{} overdue, the oldest since {}",
        stuck.len(),
        words::when(oldest.at, now)
    );
    let help = match session.target.is_deployed() {
        true => {
            format!("{function} should have dealt with them; its log says what it could not do")
        }
        false => "`plimsoll up` deals with them when it starts".to_owned(),
    };
    Some(match session.target.is_deployed() {
        true => Check::wrong(what, text, help),
        false => Check::well(what, format!("{text}: {help}")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Is;
    use super::*;

    #[test]
    fn a_schedule_that_is_not_kept_is_wrong() {
        let now: Timestamp = "2026-11-21T08:10:00Z".parse().unwrap();
        let at = |minutes| Some(now - SignedDuration::from_mins(minutes));
        let is = |reached| schedule("plan-scans", reached, LATE, now).is;
        assert_eq!(is(at(1)), Is::Well);
        assert_eq!(is(at(11)), Is::Wrong);
        assert_eq!(is(None), Is::Wrong);
    }
}
