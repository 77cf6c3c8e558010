//! Four simulated weeks: what happens when, and what the people do about it.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::acknowledge;
use plimsoll_model::{
    ClusterId, Exception, ExceptionId, Finding, FindingState, Incident, IncidentState, PolicyId,
    Severity, TenantId,
};
use plimsoll_world::World;

use crate::up::Service;

/// Tuesday 27 October 2026, 02:10 in Berlin: the first night.
const FIRST_NIGHT: i64 = 1_793_063_400;
/// How many weeks.
pub(super) const WEEKS: u32 = 4;
/// How far time is moved at once while nothing is planned.
const STRIDE: SignedDuration = SignedDuration::from_hours(3);

/// When week `week` begins: the night of its scan.
pub(super) fn night(week: u32) -> Result<Timestamp> {
    let begin = FIRST_NIGHT + i64::from(week) * 7 * 24 * 3600;
    Timestamp::from_second(begin).context("the story's dates")
}

/// What a cluster's scans found after the first, counted over the weeks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) fixed: u32,
    pub(super) new: u32,
    pub(super) reopened: u32,
}

impl Counted {
    /// Adds what the scan at `at` changed.
    pub(super) fn add(&mut self, findings: &[Finding], at: Timestamp) {
        let count = |is: &dyn Fn(&Finding) -> bool| {
            u32::try_from(findings.iter().filter(|f| is(f)).count()).unwrap_or(0)
        };
        self.fixed += count(&|f| f.state == FindingState::Resolved && f.resolved == Some(at));
        self.new += count(&|f| f.first_seen == at);
        self.reopened += count(&|f| f.reopened == Some(at));
    }
}

/// A week's night: every cluster is scanned. In the last one the world is a week further, because people have mended
/// what was escalated to them.
pub(super) async fn scan(service: &Service, world: &World, week: u32) -> Result<()> {
    world.set_week(if week + 1 == WEEKS { WEEKS } else { week });
    at(service, night(week)?).await
}

/// What people do after it, and the days until the next night.
pub(super) async fn go_on(service: &Service, week: u32, acme: &TenantId) -> Result<()> {
    let night = night(week)?;
    // The first steps of a chain are minutes apart, the others hours.
    at(service, night + SignedDuration::from_mins(31)).await?;
    at(service, night + SignedDuration::from_mins(152)).await?;
    if week == 1 {
        somebody_acknowledges(service, acme, night + SignedDuration::from_hours(6)).await?;
    }
    if week == 2 {
        somebody_excepts(service, acme, night + SignedDuration::from_hours(8)).await?;
    }
    let mut now = night + SignedDuration::from_hours(9);
    let next = night + SignedDuration::from_hours(7 * 24);
    while now < next {
        at(service, now).await?;
        now += STRIDE;
    }
    Ok(())
}

async fn at(service: &Service, now: Timestamp) -> Result<()> {
    service.clock.set(now);
    service.tick().await?;
    service.drain().await?;
    Ok(())
}

/// Ana takes the critical incident after it has been escalated, and then forgets it: her acknowledgement times out.
async fn somebody_acknowledges(service: &Service, tenant: &TenantId, now: Timestamp) -> Result<()> {
    service.clock.set(now);
    let desk = service.desk();
    let dossier = desk.open(tenant).await?;
    let open = dossier.store.open_incidents(None).await?;
    let critical = |incident: &&Incident| {
        incident.severity == Severity::Critical && incident.state == IncidentState::Open
    };
    if let Some(incident) = open.iter().find(critical) {
        escalate_incidents::answer(&desk, &dossier, &incident.id, |incident, topic, scene| {
            acknowledge(incident, "Ana", topic, scene)
        })
        .await?;
    }
    service.drain().await?;
    Ok(())
}

/// The team accepts, for four weeks, that workloads of the shop may escalate privileges.
async fn somebody_excepts(service: &Service, tenant: &TenantId, now: Timestamp) -> Result<()> {
    service.clock.set(now);
    let exception = Exception {
        id: ExceptionId::of(&[tenant.as_str(), "shop-escalation"]),
        policy: PolicyId::new("allow-privilege-escalation"),
        cluster: None,
        namespace: Some("shop".to_owned()),
        fingerprint: None,
        reason: "The shop's base image is rebuilt in November.".to_owned(),
        approved_by: "Ben".to_owned(),
        created: now,
        expires: Some(now + SignedDuration::from_hours(20 * 24)),
    };
    service.store.of(tenant).put_exception(&exception).await?;
    Ok(())
}

/// What is counted of a cluster after a week's night.
pub(super) async fn count(
    service: &Service,
    tenant: &TenantId,
    cluster: &ClusterId,
    counted: &mut Counted,
) -> Result<()> {
    let store = service.store.of(tenant);
    let current = store.get_cluster(cluster).await?;
    if let Some(at) = current.last_scan_at {
        counted.add(&store.cluster_findings(cluster).await?, at);
    }
    Ok(())
}
