//! What comes of several AWS resources together: which clusters use each and what for, and everything in `Derived`.
//!
//! Pure: it looks at what was read and calls nobody. What is made of a list that is not whole, or of a part that is not
//! known, is unknown for the same reason; nothing is ever friendlier because less was read. See the README beside this file.

mod account;
pub mod border;
mod fields;
mod grants;
mod kubelet;
mod links;
mod lists;
mod look;
mod moments;
mod network;
mod nodes;
mod registry;
mod statement;
mod templates;
#[cfg(test)]
mod tests;
mod user_data;

use jiff::Timestamp;
use plimsoll_model::NodeRoute;
use serde_json::{Map, Value};

use self::fields::Fields;
use self::links::{Links, ROLE};
use self::lists::Lists;
use super::read::{Reading, unknown};

/// What is to be set in an object.
#[derive(Default)]
struct Change {
    fields: Fields,
    used: Option<(Value, Value)>,
}

/// Derives what comes of the objects of a region and of `global`, what its account has for all regions. Sets
/// `metadata.clusters`, `Use` and `Derived`, removes user data, and puts the roles that clusters of the region use beside
/// the region's objects. Where it is not known who uses the things of a kind, `Use` is unknown, and so is one more item of
/// `metadata.clusters`. Where the tenant chose the `route` that leads through them, says what the instances of clusters are
/// started with, unless that was said before: user data is at hand only once. `read_at` is when it was read; ages are
/// counted to it. Doing it again changes nothing.
pub fn derive(
    regional: &mut Reading,
    global: &Reading,
    route: Option<NodeRoute>,
    read_at: Timestamp,
) {
    let lists = Lists::new(regional, global);
    let links = Links::of(&lists, None);
    let change = |object: &Value| Change {
        fields: fields::of(object, &lists, read_at),
        used: links.told(object),
    };
    let changes: Vec<Change> = regional.objects.iter().map(change).collect();
    let asks = route == Some(NodeRoute::Ami) && !regional.machines.contains_key(&NodeRoute::Ami);
    let machines = asks.then(|| kubelet::machines(&lists, &links, read_at));
    let used = lists
        .some(ROLE)
        .iter()
        .filter(|role| links.is_used(ROLE, role));
    let mut roles: Vec<Value> = used
        .map(|role| {
            let mut copy = (*role).clone();
            change(role).apply(&mut copy);
            copy
        })
        .collect();
    roles.sort_by_cached_key(|role| role["metadata"]["arn"].to_string());
    let gap = lists
        .all(ROLE)
        .err()
        .or_else(|| links.hole_of(ROLE).cloned());

    for (object, change) in regional.objects.iter_mut().zip(changes) {
        change.apply(object);
    }
    regional.objects.retain(|object| object["kind"] != ROLE);
    regional.objects.extend(roles);
    regional.gaps.insert(ROLE, gap);
    regional
        .machines
        .extend(machines.map(|machines| (NodeRoute::Ami, machines)));
}

/// The same of what an account has for all regions, which no cluster needs to use: IAM, trails, the account itself.
pub fn derive_global(global: &mut Reading, read_at: Timestamp) {
    let none = Reading::default();
    let lists = Lists::new(&none, global);
    let change = |object: &Value| Change {
        fields: fields::of(object, &lists, read_at),
        used: None,
    };
    let changes: Vec<Change> = global.objects.iter().map(change).collect();
    for (object, change) in global.objects.iter_mut().zip(changes) {
        change.apply(object);
    }
}

impl Change {
    fn apply(self, object: &mut Value) {
        let kind = object["kind"].as_str().unwrap_or_default();
        let of_releases = fields::of_releases(kind);
        let mut derived = match object["Derived"].take() {
            Value::Object(derived) => derived,
            _ => Map::new(),
        };
        for (name, value) in self.fields {
            match value {
                Ok(Some(value)) => derived.insert(name.to_owned(), value),
                Ok(None) => derived.remove(name),
                Err(reason) => derived.insert(name.to_owned(), unknown(&reason)),
            };
        }
        for (name, call) in of_releases {
            let missing = || unknown(&look::unread(call));
            derived.entry(*name).or_insert_with(missing);
        }
        match derived.is_empty() {
            true => drop(
                object
                    .as_object_mut()
                    .map(|object| object.remove("Derived")),
            ),
            false => object["Derived"] = derived.into(),
        }
        if let Some((clusters, words)) = self.used {
            object["metadata"]["clusters"] = clusters;
            object["Use"] = words;
        }
        nodes::without_user_data(object);
    }
}
