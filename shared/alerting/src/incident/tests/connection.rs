use std::collections::BTreeSet;

use plimsoll_model::{Connection, ConnectionId, ConnectionKind, ConnectionTrouble, NextStep};

use super::*;

fn connection() -> Connection {
    let kind = ConnectionKind::Aws {
        account: "471100000815".to_owned(),
        role: "PlimsollScanner".to_owned(),
        external_id: "plm-7f".to_owned(),
        regions: Vec::new(),
    };
    Connection::new(ConnectionId::of(&["c"]), kind, None, at(NIGHT))
}

fn trouble(suspended: bool, in_part: bool) -> ConnectionTrouble {
    ConnectionTrouble {
        suspended,
        in_part,
        reason: "The role lets us in without an ExternalId.".to_owned(),
        mend: NextStep::words("Put this condition into its trust policy.")
            .copying("\"Condition\"")
            .copying("second line"),
        since: at(NIGHT),
    }
}

fn open(world: &World, trouble: &ConnectionTrouble) -> Outcome {
    let connection = connection();
    let opening = Opening {
        cluster: &connection.as_scope(Stage::Prod),
        scan: &world.scan,
        number: 7,
        policy: None,
        severity: Severity::Critical,
        open: BTreeSet::new(),
        chain: world.chain(None),
        due: None,
    };
    let topic = Topic::Connection {
        connection: &connection.id,
        trouble,
    };
    open_incident(opening, &topic, &world.scene(NIGHT))
}

#[test]
fn each_kind_of_trouble_has_its_words_and_the_lines_to_copy() {
    let world = World::new();
    for (suspended, in_part, title, sentence) in [
        (
            true,
            false,
            "Is no longer read",
            "Plimsoll has stopped reading AWS 4711…0815",
        ),
        (
            false,
            false,
            "Can no longer be read",
            "AWS 4711…0815 cannot be read",
        ),
        (
            false,
            true,
            "Can be read only in part",
            "AWS 4711…0815 can be read only in part",
        ),
    ] {
        let outcome = open(&world, &trouble(suspended, in_part));
        assert_eq!(outcome.incident.title, title);
        assert_eq!(outcome.incident.connection, Some(connection().id));
        assert_eq!(lines(&outcome), ["slack:#payments-sec connection-broken"]);
        let words = context(&outcome, 0);
        assert_eq!(words.sentence, sentence);
        assert_eq!(words.cluster, "AWS 4711…0815");
        let unreadable = words.unreadable.unwrap();
        assert_eq!(unreadable.mend, ["\"Condition\"", "second line"]);
        assert!(
            title.eq_ignore_ascii_case(&unreadable.what),
            "subjects stay the same"
        );
    }
}

#[test]
fn a_worse_trouble_is_said_in_the_thread_and_the_end_once() {
    let world = World::new();
    let opened = open(&world, &trouble(false, false)).incident;
    let (connection, trouble) = (connection().id, trouble(true, false));
    let topic = Topic::Connection {
        connection: &connection,
        trouble: &trouble,
    };
    let later = world.scene("2026-11-17T01:10:00Z");
    let changed = connection_changed(opened, &topic, &later);
    assert_eq!(
        lines(&changed),
        [
            "~slack:#payments-sec connection-broken",
            ">slack:#payments-sec connection-broken"
        ]
    );
    let scene = world.scene("2026-11-18T01:10:00Z");
    let ended = readable_again(changed.incident, &topic, &scene);
    assert_eq!(lines(&ended), ["~slack:#payments-sec connection-works"]);
    let words = context(&ended, 0);
    assert_eq!(words.sentence, "AWS 4711…0815 can be read again");
    assert_eq!(words.unreadable, None);
    let twice = readable_again(ended.incident.clone(), &topic, &scene);
    assert_eq!(twice, Outcome::nothing(ended.incident.clone()));
    let late = connection_changed(ended.incident.clone(), &topic, &scene);
    assert_eq!(late, Outcome::nothing(ended.incident));
}
