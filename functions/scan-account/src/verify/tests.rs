use plimsoll_model::ConnectionId;

use super::*;

/// The checks in the order of the rounds below: answers, refuses without, refuses wrong, account, unique, regions.
fn kinds() -> Vec<CheckKind> {
    let Proof {
        answers,
        refuses,
        belongs,
        ..
    } = Proof::of(&connection("waiting").kind);
    let regions = CheckKind::RegionsListed { listed: 1, of: 2 };
    let proof = [answers, refuses, belongs].concat().into_iter();
    proof.chain([regions]).collect()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

/// `p` passed, `f` failed, `l` lost, `-` not made.
fn checks(round: &str) -> Vec<Check> {
    let said = "said".to_owned();
    let made = kinds().into_iter().zip(round.chars());
    let made = made.filter_map(|(kind, letter)| {
        let outcome = match letter {
            'p' => CheckOutcome::Passed,
            'f' => CheckOutcome::Failed { said: said.clone() },
            'l' => CheckOutcome::Lost { said: said.clone() },
            _ => return None,
        };
        let at = at(0);
        Some(Check { kind, outcome, at })
    });
    made.collect()
}

fn connection(state: &str) -> Connection {
    let kind = ConnectionKind::Aws {
        account: "471100000815".to_owned(),
        role: "PlimsollScanner".to_owned(),
        external_id: "plm-1".to_owned(),
        regions: vec!["eu-central-1".to_owned(), "eu-west-1".to_owned()],
    };
    let mut connection = Connection::new(ConnectionId::of(&["c"]), kind, None, at(0));
    let (reason, mend, since) = ("before".to_owned(), NextStep::words("do it"), at(-60));
    connection.state = match state {
        "waiting" => ConnectionState::Waiting,
        "verifying" => ConnectionState::Verifying,
        "connected" => ConnectionState::Connected,
        "degraded" => ConnectionState::Degraded {
            reason,
            mend,
            since,
        },
        _ => ConnectionState::Suspended {
            reason,
            mend,
            since,
        },
    };
    connection
}

fn settled(connection: &Connection, round: &str, minute: i64) -> (Connection, &'static str) {
    let round = Round {
        checks: &checks(round),
        slot: None,
        every: WEEK,
        now: at(minute),
    };
    let (after, change) = settle(connection, &round);
    let told = match change {
        None => "",
        Some(ConnectionChange { trouble: None, .. }) => "works",
        Some(_) => "broken",
    };
    (after, told)
}

#[test]
fn every_state_goes_where_its_checks_lead() {
    for (before, round, after, told) in [
        ("waiting", "f-----", "waiting", ""),
        ("waiting", "l-----", "waiting", ""),
        ("waiting", "pl----", "verifying", ""),
        ("waiting", "pppl--", "verifying", ""),
        ("waiting", "pppppl", "verifying", ""),
        ("waiting", "ppppf-", "waiting", ""),
        ("waiting", "pf----", "suspended", "broken"),
        ("waiting", "ppf---", "suspended", "broken"),
        ("waiting", "pppppf", "degraded", "broken"),
        ("waiting", "pppppp", "connected", ""),
        ("verifying", "l-----", "verifying", ""),
        ("verifying", "f-----", "waiting", ""),
        ("verifying", "plp---", "verifying", ""),
        ("verifying", "pppppp", "connected", ""),
        ("connected", "pppppp", "connected", ""),
        ("connected", "ppppp-", "connected", ""),
        ("connected", "l-----", "connected", ""),
        ("connected", "pll---", "connected", ""),
        ("connected", "pppppl", "connected", ""),
        ("connected", "f-----", "degraded", "broken"),
        ("connected", "pppf--", "degraded", "broken"),
        ("connected", "ppppf-", "degraded", "broken"),
        ("connected", "pppppf", "degraded", "broken"),
        ("connected", "plf---", "suspended", "broken"),
        ("degraded", "f-----", "degraded", ""),
        ("degraded", "l-----", "degraded", ""),
        ("degraded", "pll---", "degraded", ""),
        ("degraded", "pppppl", "degraded", ""),
        ("degraded", "ppf---", "suspended", "broken"),
        ("degraded", "pppppp", "connected", "works"),
        ("suspended", "ppf---", "suspended", ""),
        ("suspended", "f-----", "suspended", ""),
        ("suspended", "l-----", "suspended", ""),
        ("suspended", "ppl---", "suspended", ""),
        ("suspended", "pppl--", "suspended", ""),
        ("suspended", "ppppf-", "degraded", "broken"),
        ("suspended", "pppppf", "degraded", "broken"),
        ("suspended", "pppppl", "connected", "works"),
        ("suspended", "pppppp", "connected", "works"),
    ] {
        let (connection, said) = settled(&connection(before), round, 0);
        let got = (connection.state.word(), said);
        assert_eq!(got, (after, told), "{before} {round}");
    }
}

/// Whatever comes of whichever check.
#[test]
fn only_proof_connects_and_only_proof_of_the_contrary_suspends() {
    let letters = ['p', 'f', 'l', '-'];
    let states = ["waiting", "verifying", "connected", "degraded", "suspended"];
    for number in 0..4_usize.pow(6) {
        let letter = |place: u32| letters[number / 4_usize.pow(place) % 4];
        let round: String = (0..6).map(letter).collect();
        let proven = round.starts_with("ppppp");
        let open = round[1..3].contains('f');
        for before in states {
            let (after, told) = settled(&connection(before), &round, 0);
            let word = after.state.word();
            let context = format!("{before} {round} {word}");
            if word == "connected" && before != "connected" {
                assert!(proven, "{context}");
            }
            assert_eq!(
                word == "suspended" && before != "suspended",
                open && before != "suspended",
                "{context}"
            );
            if before == "suspended" && word != "suspended" {
                assert!(round.starts_with("ppp"), "{context}");
            }
            if !round.contains('f') {
                assert_ne!(told, "broken", "{context}");
            }
            let (again, twice) = settled(&after, &round, 1);
            assert_eq!((again.state.word(), twice), (word, ""), "{context}");
            assert_eq!(again.checked.since, after.checked.since, "{context}");
        }
    }
}

#[test]
fn trouble_keeps_its_beginning_and_says_what_it_is_now() {
    let since = |connection: &Connection| connection.trouble().unwrap().since;
    let (after, _) = settled(&connection("suspended"), "ppf---", 5);
    assert_eq!(since(&after), at(-60));
    let trouble = after.trouble().unwrap();
    assert!(
        trouble.reason.contains("with a wrong ExternalId"),
        "{trouble:?}"
    );
    assert!(trouble.suspended && !trouble.in_part);
    let (after, _) = settled(&after, "f-----", 6);
    assert!(
        after
            .trouble()
            .unwrap()
            .reason
            .contains("nothing is proven")
    );
    let (after, _) = settled(&after, "pppppf", 7);
    assert_eq!(since(&after), at(7), "another trouble begins");
    assert!(after.trouble().unwrap().in_part);
    // Regions were not asked in this round: what was found of them counts on.
    let (after, told) = settled(&after, "ppppp-", 8);
    assert_eq!(
        (after.state.word(), told, since(&after)),
        ("degraded", "", at(7))
    );
    assert!(is_read(&after));
    let (after, _) = settled(&after, "f-----", 9);
    assert!(!is_read(&after), "{:?}", after.trouble());
}

#[test]
fn checks_are_daily_and_sooner_while_somebody_may_be_mending() {
    let next = |connection: &Connection| connection.checked.next.unwrap();
    let (connected, _) = settled(&connection("waiting"), "pppppp", 0);
    assert_eq!(next(&connected), at(24 * 60));
    let (lost, _) = settled(&connected, "pl----", 10);
    assert_eq!(next(&lost), at(10 + 15));
    let (suspended, _) = settled(&connected, "pf----", 10);
    assert_eq!(next(&suspended), at(10 + 60));
    let (waiting, _) = settled(&connection("waiting"), "f-----", 0);
    for (now, wait) in [
        (0, 1),
        (59, 1),
        (60, 15),
        (24 * 60, 60),
        (7 * 24 * 60, 24 * 60),
    ] {
        let (again, _) = settled(&waiting, "f-----", now);
        assert_eq!(next(&again), at(now + wait), "{now}");
    }
}

#[test]
fn a_scan_that_was_missed_is_made_good_and_none_comes_earlier_than_asked() {
    // A scan a week; the last was read at 0.
    let scan = |connection: &Connection, minute: i64| {
        let round = Round {
            checks: &checks("pppppp"),
            slot: Some(at(minute)),
            every: WEEK,
            now: at(minute),
        };
        settle(connection, &round).0
    };
    let week = 7 * 24 * 60;
    let mut read = scan(&connection("waiting"), 0);
    assert_eq!(read.checked.read, Some(at(0)));
    read.next_scan = at(week);
    let (broken, _) = settled(&read, "f-----", 100);
    let (mended, _) = settled(&broken, "pppppp", 200);
    assert_eq!(mended.next_scan, at(week), "no slot was missed");
    let mut missed = broken;
    missed.next_scan = at(2 * week);
    let (mended, _) = settled(&missed, "pppppp", week + 100);
    assert_eq!(mended.next_scan, at(week + 100));
    let (checked, _) = settled(&mended, "pppppp", week + 200);
    assert_eq!(checked.next_scan, mended.next_scan);
    // Whoever connects for the first time need not wait for the next slot.
    let mut new = connection("waiting");
    new.next_scan = at(week);
    let (first, _) = settled(&new, "pppppp", 30);
    assert_eq!(first.next_scan, at(30));
}
