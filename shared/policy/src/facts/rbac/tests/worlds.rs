//! Worlds made at random, judged by a second reading of the rules that is slow and simple: every account, every binding, every
//! rule, again and again until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{account, gathered};
use crate::facts::Fact;
use plimsoll_cel::{Bump, decode_json};

const SPACES: [&str; 4] = ["n0", "n1", "n2", "n3"];
const NAMES: [&str; 4] = ["a", "b", "c", "default"];
const WORLDS: u64 = 400;

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.throw(from.len())]
    }
}

fn rule(dice: &mut Dice) -> Value {
    let rbac = "rbac.authorization.k8s.io";
    let names = |names: &[&str]| json!(names);
    let (verbs, group, resources, limited) = match dice.throw(24) {
        0 => (json!(["*"]), "*", json!(["*"]), json!([])),
        1 | 2 => (
            json!(["create"]),
            "",
            json!(["pods", "services"]),
            json!([]),
        ),
        3 => (
            json!(["patch"]),
            "apps",
            json!(["deployments"]),
            names(&["web"]),
        ),
        4 => (
            json!(["create"]),
            "",
            json!(["serviceaccounts/token"]),
            json!([]),
        ),
        5 | 6 => (
            json!(["create"]),
            "",
            json!(["*/token"]),
            names(&[dice.pick(&NAMES)]),
        ),
        7 => (
            json!(["impersonate"]),
            "",
            json!(["serviceaccounts"]),
            names(&[dice.pick(&NAMES)]),
        ),
        8 => (
            json!(["escalate", "update"]),
            rbac,
            json!(["clusterroles"]),
            json!([]),
        ),
        9 => (json!(["bind"]), rbac, json!(["clusterroles"]), json!([])),
        10 => (
            json!(["create"]),
            rbac,
            json!(["clusterrolebindings"]),
            json!([]),
        ),
        11 | 12 => (
            json!(["create", "get"]),
            "",
            json!(["pods/exec"]),
            json!([]),
        ),
        13 => (json!(["create"]), "", json!(["pods"]), names(&["web"])),
        14 => (json!(["get"]), "", json!(["secrets"]), json!([])),
        15 => (json!(["create"]), "", json!(["secrets"]), json!([])),
        _ => (
            json!(["get", "list", "watch"]),
            "",
            json!(["pods", "configmaps"]),
            json!([]),
        ),
    };
    json!({"verbs": verbs, "apiGroups": [group], "resources": resources, "resourceNames": limited})
}

fn world(seed: u64) -> Vec<Value> {
    let mut dice = Dice(seed);
    let mut all = vec![
        json!({"kind": "Namespace", "metadata": {"name": "kube-system", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
    ];
    for space in SPACES {
        all.push(json!({"kind": "Namespace", "metadata": {"name": space, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}));
        for name in NAMES {
            if dice.throw(4) > 0 {
                all.push(account(space, name));
            }
        }
    }
    for number in 0..6 {
        let rules: Vec<Value> = (0..dice.throw(3)).map(|_| rule(&mut dice)).collect();
        let mut role = json!({"kind": "ClusterRole", "metadata": {"name": format!("r{number}"), "labels": {"to": dice.pick(&["x", "y", "z"])}}, "rules": rules});
        if dice.throw(4) == 0 {
            let to = dice.pick(&["x", "y"]);
            role["aggregationRule"] =
                json!({"clusterRoleSelectors": [{"matchLabels": {"to": to}}]});
        }
        all.push(role);
    }
    for number in 0..4 + dice.throw(8) {
        let space = dice.pick(&SPACES);
        let other = dice.pick(&SPACES);
        let name = dice.pick(&NAMES);
        let subject = match dice.throw(8) {
            0 => json!({"kind": "User", "name": format!("system:serviceaccount:{other}:{name}")}),
            1 | 3 => {
                json!({"kind": "Group", "name": format!("system:serviceaccounts:{other}")})
            }
            2 if dice.throw(2) == 0 => json!({"kind": "Group", "name": "system:authenticated"}),
            _ => json!({"kind": "ServiceAccount", "namespace": other, "name": name}),
        };
        let role = json!({"kind": "ClusterRole", "name": format!("r{}", dice.throw(7))});
        let whole = dice.throw(5) == 0;
        let kind = if whole {
            "ClusterRoleBinding"
        } else {
            "RoleBinding"
        };
        let metadata = match whole {
            true => json!({"name": format!("b{number}")}),
            false => json!({"name": format!("b{number}"), "namespace": space}),
        };
        all.push(
            json!({"kind": kind, "metadata": metadata, "roleRef": role, "subjects": [subject]}),
        );
    }
    all
}

type Account = (&'static str, &'static str);

/// Rules by the namespace they hold in.
type Held = Vec<(String, Value)>;

fn has(list: &Value, wanted: &str) -> bool {
    list.as_array()
        .unwrap()
        .iter()
        .any(|item| item == wanted || item == "*")
}

fn rules(objects: &[Value], role: &str, seen: &mut BTreeSet<String>) -> Vec<Value> {
    if !seen.insert(role.to_owned()) {
        return Vec::new();
    }
    let roles = || {
        objects
            .iter()
            .filter(|object| object["kind"] == "ClusterRole")
    };
    let Some(found) = roles().find(|object| object["metadata"]["name"] == role) else {
        return Vec::new();
    };
    let mut all = found["rules"].as_array().unwrap().clone();
    if let Some(selectors) = found["aggregationRule"]["clusterRoleSelectors"].as_array() {
        let to = &selectors[0]["matchLabels"]["to"];
        for part in roles().filter(|object| &object["metadata"]["labels"]["to"] == to) {
            all.extend(rules(
                objects,
                part["metadata"]["name"].as_str().unwrap(),
                seen,
            ));
        }
    }
    all
}

fn held(objects: &[Value], (space, name): Account) -> Held {
    let is = |subject: &Value| {
        let text = subject["name"].as_str().unwrap();
        match subject["kind"].as_str().unwrap() {
            "User" => text == format!("system:serviceaccount:{space}:{name}"),
            "Group" => {
                text == "system:authenticated" || text == format!("system:serviceaccounts:{space}")
            }
            _ => subject["namespace"] == space && text == name,
        }
    };
    let bindings = objects.iter().filter(|object| {
        object["subjects"]
            .as_array()
            .is_some_and(|list| list.iter().any(is))
    });
    let of = |binding: &Value| {
        let home = binding["metadata"]["namespace"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        let rules = rules(
            objects,
            binding["roleRef"]["name"].as_str().unwrap(),
            &mut BTreeSet::new(),
        );
        rules
            .into_iter()
            .map(|rule| (home.clone(), rule))
            .collect::<Held>()
    };
    bindings.flat_map(of).collect()
}

/// Whether the request is allowed. Without a name, for any.
fn may(
    held: &Held,
    space: &str,
    verb: &str,
    group: &str,
    resource: &str,
    name: Option<&str>,
) -> bool {
    let part = resource
        .split_once('/')
        .map(|(_, part)| format!("*/{part}"));
    held.iter().any(|(home, rule)| {
        let names = rule["resourceNames"].as_array().unwrap();
        (home.is_empty() || home == space)
            && has(&rule["verbs"], verb)
            && has(&rule["apiGroups"], group)
            && (has(&rule["resources"], resource)
                || part
                    .as_ref()
                    .is_some_and(|part| has(&rule["resources"], part)))
            && (names.is_empty()
                || name.is_some_and(|name| names.iter().any(|known| known == name)))
    })
}

fn controls(held: &Held) -> bool {
    let rbac = "rbac.authorization.k8s.io";
    let may = |verb, resource| may(held, "", verb, rbac, resource, None);
    let all = |(home, rule): &(String, Value)| {
        home.is_empty() && has(&rule["resources"], "kites") && rule["resourceNames"] == json!([])
    };
    held.iter().any(all)
        || may("escalate", "clusterroles") && may("update", "clusterroles")
        || may("bind", "clusterroles") && may("create", "clusterrolebindings")
}

/// Whether an account gets hold of another in one step, as far as these worlds have rights that do so. All of a namespace
/// leads to the nodes and so to every account, because the namespace's own level is a part of it.
fn gets(held: &Held, (space, name): Account) -> bool {
    let core = |verb, resource, name| may(held, space, verb, "", resource, name);
    let token_secret = core("create", "secrets", None) && core("get", "secrets", None);
    let nodes = SPACES.iter().chain(["kube-system"].iter()).any(|other| {
        may(held, other, "patch", "", "namespaces", Some(other))
            && may(held, other, "create", "", "pods", None)
    });
    core("create", "pods", None)
        || core("create", "serviceaccounts/token", Some(name))
        || core("create", "pods/exec", None)
        || may(held, space, "patch", "apps", "deployments", Some("web"))
        || token_secret
        || nodes
}

/// How many steps each account needs.
fn distances(objects: &[Value]) -> BTreeMap<Account, usize> {
    let accounts: Vec<Account> = SPACES
        .iter()
        .flat_map(|space| NAMES.map(|name| (*space, name)))
        .collect();
    let held: BTreeMap<Account, Held> = accounts
        .iter()
        .map(|one| (*one, held(objects, *one)))
        .collect();
    let exists = |(space, name): Account| {
        let is = |object: &Value| {
            object["metadata"]["namespace"] == space && object["metadata"]["name"] == name
        };
        name == "default"
            || objects
                .iter()
                .any(|object| object["kind"] == "ServiceAccount" && is(object))
    };
    let gets_at = |one: &Account, (space, name): Account| {
        may(
            &held[one],
            space,
            "impersonate",
            "",
            "serviceaccounts",
            Some(name),
        ) || exists((space, name)) && gets(&held[one], (space, name))
    };
    let mut found: BTreeMap<Account, usize> = accounts
        .iter()
        .filter(|one| controls(&held[one]))
        .map(|one| (*one, 1))
        .collect();
    for distance in 2.. {
        let next = |one: &&Account| {
            !found.contains_key(one) && found.keys().any(|other| gets_at(one, *other))
        };
        let more: Vec<Account> = accounts.iter().filter(next).copied().collect();
        if more.is_empty() {
            break;
        }
        found.extend(more.into_iter().map(|one| (one, distance)));
    }
    found
}

/// The same, as the fact has it.
fn found(objects: &[Value]) -> BTreeMap<Account, usize> {
    let joins = gathered(objects, 2);
    let arena = Bump::new();
    let mut all = BTreeMap::new();
    for space in SPACES {
        for name in NAMES {
            let node = decode_json(&arena, account(space, name).to_string().as_bytes()).unwrap();
            let fact = joins.fact(Fact::Takeover, "ServiceAccount", &node, &arena);
            let steps = fact.get("steps").unwrap().items().len();
            if steps > 0 {
                all.insert((space, name), steps);
            }
        }
    }
    all
}

#[test]
fn ways_are_those_of_a_simple_reading_and_as_short() {
    let mut lengths = BTreeMap::<usize, usize>::new();
    for seed in 0..WORLDS {
        let objects = world(seed);
        let expected = distances(&objects);
        assert_eq!(
            found(&objects),
            expected,
            "world {seed}: {}",
            json!(objects)
        );
        expected
            .values()
            .for_each(|length| *lengths.entry(*length).or_default() += 1);
    }
    println!("exercised: {WORLDS} worlds; accounts by the length of their way: {lengths:?}");
    assert!(lengths.len() >= 4, "{lengths:?}");
}

/// Rights only add up: with any binding gone nobody reaches what was out of reach, nor in fewer steps.
#[test]
fn fewer_bindings_never_lead_further() {
    let mut tried = 0;
    for seed in 0..WORLDS / 8 {
        let objects = world(seed);
        let before = found(&objects);
        for gone in 0..objects.len() {
            if !objects[gone]["kind"].as_str().unwrap().ends_with("Binding") {
                continue;
            }
            let mut fewer = objects.clone();
            fewer.remove(gone);
            for (one, steps) in found(&fewer) {
                assert!(
                    before.get(&one).is_some_and(|had| *had <= steps),
                    "world {seed} without {gone}: {one:?}"
                );
            }
            tried += 1;
        }
    }
    println!("exercised: {tried} worlds with a binding gone");
    assert!(tried > 100);
}
