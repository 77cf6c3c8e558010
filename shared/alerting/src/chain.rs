//! The escalation chain of one incident: a named policy with its route's options, complete in itself, so that it can be
//! kept with the incident and a later change of the document does not touch what is under way.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use plimsoll_model::{Severity, Stage};
use serde::{Deserialize, Serialize};

use crate::clock::Hours;
use crate::document::{
    EscalationPolicy, NamedPolicy, Person, Remediation, Rotation, Schedule, Step, Target,
};
use crate::lapse::Lapse;
use crate::route::RouteMatch;

/// What happens, step by step, while nobody acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The named policy, or several joined by ` + `.
    pub name: String,
    /// The way through the routing tree, for whoever asks why.
    pub path: Vec<String>,
    /// IANA name of the tenant's time zone.
    pub timezone: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// How long after the last step all of them are taken again.
    pub repeat: Option<Lapse>,
    /// How long an acknowledgement counts.
    pub times_out: Option<Lapse>,
    /// Outside these hours everything waits, if this incident's severity is one that waits.
    pub quiet: Option<Hours>,
    /// How much help messages give.
    #[serde(default)]
    pub remediation: Remediation,
}

impl Chain {
    /// The chain for an incident of `severity` in `stage` that `matches` took. Several matches run side by side on one
    /// time line; it repeats as often as the most frequent, an acknowledgement lapses as early as the shortest, and it
    /// waits for hours of work only where all of them do. None when nothing matched or nobody is to be told.
    #[must_use]
    pub fn of(
        policy: &EscalationPolicy,
        matches: &[RouteMatch],
        severity: Severity,
        stage: Stage,
    ) -> Option<Self> {
        let chains: Vec<Chain> = matches
            .iter()
            .filter_map(|found| {
                let named = policy.policies.get(&found.name)?;
                Some(Self::of_one(policy, found, named, severity, stage))
            })
            .filter(|chain| !chain.steps.is_empty())
            .collect();
        let mut chains = chains.into_iter();
        let first = chains.next()?;
        Some(chains.fold(first, Self::beside))
    }

    fn of_one(
        policy: &EscalationPolicy,
        found: &RouteMatch,
        named: &NamedPolicy,
        severity: Severity,
        stage: Stage,
    ) -> Self {
        let options = &found.options;
        let times_out = options.times_out.as_ref().unwrap_or(&named.times_out);
        let quiet = options.quiet.as_ref().or(named.quiet.as_ref());
        Self {
            name: found.name.clone(),
            path: found.path.clone(),
            timezone: policy.timezone.clone(),
            steps: named.steps.clone(),
            repeat: options.repeat.or(named.repeat),
            times_out: times_out.get(&severity).copied(),
            quiet: quiet
                .filter(|quiet| quiet.hold.contains(&severity))
                .map(|quiet| quiet.outside.clone()),
            remediation: policy.remediation(stage),
        }
    }

    /// Both chains on one time line.
    fn beside(self, other: Self) -> Self {
        let mut line = self.time_line();
        line.extend(other.time_line());
        line.sort_by_key(|(seconds, _)| *seconds);
        let mut steps: Vec<Step> = Vec::new();
        let mut now = 0;
        for (seconds, targets) in line {
            if seconds > now {
                steps.push(Step::Wait(Lapse::of_seconds(seconds - now)));
                now = seconds;
            }
            match steps.last_mut() {
                Some(Step::Notify(earlier)) => {
                    for target in targets {
                        if !earlier.contains(&target) {
                            earlier.push(target);
                        }
                    }
                }
                _ => steps.push(Step::Notify(targets)),
            }
        }
        let sooner = |a: Option<Lapse>, b: Option<Lapse>| a.into_iter().chain(b).min();
        Self {
            name: format!("{} + {}", self.name, other.name),
            path: [self.path, other.path].concat(),
            timezone: self.timezone,
            steps,
            repeat: sooner(self.repeat, other.repeat),
            times_out: sooner(self.times_out, other.times_out),
            quiet: self.quiet.filter(|_| other.quiet.is_some()),
            remediation: self.remediation,
        }
    }

    /// Whom it tells, by seconds since it began.
    fn time_line(&self) -> Vec<(u32, Vec<Target>)> {
        let mut now = 0_u32;
        let mut line = Vec::new();
        for step in &self.steps {
            match step {
                Step::Notify(targets) => line.push((now, targets.clone())),
                Step::Wait(lapse) => now = now.saturating_add(lapse.seconds()),
            }
        }
        line
    }

    /// The chain kept in an incident. One that cannot be read (a record of a version long gone) has no steps: nothing
    /// more happens by itself, and the incident stays visible.
    #[must_use]
    pub fn kept_in(incident: &plimsoll_model::Incident) -> Self {
        serde_json::from_value(incident.escalation.clone()).unwrap_or_else(|_| Self {
            name: incident.escalation_name.clone(),
            path: Vec::new(),
            timezone: "UTC".to_owned(),
            steps: Vec::new(),
            repeat: None,
            times_out: None,
            quiet: None,
            remediation: Remediation::default(),
        })
    }

    /// The chain as an incident keeps it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The time zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// Whom the chain tells first.
    #[must_use]
    pub fn first_targets(&self) -> &[Target] {
        self.steps
            .iter()
            .find_map(|step| match step {
                Step::Notify(targets) => Some(targets.as_slice()),
                Step::Wait(_) => None,
            })
            .unwrap_or_default()
    }
}

impl Schedule {
    /// Whose turn it is at `now`. Turns are counted from Monday 5 January 1970, so that everybody computes the same
    /// person from the list alone; none when the schedule has no members.
    #[must_use]
    pub fn on_duty(&self, now: Timestamp, zone: &TimeZone) -> Option<&Person> {
        let origin = jiff::civil::date(1970, 1, 5);
        let turns = match self.rotate {
            Rotation::Weekly { handover } => {
                days_since(origin, handover.last_date(now, zone)).div_euclid(7)
            }
            Rotation::Daily { handover } => {
                let local = zone.to_datetime(now);
                let today = local.date();
                let date = if local.time() < handover {
                    today.checked_sub(1.day()).unwrap_or(today)
                } else {
                    today
                };
                days_since(origin, date)
            }
        };
        let count = i64::try_from(self.members.len()).ok().filter(|n| *n > 0)?;
        let index = usize::try_from(turns.rem_euclid(count)).ok()?;
        self.members.get(index)
    }
}

fn days_since(origin: jiff::civil::Date, date: jiff::civil::Date) -> i64 {
    date.duration_since(origin).as_hours() / 24
}

#[cfg(test)]
mod tests;
