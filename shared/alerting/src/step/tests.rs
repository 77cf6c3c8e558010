use super::*;
use crate::document::Remediation;
use crate::lapse::Lapse;

fn slack(name: &str) -> Target {
    Target::Slack(name.to_owned())
}

fn chain(repeat: Option<&str>) -> Chain {
    let wait = |text| Step::Wait(Lapse::parse(text).unwrap());
    Chain {
        name: "c".to_owned(),
        path: Vec::new(),
        timezone: "UTC".to_owned(),
        steps: vec![
            Step::Notify(vec![slack("#a")]),
            Step::Notify(vec![slack("#b")]),
            wait("30m"),
            Step::Notify(vec![slack("#c")]),
        ],
        repeat: repeat.map(|text| Lapse::parse(text).unwrap()),
        times_out: None,
        quiet: None,
        remediation: Remediation::Notify,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn position(step: u32, round: u32) -> Position {
    Position { step, round }
}

#[test]
fn all_that_stands_before_a_wait_is_told_at_once() {
    let now = at("2026-11-21T01:00:00Z");
    let next = next_step(&chain(None), position(0, 0), now);
    assert_eq!(next.notify, [slack("#a"), slack("#b")]);
    assert_eq!(next.position, position(3, 0));
    assert_eq!(next.wake_at, Some(at("2026-11-21T01:30:00Z")));
}

#[test]
fn without_repeat_the_end_is_the_end() {
    let now = at("2026-11-21T01:30:00Z");
    let next = next_step(&chain(None), position(3, 0), now);
    assert_eq!(next.notify, [slack("#c")]);
    assert_eq!(next.wake_at, None);
}

#[test]
fn with_repeat_it_begins_again_in_the_next_round() {
    let now = at("2026-11-21T01:30:00Z");
    let last = next_step(&chain(Some("1d")), position(3, 0), now);
    assert_eq!(last.wake_at, Some(at("2026-11-22T01:30:00Z")));
    let again = next_step(
        &chain(Some("1d")),
        last.position,
        at("2026-11-22T01:30:00Z"),
    );
    assert_eq!(again.notify, [slack("#a"), slack("#b")]);
    assert_eq!(again.position, position(3, 1));
}

#[test]
fn outside_the_hours_nothing_happens_until_they_begin() {
    let mut chain = chain(None);
    let monday = jiff::civil::Weekday::Monday;
    let time = |hour| jiff::civil::time(hour, 0, 0, 0);
    chain.quiet = Some(crate::clock::Hours::new(&[monday], time(9), time(18)));
    let saturday = at("2026-11-21T01:00:00Z");
    let next = next_step(&chain, position(0, 0), saturday);
    assert!(next.held && next.notify.is_empty());
    assert_eq!(next.position, position(0, 0));
    assert_eq!(next.wake_at, Some(at("2026-11-23T09:00:00Z")));
    // Nine o'clock itself is inside.
    assert!(!next_step(&chain, position(0, 0), at("2026-11-23T09:00:00Z")).held);
}

#[test]
fn a_chain_without_steps_and_a_position_beyond_all_bounds_stop() {
    let mut chain = chain(None);
    chain.steps.clear();
    let next = next_step(
        &chain,
        position(u32::MAX, u32::MAX),
        at("2026-11-21T01:00:00Z"),
    );
    assert_eq!((next.notify.len(), next.wake_at), (0, None));
}
