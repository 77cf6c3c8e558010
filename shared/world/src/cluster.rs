//! One cluster: its files, its states by week, its address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::data;
use crate::error::WorldError;
use crate::grow::{NEWEST, Soil, grow, resource_version};
use crate::history::{History, Step};
use crate::kinds;
use crate::overlay::{self, Moment, Objects};
use crate::rbac::Rbac;
use crate::state::Shared;

/// `cluster.yaml`: what the world must know of a cluster besides its objects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Description {
    pub(crate) region: String,
    pub(crate) stage: String,
    pub(crate) story: String,
    /// The `gitVersion` its API server tells.
    pub(crate) git_version: String,
    /// The field manager of what nobody in particular wrote.
    pub(crate) writer: String,
    /// Folders of `data/shared` whose manifests it also has.
    pub(crate) include: Vec<String>,
}

/// Who may come in, as EKS keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessEntry {
    pub(crate) principal: String,
    pub(crate) groups: Vec<String>,
    pub(crate) username: String,
}

/// All that one kind's list holds: object texts (without kind and apiVersion, as in real lists) by
/// their place in the store, `namespace/name` or `name`.
pub(crate) type Items = BTreeMap<String, Box<str>>;

/// A cluster at one moment. Older ones are kept, so that the pages of a list agree.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) resource_version: u64,
    pub(crate) lists: BTreeMap<&'static str, Items>,
    pub(crate) access_entries: Vec<AccessEntry>,
    pub(crate) rbac: Rbac,
}

/// The states that were served, by resource version, and the one served now.
#[derive(Debug, Default)]
struct Served {
    states: BTreeMap<u64, Arc<State>>,
    current: Option<(u32, u32, Arc<State>)>,
}

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) git_version: String,
    /// `https://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
    /// The CA certificate, PEM in base64, as EKS hands it out.
    pub(crate) certificate_authority: String,
    folder: String,
    writer: String,
    first_night: Timestamp,
    written: Mutex<(History, Served)>,
}

/// Where a cluster can be reached.
pub(crate) struct Address {
    pub(crate) endpoint: String,
    pub(crate) certificate_authority: String,
}

/// Reads the description of a cluster.
pub(crate) fn describe(tenant: &str, name: &str) -> Result<Description, WorldError> {
    data::yaml(&format!("{tenant}/{name}/cluster.yaml"))
}

impl Cluster {
    /// Reads the cluster's files.
    pub(crate) fn load(
        tenant: &str,
        account: &str,
        name: &str,
        address: Address,
        first_night: Timestamp,
    ) -> Result<Self, WorldError> {
        let folder = format!("{tenant}/{name}");
        let description = describe(tenant, name)?;
        let history = History::read(&folder, &description.include)?;
        Ok(Self {
            account: account.to_owned(),
            name: name.to_owned(),
            region: description.region,
            git_version: description.git_version,
            endpoint: address.endpoint,
            certificate_authority: address.certificate_authority,
            folder,
            writer: description.writer,
            first_night,
            written: Mutex::new((history, Served::default())),
        })
    }

    /// An AWS reply kept beside the cluster.
    pub(crate) fn aws_file(&self, name: &str) -> Option<String> {
        data::text(&format!("{}/aws/{name}", self.folder)).ok()
    }

    /// The state of the world's present week.
    pub(crate) fn state(&self, world: &Shared) -> Result<Arc<State>, WorldError> {
        let week = world.week.load(std::sync::atomic::Ordering::SeqCst);
        let mut written = self.lock();
        let (history, served) = &mut *written;
        let edition = history.edition();
        if let Some((at, with, state)) = &served.current
            && (*at, *with) == (week, edition)
        {
            return Ok(Arc::clone(state));
        }
        let (objects, last) = history.at(week)?;
        let state = Arc::new(self.build(&objects, last));
        let version = state.resource_version;
        served.states.insert(version, Arc::clone(&state));
        served.current = Some((week, edition, Arc::clone(&state)));
        Ok(state)
    }

    /// A state that was already served, by its resource version.
    pub(crate) fn state_at(&self, resource_version: u64) -> Option<Arc<State>> {
        self.lock().1.states.get(&resource_version).cloned()
    }

    /// Adds or replaces objects on top of what the files say, from now on.
    pub(crate) fn put(&self, yaml: &str, week: u32) -> Result<(), WorldError> {
        let documents = data::documents("the manifests given", yaml)?.into_iter();
        let steps = documents.map(|value| Step::Put(value, None));
        self.lock().0.extend(steps, week)
    }

    /// Makes changes, in the form of a `changes.yaml`, on top of what the files say.
    pub(crate) fn change(&self, yaml: &str, week: u32) -> Result<(), WorldError> {
        let changes = overlay::changes("the changes given", yaml)?.into_iter();
        self.lock().0.extend(changes.map(Step::Change), week)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (History, Served)> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn build(&self, objects: &Objects, last: Moment) -> State {
        let soil = Soil {
            cluster: &self.name,
            region: &self.region,
            first_night: self.first_night,
            writer: &self.writer,
            objects,
        };
        let grown = grow(&soil);
        let rbac = Rbac::of(grown.iter().map(|grown| &grown.value));
        let mut lists: BTreeMap<&'static str, Items> = BTreeMap::new();
        for mut object in grown {
            let Some(kind) = kinds::named(&object.key.kind) else {
                continue;
            };
            if let Some(map) = object.value.as_object_mut() {
                map.remove("kind");
                map.remove("apiVersion");
            }
            let place = if kind.namespaced {
                format!("{}/{}", object.key.namespace, object.key.name)
            } else {
                object.key.name
            };
            lists
                .entry(kind.plural)
                .or_default()
                .insert(place, object.value.to_string().into());
        }
        let entries = objects
            .iter()
            .filter(|(key, _)| key.kind == kinds::ACCESS_ENTRY.kind);
        let access_entries = entries.map(|(key, entry)| access_entry(&key.name, &entry.value));
        State {
            resource_version: resource_version(last, NEWEST).max(89_000),
            lists,
            access_entries: access_entries.collect(),
            rbac,
        }
    }
}

/// An entry as written: principal as name, `spec.kubernetesGroups`. The user name is the one EKS
/// gives when none is chosen.
fn access_entry(principal: &str, value: &Value) -> AccessEntry {
    let groups = value["spec"]["kubernetesGroups"]
        .as_array()
        .into_iter()
        .flatten();
    let username = principal
        .replace(":iam::", ":sts::")
        .replace(":role/", ":assumed-role/");
    AccessEntry {
        principal: principal.to_owned(),
        groups: groups
            .filter_map(|group| group.as_str().map(str::to_owned))
            .collect(),
        username: format!("{username}/{{{{SessionName}}}}"),
    }
}
