//! The queues' names, URLs and times.

use std::time::Duration;

use plimsoll_model::Message;

/// One of the service's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// To `scan-account`.
    AccountJobs,
    /// To `scan-cluster`.
    ClusterJobs,
    /// To `route-findings`.
    FinishedScans,
    /// To `deliver-notification`.
    Deliveries,
}

impl Queue {
    /// All of them.
    pub const ALL: [Queue; 4] = [
        Queue::AccountJobs,
        Queue::ClusterJobs,
        Queue::FinishedScans,
        Queue::Deliveries,
    ];

    /// Its name, to which `-dead` is added for its dead-letter queue.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Queue::AccountJobs => "account-jobs",
            Queue::ClusterJobs => "cluster-jobs",
            Queue::FinishedScans => "finished-scans",
            Queue::Deliveries => "deliveries",
        }
    }

    /// How long a received message stays hidden: six times the function's time-out, as AWS advises for SQS event
    /// sources (300 s for scans, 60 s for the others).
    #[must_use]
    pub fn visibility(self) -> Duration {
        Duration::from_secs(match self {
            Queue::AccountJobs | Queue::ClusterJobs => 1800,
            Queue::FinishedScans | Queue::Deliveries => 360,
        })
    }

    /// The queue that a message belongs in.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        match message {
            Message::AccountJob(_) | Message::ConnectionCheck(_) => Queue::AccountJobs,
            Message::ClusterJob(_) => Queue::ClusterJobs,
            Message::FinishedScan(_) => Queue::FinishedScans,
            Message::DeliveryJob(_) => Queue::Deliveries,
        }
    }

    fn index(self) -> usize {
        match self {
            Queue::AccountJobs => 0,
            Queue::ClusterJobs => 1,
            Queue::FinishedScans => 2,
            Queue::Deliveries => 3,
        }
    }
}

/// The URLs of the queues and their dead-letter queues.
#[derive(Debug, Clone, Default)]
pub struct QueueUrls {
    live: [String; 4],
    dead: [String; 4],
}

impl QueueUrls {
    /// Sets a queue's URL and its dead-letter queue's (empty where nobody needs it: only [`Queues::dead_depth`] does).
    pub fn set(&mut self, queue: Queue, live: &str, dead: &str) {
        self.live[queue.index()] = live.to_owned();
        self.dead[queue.index()] = dead.to_owned();
    }

    /// A queue's URL.
    #[must_use]
    pub fn live(&self, queue: Queue) -> &str {
        &self.live[queue.index()]
    }

    pub(super) fn dead(&self, queue: Queue) -> &str {
        &self.dead[queue.index()]
    }
}
