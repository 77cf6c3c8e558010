use std::sync::Arc;

use plimsoll_model::{
    Acknowledgement, ConnectionId, Fingerprint, FingerprintParts, IncidentId, IncidentState, Lease,
    PolicyId, Provider, Readable, ReasonCode, ResourceRef, ScanCounts, ScanId, Stage, TenantId,
};

use super::*;
use crate::render::{Channel, Rendered, render};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn finding(name: &str, severity: Severity, first_seen: &str) -> Finding {
    let cluster = ClusterId::of(&["prod"]);
    Finding {
        fingerprint: Fingerprint::of(&FingerprintParts {
            policy: "p",
            scope: "prod",
            group: "apps",
            kind: "Deployment",
            namespace: "shop",
            name,
            element: "",
        }),
        policy: PolicyId::new("p"),
        title: "Container runs privileged".to_owned(),
        severity,
        resource: Arc::new(ResourceRef {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            namespace: Some("shop".to_owned()),
            name: Some(name.to_owned()),
            ..ResourceRef::default()
        }),
        element: None,
        paths: vec!["spec".to_owned()],
        observed: None,
        message: "runs privileged".to_owned(),
        state: FindingState::Open,
        excepted: None,
        first_seen: at(first_seen),
        reopened: None,
        resolved: None,
        scan: ScanId::of_slot(&cluster, at(first_seen)),
        cluster,
    }
}

fn fixed(name: &str, first_seen: &str, resolved: &str) -> Finding {
    Finding {
        state: FindingState::Resolved,
        resolved: Some(at(resolved)),
        ..finding(name, Severity::High, first_seen)
    }
}

fn score(passed: u32, not_evaluated: u32) -> FrameworkScore {
    FrameworkScore {
        id: "cis-eks-1.8.0".to_owned(),
        title: "CIS EKS 1.8.0".to_owned(),
        passed,
        failed: 27 - passed - not_evaluated,
        not_evaluated,
        attested: 0,
    }
}

fn cluster(name: &str, readable: Readable) -> Cluster {
    Cluster {
        id: ClusterId::of(&[name]),
        connection: ConnectionId::of(&["c"]),
        name: format!("{name}-eu-1"),
        provider: Provider::Eks,
        region: None,
        account: None,
        version: None,
        stage: Stage::Prod,
        tags: BTreeMap::new(),
        readable,
        next_scan: at("2026-11-23T01:00:00Z"),
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: vec![(Severity::Critical, 1), (Severity::High, 3)],
        scores: vec![score(10, 13)],
        manifest: None,
        pending_manifest: None,
        lease: Lease::default(),
    }
}

struct World {
    tenant: Tenant,
    policy: EscalationPolicy,
    clusters: Vec<Cluster>,
    before: Vec<FrameworkScore>,
    first_scan_at: Option<Timestamp>,
    findings: Vec<Finding>,
    incidents: Vec<Incident>,
    missing: Vec<Reason>,
    attestations: Vec<AttestationEnd>,
    links: Links,
}

impl World {
    fn new(findings: Vec<Finding>) -> Self {
        Self {
            tenant: Tenant {
                id: TenantId::of(&["acme"]),
                slug: "acme".to_owned(),
                name: "Acme".to_owned(),
                slack: None,
                mail: None,
                escalation_version: 1,
                last_incident_number: 0,
            },
            policy: EscalationPolicy::parse(include_str!("../document/example.yaml")).unwrap(),
            clusters: vec![cluster("prod", Readable::Yes)],
            before: vec![score(9, 13)],
            first_scan_at: Some(at("2026-10-01T01:00:00Z")),
            findings,
            incidents: Vec::new(),
            missing: Vec::new(),
            attestations: Vec::new(),
            links: Links::default(),
        }
    }

    /// The week from 16 to 22 November 2026 in Berlin.
    fn summary(&self) -> SummaryContext {
        let (from, to) = crate::clock::last_week(at("2026-11-23T07:00:00Z"), &self.policy.zone());
        let clusters: Vec<ClusterWeek<'_>> = self
            .clusters
            .iter()
            .map(|cluster| ClusterWeek {
                cluster,
                first_scan_at: self.first_scan_at,
                scores_before: &self.before,
                missing: &self.missing,
                role: Some("PlimsollScanner"),
            })
            .collect();
        summarise(&Week {
            tenant: &self.tenant,
            policy: &self.policy,
            from,
            to,
            clusters: &clusters,
            findings: &self.findings,
            incidents: &self.incidents,
            exceptions: &[],
            attestations: &self.attestations,
            links: &self.links,
        })
    }
}

#[test]
fn change_comes_first_and_the_headline_says_it() {
    let mut back = finding("back", Severity::High, "2026-10-20T01:00:00Z");
    back.reopened = Some(at("2026-11-20T01:00:00Z"));
    let world = World::new(vec![
        finding("old", Severity::Critical, "2026-10-20T01:00:00Z"),
        finding("new", Severity::Medium, "2026-11-19T13:02:00Z"),
        back,
        fixed("a", "2026-11-10T01:00:00Z", "2026-11-17T01:00:00Z"),
        fixed("b", "2026-11-16T01:00:00Z", "2026-11-17T01:00:00Z"),
        fixed("c", "2026-11-14T01:00:00Z", "2026-11-17T01:00:00Z"),
    ]);
    let summary = world.summary();
    assert_eq!(
        summary.headline,
        "1 new, 3 fixed, 1 re-opened · CIS EKS 1.8.0 37.0 (+3.7)"
    );
    assert_eq!((summary.period.as_str(), summary.week), ("2026-W47", 47));
    assert_eq!(summary.range, "16–22 November 2026");
    let names: Vec<&str> = summary.new.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["shop/back", "shop/new"]);
    assert_eq!(summary.fixed.as_ref().unwrap().median, "3 days");
    let worst: Vec<&str> = summary.worst.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(worst, ["shop/old", "shop/back", "shop/new"]);
    assert_eq!(summary.scores[0].before.as_deref(), Some("33.3"));
    assert_eq!(summary.scores[0].bar, [37, 48, 15]);
}

#[test]
fn the_week_has_edges() {
    // Monday 00:00 in Berlin is Sunday 23:00 in UTC.
    let world = World::new(vec![
        finding("before", Severity::Medium, "2026-11-15T22:59:59Z"),
        finding("first", Severity::Medium, "2026-11-15T23:00:00Z"),
        finding("last", Severity::Medium, "2026-11-22T22:59:59Z"),
        finding("after", Severity::Medium, "2026-11-22T23:00:00Z"),
        fixed(
            "gone-before",
            "2026-11-01T01:00:00Z",
            "2026-11-15T22:59:59Z",
        ),
    ]);
    let summary = world.summary();
    let names: Vec<&str> = summary.new.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["shop/first", "shop/last"]);
    assert_eq!(summary.fixed, None);
}

#[test]
fn what_a_first_scan_found_is_not_new() {
    let first = "2026-11-17T01:00:00Z";
    let mut world = World::new(vec![
        finding("there", Severity::High, first),
        finding("later", Severity::High, "2026-11-18T01:00:00Z"),
    ]);
    world.first_scan_at = Some(at(first));
    let summary = world.summary();
    assert_eq!(summary.new_count, 1);
    assert_eq!(summary.new[0].name, "shop/later");
    assert_eq!(
        (summary.first_scans[0].open, summary.first_scans[0].critical),
        (4, 1)
    );
}

#[test]
fn a_quiet_week_is_short() {
    let world = World::new(vec![finding(
        "old",
        Severity::Critical,
        "2026-11-14T01:00:00Z",
    )]);
    let summary = world.summary();
    assert!(summary.quiet);
    assert_eq!(summary.headline, "nothing changed");
    let context = serde_json::to_value(&summary).unwrap();
    let Rendered::Email(mail) = render("weekly-summary", Channel::Email, &context).unwrap() else {
        panic!()
    };
    assert_eq!(mail.subject, "Acme week 47: nothing changed");
    assert!(mail.text.lines().count() <= 16, "{}", mail.text);
}

#[test]
fn overdue_counts_from_the_tenants_deadlines() {
    // Seven days for critical findings in production, fourteen for high ones, none for others.
    let world = World::new(vec![
        finding("a", Severity::Critical, "2026-11-10T01:00:00Z"),
        finding("b", Severity::Critical, "2026-11-17T01:00:00Z"),
        finding("c", Severity::High, "2026-11-10T01:00:00Z"),
        finding("d", Severity::Low, "2025-11-10T01:00:00Z"),
    ]);
    let overdue = world.summary().overdue.unwrap();
    assert_eq!(overdue.severities.len(), 1);
    assert_eq!(
        (
            overdue.severities[0].severity.as_str(),
            overdue.severities[0].count
        ),
        ("critical", 1)
    );
    assert_eq!(overdue.oldest, "5 days 22 h");
}

#[test]
fn attestations_that_end_are_named_and_many_are_counted() {
    let mut world = World::new(Vec::new());
    let ended = AttestationEnd {
        what: "CIS EKS 4.5.1, by Ana".to_owned(),
        until: at("2026-11-30T23:59:59Z"),
        ended: true,
    };
    world.attestations = vec![ended; 12];
    world.clusters[0].scores[0].attested = 4;
    let summary = world.summary();
    assert_eq!(summary.attestations.len(), 10);
    let context = serde_json::to_value(&summary).unwrap();
    let Rendered::Email(mail) = render("weekly-summary", Channel::Email, &context).unwrap() else {
        panic!()
    };
    for said in [
        "CIS EKS 4.5.1, by Ana: ended 30 Nov 2026",
        "and 2 more",
        "(13 of 27 scored controls not evaluated, 4 of them attested)",
    ] {
        assert!(mail.text.contains(said), "{}", mail.text);
    }
}

#[test]
fn what_was_not_evaluated_is_said_with_what_mends_it() {
    let mut world = World::new(Vec::new());
    let reason =
        Reason::new(ReasonCode::PermissionMissing, "access entry missing").mended_by("aws eks …");
    let since = at("2026-11-17T01:00:00Z");
    world.clusters = vec![
        cluster(
            "edge",
            Readable::No {
                reason: reason.clone(),
                since,
            },
        ),
        cluster("prod", Readable::Yes),
    ];
    world.clusters[1].counts.policies_applicable = 143;
    world.clusters[1].counts.policies_evaluated = 102;
    let lines = world.summary().not_evaluated;
    assert_eq!(lines[0].what, "not read since 17 Nov: access entry missing");
    assert_eq!(lines[0].mend.as_deref(), Some("aws eks …"));
    assert_eq!(lines[1].what, "41 of 143 policies");
    world.missing = vec![Reason::new(
        ReasonCode::PermissionMissing,
        "list clusterroles",
    )];
    assert_eq!(world.summary().not_evaluated[1].what, "list clusterroles");
}

/// Two clusters, their region and the account.
fn account() -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = ["prod", "dev", "region", "account"]
        .into_iter()
        .map(|name| cluster(name, Readable::Yes))
        .collect();
    for cluster in &mut clusters {
        cluster.account = Some("471100000815".to_owned());
        cluster.region = Some("eu-central-1".to_owned());
    }
    clusters[2].provider = Provider::Aws;
    clusters[3].provider = Provider::Aws;
    clusters[3].region = None;
    clusters
}

#[test]
fn an_account_that_refuses_calls_is_one_line() {
    let mut world = World::new(Vec::new());
    world.clusters = account();
    let refused = |call: &str| Reason::new(ReasonCode::PermissionMissing, call);
    world.missing = [
        "ec2:DescribeVolumes",
        "kms:ListKeys",
        "ec2:DescribeVpcs",
        "iam:ListRoles",
    ]
    .map(refused)
    .into();
    let lines = world.summary().not_evaluated;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0].cluster, "AWS 4711…0815");
    assert_eq!(
        lines[0].what,
        "refused PlimsollScanner 4 calls (ec2:DescribeVolumes, ec2:DescribeVpcs, iam:ListRoles and 1 more), and what needs them is not evaluated"
    );
    assert!(lines[0].mend.as_deref().unwrap().contains("role.yaml"));
    world.missing = vec![refused("ssm:GetInventory")];
    let mend = world.summary().not_evaluated[0].mend.clone().unwrap();
    assert!(mend.ends_with(" NodeEvidence=ssm"), "{mend}");
    world.missing = vec![Reason::new(ReasonCode::ApiError, "kms:ListKeys: no answer")];
    let names = world.summary().not_evaluated;
    let names: Vec<&str> = names.iter().map(|line| line.cluster.as_str()).collect();
    let region = "AWS 4711…0815, eu-central-1";
    assert_eq!(names, ["prod-eu-1", "dev-eu-1", region, "AWS 4711…0815"]);
}

#[test]
fn a_connection_that_does_not_work_is_one_line() {
    let mut world = World::new(Vec::new());
    world.clusters = account();
    let since = at("2026-11-17T01:00:00Z");
    for cluster in &mut world.clusters {
        let reason =
            Reason::of_connection("is suspended: its role lets others in").mended_by("do it");
        cluster.readable = Readable::No { reason, since };
    }
    let reason = Reason::new(ReasonCode::PermissionMissing, "access entry missing");
    world.clusters[1].readable = Readable::No { reason, since };
    let lines = world.summary().not_evaluated;
    let said = lines
        .iter()
        .map(|line| format!("{}: {}", line.cluster, line.what));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "AWS 4711…0815: not read since 17 Nov: the connection is suspended: its role lets others in",
            "dev-eu-1: not read since 17 Nov: access entry missing",
        ]
    );
}

#[test]
fn a_finding_says_what_is_being_done_about_it() {
    let mut world = World::new(vec![finding(
        "a",
        Severity::Critical,
        "2026-11-19T01:00:00Z",
    )]);
    world.incidents = vec![Incident {
        id: IncidentId::of(&["i"]),
        number: 1042,
        cluster: ClusterId::of(&["prod"]),
        cluster_name: "prod-eu-1".to_owned(),
        stage: Stage::Prod,
        connection: None,
        policy: Some(PolicyId::new("p")),
        title: "Containers run privileged".to_owned(),
        severity: Severity::Critical,
        open: std::collections::BTreeSet::new(),
        total: 1,
        state: IncidentState::Acknowledged(Acknowledgement {
            by: "Ana".to_owned(),
            at: at("2026-11-19T02:00:00Z"),
            until: None,
        }),
        opened: at("2026-11-19T01:00:00Z"),
        due: None,
        escalation: serde_json::Value::Null,
        escalation_name: "default".to_owned(),
        step: 1,
        round: 0,
        told: std::collections::BTreeSet::new(),
        told_at: None,
        audience: Vec::new(),
        chain_at: None,
        overdue_told: false,
        wake_up: None,
        revision: 2,
    }];
    let summary = world.summary();
    assert_eq!(
        summary.new[0].note.as_deref(),
        Some("due 26 Nov; INC-1042 acknowledged by Ana")
    );
}

#[test]
fn the_same_week_gives_the_same_summary_in_any_order() {
    let findings = |reverse: bool| {
        let mut all: Vec<Finding> = (0..50)
            .map(|n| finding(&format!("w{n}"), Severity::High, "2026-11-19T01:00:00Z"))
            .collect();
        if reverse {
            all.reverse();
        }
        all
    };
    let summary = World::new(findings(false)).summary();
    assert_eq!(summary, World::new(findings(true)).summary());
    assert_eq!((summary.new.len(), summary.new_count), (40, 50));
    assert_eq!(counts(&summary.new_others), [("high", 10)]);
}

fn counts(severities: &[crate::context::SeverityCount]) -> Vec<(&str, u32)> {
    let counts = severities.iter();
    counts
        .map(|one| (one.severity.as_str(), one.count))
        .collect()
}

#[test]
fn what_is_low_is_counted_and_not_listed() {
    let at = "2026-11-19T01:00:00Z";
    let summary = World::new(vec![
        finding("a", Severity::Low, at),
        finding("b", Severity::Info, at),
        finding("c", Severity::Medium, at),
        finding("d", Severity::Low, at),
    ])
    .summary();
    let names: Vec<&str> = summary.new.iter().map(|f| f.name.as_str()).collect();
    assert_eq!((names, summary.new_count), (vec!["shop/c"], 4));
    assert_eq!(counts(&summary.new_others), [("low", 2), ("info", 1)]);
}

#[test]
fn each_recipient_gets_a_week_once() {
    let world = World::new(Vec::new());
    let summary = world.summary();
    let send =
        |now: &str| crate::summary_deliveries(&world.policy, &world.tenant, &summary, at(now));
    let first = send("2026-11-23T07:00:00Z");
    let to: Vec<String> = first
        .iter()
        .map(|delivery| delivery.destination.key())
        .collect();
    assert_eq!(
        to,
        [
            "email:ana@acme.example",
            "email:lead@acme.example",
            "slack:#security"
        ]
    );
    let again = send("2026-11-23T07:15:00Z");
    assert!(first.iter().zip(&again).all(|(a, b)| a.id == b.id));
}
