//! What the server's own library does, as a list: which fields each check reads, and in which versions checks have another
//! reading.
//!
//! Source: the package `policy` of k8s.io/pod-security-admission v0.36.4, a file `check_*.go` for each check;
//! `registry.go` has every version between two of these judge as the lower one.

use std::collections::BTreeSet;

use super::{Level, Version};

/// The server that these lists were read from, as `tests/kube/kubernetes/go.mod` names it.
pub const READ_FROM: &str = "k8s.io/kubernetes v1.36.4";

/// The versions that differ from those before them, and the newest that the server knows.
pub const VERSIONS: [Version; 13] = [
    Version(0),
    Version(8),
    Version(19),
    Version(22),
    Version(23),
    Version(25),
    Version(27),
    Version(29),
    Version(31),
    Version(32),
    Version(34),
    Version(35),
    Version::NEWEST,
];

/// The fields that each check reads, by the check's name in the source. `C` stands for each list of containers, `P` for
/// those whose containers may have ports, probes and hooks: the server takes none on ephemeral containers.
const READS: &[(&str, &[&str])] = &[
    (
        "allowPrivilegeEscalation",
        &["C.securityContext.allowPrivilegeEscalation", "os"],
    ),
    (
        "appArmorProfile",
        &[
            "securityContext.appArmorProfile",
            "C.securityContext.appArmorProfile",
            "metadata.annotations[container.apparmor.security.beta.kubernetes.io/*] of containers",
            "metadata.annotations[container.apparmor.security.beta.kubernetes.io/*] of initContainers",
        ],
    ),
    (
        "capabilities_baseline",
        &["C.securityContext.capabilities.add"],
    ),
    (
        "capabilities_restricted",
        &[
            "C.securityContext.capabilities.add",
            "C.securityContext.capabilities.drop",
            "C.securityContext.capabilities",
            "os",
        ],
    ),
    ("hostNamespaces", &["hostNetwork", "hostPID", "hostIPC"]),
    ("hostPathVolumes", &["volumes[*].hostPath"]),
    ("hostPorts", &["P.ports[*].hostPort"]),
    (
        "hostProbesAndHostLifecycle",
        &[
            "P.livenessProbe.httpGet.host",
            "P.readinessProbe.httpGet.host",
            "P.startupProbe.httpGet.host",
            "P.livenessProbe.tcpSocket.host",
            "P.readinessProbe.tcpSocket.host",
            "P.startupProbe.tcpSocket.host",
            "P.lifecycle.postStart.httpGet.host",
            "P.lifecycle.preStop.httpGet.host",
            "P.lifecycle.postStart.tcpSocket.host",
            "P.lifecycle.preStop.tcpSocket.host",
        ],
    ),
    ("privileged", &["C.securityContext.privileged"]),
    ("procMount", &["C.securityContext.procMount", "hostUsers"]),
    ("procMount_restricted", &["C.securityContext.procMount"]),
    (
        "restrictedVolumes",
        &[
            "volumes[*].hostPath",
            "volumes[*].gcePersistentDisk",
            "volumes[*].awsElasticBlockStore",
            "volumes[*].gitRepo",
            "volumes[*].nfs",
            "volumes[*].iscsi",
            "volumes[*].glusterfs",
            "volumes[*].rbd",
            "volumes[*].flexVolume",
            "volumes[*].cinder",
            "volumes[*].cephfs",
            "volumes[*].flocker",
            "volumes[*].fc",
            "volumes[*].azureFile",
            "volumes[*].azureDisk",
            "volumes[*].vsphereVolume",
            "volumes[*].quobyte",
            "volumes[*].portworxVolume",
            "volumes[*].photonPersistentDisk",
            "volumes[*].scaleIO",
            "volumes[*].storageos",
        ],
    ),
    (
        "runAsNonRoot",
        &[
            "securityContext.runAsNonRoot",
            "C.securityContext.runAsNonRoot",
            "hostUsers",
        ],
    ),
    (
        "runAsUser",
        &[
            "securityContext.runAsUser",
            "C.securityContext.runAsUser",
            "hostUsers",
        ],
    ),
    (
        "seLinuxOptions",
        &[
            "securityContext.seLinuxOptions.type",
            "securityContext.seLinuxOptions.user",
            "securityContext.seLinuxOptions.role",
            "C.securityContext.seLinuxOptions.type",
            "C.securityContext.seLinuxOptions.user",
            "C.securityContext.seLinuxOptions.role",
        ],
    ),
    (
        "seccompProfile_baseline",
        &[
            "securityContext.seccompProfile",
            "C.securityContext.seccompProfile",
            "metadata.annotations.seccomp.security.alpha.kubernetes.io/pod",
            "metadata.annotations[container.seccomp.security.alpha.kubernetes.io/*] of containers",
            "metadata.annotations[container.seccomp.security.alpha.kubernetes.io/*] of initContainers",
        ],
    ),
    (
        "seccompProfile_restricted",
        &[
            "securityContext.seccompProfile",
            "C.securityContext.seccompProfile",
            "os",
        ],
    ),
    ("sysctls", &["securityContext.sysctls"]),
    (
        "windowsHostProcess",
        &[
            "securityContext.windowsOptions.hostProcess",
            "C.securityContext.windowsOptions.hostProcess",
        ],
    ),
    // No check names these: taking away the whole takes what they read.
    ("several", &["securityContext", "C.securityContext"]),
];

/// What each version changed: the check, and a field that alone must decide otherwise than in the version before.
pub const REVISIONS: &[(Version, Level, &str, &str)] = &[
    (
        Version(8),
        Level::Restricted,
        "allowPrivilegeEscalation",
        "containers[*].securityContext.allowPrivilegeEscalation",
    ),
    (
        Version(19),
        Level::Baseline,
        "seccompProfile_baseline",
        "metadata.annotations.seccomp.security.alpha.kubernetes.io/pod",
    ),
    (
        Version(19),
        Level::Baseline,
        "seccompProfile_baseline",
        "securityContext.seccompProfile",
    ),
    (
        Version(19),
        Level::Restricted,
        "seccompProfile_restricted",
        "containers[*].securityContext.seccompProfile",
    ),
    (
        Version(22),
        Level::Restricted,
        "capabilities_restricted",
        "containers[*].securityContext.capabilities.drop",
    ),
    (
        Version(23),
        Level::Restricted,
        "runAsUser",
        "containers[*].securityContext.runAsUser",
    ),
    // Three checks at once, which no valid pod can tell apart: those of privilege escalation, seccomp and capabilities.
    (
        Version(25),
        Level::Restricted,
        "allowPrivilegeEscalation",
        "os",
    ),
    (
        Version(27),
        Level::Baseline,
        "sysctls",
        "securityContext.sysctls",
    ),
    (
        Version(29),
        Level::Baseline,
        "sysctls",
        "securityContext.sysctls",
    ),
    (
        Version(31),
        Level::Baseline,
        "seLinuxOptions",
        "containers[*].securityContext.seLinuxOptions.type",
    ),
    (
        Version(32),
        Level::Baseline,
        "sysctls",
        "securityContext.sysctls",
    ),
    (
        Version(34),
        Level::Baseline,
        "hostProbesAndHostLifecycle",
        "containers[*].livenessProbe.httpGet.host",
    ),
    (
        Version(35),
        Level::Baseline,
        "procMount",
        "containers[*].securityContext.procMount",
    ),
    (
        Version(35),
        Level::Restricted,
        "runAsNonRoot",
        "securityContext.runAsUser",
    ),
    (
        Version(35),
        Level::Restricted,
        "runAsUser",
        "securityContext.runAsNonRoot",
    ),
];

/// Fields that cannot decide alone, because no pod is valid in which they lack company: a host process needs the host's
/// network.
pub(super) const NEVER_ALONE: &str = "windowsOptions.hostProcess";

/// The fields that some check reads, in the notation of the generator.
pub fn fields_read() -> BTreeSet<String> {
    let named = READS.iter().flat_map(|(_, fields)| *fields);
    named.flat_map(|field| expand(field)).collect()
}

/// How many checks the list names.
pub fn checks() -> usize {
    READS.len() - 1
}

fn expand(field: &str) -> Vec<String> {
    let lists: &[&str] = match field.split_once('.') {
        Some(("C", _)) => &["containers", "initContainers", "ephemeralContainers"],
        Some(("P", _)) => &["containers", "initContainers"],
        _ => return vec![field.to_owned()],
    };
    let rest = &field[2..];
    lists
        .iter()
        .map(|list| format!("{list}[*].{rest}"))
        .collect()
}
