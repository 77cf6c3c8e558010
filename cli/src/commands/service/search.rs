//! Finds what people name: a tenant by its id, a connection or cluster by id or name, in one tenant or in all.

use plimsoll_model::{Cluster, Connection, TenantId};
use plimsoll_report::Diagnostic;
use plimsoll_store::{RegisteredTenant, TenantStore};

use super::Session;
use super::stop::Stop;
use super::words;

/// A connection or cluster and the short name of its tenant.
pub(super) struct Found<T> {
    /// `acme`.
    pub(super) tenant: String,
    pub(super) store: TenantStore,
    pub(super) thing: T,
}

impl Session<'_> {
    /// All tenants by short name, or the one that is named.
    pub(super) async fn tenants(&self, only: Option<&str>) -> Result<Vec<RegisteredTenant>, Stop> {
        let mut all = self.target.store.control().tenants().await?;
        all.sort_by(|one, other| one.slug.cmp(&other.slug));
        let Some(name) = only else { return Ok(all) };
        let id = TenantId::of(&[name]);
        match all.iter().position(|tenant| tenant.id == id) {
            Some(at) => Ok(vec![all.swap_remove(at)]),
            None => Err(self.no_tenant(name, &all)),
        }
    }

    /// The tenant that is named.
    pub(super) async fn tenant(&self, name: &str) -> Result<TenantStore, Stop> {
        let found = self.tenants(Some(name)).await?;
        let id = found.first().map(|tenant| tenant.id.clone());
        Ok(self
            .target
            .store
            .of(&id.unwrap_or_else(|| TenantId::of(&[name]))))
    }

    fn no_tenant(&self, name: &str, all: &[RegisteredTenant]) -> Stop {
        let names = all.iter().map(|tenant| tenant.slug.as_str());
        let help = nearest(name, names).map_or_else(
            || "plimsoll service tenant list shows those there are".to_owned(),
            |near| format!("{near} exists"),
        );
        let message = format!("there is no tenant {name} in {}", self.target.about.name);
        Stop::usage(Diagnostic::error("no-such-tenant", message).help(help))
    }

    /// Connections of all tenants or one.
    pub(super) async fn connections(
        &self,
        tenant: Option<&str>,
    ) -> Result<Vec<Found<Connection>>, Stop> {
        let mut found = Vec::new();
        for tenant in self.tenants(tenant).await? {
            let store = self.target.store.of(&tenant.id);
            for thing in store.list_connections().await? {
                found.push(Found {
                    tenant: tenant.slug.clone(),
                    store: store.clone(),
                    thing,
                });
            }
        }
        Ok(found)
    }

    /// Clusters of all tenants or one; accounts and regions as well, which are judged like clusters.
    pub(super) async fn clusters(&self, tenant: Option<&str>) -> Result<Vec<Found<Cluster>>, Stop> {
        let mut found = Vec::new();
        for tenant in self.tenants(tenant).await? {
            let store = self.target.store.of(&tenant.id);
            for thing in store.list_clusters().await? {
                found.push(Found {
                    tenant: tenant.slug.clone(),
                    store: store.clone(),
                    thing,
                });
            }
        }
        Ok(found)
    }
}

/// Whether somebody means this connection by that.
pub(super) fn is_connection(connection: &Connection, meant: &str) -> bool {
    connection.id.as_str() == meant
        || words::reached(connection) == meant
        || connection.shown_name() == meant
}

/// Whether somebody means this cluster by that.
pub(super) fn is_cluster(cluster: &Cluster, meant: &str) -> bool {
    cluster.id.as_str() == meant || cluster.name == meant
}

/// The one thing that is meant.
pub(super) fn one<T>(
    mut found: Vec<Found<T>>,
    what: &str,
    meant: &str,
    id: impl Fn(&T) -> String,
    known: &[String],
) -> Result<Found<T>, Stop> {
    match (found.pop(), found.as_slice()) {
        (Some(one), []) => Ok(one),
        (None, _) => {
            let help = nearest(meant, known.iter().map(String::as_str)).map_or_else(
                || {
                    "plimsoll service connection list and cluster list show those there are"
                        .to_owned()
                },
                |near| format!("{near} exists"),
            );
            let message = format!("there is no {what} {meant}");
            Err(Stop::usage(
                Diagnostic::error("not-found", message).help(help),
            ))
        }
        (Some(last), rest) => {
            let all = rest.iter().chain([&last]);
            let all: Vec<String> = all
                .map(|one| format!("{} of {}", id(&one.thing), one.tenant))
                .collect();
            let message = format!("{meant} may be {}", all.join(" or "));
            Err(Stop::usage(
                Diagnostic::error("ambiguous", message)
                    .help("name it by its id, or its tenant by --tenant NAME"),
            ))
        }
    }
}

/// The known word that is most like a mistyped one.
fn nearest<'k>(meant: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let scored = known.map(|word| (strsim::jaro_winkler(meant, word), word));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 > 0.8).then_some(best.1)
}
