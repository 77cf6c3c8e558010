//! Puts an incident into words.

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_model::{ConnectionTrouble, Finding, Fingerprint, Incident, IncidentState};

use super::{
    AcknowledgedWords, FindingWords, IncidentContext, NextWords, ResolvedWords, SnoozedWords,
    StepWords, UnreadableWords, When, capital, lower_first, one_line,
};
use crate::chain::Chain;
use crate::decide::Reason;
use crate::document::Remediation;
use crate::incident::{Scene, Topic};
use crate::lapse::in_words;

/// What one message says beyond the incident itself.
pub(crate) struct Saying<'a> {
    pub(crate) reason: Reason,
    /// The incident as people knew it before.
    pub(crate) before: &'a Incident,
    pub(crate) step: Option<StepWords>,
    pub(crate) next: Option<NextWords>,
    /// Most findings by name: three in Slack, forty by mail.
    pub(crate) list: usize,
}

pub(crate) fn incident_context(
    incident: &Incident,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
    saying: Saying<'_>,
) -> IncidentContext {
    let chain = Chain::kept_in(incident);
    let zone = chain.zone();
    let when = |at: Timestamp| When::of(at, &zone);
    let slug = scene.tenant.slug.as_str();
    let resolved_at = match &incident.state {
        IncidentState::Resolved { at } => Some(*at),
        _ => None,
    };
    let (words, findings) = match topic {
        Topic::Policy { words, findings } => (Some(*words), *findings),
        Topic::Unreadable { .. } | Topic::Connection { .. } => (None, &[][..]),
    };
    let listed = if resolved_at.is_some() {
        &saying.before.open
    } else {
        &incident.open
    };
    let told = &saying.before.told;
    let list = listing(findings, listed, told);
    let sentence = match words {
        Some(words) if resolved_at.is_none() => {
            format!(
                "{} in {}",
                words.counted(incident.open.len()),
                incident.cluster_name
            )
        }
        Some(_) => format!(
            "{} in {}",
            lower_first(&incident.title),
            incident.cluster_name
        ),
        None if resolved_at.is_some() => format!("{} can be read again", incident.cluster_name),
        None => match topic {
            Topic::Connection { trouble, .. } if trouble.suspended => {
                format!("Plimsoll has stopped reading {}", incident.cluster_name)
            }
            Topic::Connection { trouble, .. } if trouble.in_part => {
                format!("{} can be read only in part", incident.cluster_name)
            }
            _ => format!("{} cannot be read", incident.cluster_name),
        },
    };
    let overdue = resolved_at.is_none() && incident.due.is_some_and(|due| due <= scene.now);
    IncidentContext {
        tenant: one_line(&scene.tenant.name, 80),
        id: incident.id.to_string(),
        number: format!("INC-{}", incident.number),
        revision: incident.revision,
        reason: saying.reason,
        severity: incident.severity.to_string(),
        severity_word: capital(incident.severity.as_str()),
        cluster: incident.cluster_name.clone(),
        stage: incident.stage.to_string(),
        subject: lower_first(&incident.title),
        lead: if words.is_some() {
            capital(&sentence)
        } else {
            sentence.clone()
        },
        sentence,
        news: super::news::news(incident, &saying, topic, scene, &chain),
        state: match &incident.state {
            IncidentState::Open => "open",
            IncidentState::Acknowledged(_) => "acknowledged",
            IncidentState::Snoozed { .. } => "snoozed",
            IncidentState::Resolved { .. } => "resolved",
        }
        .to_owned(),
        escalated: incident.state == IncidentState::Open
            && super::news::beyond_first(incident, &chain),
        open: incident.open.len(),
        findings: list
            .iter()
            .take(saying.list)
            .map(|finding| {
                let new = resolved_at.is_none() && !told.contains(&finding.fingerprint);
                FindingWords::of(
                    finding,
                    &incident.cluster_name,
                    new,
                    &zone,
                    scene.links,
                    slug,
                )
            })
            .collect(),
        more: listed.len().saturating_sub(list.len().min(saying.list)),
        why: words.map(|words| words.why.clone()),
        fix: words.map(|words| words.fix.clone()),
        patch: words
            .filter(|_| chain.remediation == Remediation::Guided)
            .and_then(|words| words.patch.clone()),
        controls: words
            .map(|words| words.controls.clone())
            .unwrap_or_default(),
        opened: when(incident.opened),
        due: incident.due.filter(|_| resolved_at.is_none()).map(when),
        overdue,
        next: saying.next,
        step: saying.step,
        acknowledged: match &incident.state {
            IncidentState::Acknowledged(acknowledgement) => Some(AcknowledgedWords {
                by: one_line(&acknowledgement.by, 80),
                at: when(acknowledgement.at),
                until: acknowledgement.until.map(when),
            }),
            _ => None,
        },
        snoozed: match &incident.state {
            IncidentState::Snoozed { by, until } => Some(SnoozedWords {
                by: one_line(by, 80),
                until: when(*until),
            }),
            _ => None,
        },
        resolved: resolved_at.map(|at| ResolvedWords {
            at: when(at),
            after: in_words(at.duration_since(incident.opened).as_secs()),
        }),
        unreadable: unreadable(topic, when).filter(|_| resolved_at.is_none()),
        url: scene
            .links
            .to(slug, &format!("incidents/INC-{}", incident.number)),
        buttons: scene.links.buttons,
    }
}

fn unreadable(topic: &Topic<'_>, when: impl Fn(Timestamp) -> When) -> Option<UnreadableWords> {
    let lines = |lines: &[String]| lines.iter().map(|line| one_line(line, 600)).collect();
    Some(match topic {
        Topic::Policy { .. } => return None,
        Topic::Unreadable { reason, since } => UnreadableWords {
            what: "can no longer be read".to_owned(),
            need: one_line(&reason.need, 300),
            act: None,
            mend: lines(reason.mend.as_slice()),
            since: when(*since),
        },
        Topic::Connection { trouble, .. } => UnreadableWords {
            what: no_longer(trouble).to_owned(),
            need: one_line(&trouble.reason, 300),
            act: Some(one_line(&trouble.mend.text, 400)).filter(|act| !act.is_empty()),
            mend: lines(&trouble.mend.lines),
            since: when(trouble.since),
        },
    })
}

/// What is wrong with a connection, after its name.
pub(crate) fn no_longer(trouble: &ConnectionTrouble) -> &'static str {
    match (trouble.suspended, trouble.in_part) {
        (true, _) => "is no longer read",
        (false, true) => "can be read only in part",
        (false, false) => "can no longer be read",
    }
}

/// The findings with one of the wanted fingerprints: those people do not know of first, then by name, so that the order
/// is the same whatever order the store gave.
fn listing<'f>(
    findings: &'f [Finding],
    wanted: &BTreeSet<Fingerprint>,
    told: &BTreeSet<Fingerprint>,
) -> Vec<&'f Finding> {
    let mut list: Vec<&Finding> = findings
        .iter()
        .filter(|finding| wanted.contains(&finding.fingerprint))
        .collect();
    list.sort_by(|a, b| {
        let key = |finding: &Finding| {
            (
                told.contains(&finding.fingerprint),
                finding.resource.clone(),
                finding.element.clone(),
                finding.fingerprint,
            )
        };
        key(a).cmp(&key(b))
    });
    list.dedup_by_key(|finding| finding.fingerprint);
    list
}
