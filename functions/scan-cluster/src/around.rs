//! What `scan-account` read of an AWS account: judged with the clusters that use it, or by itself.

use std::borrow::Cow;
use std::fs::File;

use jiff::{SignedDuration, Timestamp};
use plimsoll_cel::{Bump, Node};
use plimsoll_inventory::aws::machines::Machines;
use plimsoll_inventory::aws::surroundings::{Surroundings, SurroundingsError, Used};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotWriter};
use plimsoll_model::aws::{self, Home};
use plimsoll_model::{
    Cluster, Connection, ConnectionId, ConnectionKind, NodeRoute, Provider, Reason, ReasonCode,
};
use plimsoll_policy::{AwsPart, ListState, Lists, Seen, Sink};
use plimsoll_store::{StoreError, TenantStore};

use crate::across::{Account, border};
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
    /// What the cluster of that name uses, and what its account has for all regions.
    Cluster(String, Account),
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
        let kept = async |region: Option<&str>| {
            let name = surroundings_name(&connection.id, region);
            match tenant.get_object_named(&name).await {
                Ok(bytes) => Ok(Ok(bytes)),
                Err(StoreError::NotFound(_)) => Ok(Err(Reason::new(
                    ReasonCode::InputUnread,
                    format!("AWS account {account} {}", region.unwrap_or_default()).trim_end(),
                ))),
                Err(error) => Err(error),
            }
        };
        let of = match (cluster.provider, region) {
            (Provider::Aws, Some(_)) => Whose::Home(Home::Region),
            (Provider::Aws, None) => Whose::Home(Home::Account),
            _ => {
                let account = Account::new(kept(None).await?, now);
                let region = kept(region).await?;
                return Ok(Some(Self::of_cluster(&cluster.name, account, region, now)));
            }
        };
        let read = kept(region).await?.and_then(|bytes| opened(&bytes, now));
        Ok(Some(Self { of, read }))
    }

    /// Of a cluster, by what is kept of its account and of its region.
    pub(crate) fn of_cluster(
        name: &str,
        account: Account,
        region: Result<Vec<u8>, Reason>,
        now: Timestamp,
    ) -> Self {
        Self {
            of: Whose::Cluster(name.to_owned(), account),
            read: region.and_then(|bytes| opened(&bytes, now)),
        }
    }

    /// Says how the list of every kind went that may be among it, and judges it by the policies without joins. Gives those
    /// objects, and those of them that policies with joins want.
    pub(crate) fn first<'a, K: Sink>(
        &self,
        scan: &mut LiveScan<'_, K>,
        arena: &'a Bump,
        sink: &mut K,
    ) -> (Vec<Node<'a>>, Vec<Node<'a>>) {
        let crossed = self.crossed(scan);
        let opened = crossed.as_ref().map_err(Reason::clone);
        let opened = opened.and_then(|read| match &self.of {
            Whose::Cluster(name, _) => read.of_cluster(name, arena).map_err(broken),
            Whose::Home(home) => read.of_home(*home, arena).map_err(broken),
        });
        self.say(&mut scan.lists, crossed.as_deref(), opened.as_ref());
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
        if let Whose::Cluster(_, account) = &self.of {
            account.roles(scan);
        }
        (used, again)
    }

    /// What was read, with what the objects of the cluster name.
    fn crossed<K>(&self, scan: &LiveScan<'_, K>) -> Result<Cow<'_, Surroundings>, Reason> {
        let read = self.read.as_ref().map_err(Reason::clone)?;
        match &self.of {
            Whose::Cluster(name, _) => {
                let border = border(name, &scan.session.joins, &scan.lists);
                read.across(&border).map(Cow::Owned).map_err(broken)
            }
            Whose::Home(_) => Ok(Cow::Borrowed(read)),
        }
    }

    fn home(&self) -> Home {
        match self.of {
            Whose::Cluster(..) => Home::Cluster,
            Whose::Home(home) => home,
        }
    }

    /// What a route told of the instances of the region; none if nobody took it.
    ///
    /// # Errors
    /// Why nothing is known of the account.
    pub(crate) fn machines(&self, route: NodeRoute) -> Result<Option<&Machines>, Reason> {
        let read = self.read.as_ref().map_err(Reason::clone)?;
        Ok(read.machines(route))
    }

    /// Why nothing can be said of an account or a region.
    pub(crate) fn unread(&self) -> Option<&Reason> {
        self.read.as_ref().err()
    }

    fn say(
        &self,
        lists: &mut Lists,
        read: Result<&Surroundings, &Reason>,
        opened: Result<&Used<'_>, &Reason>,
    ) {
        let kinds = aws::KINDS.iter();
        for kind in kinds.filter(|kind| kind.home() == Some(self.home())) {
            let gap = match (opened, read) {
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

pub(crate) fn broken(error: SurroundingsError) -> Reason {
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

pub(crate) fn opened(bytes: &[u8], now: Timestamp) -> Result<Surroundings, Reason> {
    fresh(Surroundings::unpack(bytes).map_err(broken)?, now)
}

fn fresh(read: Surroundings, now: Timestamp) -> Result<Surroundings, Reason> {
    if now.duration_since(read.read_at) > FRESH {
        let need = format!("the AWS account, last read at {}", read.read_at);
        return Err(Reason::new(ReasonCode::Expired, need));
    }
    Ok(read)
}
