//! A cluster and its account, judged together: what either side names on the other, and every input lost in turn.

use std::collections::BTreeMap;

use plimsoll_cel::decode_our_own;
use plimsoll_inventory::aws::read::Reading;
use plimsoll_inventory::aws::surroundings::Surroundings;
use plimsoll_model::kind;
use plimsoll_model::{Judgement, Verdict};
use plimsoll_policy::{Plan, PlanOptions, Session};
use serde_json::{Value, json};

use super::*;
use crate::around::{Around, aws_part};
use crate::live::end;

const NOW: &str = "2026-11-22T06:00:00Z";
const ISSUER: &str = "oidc.eks.eu-central-1.amazonaws.com/id/AAAA";

/// Of each policy and resource the worst that was said.
type Verdicts = BTreeMap<(String, String), Verdict>;

#[derive(Clone)]
struct World {
    kubernetes: Vec<Value>,
    /// Lists of Kubernetes that were lost.
    lost: Vec<&'static str>,
    regional: Reading,
    global: Reading,
    /// What was kept of the region and of the account, if anything was, and when.
    kept: [Option<&'static str>; 2],
}

fn aws(kind: &str, name: &str, arn: &str, properties: &Value) -> Value {
    json!({"apiVersion": "aws", "kind": kind, "Use": [], "Properties": properties,
        "metadata": {"name": name, "namespace": "eu-central-1", "account": "111122223333", "clusters": [], "arn": arn}})
}

fn world() -> World {
    let image = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1";
    let role = "arn:aws:iam::111122223333:role/boss";
    let kubernetes = vec![
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": "shop",
            "annotations": {"eks.amazonaws.com/role-arn": role}}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}}),
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv"},
            "spec": {"csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1"}}}),
        json!({"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db", "namespace": "shop"},
            "spec": {"data": [{"remoteRef": {"key": "db"}}]}}),
    ];
    let mut cluster = aws(
        "AWS::EKS::Cluster",
        "prod",
        "arn:aws:eks:eu-central-1:111122223333:cluster/prod",
        &json!({"OpenIdConnectIssuerUrl": format!("https://{ISSUER}")}),
    );
    cluster["metadata"]["clusters"] = json!(["prod"]);
    let regional = vec![
        cluster,
        aws(
            "AWS::ECR::Repository",
            "shop/web",
            "arn:aws:ecr:eu-central-1:111122223333:repository/shop/web",
            &json!({}),
        ),
        aws(
            "AWS::ECR::Repository",
            "other",
            "arn:aws:ecr:eu-central-1:111122223333:repository/other",
            &json!({}),
        ),
        aws(
            "AWS::EFS::FileSystem",
            "fs-1",
            "arn:aws:efs:fs-1",
            &json!({"Encrypted": false}),
        ),
        aws(
            "AWS::SecretsManager::Secret",
            "db",
            "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf",
            &json!({}),
        ),
    ];
    let trust = json!([{"Effect": "Allow", "Actions": ["sts:assumerolewithwebidentity"], "NotActions": [], "NotPrincipals": [],
        "Principals": [{"Type": "Federated", "Value": format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}")}],
        "Conditions": [{"Operator": "StringEquals", "Key": format!("{ISSUER}:sub"), "Values": ["system:serviceaccount:shop:web"]}]}]);
    let mut boss = aws("AWS::IAM::Role", "boss", role, &json!({}));
    boss["Derived"] = json!({"Trust": trust, "Grants": {"Admin": true, "EcrWrite": true, "Escalations": [], "IamFull": true}});
    let whole = |home: &str| -> BTreeMap<&'static str, Option<Reason>> {
        let of_home = plimsoll_model::aws::KINDS.iter();
        of_home
            .filter(|kind| {
                (kind.name.starts_with("AWS::IAM") || home == "region") && kind.is_of_aws()
            })
            .map(|kind| (kind.name, None))
            .collect()
    };
    World {
        kubernetes,
        lost: Vec::new(),
        regional: Reading {
            objects: regional,
            gaps: whole("region"),
            ..Reading::default()
        },
        global: Reading {
            objects: vec![boss],
            gaps: whole("global"),
            ..Reading::default()
        },
        kept: [Some(NOW), Some(NOW)],
    }
}

impl World {
    fn verdicts(&self) -> Verdicts {
        let now: Timestamp = NOW.parse().unwrap();
        let kept = |reading: &Reading, at: Option<&str>| match at {
            Some(at) => Ok(Surroundings::of(reading, at.parse().unwrap())
                .pack()
                .unwrap()),
            None => Err(Reason::new(
                ReasonCode::InputUnread,
                "AWS account 111122223333",
            )),
        };
        let account = Account::new(kept(&self.global, self.kept[1]), now);
        let around = Around::of_cluster("prod", account, kept(&self.regional, self.kept[0]), now);
        let catalogue = plimsoll_catalogue::built_in().unwrap();
        let options = PlanOptions {
            scope: "clu".to_owned(),
            aws: aws_part(Some(&around)),
            ..PlanOptions::default()
        };
        let plan = Plan::new(&catalogue, options);
        let mut scan = LiveScan::new(&plan);
        for list in plan.lists() {
            let lost = self.lost.contains(&list);
            let reason = Reason::new(ReasonCode::PermissionMissing, format!("list {list}"));
            let state = if lost {
                ListState::Incomplete(reason)
            } else {
                ListState::Complete
            };
            scan.lists.set(list, state);
        }
        let (arena, mut spool) = (Bump::new(), Vec::new());
        let mut told = Vec::<Judgement>::new();
        for object in &self.kubernetes {
            let plural = kind::named(object["kind"].as_str().unwrap())
                .unwrap()
                .plural;
            if !self.lost.contains(&plural) {
                let node = decode_our_own(&arena, object.to_string().as_bytes()).unwrap();
                let mut session = Session::new(&plan);
                session.first(&node, None, &arena, &scan.lists, &mut told);
                scan.session.merge(session);
                spool.push(node);
            }
        }
        scan.spools.push(crate::around::spool(&spool).unwrap());
        let scan = end(scan, Some(&around), told).unwrap();
        let mut found = Verdicts::new();
        for judgement in scan.sinks.into_iter().flatten() {
            let name = judgement.resource.name.clone().unwrap_or_default();
            let worst = found
                .entry((judgement.policy.as_str().to_owned(), name))
                .or_insert(judgement.verdict);
            *worst = judgement.verdict.min(*worst);
        }
        found
    }
}

fn of(verdicts: &Verdicts, policy: &str, name: &str) -> Option<Verdict> {
    verdicts.get(&(policy.to_owned(), name.to_owned())).copied()
}

/// What fails in the world because of what the other side says.
const ACROSS: [(&str, &str, &[&str]); 4] = [
    ("irsa-role-admin", "web", &["serviceaccounts"]),
    (
        "ecr-mutable-tags",
        "shop/web",
        &["deployments", "pods", "cronjobs"],
    ),
    ("efs-unencrypted", "fs-1", &["persistentvolumes"]),
    (
        "secretsmanager-rotation-off",
        "db",
        &["externalsecrets", "secretproviderclasses"],
    ),
];

#[test]
fn what_either_side_names_on_the_other_is_judged() {
    let verdicts = world().verdicts();
    for (policy, name, _) in &ACROSS[..3] {
        assert_eq!(of(&verdicts, policy, name), Some(Verdict::Fail), "{policy}");
    }
    assert!(of(&verdicts, "secretsmanager-rotation-off", "db").is_some());
    assert_eq!(
        of(&verdicts, "ecr-mutable-tags", "other"),
        None,
        "nobody runs it"
    );
}

/// Nothing that failed passes or is gone without a word: it fails still, is not evaluated, or its whole kind is not.
fn check(less: &Verdicts, all: &Verdicts, what: &str) {
    for ((policy, name), verdict) in all {
        if *verdict != Verdict::Fail {
            continue;
        }
        let found = of(less, policy, name).or_else(|| of(less, policy, ""));
        let fine = matches!(found, Some(Verdict::Fail | Verdict::NotEvaluated));
        assert!(fine, "without {what}: {policy} of {name} became {found:?}");
    }
}

#[test]
fn with_any_list_of_kubernetes_lost_nothing_becomes_friendlier() {
    let all = world().verdicts();
    for (policy, name, lists) in ACROSS {
        for list in lists {
            let mut less = world();
            less.lost = vec![list];
            let less = less.verdicts();
            check(&less, &all, list);
            let of_it = of(&less, policy, name).or_else(|| of(&less, policy, ""));
            let kept = [Some(Verdict::Fail), Some(Verdict::NotEvaluated)];
            assert!(kept.contains(&of_it), "{policy} without {list}: {of_it:?}");
        }
    }
}

#[test]
fn with_any_list_or_the_whole_of_aws_lost_nothing_becomes_friendlier() {
    let all = world().verdicts();
    let lost = || Some(Reason::new(ReasonCode::PermissionMissing, "aws:Lost"));
    let example = world();
    for kind in example.regional.gaps.keys() {
        let mut less = world();
        less.regional
            .objects
            .retain(|object| object["kind"] != *kind);
        less.regional.gaps.insert(kind, lost());
        check(&less.verdicts(), &all, kind);
    }
    for kind in example.global.gaps.keys() {
        let mut less = world();
        less.global.objects.retain(|object| object["kind"] != *kind);
        less.global.gaps.insert(kind, lost());
        check(&less.verdicts(), &all, kind);
    }
    let old = Some("2026-11-20T06:00:00Z");
    for kept in [
        [None, Some(NOW)],
        [Some(NOW), None],
        [None, None],
        [old, Some(NOW)],
        [Some(NOW), old],
    ] {
        let less = World { kept, ..world() }.verdicts();
        check(&less, &all, &format!("{kept:?}"));
        assert_eq!(
            of(&less, "irsa-role-admin", "web"),
            Some(Verdict::NotEvaluated),
            "{kept:?}"
        );
    }
}

#[test]
fn a_role_of_the_account_is_known_where_it_is_unknown_which_roles_the_cluster_uses() {
    let mut less = world();
    let lost = Reason::new(ReasonCode::PermissionMissing, "eks:ListFargateProfiles");
    less.regional.gaps.insert(ROLE, Some(lost));
    let identified = of(&less.verdicts(), "irsa-role-admin", "web");
    assert_eq!(identified, Some(Verdict::Fail));
}
