//! Every key of the tables in one place. All tenant keys begin with `T#<tenant>`; ids have fixed
//! length, so one tenant's prefix is never another's.

use jiff::Timestamp;
use plimsoll_model::{
    Attestation, ClusterId, ConnectionId, DeliveryId, ExceptionId, Fingerprint, IncidentId,
    OutboxId, PolicyId, ScanId, Severity, TenantId,
};

/// Partition key of both tables.
pub(crate) const PK: &str = "PK";
/// Sort key of both tables.
pub(crate) const SK: &str = "SK";
/// Partition key of the index of open findings.
pub(crate) const OPEN_PK: &str = "OPK";
/// Sort key of the index of open findings.
pub(crate) const OPEN_SK: &str = "OSK";
/// Partition key of the index of due work.
pub(crate) const DUE_PK: &str = "DPK";
/// Sort key of the index of due work.
pub(crate) const DUE_SK: &str = "DSK";
/// When DynamoDB may delete an item, in seconds since 1970.
pub(crate) const EXPIRES: &str = "expires";
/// The index of open findings.
pub(crate) const OPEN_INDEX: &str = "open";
/// The index of due work.
pub(crate) const DUE_INDEX: &str = "due";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.pk, self.sk)
    }
}

/// A time that sorts as text: UTC, to the millisecond.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The minute of a time, as it stands in keys of due work.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Ends the sort key beside a cluster's.
const ABOUT: &str = "#ABOUT";

/// The sort key beside a cluster's.
pub(crate) fn about_key(cluster: &str) -> String {
    format!("{cluster}{ABOUT}")
}

/// Makes the keys of one tenant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys<'a>(pub(crate) &'a TenantId);

impl Keys<'_> {
    pub(crate) fn root(&self) -> String {
        format!("T#{}", self.0)
    }

    fn under(&self, tail: &str) -> String {
        format!("T#{}#{tail}", self.0)
    }

    pub(crate) fn meta(&self) -> Key {
        Key::new(self.root(), "META")
    }

    pub(crate) fn connection(&self, id: &ConnectionId) -> Key {
        Key::new(self.root(), format!("CON#{id}"))
    }

    pub(crate) fn cluster(&self, id: &ClusterId) -> Key {
        Key::new(self.root(), format!("CL#{id}"))
    }

    /// Beside a cluster's own item: what is known of it.
    pub(crate) fn about(&self, id: &ClusterId) -> Key {
        Key::new(self.root(), about_key(&self.cluster(id).sk))
    }

    pub(crate) fn exception(&self, id: &ExceptionId) -> Key {
        Key::new(self.root(), format!("EXC#{id}"))
    }

    pub(crate) fn attestation(&self, attestation: &Attestation) -> Key {
        Key::new(self.root(), format!("ATT#{}", attestation.subject()))
    }

    pub(crate) fn escalation(&self, version: u32) -> Key {
        Key::new(self.root(), format!("ESC#main#{version:010}"))
    }

    pub(crate) fn policy(&self, id: &PolicyId, version: u32) -> Key {
        Key::new(self.root(), format!("POL#{id}#{version:010}"))
    }

    /// The tenant's values of parameters.
    pub(crate) fn parameters(&self) -> Key {
        Key::new(self.root(), "PARAMS")
    }

    pub(crate) fn scans(&self, cluster: &ClusterId) -> String {
        self.under(&format!("S#{cluster}"))
    }

    pub(crate) fn scan(&self, cluster: &ClusterId, scan: &ScanId) -> Key {
        Key::new(self.scans(cluster), format!("SCAN#{scan}"))
    }

    pub(crate) fn findings(&self, cluster: &ClusterId, shard: u8) -> String {
        self.under(&format!("S#{cluster}#F#{shard}"))
    }

    pub(crate) fn finding(&self, cluster: &ClusterId, fingerprint: &Fingerprint) -> Key {
        Key::new(
            self.findings(cluster, fingerprint.shard()),
            format!("F#{fingerprint}"),
        )
    }

    pub(crate) fn open_findings(&self, severity: Severity, shard: u8) -> String {
        self.under(&format!("OPEN#{severity}#{shard}"))
    }

    pub(crate) fn outbox(&self, id: &OutboxId) -> Key {
        Key::new(self.under("OUT"), id.as_str())
    }

    /// Says that one part of an outbox item has been acted upon.
    pub(crate) fn outbox_part(&self, id: &OutboxId, part: &str) -> Key {
        Key::new(self.under("OUT"), format!("{id}#PART#{part}"))
    }

    pub(crate) fn incident(&self, id: &IncidentId) -> Key {
        Key::new(self.under(&format!("I#{id}")), "META")
    }

    pub(crate) fn incident_log(&self, id: &IncidentId, entry: &str) -> Key {
        Key::new(self.under(&format!("I#{id}")), format!("LOG#{entry}"))
    }

    /// The incident with a running number.
    pub(crate) fn incident_number(&self, number: u32) -> Key {
        Key::new(self.root(), format!("INC#{number:010}"))
    }

    /// The incident open for a cluster and policy; `None` stands for "cannot be read".
    pub(crate) fn open_incident(&self, cluster: &ClusterId, policy: Option<&PolicyId>) -> Key {
        let policy = policy.map_or("-", PolicyId::as_str);
        Key::new(self.root(), format!("OPENINC#{cluster}#{policy}"))
    }

    /// A delivery. Its id stands for the destination: keys travel in queues and logs, addresses must not.
    pub(crate) fn delivery(
        &self,
        incident: Option<&IncidentId>,
        step: &str,
        id: &DeliveryId,
    ) -> Key {
        match incident {
            Some(incident) => Key::new(
                self.under(&format!("I#{incident}")),
                format!("D#{step}#{id}"),
            ),
            None => Key::new(self.under("SUM"), format!("{step}#{id}")),
        }
    }

    /// The partition that a delivery lies in.
    pub(crate) fn deliveries(&self, incident: Option<&IncidentId>) -> String {
        match incident {
            Some(incident) => self.under(&format!("I#{incident}")),
            None => self.under("SUM"),
        }
    }

    pub(crate) fn audit(&self, at: Timestamp) -> String {
        self.under(&format!("AUD#{}", at.strftime("%Y%m")))
    }
}

/// The kind of every item of a tenant, for people; the last is for what fits none.
pub(crate) const KINDS: [&str; 19] = [
    "settings",
    "connections",
    "clusters, accounts and regions",
    "what is known of them",
    "exceptions",
    "attestations",
    "escalation policies",
    "own policies",
    "parameters",
    "incident numbers",
    "pointers to incidents",
    "scans",
    "findings",
    "outbox items",
    "markers of outbox items",
    "incidents, their logs and deliveries",
    "summaries and other deliveries",
    "audit trail",
    UNKNOWN_KIND,
];

/// Of an item whose key says nothing to us.
pub(crate) const UNKNOWN_KIND: &str = "of no known kind";

/// The kind of an item, by its key.
pub(crate) fn kind_of(tenant: &TenantId, key: &Key) -> &'static str {
    let tail = key.pk.strip_prefix(Keys(tenant).root().as_str());
    let tail = tail.unwrap_or(key.pk.as_str());
    let first = key.sk.split('#').next().unwrap_or_default();
    let tail: Vec<&str> = tail.split('#').collect();
    match (tail.as_slice(), first) {
        ([""], "META") => "settings",
        ([""], "CON") => "connections",
        ([""], "CL") if key.sk.ends_with(ABOUT) => "what is known of them",
        ([""], "CL") => "clusters, accounts and regions",
        ([""], "EXC") => "exceptions",
        ([""], "ATT") => "attestations",
        ([""], "ESC") => "escalation policies",
        ([""], "POL") => "own policies",
        ([""], "PARAMS") => "parameters",
        ([""], "INC") => "incident numbers",
        ([""], "OPENINC") => "pointers to incidents",
        (["", "S", _], "SCAN") => "scans",
        (["", "S", _, "F", _], "F") => "findings",
        (["", "OUT"], _) if key.sk.contains("#PART#") => "markers of outbox items",
        (["", "OUT"], _) => "outbox items",
        (["", "I", _], "META" | "LOG" | "D") => "incidents, their logs and deliveries",
        (["", "SUM"], _) => "summaries and other deliveries",
        (["", "AUD", _], _) => "audit trail",
        _ => UNKNOWN_KIND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_sort_as_times_do() {
        let at = |text: &str| stamp(text.parse().unwrap());
        assert!(at("2026-10-05T03:00:00Z") < at("2026-10-05T03:00:00.5Z"));
        assert!(at("2026-10-05T03:00:59.999Z") < at("2026-10-05T03:01:00Z"));
        assert_eq!(
            minute("2026-10-05T03:01:59Z".parse().unwrap()),
            "2026-10-05T03:01"
        );
    }

    #[test]
    fn every_key_of_a_tenant_begins_with_it() {
        let tenant = TenantId::of(&["acme"]);
        let keys = Keys(&tenant);
        let cluster = ClusterId::of(&["c"]);
        let scan = ScanId::of_slot(&cluster, Timestamp::UNIX_EPOCH);
        let incident = IncidentId::of(&["i"]);
        let prefix = format!("T#{tenant}");
        for pk in [
            keys.meta().pk,
            keys.scan(&cluster, &scan).pk,
            keys.findings(&cluster, 3),
            keys.open_findings(Severity::High, 7),
            keys.outbox(&OutboxId::of_scan(&scan)).pk,
            keys.incident(&incident).pk,
            keys.deliveries(None),
            keys.audit(Timestamp::UNIX_EPOCH),
        ] {
            let rest = pk.strip_prefix(&prefix).unwrap();
            assert!(rest.is_empty() || rest.starts_with('#'), "{pk}");
        }
    }
}
