//! A scan that takes longer than one attempt may: it stops between two lists, or between two transactions, and goes on in
//! a new message, some few times.

use jiff::{SignedDuration, Timestamp};
use plimsoll_policy::Plan;
use plimsoll_runtime::Clock;
use plimsoll_store::{Checkpoint, StoreError};
use tempfile::NamedTempFile;

use crate::budget::Budget;
use crate::kept::Kept;
use crate::lists::Reading;
use crate::{ScanError, Work, batches, part};

/// So long an attempt reads, or writes; the function is stopped after 300 s, and what was read has to be stored before.
const WORKS_FOR: SignedDuration = SignedDuration::from_secs(240);

/// After so long, joins and writing are left to an attempt of their own. In the last attempt reading ends then.
const LEAVES_TIME: SignedDuration = SignedDuration::from_secs(120);

/// How often a scan is interrupted at most. The one before which it is reads half as long, and what it has not read then
/// is not evaluated.
pub(crate) const MOST_HOPS: u32 = 8;

/// Lists that lie further apart are not of one cluster any more: the scan begins anew.
const TOGETHER: SignedDuration = SignedDuration::from_hours(1);

/// Where an attempt begins.
#[derive(Debug)]
pub(crate) struct Way {
    /// When the attempt began.
    started: Timestamp,
    /// When the first did of those whose lists count: exceptions are those of then.
    pub(crate) begun: Timestamp,
    /// What earlier ones have left, if it is young enough.
    left: Option<Checkpoint>,
    hops: u32,
}

impl Way {
    pub(crate) fn new(checkpoint: Option<Checkpoint>, now: Timestamp) -> Self {
        let hops = checkpoint.as_ref().map_or(0, |left| left.hops);
        let left = checkpoint.filter(|left| now.duration_since(left.begun) <= TOGETHER);
        Self {
            started: now,
            begun: left.as_ref().map_or(now, |left| left.begun),
            left,
            hops,
        }
    }

    fn is_last(&self) -> bool {
        self.hops >= MOST_HOPS
    }

    /// How long lists are read.
    pub(crate) fn budget<'b>(&self, clock: &'b Clock) -> Budget<'b> {
        let long = if self.is_last() {
            LEAVES_TIME
        } else {
            WORKS_FOR
        };
        Budget::until(clock, self.started + long)
    }

    /// How long findings are written: in the last attempt until they are, or until the function is stopped. What an attempt
    /// has written the next one only reads.
    pub(crate) fn budget_of_writing<'b>(&self, clock: &'b Clock) -> Budget<'b> {
        match self.is_last() {
            true => Budget::default(),
            false => Budget::until(clock, self.started + WORKS_FOR),
        }
    }

    /// Where the next attempt goes on: with what the earlier ones have left, and `part`, what this one has read.
    pub(crate) fn go_on(
        self,
        plan: &Plan<'_>,
        part: Option<String>,
    ) -> Result<Checkpoint, ScanError> {
        let mut parts = self.left.map(|left| left.parts).unwrap_or_default();
        parts.extend(part);
        Ok(Checkpoint {
            hops: self.hops + 1,
            begun: self.begun,
            plan: name(plan)?,
            parts,
        })
    }

    /// Whether the rest is for another attempt.
    pub(crate) fn is_interrupted(&self, reading: &Reading<'_, Kept>, now: Timestamp) -> bool {
        let has_read = reading.read.iter().any(|read| !read.earlier);
        let is_late = has_read && now.duration_since(self.started) > LEAVES_TIME;
        !self.is_last() && (!reading.unread.is_empty() || is_late)
    }
}

impl Work<'_> {
    /// What earlier attempts at this scan have read; nothing if policies or the cluster's version are others now, or
    /// something of it is missing.
    pub(crate) async fn resume<'c>(
        &self,
        plan: &'c Plan<'c>,
        way: &mut Way,
    ) -> Result<Reading<'c, Kept>, ScanError> {
        let Some(left) = &way.left else {
            return Ok(Reading::default());
        };
        let mut reading = Reading::default();
        let mut broken = (left.plan != name(plan)?).then(|| "it is of another plan".to_owned());
        for key in &left.parts {
            if broken.is_some() {
                break;
            }
            let file = NamedTempFile::new().map_err(batches::machine)?;
            broken = match self.tenant.get_object_file(key, file.path()).await {
                Ok(()) => {
                    let read = part::unpack(plan, file.path(), &mut reading);
                    read.err().map(|error| error.to_string())
                }
                Err(error @ StoreError::NotFound(_)) => Some(error.to_string()),
                Err(error) => return Err(error.into()),
            };
        }
        if let Some(broken) = broken {
            tracing::warn!(scan = %self.lease.scan, broken, "the scan begins anew");
            way.left = None;
            return Ok(Reading::default());
        }
        Ok(reading)
    }

    /// Stores what this attempt has read.
    pub(crate) async fn interrupt(
        &self,
        plan: &Plan<'_>,
        way: Way,
        mut reading: Reading<'_, Kept>,
    ) -> Result<Checkpoint, ScanError> {
        let mut part = None;
        if reading.read.iter().any(|read| !read.earlier) {
            let file = part::pack(&mut reading).map_err(batches::machine)?;
            part = Some(self.tenant.put_part(self.lease, file.path()).await?);
        }
        way.go_on(plan, part)
    }
}

fn name(plan: &Plan<'_>) -> Result<String, ScanError> {
    plan.name()
        .map_err(|error| ScanError::Machine(error.to_string()))
}
