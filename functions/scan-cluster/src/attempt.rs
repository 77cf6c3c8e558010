//! One attempt at one list: what it came to counts only if the list was read to its end.

use std::fs::File;

use plimsoll_cel::{Bump, Node};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotWriter};
use plimsoll_policy::{Lists, Owners, Plan, Seen, Session};

use crate::live::ListSink;

/// It begins with the first page, because the lists that wait for their turn, and those that the cluster does not have,
/// should cost nothing.
pub(crate) struct Attempt<'c, K> {
    session: Session<'c>,
    sink: K,
    spool: SnapshotWriter<File>,
}

/// What a list came to that was read to its end.
pub(crate) struct Ended<'c, K> {
    pub(crate) session: Session<'c>,
    pub(crate) sink: K,
    pub(crate) spool: File,
}

impl<'c, K: ListSink> Attempt<'c, K> {
    pub(crate) fn new(plan: &'c Plan<'c>, sink: K) -> Result<Self, SnapshotError> {
        let spool = SnapshotWriter::new(tempfile::tempfile()?)?;
        Ok(Self {
            session: Session::new(plan),
            sink,
            spool,
        })
    }

    pub(crate) fn see(
        &mut self,
        node: &Node<'_>,
        scratch: &Bump,
        (owners, lists): (&Owners, &Lists),
    ) -> Result<(), SnapshotError> {
        let sink = &mut self.sink;
        match self.session.first(node, None, scratch, lists, sink) {
            Seen::NotOurs => return Ok(()),
            Seen::Done | Seen::Again => {}
            Seen::Owned => self.session.owned(node, None, scratch, owners, lists, sink),
        }
        self.spool.write(node)
    }

    pub(crate) fn end(mut self) -> Result<Ended<'c, K>, SnapshotError> {
        self.sink.list_ended();
        Ok(Ended {
            session: self.session,
            sink: self.sink,
            spool: self.spool.finish()?,
        })
    }
}
