use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use plimsoll_alerting::sample;
use plimsoll_channels::{Mail, Slack};
use plimsoll_model::{
    DeliveryContent, DeliveryId, DeliveryState, Destination, IncidentId, Tenant, TenantId,
};
use plimsoll_runtime::Clock;
use tempfile::TempDir;

use super::*;

struct Post {
    store: Store,
    tenant: TenantStore,
    folder: TempDir,
    clock: Clock,
    channels: Channels,
    incident: IncidentId,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

impl Post {
    async fn new() -> Self {
        let store = Store::embedded(None).await.unwrap();
        let id = TenantId::of(&["acme"]);
        let tenant = store.of(&id);
        let settings = Tenant {
            id: id.clone(),
            slug: "acme".into(),
            name: "Acme".into(),
            slack: None,
            mail: None,
            escalation_version: 0,
            last_incident_number: 0,
        };
        tenant.put_tenant(&settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let slack = Slack::folder(&folder.path().join("slack"));
        let mail = Mail::folder(&folder.path().join("mail"));
        let channels = Channels::Made {
            slack: BTreeMap::from([(id.clone(), (slack, String::new()))]),
            mail: BTreeMap::from([(id, (mail, "plimsoll@example.com".into()))]),
        };
        Self {
            store,
            tenant,
            folder,
            clock: Clock::by_hand(at(0)),
            channels,
            incident: IncidentId::of(&["i"]),
        }
    }

    async fn put(
        &self,
        message: &str,
        to: Destination,
        revision: u64,
        edits: Option<&Delivery>,
    ) -> Delivery {
        let mut context = sample(message).unwrap();
        if context.get("revision").is_some() {
            context["revision"] = revision.into();
        }
        let step = format!("{message}-{revision}");
        let delivery = Delivery {
            id: DeliveryId::of(&[&step]),
            incident: Some(self.incident.clone()),
            step,
            destination: to,
            content: DeliveryContent {
                message: message.to_owned(),
                context,
                edits: edits.map(|edited| edited.id.clone()),
                thread: None,
            },
            state: DeliveryState::Pending { not_before: at(0) },
            created: at(0),
            attempts: 0,
            trouble: None,
        };
        self.tenant
            .put_deliveries(std::slice::from_ref(&delivery), None, at(0))
            .await
            .unwrap();
        delivery
    }

    async fn deliver(&self, delivery: &Delivery) -> DeliveryState {
        let job = DeliveryJob {
            tenant: self.tenant.tenant().clone(),
            incident: delivery.incident.clone(),
            delivery: delivery.id.clone(),
            key: self.tenant.delivery_sort_key(delivery),
        };
        handle(
            &self.store,
            &self.channels,
            &self.clock,
            "example.com",
            &job,
        )
        .await
        .unwrap();
        self.state(delivery).await
    }

    async fn state(&self, delivery: &Delivery) -> DeliveryState {
        let incident = delivery.incident.as_ref();
        let found = self.tenant.find_delivery(incident, &delivery.id).await;
        found.unwrap().state
    }
}

fn slack() -> Destination {
    Destination::Slack("#security".into())
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again() {
    let post = Post::new().await;
    let delivery = post.put("incident-opened", slack(), 1, None).await;
    let first = post.deliver(&delivery).await;
    assert!(matches!(first, DeliveryState::Sent { .. }), "{first:?}");
    assert_eq!(post.deliver(&delivery).await, first);
    assert_eq!(files(&post.folder.path().join("slack")), 1);
}

#[tokio::test]
async fn an_edit_waits_for_its_message() {
    let post = Post::new().await;
    let opened = post.put("incident-opened", slack(), 1, None).await;
    let edit = post.put("incident-opened", slack(), 2, Some(&opened)).await;
    let waits = post.deliver(&edit).await;
    assert!(matches!(waits, DeliveryState::Pending { not_before } if not_before > at(0)));
    let trouble = async || {
        let found = post.tenant.find_delivery(Some(&post.incident), &edit.id);
        found.await.unwrap().trouble
    };
    let waits_for = "the message that it edits or answers is not sent yet";
    assert_eq!(trouble().await.as_deref(), Some(waits_for));
    post.deliver(&opened).await;
    post.clock.set(at(61));
    let sent = post.deliver(&edit).await;
    assert!(matches!(sent, DeliveryState::Sent { .. }), "{sent:?}");
    assert_eq!(trouble().await, None);
}

#[tokio::test]
async fn an_older_edit_never_comes_over_a_newer_one() {
    let post = Post::new().await;
    let opened = post.put("incident-opened", slack(), 1, None).await;
    let older = post.put("incident-opened", slack(), 2, Some(&opened)).await;
    let newer = post.put("incident-opened", slack(), 3, Some(&opened)).await;
    post.deliver(&opened).await;
    let newest = post.deliver(&newer).await;
    let files_before = files(&post.folder.path().join("slack"));
    let DeliveryState::Sent { remote_id, .. } = post.deliver(&older).await else {
        panic!("an edit that is no longer needed is settled");
    };
    assert!(matches!(newest, DeliveryState::Sent { remote_id: newer, .. } if newer == remote_id));
    assert_eq!(files(&post.folder.path().join("slack")), files_before);
}

#[tokio::test]
async fn without_a_channel_the_delivery_fails_with_the_reason() {
    let mut post = Post::new().await;
    post.channels = Channels::Made {
        slack: BTreeMap::new(),
        mail: BTreeMap::new(),
    };
    for (destination, reason) in [
        (slack(), "the tenant has no Slack workspace connected"),
        (
            Destination::Email("ana@acme.example".into()),
            "the tenant has no way to send mail",
        ),
    ] {
        let revision = u64::from(matches!(destination, Destination::Slack(_)));
        let delivery = post
            .put("incident-opened", destination, revision, None)
            .await;
        let failed = DeliveryState::Failed {
            at: at(0),
            reason: reason.into(),
        };
        assert_eq!(post.deliver(&delivery).await, failed);
    }
}

#[tokio::test]
async fn a_summary_whose_sender_was_lost_is_not_sent_again_anything_else_is() {
    let post = Post::new().await;
    let mail = Destination::Email("ana@acme.example".into());
    for (message, sent) in [("weekly-summary", false), ("incident-opened", true)] {
        let delivery = post.put(message, mail.clone(), 1, None).await;
        let key = post.tenant.delivery_sort_key(&delivery);
        let claim = post
            .tenant
            .claim_delivery(Some(&post.incident), &key, at(0), at(180), when_lapsed)
            .await
            .unwrap();
        assert!(matches!(claim, DeliveryClaim::Granted(_)));
        post.clock.set(at(200));
        let state = post.deliver(&delivery).await;
        assert_eq!(
            matches!(state, DeliveryState::Sent { .. }),
            sent,
            "{message}: {state:?}"
        );
        post.clock.set(at(0));
    }
}
