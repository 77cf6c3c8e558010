//! The scans behind the mock-ups: values made by hand, as a scan would hand them over.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses a part; support of tests"
)]

use std::sync::Arc;
use std::time::Duration;

use plimsoll_model::{
    Fingerprint, FingerprintParts, Judgement, Place, PolicyId, Reason, ReasonCode, ResourceRef,
    Severity, SourceRef, Verdict,
};
use plimsoll_report::*;

pub(crate) fn facts(id: &str, title: &str) -> PolicyFacts {
    PolicyFacts {
        id: PolicyId::new(id),
        title: title.into(),
        why: "".into(),
        fix_text: "".into(),
        fix_patch: Vec::new(),
        paths: Vec::new(),
        label: None,
        plural: None,
        controls: [].into_iter().collect(),
    }
}

pub(crate) fn privileged() -> PolicyFacts {
    PolicyFacts {
        why: "A privileged container can take over its node.".into(),
        fix_text: "Remove the line; add single capabilities if the workload needs them.".into(),
        fix_patch: vec![PatchOp {
            op: "remove".into(),
            path: "securityContext/privileged".into(),
            value: None,
        }],
        paths: vec!["securityContext.privileged".into()],
        label: Some("gives the container every device and capability of its node".into()),
        controls: [
            "cis-eks-1.8.0/4.2.1".to_owned(),
            "pss-baseline/privileged".to_owned(),
        ]
        .into_iter()
        .collect(),
        ..facts("privileged-container", "Container runs privileged")
    }
}

pub(crate) fn memory() -> PolicyFacts {
    PolicyFacts {
        paths: vec!["resources.limits.memory".into()],
        ..facts("memory-limit-missing", "Container has no memory limit")
    }
}

pub(crate) fn workload(kind: &str, namespace: Option<&str>, name: &str) -> ResourceRef {
    ResourceRef {
        api_version: "apps/v1".into(),
        kind: kind.into(),
        namespace: namespace.map(str::to_owned),
        name: Some(name.into()),
        ..Default::default()
    }
}

pub(crate) fn judgement(
    policy: &str,
    severity: Severity,
    resource: ResourceRef,
    message: &str,
) -> Judgement {
    let fingerprint = Fingerprint::of(&FingerprintParts {
        policy,
        scope: "",
        group: resource.group(),
        kind: &resource.kind,
        namespace: resource.namespace.as_deref().unwrap_or(""),
        name: resource.name.as_deref().unwrap_or(""),
        element: "app",
    });
    Judgement {
        policy: PolicyId::new(policy),
        verdict: Verdict::Fail,
        severity,
        resource: Arc::new(resource),
        element: Some("app".into()),
        paths: vec!["spec".into()],
        patch_paths: Vec::new(),
        in_pods: false,
        observed: Some("true".into()),
        redacted: false,
        message: message.into(),
        reason: None,
        fingerprint,
        exception: None,
        source: None,
        place: None,
    }
}

pub(crate) fn placed(
    mut judgement: Judgement,
    file: &str,
    path: &str,
    place: (u32, u32, u32),
) -> Judgement {
    judgement.source = Some(SourceRef {
        file: file.into(),
        document: 0,
        item: None,
    });
    judgement.paths = vec![path.into()];
    judgement.patch_paths = vec![format!(
        "/{}",
        path.replace('[', ".").replace(']', "").replace('.', "/")
    )];
    judgement.place = Some(Place {
        line: place.0,
        column: place.1,
        end_line: place.0,
        end_column: place.2,
    });
    judgement
}

pub(crate) const PAYMENTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ledger
  namespace: payments
spec:
  replicas: 2
  selector:
    matchLabels: { app: ledger }
  template:
    metadata:
      labels: { app: ledger }
    spec:
      containers:
        # the ledger itself
      - name: app
        image: registry.example/ledger:1.4
        securityContext:
          privileged: true
";

/// The sources of the mock-up: one file that can be read, one that is gone.
pub(crate) struct Texts;

impl Sources for Texts {
    fn text(&self, file: &str) -> Option<Arc<str>> {
        (file == "k8s/payments.yaml").then(|| PAYMENTS.into())
    }
    fn name_place(&self, row: &Row) -> Option<Place> {
        (row.file.as_deref() == Some("k8s/payments.yaml")).then_some(Place {
            line: 4,
            column: 3,
            end_line: 4,
            end_column: 15,
        })
    }
}

pub(crate) fn header(kind: SourceType, name: &str) -> Header {
    let summary = Summary {
        resources: 31,
        verdicts: VerdictCounts::default(),
        fail_by_severity: SeverityCounts::default(),
        excepted: 0,
        next_expiry: None,
        gate: Gate::default(),
    };
    Header {
        tool: Tool {
            name: "plimsoll".into(),
            version: "0.3.0".into(),
            catalogue: "sha256:9f".into(),
        },
        generated_at: "2026-11-21T02:10:44Z".parse().unwrap(),
        source: Source {
            kind,
            name: name.into(),
            context: None,
            kubernetes_version: None,
            stage: None,
            partial: false,
            provider: None,
            nodes: None,
        },
        parameters: Vec::new(),
        frameworks: ["CIS EKS", "PSS baseline"]
            .into_iter()
            .zip(["cis-eks-1.8.0", "pss-baseline"])
            .map(|(title, id)| Framework {
                id: id.into(),
                title: title.into(),
                score: None,
                score_attested: None,
                score_possible: None,
                previous_score: None,
                controls: Vec::new(),
            })
            .collect(),
        coverage: Coverage {
            policies_applicable: 214,
            policies_evaluated: 205,
            percent: Coverage::percent_of(205, 214),
            unread: vec![unread("status", ReasonCode::NeedsCluster, 9, None, &[])],
            files: Files {
                read: 12,
                skipped: 3,
                failed: Vec::new(),
            },
        },
        summary,
    }
}

pub(crate) fn unread(
    input: &str,
    reason: ReasonCode,
    policies: u32,
    mend: Option<&str>,
    controls: &[&str],
) -> Unread {
    Unread {
        input: input.into(),
        reason,
        policies,
        mend: mend.map(str::to_owned),
        controls: controls.iter().map(|&id| id.to_owned()).collect(),
    }
}

/// Sorts the judgements' rows and counts them into the header's summary.
pub(crate) fn rows(header: &mut Header, table: &PolicyTable, judgements: Vec<Judgement>) -> Sorted {
    let mut sorter = Sorter::default();
    for judgement in judgements {
        header.summary.verdicts.add(judgement.verdict);
        if judgement.verdict == Verdict::Fail {
            header.summary.fail_by_severity.add(judgement.severity);
        }
        let facts = table.get(&judgement.policy).unwrap();
        sorter.push(&Row::of(judgement.clone(), facts)).unwrap();
    }
    sorter.finish()
}

/// The mock-up's scan of `k8s/`.
pub(crate) fn files_scan() -> (Header, PolicyTable, Sorted) {
    let table: PolicyTable = [privileged(), memory()].into_iter().collect();
    let mut header = header(SourceType::Files, "k8s/");
    let ledger = || workload("Deployment", Some("payments"), "ledger");
    let found = |path| format!("spec.template.spec.containers[0].{path}");
    let mut no_limit = placed(
        judgement(
            "memory-limit-missing",
            Severity::Medium,
            ledger(),
            "container app has no memory limit",
        ),
        "k8s/payments.yaml",
        &found("resources.limits.memory"),
        (16, 9, 18),
    );
    no_limit.observed = None;
    let critical = |resource, file, place| {
        placed(
            judgement(
                "privileged-container",
                Severity::Critical,
                resource,
                "container app runs privileged",
            ),
            file,
            &found("securityContext.privileged"),
            place,
        )
    };
    let judgements = vec![
        no_limit,
        critical(
            workload("DaemonSet", Some("zz"), "agent"),
            "k8s/agent.yaml",
            (27, 11, 27),
        ),
        critical(ledger(), "k8s/payments.yaml", (19, 11, 27)),
    ];
    let sorted = rows(&mut header, &table, judgements);
    (header, table, sorted)
}

pub(crate) fn not_evaluated(policy: &str, resource: ResourceRef, reason: Reason) -> Judgement {
    Judgement {
        verdict: Verdict::NotEvaluated,
        element: None,
        paths: Vec::new(),
        observed: None,
        message: format!("not evaluated: {} denied", reason.need),
        reason: Some(reason),
        ..judgement(policy, Severity::Medium, resource, "")
    }
}

pub(crate) fn view<'a>(table: &'a PolicyTable, sources: &'a dyn Sources) -> View<'a> {
    View {
        look: Look::default(),
        full: false,
        list_all: false,
        quiet: false,
        frameworks: false,
        elapsed: Duration::from_millis(38),
        policies: table,
        sources,
        fix_command: None,
        mendable: 0,
        unreadable: 0,
    }
}

pub(crate) fn text(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}
