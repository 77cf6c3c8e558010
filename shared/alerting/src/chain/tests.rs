use std::collections::BTreeMap;

use super::*;
use crate::route::{IncidentFacts, route};

fn document(text: &str) -> EscalationPolicy {
    EscalationPolicy::parse(text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn chain(document: &EscalationPolicy, severity: Severity) -> Option<Chain> {
    let facts = IncidentFacts {
        severity,
        stage: Stage::Prod,
        cluster: "c",
        policy: None,
        tags: &BTreeMap::new(),
    };
    Chain::of(document, &route(document, &facts), severity, Stage::Prod)
}

#[test]
fn a_chain_is_complete_in_itself_and_survives_json() {
    let document = document(include_str!("../document/example.yaml"));
    let chain = chain(&document, Severity::Critical).unwrap();
    assert_eq!(chain.name, "payments-prod");
    assert_eq!(chain.times_out, Lapse::parse("3d").ok());
    // The policy holds back medium and low only.
    assert_eq!(chain.quiet, None);
    let Step::Notify(targets) = &chain.steps[2] else {
        panic!()
    };
    let Target::Schedule(schedule) = &targets[0] else {
        panic!()
    };
    assert_eq!(schedule.members[0].slack.as_deref(), Some("U07ANA"));
    assert_eq!(
        serde_json::from_value::<Chain>(chain.to_json()).unwrap(),
        chain
    );
}

#[test]
fn nobody_to_tell_is_no_chain() {
    let document = document(include_str!("../document/example.yaml"));
    assert_eq!(chain(&document, Severity::Low), None);
}

#[test]
fn chains_side_by_side_become_one_time_line() {
    let document = document(
        "
version: 1
timezone: UTC
hours: { office: { days: [mon], from: '09:00', to: '18:00' } }
route:
  use: a
  children: [ { use: a, continue: true }, { use: b } ]
policies:
  a:
    steps: [ { notify: { slack: '#a' } }, { wait: 1h }, { notify: { email: a@x.example } } ]
    repeat: 7d
    quiet: { outside: office, hold: [high] }
  b:
    steps: [ { notify: { slack: ['#a', '#b'] } }, { wait: 30m }, { notify: { slack: '#c' } } ]
    repeat: 2d
",
    );
    let chain = chain(&document, Severity::High).unwrap();
    assert_eq!(chain.name, "a + b");
    let slack = |name: &str| Target::Slack(name.to_owned());
    let half = Lapse::parse("30m").unwrap();
    assert_eq!(
        chain.steps,
        [
            Step::Notify(vec![slack("#a"), slack("#b")]),
            Step::Wait(half),
            Step::Notify(vec![slack("#c")]),
            Step::Wait(half),
            Step::Notify(vec![Target::Email("a@x.example".to_owned())]),
        ]
    );
    assert_eq!(chain.repeat, Lapse::parse("2d").ok());
    // One of them does not wait for the office, so neither does the whole.
    assert_eq!(chain.quiet, None);
}

fn duty(schedule: &Schedule, at: &str) -> String {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    schedule
        .on_duty(at.parse().unwrap(), &zone)
        .unwrap()
        .name
        .clone()
}

fn schedule(rotate: &str) -> Schedule {
    let text = format!(
        "
version: 1
timezone: Europe/Berlin
people: {{ ana: {{ slack: U07ANA }}, ben: {{ slack: U07BEN }}, eve: {{ slack: U07EVE }} }}
schedules: {{ duty: {{ members: [ana, ben, eve], {rotate} }} }}
route: {{ use: x }}
policies: {{ x: {{ steps: [] }} }}
"
    );
    document(&text).schedules["duty"].clone()
}

#[test]
fn a_weekly_duty_goes_on_at_its_hour_and_comes_round() {
    let weekly = schedule("rotate: weekly, handover: 'Mon 09:00'");
    // 16 November 2026 is a Monday; Berlin is an hour ahead of UTC.
    let before = duty(&weekly, "2026-11-16T07:59:59Z");
    let after = duty(&weekly, "2026-11-16T08:00:00Z");
    assert_ne!(before, after);
    assert_eq!(after, duty(&weekly, "2026-11-23T07:59:59Z"));
    let round: Vec<String> = [
        "2026-11-16T08:00:00Z",
        "2026-11-23T08:00:00Z",
        "2026-11-30T08:00:00Z",
    ]
    .iter()
    .map(|at| duty(&weekly, at))
    .collect();
    // 2,967 weeks after the first Monday of 1970, a multiple of three: the first member.
    assert_eq!(round, ["ana", "ben", "eve"]);
    assert_eq!(duty(&weekly, "2026-12-07T08:00:00Z"), "ana");
}

#[test]
fn a_daily_duty_goes_on_at_its_hour_over_the_clock_change() {
    let daily = schedule("rotate: daily, handover: '09:00'");
    // Clocks go back on 25 October 2026.
    let duties: Vec<String> = [
        "2026-10-24T07:00:00Z",
        "2026-10-25T07:59:59Z",
        "2026-10-25T08:00:00Z",
        "2026-10-26T08:00:00Z",
    ]
    .iter()
    .map(|at| duty(&daily, at))
    .collect();
    assert_eq!(duties[0], duties[1]);
    assert_ne!(duties[1], duties[2]);
    assert_ne!(duties[2], duties[3]);
}
