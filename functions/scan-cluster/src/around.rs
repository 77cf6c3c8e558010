//! What `scan-account` read of an AWS account: judged with the clusters that use it, or by itself.

use std::fs::File;

use jiff::{SignedDuration, Timestamp};
use plimsoll_cel::{Bump, Node};
use plimsoll_inventory::aws::surroundings::{Surroundings, SurroundingsError, Used};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotWriter};
use plimsoll_model::aws::{self, Home};
use plimsoll_model::{
    Cluster, Connection, ConnectionId, ConnectionKind, Provider, Reason, ReasonCode,
};
use plimsoll_policy::{AwsPart, ListState, Lists, Seen, Sink};
use plimsoll_store::{StoreError, TenantStore};

use crate::live::LiveScan;

/// What is older tells nothing any more.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What of an account belongs to one scan.
#[derive(Debug)]
pub struct Around {
    of: Whose,
    /// What was read, or why nothing was.
    read: Result<Surroundings, Reason>,
}

#[derive(Debug)]
enum Whose {
    /// What the cluster of that name uses.
    Cluster(String),
    /// What the account, or the region, has as a whole.
    Home(Home),
}

/// The name in the object store of what was read through a connection: of a region, or of what an account has for all.
#[must_use]
pub fn surroundings_name(connection: &ConnectionId, region: Option<&str>) -> String {
    let region = region.unwrap_or("global");
    format!("surroundings/{connection}/{region}.ndjson.zst")
}

impl Around {
    /// What was last read for a cluster, an account or a region; none for clusters that are not of a connected account.
    ///
    /// # Errors
    /// When the object store fails.
    pub async fn of(
        tenant: &TenantStore,
        connection: &Connection,
        cluster: &Cluster,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let ConnectionKind::Aws { account, .. } = &connection.kind else {
            return Ok(None);
        };
        let region = cluster.region.as_deref();
        let of = match (cluster.provider, region) {
            (Provider::Aws, Some(_)) => Whose::Home(Home::Region),
            (Provider::Aws, None) => Whose::Home(Home::Account),
            _ => Whose::Cluster(cluster.name.clone()),
        };
        let name = surroundings_name(&connection.id, region);
        let read = match tenant.get_object_named(&name).await {
            Ok(bytes) => Surroundings::unpack(&bytes).map_err(broken),
            Err(StoreError::NotFound(_)) => Err(Reason::new(
                ReasonCode::InputUnread,
                format!("AWS account {account} {}", region.unwrap_or_default()).trim_end(),
            )),
            Err(error) => return Err(error),
        };
        Ok(Some(Self {
            of,
            read: read.and_then(|read| fresh(read, now)),
        }))
    }

    /// Says how the list of every kind went that may be among it, and judges it by the policies without joins. Gives those
    /// objects, and those of them that policies with joins want.
    pub(crate) fn first<'a, K: Sink>(
        &self,
        scan: &mut LiveScan<'_, K>,
        arena: &'a Bump,
        sink: &mut K,
    ) -> (Vec<Node<'a>>, Vec<Node<'a>>) {
        let opened = match &self.read {
            Ok(read) => match &self.of {
                Whose::Cluster(name) => read.of_cluster(name, arena),
                Whose::Home(home) => read.of_home(*home, arena),
            }
            .map_err(broken),
            Err(reason) => Err(reason.clone()),
        };
        self.say(&mut scan.lists, opened.as_ref());
        let used = opened.unwrap_or_default().objects;
        let (session, lists) = (&mut scan.session, &scan.lists);
        let mut scratch = Bump::new();
        let mut again = Vec::new();
        for node in &used {
            scratch.reset();
            if session.first(node, None, &scratch, lists, sink) == Seen::Again {
                again.push(*node);
            }
        }
        (used, again)
    }

    fn home(&self) -> Home {
        match self.of {
            Whose::Cluster(_) => Home::Cluster,
            Whose::Home(home) => home,
        }
    }

    /// Why nothing can be said of an account or a region.
    pub(crate) fn unread(&self) -> Option<&Reason> {
        self.read.as_ref().err()
    }

    fn say(&self, lists: &mut Lists, opened: Result<&Used<'_>, &Reason>) {
        let kinds = aws::KINDS.iter();
        for kind in kinds.filter(|kind| kind.home() == Some(self.home())) {
            let gap = match (opened, &self.read) {
                (Err(reason), _) | (Ok(_), Err(reason)) => Some(Some(reason)),
                (Ok(used), Ok(read)) => match read.gap(kind.name) {
                    Some(None) => Some(used.doubts.get(kind.name)),
                    other => other,
                },
            };
            match gap {
                Some(Some(reason)) => lists.set(kind.plural, ListState::Incomplete(reason.clone())),
                Some(None) => lists.set(kind.plural, ListState::Complete),
                None => {}
            }
        }
    }
}

fn broken(error: SurroundingsError) -> Reason {
    Reason::new(ReasonCode::MalformedInput, error.to_string())
}

/// Which AWS resources belong to a scan.
#[must_use]
pub fn aws_part(around: Option<&Around>) -> AwsPart {
    match around {
        Some(around) => AwsPart::Of(around.home()),
        None => AwsPart::None,
    }
}

/// The objects as they are kept with the scan.
pub(crate) fn spool(objects: &[Node<'_>]) -> Result<File, SnapshotError> {
    let mut writer = SnapshotWriter::new(tempfile::tempfile()?)?;
    for object in objects {
        writer.write(object)?;
    }
    writer.finish()
}

fn fresh(read: Surroundings, now: Timestamp) -> Result<Surroundings, Reason> {
    if now.duration_since(read.read_at) > FRESH {
        let need = format!("the AWS account, last read at {}", read.read_at);
        return Err(Reason::new(ReasonCode::Expired, need));
    }
    Ok(read)
}
