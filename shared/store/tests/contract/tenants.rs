//! The tenant itself, escalation policies, exceptions, audit trail, summaries, control.

use plimsoll_model::*;
use plimsoll_store::{Claim, DueKind, StoreError};

use crate::support::*;

#[tokio::test]
async fn a_tenant_put_again_keeps_what_it_has_come_to() {
    let (_, handle) = tenant_store().await;
    handle.set_escalation("version: 1", start()).await.unwrap();
    let renamed = Tenant {
        name: "New name".to_owned(),
        mail: Some(MailSettings::Directory {
            from: "plimsoll@acme.example".to_owned(),
        }),
        ..tenant("acme")
    };
    handle.put_tenant(&renamed).await.unwrap();
    assert_eq!(
        handle.get_tenant().await.unwrap(),
        Tenant {
            escalation_version: 1,
            ..renamed
        }
    );
}

#[tokio::test]
async fn a_tenant_that_was_never_put_is_not_found() {
    let handle = store().await.of(&TenantId::of(&["nobody"]));
    assert!(matches!(
        handle.get_tenant().await,
        Err(StoreError::NotFound(_))
    ));
    assert!(matches!(
        handle.set_next_summary(Some(start())).await,
        Err(StoreError::NotFound(_))
    ));
    assert!(matches!(
        handle.set_escalation("x", start()).await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn escalation_versions_count_and_the_same_text_keeps_its_own() {
    let (_, handle) = tenant_store().await;
    assert_eq!(handle.set_escalation("one", start()).await.unwrap(), 1);
    assert_eq!(handle.set_escalation("one", after(1)).await.unwrap(), 1);
    assert_eq!(handle.set_escalation("two", after(2)).await.unwrap(), 2);
    assert_eq!(handle.get_escalation(1).await.unwrap().text, "one");
    assert_eq!(handle.get_escalation(2).await.unwrap().accepted, after(2));
    assert_eq!(handle.get_tenant().await.unwrap().escalation_version, 2);
    assert!(matches!(
        handle.get_escalation(3).await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn exceptions_are_listed_until_deleted() {
    let (_, handle) = tenant_store().await;
    let exception = Exception {
        id: ExceptionId::of(&["e"]),
        policy: PolicyId::new("privileged-container"),
        cluster: Some(cluster("any").id),
        namespace: None,
        fingerprint: Some(fingerprint("a")),
        reason: "vendor image".to_owned(),
        approved_by: "ana".to_owned(),
        created: start(),
        expires: Some(after(60)),
    };
    handle.put_exception(&exception).await.unwrap();
    handle.put_exception(&exception).await.unwrap();
    assert_eq!(
        handle.list_exceptions().await.unwrap(),
        vec![exception.clone()]
    );
    handle.delete_exception(&exception.id).await.unwrap();
    handle.delete_exception(&exception.id).await.unwrap();
    assert_eq!(handle.list_exceptions().await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_control_is_attested_once_for_the_same_clusters() {
    let (_, handle) = tenant_store().await;
    let everywhere = Attestation {
        framework: "cis-eks-1.8.0".to_owned(),
        control: "4.5.1".to_owned(),
        cluster: None,
        statement: "we looked".to_owned(),
        by: "Ana".to_owned(),
        until: after(60),
    };
    let here = Attestation {
        cluster: Some("prod-*".to_owned()),
        ..everywhere.clone()
    };
    let later = Attestation {
        until: after(90),
        ..here.clone()
    };
    for one in [&everywhere, &here, &here, &later] {
        handle.put_attestation(one).await.unwrap();
    }
    let kept = handle.list_attestations().await.unwrap();
    assert_eq!(kept, [everywhere, later.clone()]);
    handle.delete_attestation(&later).await.unwrap();
    handle.delete_attestation(&later).await.unwrap();
    assert_eq!(handle.list_attestations().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_audit_trail_is_in_order_and_by_month() {
    let (_, handle) = tenant_store().await;
    let entry = |minutes: i64| AuditEntry {
        at: after(minutes),
        actor: "ana".to_owned(),
        action: "escalationPolicyChanged".to_owned(),
        subject: "2".to_owned(),
        text: String::new(),
    };
    let next_month = 60 * 24 * 40;
    for minutes in [5, 1, 3, 1, next_month] {
        handle.append_audit(&entry(minutes)).await.unwrap();
    }
    assert_eq!(
        handle.list_audit(start()).await.unwrap(),
        vec![entry(1), entry(3), entry(5)]
    );
    assert_eq!(
        handle.list_audit(after(next_month)).await.unwrap(),
        vec![entry(next_month)]
    );
}

#[tokio::test]
async fn a_summary_is_due_once_per_slot() {
    let (store, handle) = tenant_store().await;
    assert_eq!(handle.next_summary().await.unwrap(), None);
    handle.set_next_summary(Some(after(10))).await.unwrap();
    assert!(
        store
            .due()
            .list(DueKind::Summary, after(9))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let due = store
        .due()
        .list(DueKind::Summary, after(10))
        .await
        .unwrap()
        .items;
    assert_eq!((due.len(), &due[0].tenant), (1, handle.tenant()));
    let sent = [
        delivery(None, "2026-W41", "ana@acme.example"),
        delivery(None, "2026-W41", "ben@acme.example"),
    ];
    handle
        .put_deliveries(&sent[..1], None, after(10))
        .await
        .unwrap();
    // A repeat, of which a part was written before, writes the rest.
    handle.put_deliveries(&sent, None, after(10)).await.unwrap();
    assert_eq!(handle.list_deliveries(None).await.unwrap().len(), 2);
    handle
        .advance_summary(after(10), Some(after(20)))
        .await
        .unwrap();
    handle
        .advance_summary(after(10), Some(after(99)))
        .await
        .unwrap();
    assert_eq!(handle.next_summary().await.unwrap(), Some(after(20)));
    handle.advance_summary(after(20), None).await.unwrap();
    assert!(
        store
            .due()
            .list(DueKind::Summary, after(1000))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    // The tenant is still whole.
    assert_eq!(handle.get_tenant().await.unwrap(), tenant("acme"));
}

#[tokio::test]
async fn control_lists_tenants_and_keeps_claims_apart() {
    let store = store().await;
    let control = store.control();
    let (acme, zeta) = (tenant("acme"), tenant("zeta"));
    control.register(&acme).await.unwrap();
    control.register(&zeta).await.unwrap();
    control
        .register(&Tenant {
            name: "Renamed".to_owned(),
            ..acme.clone()
        })
        .await
        .unwrap();
    let mut listed: Vec<_> = control
        .tenants()
        .await
        .unwrap()
        .into_iter()
        .map(|t| (t.slug, t.name, t.id))
        .collect();
    listed.sort();
    assert_eq!(
        listed,
        vec![
            ("acme".to_owned(), "Renamed".to_owned(), acme.id.clone()),
            ("zeta".to_owned(), "The zeta".to_owned(), zeta.id.clone())
        ]
    );
    control
        .claim(Claim::AwsAccount, "471100000815", &acme.id)
        .await
        .unwrap();
    control
        .claim(Claim::AwsAccount, "471100000815", &acme.id)
        .await
        .unwrap();
    let taken = control
        .claim(Claim::AwsAccount, "471100000815", &zeta.id)
        .await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))));
    assert_eq!(
        control
            .owner(Claim::AwsAccount, "471100000815")
            .await
            .unwrap(),
        Some(acme.id.clone())
    );
    // Only who has it can give it back.
    for (tenant, owner) in [
        (&zeta.id, Some(&acme.id)),
        (&acme.id, None),
        (&acme.id, None),
    ] {
        let account = (Claim::AwsAccount, "471100000815");
        control.release(account.0, account.1, tenant).await.unwrap();
        let now = control.owner(account.0, account.1).await.unwrap();
        assert_eq!(now.as_ref(), owner);
    }
    assert_eq!(
        control
            .owner(Claim::SlackTeam, "471100000815")
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_policys_last_good_version_stays_until_another_is_set_or_it_is_taken_away() {
    let (_, handle) = tenant_store().await;
    let id = PolicyId::new("team-label");
    let set = async |text: &str, cases| {
        let set = handle.set_policy(&id, text, cases, start()).await.unwrap();
        set.map(|version| version.version)
    };
    assert_eq!(handle.remove_policy(&id, start()).await.unwrap(), None);
    assert_eq!(set("one", None).await, Some(1));
    assert_eq!(set("one", None).await, None, "a repeat changes nothing");
    assert_eq!(set("one", Some("cases")).await, Some(2));
    assert_eq!(set("two", Some("cases")).await, Some(3));
    // An id that begins like another one is another policy.
    let longer = PolicyId::new("team-label-missing");
    handle
        .set_policy(&longer, "x", None, start())
        .await
        .unwrap();
    let active = handle.active_policies().await.unwrap();
    let ids: Vec<(&str, u32)> = active
        .iter()
        .map(|one| (one.id.as_str(), one.version))
        .collect();
    assert_eq!(ids, [("team-label", 3), ("team-label-missing", 1)]);
    assert_eq!(active[0].text.as_deref(), Some("two"));
    let gone = handle.remove_policy(&id, after(1)).await.unwrap().unwrap();
    assert_eq!((gone.version, gone.text), (4, None));
    assert_eq!(handle.active_policies().await.unwrap().len(), 1);
    assert_eq!(set("two", Some("cases")).await, Some(5), "it may come back");
    for number in 0..20 {
        set(&number.to_string(), None).await;
    }
    let kept = handle.policy_versions(&id).await.unwrap();
    let kept: Vec<u32> = kept.iter().map(|one| one.version).collect();
    assert_eq!(kept, (16..=25).collect::<Vec<_>>());
}

#[tokio::test]
async fn parameters_keep_their_types() {
    let (_, handle) = tenant_store().await;
    assert!(handle.parameters().await.unwrap().is_empty());
    let values =
        serde_json::json!({ "p": { "list": ["a", "b"], "number": 3, "on": true, "text": "" } });
    let values: plimsoll_store::ParameterValues = serde_json::from_value(values).unwrap();
    handle.set_parameters(&values).await.unwrap();
    assert_eq!(handle.parameters().await.unwrap(), values);
}
