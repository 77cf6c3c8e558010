//! Worlds made at random, judged by a second reading that is slow and simple: it tries out every answer that an open condition
//! may have. And with parts of them lost: nothing becomes friendlier.

use serde_json::{Value, json};

use super::{ISSUER, account, association, cluster, gathered, provider, role};
use crate::facts::Fact;
use plimsoll_cel::{Bump, decode_our_own};

const SPACES: [&str; 2] = ["n0", "n1"];
const NAMES: [&str; 3] = ["a", "b", "ab"];
const ROLES: [&str; 4] = ["r0", "r1", "boss", "gone"];
const WORLDS: u64 = 1500;

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

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.throw(from.len())]
    }
}

fn condition(dice: &mut Dice) -> Value {
    let key = match dice.throw(7) {
        0 | 1 => format!("{ISSUER}:sub"),
        2 => format!("{}:AUD", ISSUER.to_uppercase()),
        3 => "aws:RequestTag/kubernetes-namespace".to_owned(),
        4 => "aws:requesttag/kubernetes-service-account".to_owned(),
        5 => "aws:SourceAccount".to_owned(),
        _ => "aws:SourceIp".to_owned(),
    };
    let values: &[&str] = match key.rsplit([':', '/']).next().unwrap() {
        "sub" => &[
            "system:serviceaccount:n0:a",
            "system:serviceaccount:*",
            "system:serviceaccount:n?:a*",
            "SYSTEM:serviceaccount:n1:b",
        ],
        "AUD" => &["sts.amazonaws.com", "STS.amazonaws.com", "s*", "other"],
        "kubernetes-namespace" => &["n0", "N0", "n*", "true"],
        "kubernetes-service-account" => &["a", "a*", "?b", "false"],
        "SourceAccount" => &["111122223333", "1*", "999900001111"],
        _ => &["10.0.0.0/8"],
    };
    let set = dice.pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]);
    let operator = dice.pick(&[
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "ArnLike",
        "Null",
        "IpAddress",
    ]);
    let end = match operator {
        "Null" => "",
        _ => dice.pick(&["", "", "IfExists"]),
    };
    let values = match operator {
        "Null" => vec![dice.pick(&["true", "false"])],
        _ => (0..=dice.throw(2)).map(|_| dice.pick(values)).collect(),
    };
    json!({"Operator": format!("{set}{operator}{end}"), "Key": key, "Values": values})
}

fn statement(dice: &mut Dice) -> Value {
    let own = provider();
    let principals = [
        ("Federated", own.as_str()),
        ("Federated", own.as_str()),
        ("Service", "pods.eks.amazonaws.com"),
        ("Service", "pods.eks.amazonaws.com"),
        ("Service", "ec2.amazonaws.com"),
        ("AWS", "*"),
        ("*", "*"),
        ("Federated", "arn:aws:iam::111122223333:oidc-provider/other"),
    ];
    let (of_type, value) = principals[dice.throw(principals.len())];
    let actions = [
        &[
            "sts:assumerolewithwebidentity",
            "sts:assumerole",
            "sts:tagsession",
        ][..],
        &["sts:*"],
        &["*"],
        &["sts:assumerole"],
        &["sts:tagsession"],
        &["sts:assumerolewith*"],
    ];
    let actions = actions[dice.throw(actions.len())];
    let conditions: Vec<Value> = (0..dice.throw(3)).map(|_| condition(dice)).collect();
    let effect = dice.pick(&["Allow", "Allow", "Allow", "Deny"]);
    let principal = json!([{"Type": of_type, "Value": value}]);
    let (not_actions, not_principals) = (dice.throw(8) == 0, dice.throw(12) == 0);
    let either = |not: bool, list: Value| {
        if not {
            (json!([]), list)
        } else {
            (list, json!([]))
        }
    };
    let (actions, other_actions) = either(not_actions, json!(actions));
    let (principals, other_principals) = either(not_principals, principal);
    json!({"Effect": effect, "Actions": actions, "NotActions": other_actions, "Principals": principals,
        "NotPrincipals": other_principals, "Conditions": conditions})
}

fn world(seed: u64) -> Vec<Value> {
    let mut dice = Dice(seed);
    let mut all = vec![cluster()];
    for name in ROLES {
        if name != "gone" {
            let trust: Vec<Value> = (0..dice.throw(4)).map(|_| statement(&mut dice)).collect();
            all.push(role(name, &json!(trust)));
        }
    }
    for space in SPACES {
        for name in NAMES {
            let named = (dice.throw(3) > 0).then(|| dice.pick(&ROLES));
            all.push(account(space, name, named));
            if dice.throw(3) == 0 {
                let mut made = association(space, name, dice.pick(&ROLES));
                if dice.throw(3) == 0 {
                    made["Properties"]["DisableSessionTags"] = true.into();
                }
                all.push(made);
            }
        }
    }
    all
}

fn wild(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|from| wild(rest, &text[from..])),
        ([b'?', pattern @ ..], [_, text @ ..]) => wild(pattern, text),
        ([one, pattern @ ..], [other, text @ ..]) => one == other && wild(pattern, text),
        _ => false,
    }
}

/// What is known of a request: who makes it, for what, and what its keys hold, none of those that nobody knows.
struct Request {
    principal: (&'static str, String),
    action: &'static str,
    keys: Vec<(String, Option<String>)>,
}

/// The answer of a condition, none if it is open.
fn answer(condition: &Value, request: &Request) -> Option<bool> {
    let key = condition["Key"].as_str().unwrap().to_lowercase();
    let (_, held) = request.keys.iter().find(|(known, _)| *known == key)?;
    let whole = condition["Operator"].as_str().unwrap();
    let operator = whole.rsplit(':').next().unwrap();
    let values: Vec<&str> = condition["Values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect();
    if operator == "Null" {
        return Some(values.contains(&if held.is_none() { "true" } else { "false" }));
    }
    let base = operator.trim_end_matches("IfExists");
    let not = base.contains("Not");
    if base == "IpAddress" {
        return None;
    }
    let Some(held) = held else {
        let anyway = operator.ends_with("IfExists") || not && !whole.starts_with("ForAnyValue");
        return Some(whole.starts_with("ForAllValues") || anyway);
    };
    let same = values
        .iter()
        .any(|value| match base.replace("Not", "").as_str() {
            "StringEquals" => value == held,
            "StringEqualsIgnoreCase" => value.to_lowercase() == held.to_lowercase(),
            _ => wild(value.as_bytes(), held.as_bytes()),
        });
    Some(same != not)
}

/// Whether the statements let the request in, if open conditions are answered by the bits of a number in turn.
fn decided(trust: &[Value], request: &Request, bits: u32, open: &mut u32) -> bool {
    let (mut allowed, mut denied) = (false, false);
    for statement in trust {
        let list = |key: &str| statement[key].as_array().unwrap().clone();
        let any = |key: &str, is: &dyn Fn(&Value) -> bool| list(key).iter().any(is);
        let action = |pattern: &Value| {
            wild(
                pattern.as_str().unwrap().as_bytes(),
                request.action.as_bytes(),
            )
        };
        let principal = |one: &Value| {
            let (of_type, value) = (
                one["Type"].as_str().unwrap(),
                one["Value"].as_str().unwrap(),
            );
            (of_type, value) == (request.principal.0, &*request.principal.1)
                || value == "*" && of_type != "Service"
        };
        let one_of = |key: &str, not: &str, is: &dyn Fn(&Value) -> bool| {
            if list(key).is_empty() {
                !any(not, is)
            } else {
                any(key, is)
            }
        };
        let mut holds = one_of("Actions", "NotActions", &action)
            && one_of("Principals", "NotPrincipals", &principal);
        for condition in list("Conditions") {
            holds &= answer(&condition, request).unwrap_or_else(|| {
                *open += 1;
                bits >> (*open - 1) & 1 == 1
            });
        }
        match statement["Effect"] == "Allow" {
            true => allowed |= holds,
            false => denied |= holds,
        }
    }
    allowed && !denied
}

/// Whether all requests are let in, if that is so whatever open conditions come to.
fn let_in(trust: &[Value], requests: &[Request]) -> Option<bool> {
    let all = |bits: u32| {
        let mut open = 0;
        let mut each = requests
            .iter()
            .map(|request| decided(trust, request, bits, &mut open));
        let mut all = true;
        each.by_ref().for_each(|one| all &= one);
        (all, open)
    };
    let (first, open) = all(0);
    assert!(open < 16, "{open} open conditions");
    (1..1_u32 << open)
        .all(|bits| all(bits).0 == first)
        .then_some(first)
}

fn requests(via: &str, space: &str, name: &str, untagged: bool) -> Vec<Request> {
    if via == "irsa" {
        let issuer = ISSUER.to_lowercase();
        let keys = vec![
            (
                format!("{issuer}:sub"),
                Some(format!("system:serviceaccount:{space}:{name}")),
            ),
            (
                format!("{issuer}:aud"),
                Some("sts.amazonaws.com".to_owned()),
            ),
        ];
        let principal = ("Federated", provider());
        return vec![Request {
            principal,
            action: "sts:assumerolewithwebidentity",
            keys,
        }];
    }
    let tag = |key: &str, value: &str| {
        (
            format!("aws:requesttag/{key}"),
            (!untagged).then(|| value.to_owned()),
        )
    };
    let actions = if untagged {
        &["sts:assumerole"][..]
    } else {
        &["sts:assumerole", "sts:tagsession"]
    };
    let request = |action: &&'static str| Request {
        principal: ("Service", "pods.eks.amazonaws.com".to_owned()),
        action,
        keys: vec![
            tag("kubernetes-namespace", space),
            tag("kubernetes-service-account", name),
            (
                "aws:sourceaccount".to_owned(),
                Some("111122223333".to_owned()),
            ),
        ],
    };
    actions.iter().map(request).collect()
}

/// Routes as `(via, role, exists, admitted, admin)`, by the simple reading.
type Route = (String, String, bool, Option<bool>, bool);

fn expected(objects: &[Value], space: &str, name: &str) -> Vec<Route> {
    let mut found = Vec::new();
    let mut add = |via: &str, arn: &str, untagged: bool| {
        let role = objects
            .iter()
            .find(|o| o["kind"] == "AWS::IAM::Role" && o["metadata"]["arn"] == arn);
        let admitted = role.map_or(Some(false), |role| {
            let trust = role["Derived"]["Trust"].as_array().unwrap();
            let_in(trust, &requests(via, space, name, untagged))
        });
        let admin = role.is_some_and(|role| role["Derived"]["Grants"]["Admin"] == true);
        found.push((
            via.to_owned(),
            arn.to_owned(),
            role.is_some(),
            admitted,
            admin,
        ));
    };
    for object in objects {
        let metadata = &object["metadata"];
        if object["kind"] == "ServiceAccount"
            && metadata["namespace"] == space
            && metadata["name"] == name
            && let Some(arn) = metadata["annotations"]["eks.amazonaws.com/role-arn"].as_str()
        {
            add("irsa", arn, false);
        }
    }
    for object in objects {
        let of = &object["Properties"];
        if of["Namespace"] == space && of["ServiceAccount"] == name {
            add(
                "podIdentity",
                of["RoleArn"].as_str().unwrap(),
                of["DisableSessionTags"] == true,
            );
        }
    }
    found
}

fn told(objects: &[Value], space: &str, name: &str) -> Value {
    let joins = gathered(objects, 2);
    let arena = Bump::new();
    let node = decode_our_own(&arena, account(space, name, None).to_string().as_bytes()).unwrap();
    let fact = joins.fact(Fact::AwsIdentity, "ServiceAccount", &node, &arena, 37);
    serde_json::to_value(fact).unwrap()
}

#[test]
fn routes_are_those_of_a_simple_reading() {
    let mut seen = [0; 4];
    for seed in 0..WORLDS {
        let objects = world(seed);
        for (space, name) in SPACES
            .iter()
            .flat_map(|space| NAMES.map(|name| (*space, name)))
        {
            let found = told(&objects, space, name);
            let found: Vec<Route> = found
                .as_array()
                .unwrap()
                .iter()
                .map(|route| {
                    let text = |key: &str| route[key].as_str().unwrap().to_owned();
                    let exists = route["exists"].as_bool().unwrap();
                    (
                        text("via"),
                        text("roleArn"),
                        exists,
                        route["admitted"].as_bool(),
                        route["grants"]["admin"] == true,
                    )
                })
                .collect();
            let expected = expected(&objects, space, name);
            assert_eq!(
                found,
                expected,
                "world {seed} {space}/{name}: {}",
                json!(objects)
            );
            for (.., exists, admitted, _) in expected {
                seen[match (exists, admitted) {
                    (false, _) => 0,
                    (true, None) => 1,
                    (true, Some(false)) => 2,
                    (true, Some(true)) => 3,
                }] += 1;
            }
        }
    }
    println!(
        "exercised: {WORLDS} worlds; routes to roles that are gone, open, closed, admitting: {seen:?}"
    );
    assert!(seen.iter().all(|number| *number > 200), "{seen:?}");
}

/// Whether `less` says nothing that `all` does not say: it is the same, or unknown, there or in its parts.
fn is_no_more(less: &Value, all: &Value) -> bool {
    if less.get("$unknown").is_some() || less == all {
        return true;
    }
    match (less, all) {
        (Value::Object(less), Value::Object(all)) => all
            .iter()
            .all(|(key, all)| less.get(key).is_some_and(|less| is_no_more(less, all))),
        (Value::Array(less), Value::Array(all)) => {
            less.len() == all.len()
                && less
                    .iter()
                    .zip(all)
                    .all(|(less, all)| is_no_more(less, all))
        }
        _ => false,
    }
}

#[test]
fn a_lost_part_makes_no_route_friendlier() {
    let places: [(&str, &[&str]); 4] = [
        (
            "AWS::IAM::Role",
            &[
                "/Derived",
                "/Derived/Trust",
                "/Derived/Trust/0",
                "/Derived/Grants",
                "/Derived/Grants/Admin",
            ],
        ),
        (
            "AWS::EKS::PodIdentityAssociation",
            &[
                "/Properties",
                "/Properties/RoleArn",
                "/Properties/Namespace",
                "/Properties/ServiceAccount",
                "/Properties/DisableSessionTags",
            ],
        ),
        (
            "AWS::EKS::Cluster",
            &["/Properties", "/Properties/OpenIdConnectIssuerUrl"],
        ),
        (
            "AWS::EKS::PodIdentityAssociation",
            &["/Properties/TargetRoleArn"],
        ),
    ];
    let mut tried = 0;
    for seed in 0..WORLDS / 30 {
        let objects = world(seed);
        for (kind, places) in places {
            for (number, object) in objects
                .iter()
                .enumerate()
                .filter(|(_, object)| object["kind"] == kind)
            {
                for place in places
                    .iter()
                    .filter(|place| object.pointer(place).is_some())
                {
                    let mut less = objects.clone();
                    *less[number].pointer_mut(place).unwrap() =
                        json!({"$unknown": "permissionMissing aws:Lost"});
                    for (space, name) in SPACES
                        .iter()
                        .flat_map(|space| NAMES.map(|name| (*space, name)))
                    {
                        let (found, before) =
                            (told(&less, space, name), told(&objects, space, name));
                        assert!(
                            is_no_more(&found, &before),
                            "world {seed} without {place} of {kind}: {found} from {before}"
                        );
                        tried += 1;
                    }
                }
            }
        }
    }
    println!("exercised: {tried} accounts in worlds with a part lost");
    assert!(tried > 1000);
}
