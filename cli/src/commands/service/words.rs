//! What connections, clusters and times are called.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{
    Cluster, Connection, ConnectionKind, ConnectionState, FrameworkScore, Readable, Scan,
    ScanStatus, Severity,
};
use serde_json::{Value, json};

/// What a connection reaches: an account's number, a context, or an address.
pub(super) fn reached(connection: &Connection) -> &str {
    match &connection.kind {
        ConnectionKind::Aws { account, .. } => account,
        ConnectionKind::KubeContext { context } => context,
        ConnectionKind::Endpoint(endpoint) => &endpoint.url,
    }
}

/// How a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State<'c> {
    /// `waiting`, `verifying`, `connected`, `degraded`, `suspended`.
    pub(super) word: &'static str,
    /// Why, if it is not connected.
    pub(super) reason: Option<&'c str>,
    /// What the customer should do.
    pub(super) mend: Option<String>,
    pub(super) since: Option<Timestamp>,
}

impl State<'_> {
    /// Whether all is well.
    pub(super) fn is_connected(&self) -> bool {
        self.word == "connected"
    }
}

pub(super) fn state(connection: &Connection) -> State<'_> {
    let told = match &connection.state {
        ConnectionState::Degraded {
            reason,
            mend,
            since,
        }
        | ConnectionState::Suspended {
            reason,
            mend,
            since,
        } => Some((reason, mend, since)),
        _ => None,
    };
    State {
        word: connection.state.word(),
        reason: told.map(|(reason, ..)| reason.as_str()),
        mend: told
            .map(|(_, mend, _)| mend.to_string())
            .filter(|mend| !mend.is_empty()),
        since: told.map(|(.., since)| *since),
    }
}

/// A connection for programs.
pub(super) fn connection_json(tenant: &str, connection: &Connection) -> Value {
    let state = state(connection);
    let mut shown = json!({
        "tenant": tenant,
        "id": connection.id,
        "state": state.word,
        "stage": connection.stage,
        "nextScan": connection.next_scan,
    });
    for (name, value) in [
        ("reason", state.reason.map(Value::from)),
        ("mend", state.mend.clone().map(Value::from)),
        ("since", state.since.map(|since| json!(since))),
    ] {
        if let Some(value) = value {
            shown[name] = value;
        }
    }
    match &connection.kind {
        ConnectionKind::Aws {
            account,
            role,
            external_id,
            regions,
        } => {
            shown["kind"] = "aws".into();
            shown["account"] = json!(account);
            shown["role"] = json!(role);
            shown["externalId"] = json!(external_id);
            shown["regions"] = json!(regions);
        }
        ConnectionKind::KubeContext { context } => {
            shown["kind"] = "kubeContext".into();
            shown["context"] = json!(context);
        }
        ConnectionKind::Endpoint(endpoint) => {
            shown["kind"] = "endpoint".into();
            shown["name"] = json!(endpoint.name);
            shown["endpoint"] = json!(endpoint.url);
            shown["provider"] = json!(endpoint.provider);
            shown["access"] = json!(endpoint.access);
            shown["externalId"] = json!(endpoint.external_id);
            shown["audience"] = json!(endpoint.audience());
        }
    }
    shown
}

/// Whether a cluster can be read, in a word.
pub(super) fn readable(cluster: &Cluster) -> &'static str {
    match cluster.readable {
        Readable::Unknown => "not read yet",
        Readable::Yes => "yes",
        Readable::No { .. } => "no",
    }
}

/// `1 cluster`, `2 clusters`.
pub(super) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        some => format!("{some} {one}s"),
    }
}

/// Open findings, worst first: `2 critical, 7 high`.
pub(super) fn open(open: &[(Severity, u32)]) -> String {
    let some = open.iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = some
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// What came of a scan.
pub(super) fn outcome(scan: &Scan) -> String {
    match &scan.status {
        ScanStatus::Queued => "waiting or running".to_owned(),
        ScanStatus::Done => format!(
            "{} resources: {} failing, {} not evaluated, {} passing",
            scan.counts.resources, scan.counts.fail, scan.counts.not_evaluated, scan.counts.pass
        ),
        ScanStatus::Unreadable { reason } => format!("could not be read: {}", reason.need),
    }
}

/// A cluster for programs.
pub(super) fn cluster_json(tenant: &str, cluster: &Cluster) -> Value {
    let mut shown = json!({
        "tenant": tenant,
        "id": cluster.id,
        "name": cluster.name,
        "connection": cluster.connection,
        "provider": cluster.provider,
        "account": cluster.account,
        "region": cluster.region,
        "version": cluster.version,
        "stage": cluster.stage,
        "tags": cluster.tags,
        "readable": readable(cluster),
        "nextScan": cluster.next_scan,
        "lastScan": cluster.last_scan,
        "lastScanAt": cluster.last_scan_at,
        "counts": cluster.counts,
        "open": cluster.open.iter().map(|(severity, count)| (severity.to_string(), json!(count))).collect::<serde_json::Map<_, _>>(),
        "scores": cluster.scores.iter().map(score).collect::<Vec<_>>(),
    });
    if let Readable::No { reason, since } = &cluster.readable {
        shown["reason"] = json!(reason.need);
        shown["mend"] = json!(reason.mend);
        shown["since"] = json!(since);
    }
    shown
}

/// `21 Nov 02:10 CET, 6 h ago`: where people are, and how long it is from now.
pub(super) fn when(at: Timestamp, now: Timestamp) -> String {
    when_in(at, now, TimeZone::system())
}

fn when_in(at: Timestamp, now: Timestamp, zone: TimeZone) -> String {
    let there = at.to_zoned(zone).strftime("%-d %b %H:%M %Z").to_string();
    format!("{there}, {}", ago(at, now))
}

/// `6 h ago`, `in 20 min`.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    let between = now.duration_since(at);
    let long = long(between.abs());
    match (
        between.abs() < SignedDuration::from_secs(60),
        between.is_positive(),
    ) {
        (true, _) => "now".to_owned(),
        (false, true) => format!("{long} ago"),
        (false, false) => format!("in {long}"),
    }
}

/// A length of time in its largest unit.
fn long(length: SignedDuration) -> String {
    let minutes = length.as_mins();
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

fn score(of: &FrameworkScore) -> Value {
    json!({
        "id": of.id,
        "title": of.title,
        "score": of.score(),
        "scoreAttested": of.score_attested(),
        "scorePossible": of.score_possible(),
        "scored": of.scored(),
        "passed": of.passed,
        "failed": of.failed,
        "notEvaluated": of.not_evaluated,
        "attested": of.attested,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_with_their_zone_and_from_now() {
        let now: Timestamp = "2026-11-21T08:10:30Z".parse().unwrap();
        let at = |text: &str| when_in(text.parse().unwrap(), now, TimeZone::UTC);
        assert_eq!(at("2026-11-21T02:10:00Z"), "21 Nov 02:10 UTC, 6 h ago");
        assert_eq!(at("2026-11-21T08:31:00Z"), "21 Nov 08:31 UTC, in 20 min");
        assert_eq!(at("2026-11-21T08:10:00Z"), "21 Nov 08:10 UTC, now");
        assert_eq!(at("2026-11-11T08:10:00Z"), "11 Nov 08:10 UTC, 10 d ago");
    }

    #[test]
    fn open_findings_are_named_worst_first() {
        let some = [
            (Severity::Critical, 2),
            (Severity::High, 0),
            (Severity::Low, 1),
        ];
        assert_eq!(open(&some), "2 critical, 1 low");
        assert_eq!(open(&[]), "none");
    }
}
