use super::*;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_summary_comes_at_eight_local_time_on_both_sides_of_the_clock_change() {
    let monday = WeekTime::parse("Mon 08:00").unwrap();
    // Clocks go back on 25 October 2026 and forward on 28 March 2027.
    assert_eq!(
        monday.next(at("2026-10-24T12:00:00Z"), &berlin()),
        at("2026-10-26T07:00:00Z")
    );
    assert_eq!(
        monday.next(at("2027-03-27T12:00:00Z"), &berlin()),
        at("2027-03-29T06:00:00Z")
    );
    // The moment itself is not after itself.
    assert_eq!(
        monday.next(at("2026-10-26T07:00:00Z"), &berlin()),
        at("2026-11-02T07:00:00Z")
    );
}

#[test]
fn a_time_that_does_not_exist_moves_forward_and_one_that_comes_twice_is_its_first() {
    let gap = WeekTime::parse("sun 02:30").unwrap();
    assert_eq!(
        gap.next(at("2027-03-27T12:00:00Z"), &berlin()),
        at("2027-03-28T01:30:00Z")
    );
    assert_eq!(
        gap.next(at("2026-10-24T12:00:00Z"), &berlin()),
        at("2026-10-25T00:30:00Z")
    );
}

#[test]
fn other_texts_are_no_time_of_the_week() {
    for text in [
        "",
        "Mon",
        "Mon 8:00",
        "Mon 24:00",
        "Mon 08:60",
        "Xyz 08:00",
        "Mon  08:00",
        "Mon +8:00",
    ] {
        assert_eq!(WeekTime::parse(text), None, "{text}");
    }
}

#[test]
fn office_hours_begin_at_their_first_minute_and_end_before_their_last() {
    let days = [Weekday::Monday, Weekday::Friday];
    let office = Hours::new(
        &days,
        parse_time("09:00").unwrap(),
        parse_time("18:00").unwrap(),
    );
    let zone = berlin();
    // 16 November 2026 is a Monday; Berlin is one hour ahead of UTC.
    assert!(office.hold(at("2026-11-16T08:00:00Z"), &zone));
    assert!(!office.hold(at("2026-11-16T07:59:59Z"), &zone));
    assert!(!office.hold(at("2026-11-16T17:00:00Z"), &zone));
    assert!(!office.hold(at("2026-11-17T10:00:00Z"), &zone));
    assert_eq!(
        office.next_start(at("2026-11-16T17:00:00Z"), &zone),
        at("2026-11-20T08:00:00Z")
    );
    assert_eq!(
        office.next_start(at("2026-11-16T03:00:00Z"), &zone),
        at("2026-11-16T08:00:00Z")
    );
}

#[test]
fn a_week_is_named_by_its_iso_year() {
    let zone = berlin();
    assert_eq!(week_name(at("2026-11-19T12:00:00Z"), &zone), "2026-W47");
    assert_eq!(week_name(at("2027-01-01T12:00:00Z"), &zone), "2026-W53");
    // Sunday night in UTC is already Monday in Berlin.
    assert_eq!(week_name(at("2026-11-22T23:30:00Z"), &zone), "2026-W48");
}

#[test]
fn the_last_week_runs_from_monday_to_monday_and_may_have_169_hours() {
    let zone = berlin();
    let (from, to) = last_week(at("2026-10-26T07:00:00Z"), &zone);
    assert_eq!(
        (from, to),
        (at("2026-10-18T22:00:00Z"), at("2026-10-25T23:00:00Z"))
    );
    assert_eq!(to.duration_since(from).as_hours(), 169);
}
