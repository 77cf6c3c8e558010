//! Findings of a week in words.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use plimsoll_model::{ClusterId, Finding, Incident, IncidentState, PolicyId};

use super::Week;
use crate::context::{FindingWords, When, one_line};

/// Puts findings into words, with what is being done about each.
pub(super) struct Words<'a> {
    week: &'a Week<'a>,
    zone: &'a TimeZone,
    incidents: BTreeMap<(&'a ClusterId, &'a PolicyId), &'a Incident>,
}

impl<'a> Words<'a> {
    pub(super) fn new(week: &'a Week<'a>, zone: &'a TimeZone) -> Self {
        let incidents = week.incidents.iter().filter_map(|incident| {
            Some(((&incident.cluster, incident.policy.as_ref()?), incident))
        });
        Self {
            week,
            zone,
            incidents: incidents.collect(),
        }
    }

    pub(super) fn of(&self, finding: &Finding, new: bool) -> FindingWords {
        let cluster = self.week.cluster(&finding.cluster);
        let name = cluster.map(|week| week.cluster.shown_name());
        let name = name.unwrap_or_default();
        let slug = &self.week.tenant.slug;
        let mut words = FindingWords::of(finding, &name, new, self.zone, self.week.links, slug);
        let mut notes = Vec::new();
        let since = finding.reopened.unwrap_or(finding.first_seen);
        let due = cluster.and_then(|week| {
            self.week
                .policy
                .due(finding.severity, week.cluster.stage, since)
        });
        if let Some(due) = due {
            notes.push(format!("due {}", When::of(due, self.zone).day));
        }
        if let Some(incident) = self.incidents.get(&(&finding.cluster, &finding.policy)) {
            let by = match &incident.state {
                IncidentState::Acknowledged(acknowledgement) => {
                    format!(" acknowledged by {}", one_line(&acknowledgement.by, 80))
                }
                _ => String::new(),
            };
            notes.push(format!("INC-{}{by}", incident.number));
        }
        words.note = (!notes.is_empty()).then(|| notes.join("; "));
        words
    }
}
