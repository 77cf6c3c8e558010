//! Incidents: everything of one in one transaction, once.

use std::collections::BTreeSet;

use plimsoll_model::*;
use plimsoll_store::{DueKind, DueWork, IncidentWrite, StoreError, TenantStore, Written};

use crate::support::*;

fn scan() -> ScanId {
    ScanId::of_slot(&cluster("any").id, start())
}

fn line(text: &str) -> LogEntry {
    LogEntry {
        at: start(),
        reason: "first".to_owned(),
        text: text.to_owned(),
    }
}

async fn opened(handle: &TenantStore, number: u32, policy: &str) -> Incident {
    let incident = incident(number, policy, &scan());
    let deliveries = [delivery(Some(&incident.id), "r0s0", "ana@acme.example")];
    let write = IncidentWrite {
        incident: &incident,
        read: None,
        deliveries: &deliveries,
        log: &[line("one"), line("two")],
        part: None,
        now: start(),
    };
    assert_eq!(handle.write_incident(&write).await.unwrap(), Written::Now);
    incident
}

#[tokio::test]
async fn an_incident_opens_with_its_deliveries_number_log_and_wake_up() {
    let (store, handle) = tenant_store().await;
    let first = opened(&handle, 1, "a").await;
    assert_eq!(handle.get_incident(&first.id).await.unwrap(), first);
    assert_eq!(handle.incident_by_number(1).await.unwrap(), first);
    assert_eq!(
        handle
            .latest_incident(&first.cluster, first.policy.as_ref())
            .await
            .unwrap(),
        Some(first.clone())
    );
    assert_eq!(
        handle.latest_incident(&first.cluster, None).await.unwrap(),
        None
    );
    assert_eq!(
        handle.incident_log(&first.id).await.unwrap(),
        vec![line("one"), line("two")]
    );
    let sent = handle.list_deliveries(Some(&first.id)).await.unwrap();
    assert_eq!(
        sent,
        vec![delivery(Some(&first.id), "r0s0", "ana@acme.example")]
    );
    assert_eq!(handle.get_tenant().await.unwrap().last_incident_number, 1);
    let due = store
        .due()
        .list(DueKind::Incident, after(30))
        .await
        .unwrap()
        .items;
    assert_eq!(due[0].work, DueWork::Incident(first.id.clone()));
    assert!(
        store
            .due()
            .list(DueKind::Incident, after(29))
            .await
            .unwrap()
            .items
            .is_empty()
    );

    let second = opened(&handle, 2, "b").await;
    assert_eq!(
        handle.open_incidents(None).await.unwrap(),
        vec![first.clone(), second.clone()]
    );
    assert_eq!(
        handle.recent_incidents(1).await.unwrap(),
        vec![second.clone()]
    );
    let elsewhere = ClusterId::of(&["elsewhere"]);
    assert!(
        handle
            .open_incidents(Some(&elsewhere))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        handle
            .open_incidents(Some(&first.cluster))
            .await
            .unwrap()
            .len(),
        2
    );
    assert!(matches!(
        handle.incident_by_number(3).await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn a_part_of_an_outbox_item_is_acted_upon_once() {
    let (_, handle) = tenant_store().await;
    let outbox = OutboxId::of_scan(&scan());
    let first = incident(1, "a", &scan());
    let deliveries = [delivery(Some(&first.id), "r0s0", "ana@acme.example")];
    let write = IncidentWrite {
        incident: &first,
        read: None,
        deliveries: &deliveries,
        log: &[],
        part: Some((&outbox, "a")),
        now: start(),
    };
    assert_eq!(handle.write_incident(&write).await.unwrap(), Written::Now);
    assert_eq!(
        handle.write_incident(&write).await.unwrap(),
        Written::Before
    );
    assert_eq!(
        handle.routed_parts(&outbox).await.unwrap(),
        BTreeSet::from(["a".to_owned()])
    );
    // A part of the same item that names another policy is another part.
    let second = incident(2, "b", &scan());
    let write = IncidentWrite {
        incident: &second,
        deliveries: &[],
        part: Some((&outbox, "b")),
        ..write
    };
    assert_eq!(handle.write_incident(&write).await.unwrap(), Written::Now);
    assert_eq!(handle.open_incidents(None).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_number_that_is_taken_or_left_out_refuses_everything() {
    let (store, handle) = tenant_store().await;
    opened(&handle, 1, "a").await;
    for number in [1, 3] {
        let incident = incident(number, "b", &scan());
        let deliveries = [delivery(Some(&incident.id), "r0s0", "ana@acme.example")];
        let write = IncidentWrite {
            incident: &incident,
            read: None,
            deliveries: &deliveries,
            log: &[line("x")],
            part: None,
            now: start(),
        };
        assert!(matches!(
            handle.write_incident(&write).await,
            Err(StoreError::Conflict(_))
        ));
        assert!(matches!(
            handle.get_incident(&incident.id).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(
            handle
                .list_deliveries(Some(&incident.id))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(handle.incident_log(&incident.id).await.unwrap().is_empty());
    }
    assert_eq!(
        store
            .due()
            .list(DueKind::Delivery, after(9))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

#[tokio::test]
async fn a_write_on_an_old_revision_is_refused() {
    let (store, handle) = tenant_store().await;
    let first = opened(&handle, 1, "a").await;
    let later = Incident {
        revision: 2,
        state: IncidentState::Acknowledged(Acknowledgement {
            by: "ana".into(),
            at: start(),
            until: None,
        }),
        wake_up: None,
        told: first.open.clone(),
        ..first.clone()
    };
    let write = IncidentWrite {
        incident: &later,
        read: Some(1),
        deliveries: &[],
        log: &[],
        part: None,
        now: start(),
    };
    handle.write_incident(&write).await.unwrap();
    assert_eq!(handle.get_incident(&first.id).await.unwrap(), later);
    assert!(
        store
            .due()
            .list(DueKind::Incident, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    // A stale wake-up that read revision 1 as well.
    let deliveries = [delivery(Some(&first.id), "r0s1", "lead@acme.example")];
    let stale = Incident {
        revision: 2,
        step: 1,
        ..first.clone()
    };
    let write = IncidentWrite {
        incident: &stale,
        deliveries: &deliveries,
        ..write
    };
    assert!(matches!(
        handle.write_incident(&write).await,
        Err(StoreError::Conflict(_))
    ));
    assert_eq!(handle.get_incident(&first.id).await.unwrap(), later);
    assert_eq!(
        handle.list_deliveries(Some(&first.id)).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn one_incident_is_open_for_a_cluster_and_policy_and_a_resolved_one_can_open_again() {
    let (_, handle) = tenant_store().await;
    let first = opened(&handle, 1, "a").await;
    let another_scan = ScanId::of_slot(&first.cluster, after(60));
    let second = incident(2, "a", &another_scan);
    let opening = IncidentWrite {
        incident: &second,
        read: None,
        deliveries: &[],
        log: &[],
        part: None,
        now: start(),
    };
    assert!(matches!(
        handle.write_incident(&opening).await,
        Err(StoreError::Conflict(_))
    ));

    let resolved = Incident {
        revision: 2,
        state: IncidentState::Resolved { at: after(9) },
        ..first.clone()
    };
    let resolve = IncidentWrite {
        incident: &resolved,
        read: Some(1),
        ..opening
    };
    handle.write_incident(&resolve).await.unwrap();
    assert!(handle.open_incidents(None).await.unwrap().is_empty());
    assert_eq!(
        handle
            .latest_incident(&first.cluster, first.policy.as_ref())
            .await
            .unwrap(),
        Some(resolved)
    );

    let reopened = Incident {
        revision: 3,
        state: IncidentState::Open,
        ..first.clone()
    };
    let reopen = IncidentWrite {
        incident: &reopened,
        read: Some(2),
        ..opening
    };
    handle.write_incident(&reopen).await.unwrap();
    assert_eq!(
        handle.open_incidents(None).await.unwrap(),
        vec![reopened.clone()]
    );

    // Resolved for good; after that a new one takes its place, and the old one stays what it was.
    let resolved = Incident {
        revision: 4,
        state: IncidentState::Resolved { at: after(20) },
        ..first
    };
    handle
        .write_incident(&IncidentWrite {
            incident: &resolved,
            read: Some(3),
            ..opening
        })
        .await
        .unwrap();
    handle.write_incident(&opening).await.unwrap();
    assert_eq!(
        handle.open_incidents(None).await.unwrap(),
        vec![second.clone()]
    );
    let back = Incident {
        revision: 5,
        state: IncidentState::Open,
        ..resolved.clone()
    };
    let late = IncidentWrite {
        incident: &back,
        read: Some(4),
        ..opening
    };
    assert!(matches!(
        handle.write_incident(&late).await,
        Err(StoreError::Conflict(_))
    ));
    assert_eq!(handle.incident_by_number(1).await.unwrap(), resolved);
}

#[tokio::test]
async fn an_incident_of_ten_thousand_findings_fits_and_one_with_too_many_messages_is_refused() {
    let (_, handle) = tenant_store().await;
    let many: BTreeSet<Fingerprint> = (0..10_000).map(|i| fingerprint(&format!("f{i}"))).collect();
    let large = Incident {
        open: many.clone(),
        told: many,
        ..incident(1, "a", &scan())
    };
    let write = IncidentWrite {
        incident: &large,
        read: None,
        deliveries: &[],
        log: &[],
        part: None,
        now: start(),
    };
    handle.write_incident(&write).await.unwrap();
    assert_eq!(handle.get_incident(&large.id).await.unwrap(), large);

    let loud = incident(2, "b", &scan());
    let deliveries: Vec<Delivery> = (0..100)
        .map(|i| delivery(Some(&loud.id), "r0s0", &format!("p{i}@acme.example")))
        .collect();
    let write = IncidentWrite {
        incident: &loud,
        deliveries: &deliveries,
        ..write
    };
    assert!(matches!(
        handle.write_incident(&write).await,
        Err(StoreError::Other(_))
    ));
    let write = IncidentWrite {
        deliveries: &deliveries[..90],
        ..write
    };
    handle.write_incident(&write).await.unwrap();
    assert_eq!(
        handle.list_deliveries(Some(&loud.id)).await.unwrap().len(),
        90
    );
}
