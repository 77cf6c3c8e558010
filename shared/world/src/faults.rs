//! Failures on order: a test says which answers go wrong, how, and how often.

use std::sync::{Mutex, PoisonError};

/// How an answer goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 410, as when etcd was compacted between two pages. Only a request with a continue token can
    /// meet it; others pass by without using it up.
    Expired,
    /// 429 with `Retry-After` in seconds.
    TooManyRequests {
        /// Seconds the client is told to wait.
        retry_after: u32,
    },
    /// 500.
    InternalError,
    /// 403: for a list, as if no role allowed it; for an AWS call, as if the policy left it out.
    Forbidden,
    /// 401, as if the access entry (or the key) were unknown.
    Unauthorized,
    /// The connection is closed without an answer.
    Closed,
    /// The head and half of the body arrive, then the connection is closed.
    CutShort,
}

/// A failure and where it strikes. Made with [`Fault::list`] or [`Fault::aws`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    place: Place,
    failure: Failure,
    skip: usize,
    times: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    List { cluster: String, resource: String },
    Aws { service: String, operation: String },
}

impl Fault {
    /// Strikes requests for a resource (plural, `pods`; `*` for all) of a cluster (`*` for all).
    #[must_use]
    pub fn list(cluster: &str, resource: &str, failure: Failure) -> Self {
        let place = Place::List {
            cluster: cluster.to_owned(),
            resource: resource.to_owned(),
        };
        Self {
            place,
            failure,
            skip: 0,
            times: 1,
        }
    }

    /// Strikes calls of an AWS operation: `sts` and `AssumeRole`, `eks` and `*`.
    #[must_use]
    pub fn aws(service: &str, operation: &str, failure: Failure) -> Self {
        let place = Place::Aws {
            service: service.to_owned(),
            operation: operation.to_owned(),
        };
        Self {
            place,
            failure,
            skip: 0,
            times: 1,
        }
    }

    /// Lets the first `count` requests pass.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Strikes `count` times; once if not said.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    /// Strikes until the faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(fault);
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The failure that strikes this request for a resource, used up by asking.
    pub(crate) fn list(&self, cluster: &str, resource: &str, continues: bool) -> Option<Failure> {
        self.take(|fault| match &fault.place {
            Place::List {
                cluster: c,
                resource: r,
            } => {
                matches(c, cluster)
                    && matches(r, resource)
                    && (continues || fault.failure != Failure::Expired)
            }
            Place::Aws { .. } => false,
        })
    }

    /// The failure that strikes this AWS call, used up by asking.
    pub(crate) fn aws(&self, service: &str, operation: &str) -> Option<Failure> {
        self.take(|fault| match &fault.place {
            Place::Aws {
                service: s,
                operation: o,
            } => matches(s, service) && matches(o, operation),
            Place::List { .. } => false,
        })
    }

    fn take(&self, strikes: impl Fn(&Fault) -> bool) -> Option<Failure> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in faults
            .iter_mut()
            .filter(|fault| fault.times > 0 && strikes(fault))
        {
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if fault.times != usize::MAX {
                fault.times -= 1;
            }
            return Some(fault.failure);
        }
        None
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern == "*" || pattern == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_strikes_and_is_used_up() {
        let faults = Faults::default();
        faults.add(
            Fault::list("*", "pods", Failure::InternalError)
                .after(1)
                .times(2),
        );
        let strikes = || faults.list("lab", "pods", false).is_some();
        assert_eq!(
            [strikes(), strikes(), strikes(), strikes()],
            [false, true, true, false]
        );
        assert_eq!(faults.list("lab", "services", false), None);
        assert_eq!(faults.aws("eks", "pods"), None);
    }

    #[test]
    fn only_a_later_page_can_be_gone() {
        let faults = Faults::default();
        faults.add(Fault::list("lab", "*", Failure::Expired));
        assert_eq!(faults.list("lab", "pods", false), None);
        assert_eq!(faults.list("lab", "pods", true), Some(Failure::Expired));
        assert_eq!(faults.list("lab", "pods", true), None);
    }

    #[test]
    fn always_lasts_until_cleared() {
        let faults = Faults::default();
        faults.add(Fault::aws("eks", "*", Failure::Forbidden).always());
        for _ in 0..5 {
            assert_eq!(faults.aws("eks", "ListClusters"), Some(Failure::Forbidden));
        }
        faults.clear();
        assert_eq!(faults.aws("eks", "ListClusters"), None);
    }
}
