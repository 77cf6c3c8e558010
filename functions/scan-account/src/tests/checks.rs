//! Checks by themselves, and what is told of them.

use plimsoll_world::{Failure, Fault};

use super::*;

const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl Stage {
    async fn connection(&self, job: &AccountJob) -> Connection {
        let own = self.store.of(&job.tenant);
        own.get_connection(&job.connection).await.unwrap()
    }

    /// Goes to the time at which the checks are due, and makes them as often as a queue may deliver them.
    async fn check(&self, job: &AccountJob) -> Connection {
        let due = self.connection(job).await.checked.next.unwrap();
        self.clock.set(due);
        let check = ConnectionCheck {
            tenant: job.tenant.clone(),
            connection: job.connection.clone(),
        };
        for _ in 0..2 {
            let checked = super::super::check(&self.store, &self.reach, WEEK, due, &check);
            checked.await.unwrap();
        }
        self.connection(job).await
    }

    /// What the router was told since this was asked last: whether something is wrong, an entry an outbox item.
    async fn told(&self, job: &AccountJob) -> Vec<Option<String>> {
        let (queues, own) = (self.store.queues(), self.store.of(&job.tenant));
        let wait = std::time::Duration::ZERO;
        let mut told = Vec::new();
        for received in queues
            .receive(Queue::FinishedScans, 10, wait)
            .await
            .unwrap()
        {
            let Message::FinishedScan(finished) = received.message.unwrap() else {
                panic!("not for the router");
            };
            let outbox = own.get_outbox(&finished.outbox).await.unwrap().unwrap();
            let change = outbox.connection.unwrap();
            assert_eq!(change.connection, job.connection);
            told.push(change.trouble.map(|trouble| trouble.reason));
            let deleted = queues.delete(Queue::FinishedScans, &received.receipt);
            deleted.await.unwrap();
        }
        told
    }

    fn forbid_after(&self, count: usize, times: usize) {
        let fault = Fault::aws("sts", "AssumeRole", Failure::Forbidden);
        self.world.fault(fault.after(count).times(times));
    }
}

#[tokio::test]
async fn a_trust_policy_loosened_between_two_scans_is_found_within_a_day_and_told_once() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    assert_eq!(stage.look(&mut job).await.1.len(), 5);
    stage.clock.set(night());
    // The next scan is a week away.
    let own = stage.store.of(&job.tenant);
    let advanced = own.advance_connection(&job.connection, night() + DAY, night() + WEEK);
    advanced.await.unwrap();
    let connection = stage.connection(&job).await;
    assert_eq!(connection.next_scan, night() + WEEK);
    assert_eq!(connection.due(), night() + DAY);
    assert_eq!(stage.told(&job).await, [], "that it connects is no news");

    let fine = stage.check(&job).await;
    assert_eq!(fine.state, ConnectionState::Connected);
    assert_eq!(fine.checked.next, Some(night() + DAY + DAY));
    stage.world.trust(ACCOUNT, ROLE, VENDOR_PRINCIPAL, None);
    let open = stage.check(&job).await;
    assert_eq!(open.state.word(), "suspended");
    let again = stage.check(&job).await;
    assert_eq!(again.state, open.state);
    let told = stage.told(&job).await;
    let [Some(reason)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(reason.contains("without an ExternalId"), "{reason}");

    stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let mended = stage.check(&job).await;
    assert_eq!(mended.state, ConnectionState::Connected);
    assert_eq!(stage.told(&job).await, [None]);
    assert_eq!(mended.next_scan, night() + WEEK, "no scan was missed");
    let wait = std::time::Duration::ZERO;
    let queues = stage.store.queues();
    let scans = queues.receive(Queue::ClusterJobs, 10, wait).await.unwrap();
    assert!(scans.is_empty(), "checks scan nothing");
}

#[tokio::test]
async fn whoever_makes_the_role_at_last_need_not_wait_for_the_next_slot() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    stage.world.delete_role(ACCOUNT, ROLE);
    assert_eq!(stage.look(&mut job).await.0, ConnectionState::Waiting);
    stage.clock.set(night());
    let soon = stage.connection(&job).await.checked.next.unwrap();
    assert_eq!(soon, night() + SignedDuration::from_mins(1));
    assert_eq!(stage.check(&job).await.state, ConnectionState::Waiting);
    stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let connected = stage.check(&job).await;
    assert_eq!(connected.state, ConnectionState::Connected);
    assert_eq!(connected.next_scan, stage.clock.now());
    assert_eq!(connected.checked.checks.len(), 6, "{connected:?}");
    job.slot = connected.next_scan;
    assert_eq!(stage.look(&mut job).await.1.len(), 5);
    assert_eq!(stage.told(&job).await, []);
}

#[tokio::test]
async fn a_check_that_is_lost_is_no_refusal_and_nobody_is_told_of_it() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    // Anybody gets in; but our own role may not ask for the other two.
    stage.world.trust(ACCOUNT, ROLE, VENDOR_PRINCIPAL, None);
    for lost_after in [1, 3] {
        stage.world.trust(ACCOUNT, ROLE, VENDOR_PRINCIPAL, None);
        if lost_after == 3 {
            // The last answer is lost: the two refusals before it prove nothing.
            stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
        }
        stage.forbid_after(lost_after, 2);
        let (state, jobs) = stage.look(&mut job).await;
        assert!(
            matches!(state, ConnectionState::Waiting | ConnectionState::Verifying),
            "{lost_after}: {state:?}"
        );
        assert_eq!(jobs, [], "nothing is read");
        stage.world.clear_faults();
        let control = stage.store.control();
        let owner = control.owner(Claim::AwsAccount, ACCOUNT).await.unwrap();
        assert_eq!(owner, None, "nothing is claimed");
    }
    assert_eq!(stage.look(&mut job).await.0, ConnectionState::Connected);

    for count in [0, 1, 2] {
        stage.forbid_after(count, 9);
        let connection = stage.check(&job).await;
        assert_eq!(connection.state, ConnectionState::Connected, "{count}");
        assert!(connection.checked.lost().next().is_some(), "{count}");
        let soon = connection.checked.next.unwrap();
        assert!(soon < stage.clock.now() + HOUR, "{soon}");
        stage.world.clear_faults();
    }
    assert_eq!(stage.told(&job).await, []);

    // A throttle in a scan: the job comes again, nothing is read.
    let fault = Fault::aws(
        "sts",
        "AssumeRole",
        Failure::TooManyRequests { retry_after: 0 },
    );
    stage.world.fault(fault.after(1).always());
    let (store, reach, now) = (&stage.store, &stage.reach, stage.clock.now());
    job.slot = stage.connection(&job).await.next_scan;
    let outcome = handle(store, reach, DAY, now, &job).await;
    assert!(matches!(outcome, Err(AccountError::Aws(_))), "{outcome:?}");
    let connection = stage.connection(&job).await;
    assert_eq!(connection.state, ConnectionState::Connected);
    assert_eq!(
        connection.next_scan, job.slot,
        "the slot is still to be done"
    );
}

#[tokio::test]
async fn a_region_that_is_refused_keeps_no_other_from_being_read() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    stage.look(&mut job).await;
    let fault = Fault::aws("eks", "ListClusters", Failure::Forbidden);
    stage.world.fault(fault.times(1));
    let (state, jobs) = stage.look(&mut job).await;
    let ConnectionState::Degraded { reason, mend, .. } = state else {
        panic!("{state:?}");
    };
    assert!(
        reason.contains("may not call eks:ListClusters in eu-central-1"),
        "{reason}"
    );
    assert!(mend.lines[0].contains("eks:ListClusters"), "{mend}");
    assert_eq!(jobs.len(), 3, "lab, its region, the account");
    let told = stage.told(&job).await;
    assert!(matches!(told.as_slice(), [Some(_)]), "{told:?}");
    assert_eq!(stage.look(&mut job).await.0, ConnectionState::Connected);
    assert_eq!(stage.told(&job).await, [None]);
}

#[tokio::test]
async fn a_claim_is_given_back_when_the_connection_goes_and_only_then() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    stage.look(&mut job).await;
    let control = stage.store.control();
    let owner = async || control.owner(Claim::AwsAccount, ACCOUNT).await.unwrap();
    stage.world.trust(ACCOUNT, ROLE, VENDOR_PRINCIPAL, None);
    stage.look(&mut job).await;
    stage.world.delete_role(ACCOUNT, ROLE);
    stage.look(&mut job).await;
    assert_eq!(owner().await.as_ref(), Some(&job.tenant));

    let now = stage.clock.now();
    let leave = async || disconnect(&stage.store, &job.tenant, &job.connection, now).await;
    leave().await.unwrap();
    assert_eq!(owner().await, None);
    let own = stage.store.of(&job.tenant);
    assert!(own.list_clusters().await.unwrap().is_empty());
    assert!(own.list_connections().await.unwrap().is_empty());
    assert!(matches!(leave().await, Err(StoreError::NotFound(_))));

    // A job that was under way finds nothing, and claims nothing for good.
    stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let late = handle(&stage.store, &stage.reach, DAY, now, &job).await;
    assert!(matches!(
        late,
        Err(AccountError::Store(StoreError::NotFound(_)))
    ));
    let mut other = stage.connect("acme").await;
    other.slot = night();
    assert_eq!(stage.look(&mut other).await.0, ConnectionState::Connected);
    assert_eq!(owner().await, Some(other.tenant));
}
