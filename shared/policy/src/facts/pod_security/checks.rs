//! The checks of the Pod Security Standards, each as of a minor version of Kubernetes.
//!
//! Source: the package `policy` of k8s.io/pod-security-admission v0.36.4 and, for the sysctls of 1.37, v0.37.2. The
//! versions are those from which a check has another reading, never those of the fields that it reads. What of this the
//! policies of `policies/frameworks/pss-*.yaml` say too they say of the cluster's version; here a namespace pins one.

use plimsoll_cel::Node;

use super::Level;
use super::pod::{Pod, items, text, truth};

/// Whether a pod breaks a check as of a minor version.
type Breaks = fn(&Pod<'_>, u32) -> bool;

struct Check {
    name: &'static str,
    level: Level,
    /// The minor version that has it first.
    since: u32,
    /// For a check of baseline, the minor version since which restricted has a stricter one in its place.
    replaced: u32,
    breaks: Breaks,
}

const NEVER: u32 = u32::MAX;

const fn baseline(name: &'static str, since: u32, replaced: u32, breaks: Breaks) -> Check {
    let level = Level::Baseline;
    Check {
        name,
        level,
        since,
        replaced,
        breaks,
    }
}

const fn restricted(name: &'static str, since: u32, breaks: Breaks) -> Check {
    let level = Level::Restricted;
    Check {
        name,
        level,
        since,
        replaced: NEVER,
        breaks,
    }
}

const CHECKS: &[Check] = &[
    baseline("Windows HostProcess", 0, NEVER, |pod, _| {
        pod.any_context(|c| truth(c, &["windowsOptions", "hostProcess"]) == Some(true))
    }),
    baseline("host namespaces", 0, NEVER, |pod, _| {
        ["hostNetwork", "hostPID", "hostIPC"]
            .iter()
            .any(|field| pod.is(field))
    }),
    baseline("privileged containers", 0, NEVER, |pod, _| {
        pod.any_container(|c| truth(c, &["securityContext", "privileged"]) == Some(true))
    }),
    baseline("capabilities", 0, 22, |pod, _| {
        pod.any_container(adds_beyond_default)
    }),
    baseline("hostPath volumes", 0, 0, |pod, _| {
        pod.volumes()
            .iter()
            .any(|volume| volume.get("hostPath").is_some())
    }),
    baseline("host ports", 0, NEVER, |pod, _| {
        let taken = |port: &Node<'_>| {
            port.get("hostPort")
                .and_then(|port| port.as_int())
                .unwrap_or(0)
                != 0
        };
        pod.any_container(|container| items(container, &["ports"]).iter().any(taken))
    }),
    baseline(
        "hosts of probes and lifecycle hooks",
        34,
        NEVER,
        |pod, _| pod.any_container(calls_a_host),
    ),
    baseline("AppArmor profile", 0, NEVER, |pod, _| leaves_apparmor(pod)),
    baseline("SELinux options", 0, NEVER, |pod, minor| {
        pod.any_context(|context| chooses_selinux(context, minor))
    }),
    baseline("procMount", 0, 35, |pod, minor| {
        !(minor >= 35 && pod.has_own_users()) && pod.any_container(unmasks_proc)
    }),
    baseline("seccomp annotations", 0, 19, |pod, minor| {
        minor < 19 && has_seccomp_annotation(pod)
    }),
    baseline("seccomp profile", 19, 19, |pod, _| {
        pod.any_context(leaves_seccomp)
    }),
    baseline("sysctls", 0, NEVER, |pod, minor| {
        let sysctls = items(&pod.spec, &["securityContext", "sysctls"]);
        sysctls
            .iter()
            .any(|sysctl| !is_safe(text(sysctl, &["name"]).unwrap_or(""), minor))
    }),
    restricted("volume types", 0, |pod, _| {
        pod.volumes()
            .iter()
            .any(|volume| !has_portable_source(volume))
    }),
    restricted("privilege escalation", 8, |pod, minor| {
        let may = |c: &Node<'_>| {
            truth(c, &["securityContext", "allowPrivilegeEscalation"]) != Some(false)
        };
        !knows_windows(pod, minor) && pod.any_container(may)
    }),
    restricted("runAsNonRoot", 0, |pod, minor| {
        !(minor >= 35 && pod.has_own_users()) && may_be_root(pod)
    }),
    restricted("runAsUser 0", 23, |pod, minor| {
        let root =
            |context: &Node<'_>| context.get("runAsUser").and_then(|user| user.as_int()) == Some(0);
        !(minor >= 35 && pod.has_own_users()) && pod.any_context(root)
    }),
    restricted("seccomp profile", 19, |pod, minor| {
        !knows_windows(pod, minor) && (pod.any_context(leaves_seccomp) || lacks_seccomp(pod))
    }),
    restricted("capabilities", 22, |pod, minor| {
        !knows_windows(pod, minor) && pod.any_container(keeps_capabilities)
    }),
    restricted("procMount", 35, |pod, _| pod.any_container(unmasks_proc)),
];

/// The names of the checks that a pod breaks.
pub(super) fn violations(pod: &Pod<'_>, level: Level, minor: u32) -> Vec<&'static str> {
    let in_force = |check: &&Check| {
        check.level <= level
            && check.since <= minor
            && (level == Level::Baseline || minor < check.replaced)
    };
    let broken = CHECKS
        .iter()
        .filter(in_force)
        .filter(|check| (check.breaks)(pod, minor));
    broken.map(|check| check.name).collect()
}

/// Since 1.25 a pod that says it is for Windows is spared what Windows does not have.
fn knows_windows(pod: &Pod<'_>, minor: u32) -> bool {
    minor >= 25 && pod.is_windows()
}

fn adds_beyond_default(container: &Node<'_>) -> bool {
    const DEFAULT: [&str; 13] = [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];
    let added = items(container, &["securityContext", "capabilities", "add"]);
    added
        .iter()
        .any(|name| !DEFAULT.contains(&name.as_str().unwrap_or("")))
}

fn keeps_capabilities(container: &Node<'_>) -> bool {
    let list = |key| items(container, &["securityContext", "capabilities", key]);
    let drops_all = list("drop").iter().any(|name| name.as_str() == Some("ALL"));
    !drops_all
        || list("add")
            .iter()
            .any(|name| name.as_str() != Some("NET_BIND_SERVICE"))
}

fn calls_a_host(container: &Node<'_>) -> bool {
    const HANDLERS: [&[&str]; 5] = [
        &["livenessProbe"],
        &["readinessProbe"],
        &["startupProbe"],
        &["lifecycle", "postStart"],
        &["lifecycle", "preStop"],
    ];
    let host = |handler: &Node<'_>, how| {
        text(handler, &[how, "host"]).is_some_and(|host| !host.is_empty())
    };
    let handlers = HANDLERS.iter().filter_map(|keys| container.at(keys));
    let mut handlers =
        handlers.map(|handler| host(&handler, "httpGet") || host(&handler, "tcpSocket"));
    handlers.any(|calls| calls)
}

fn leaves_apparmor(pod: &Pod<'_>) -> bool {
    const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";
    let allowed =
        |value: &str| ["", "runtime/default"].contains(&value) || value.starts_with("localhost/");
    let mut annotated = pod.annotations();
    annotated.any(|(key, value)| key.starts_with(PREFIX) && !allowed(value))
        || pod.any_context(|context| unconfined(context, "appArmorProfile"))
}

fn chooses_selinux(context: &Node<'_>, minor: u32) -> bool {
    let option = |key| text(context, &["seLinuxOptions", key]).unwrap_or("");
    let allowed = match option("type") {
        "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
        "container_engine_t" => minor >= 31,
        _ => false,
    };
    !allowed || !option("user").is_empty() || !option("role").is_empty()
}

fn unmasks_proc(container: &Node<'_>) -> bool {
    text(container, &["securityContext", "procMount"]).is_some_and(|mount| mount != "Default")
}

/// Before 1.19 the alpha annotations were the only place to say it.
fn has_seccomp_annotation(pod: &Pod<'_>) -> bool {
    const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
    let allowed = |value: &str| {
        ["runtime/default", "docker/default"].contains(&value) || value.starts_with("localhost/")
    };
    let is_container = |name: &str| pod.any_container(|c| text(c, &["name"]) == Some(name));
    let counts = |key: &str| key == POD || key.strip_prefix(CONTAINER).is_some_and(is_container);
    pod.annotations()
        .any(|(key, value)| counts(key) && !allowed(value))
}

/// Whether a security context names a profile that is neither the runtime's nor one of the node.
fn unconfined(context: &Node<'_>, profile: &str) -> bool {
    let profile = context.get(profile);
    profile.is_some_and(|profile| {
        !["RuntimeDefault", "Localhost"].contains(&text(&profile, &["type"]).unwrap_or(""))
    })
}

fn leaves_seccomp(context: &Node<'_>) -> bool {
    unconfined(context, "seccompProfile")
}

/// Whether a container has no profile, of its own or of its pod.
fn lacks_seccomp(pod: &Pod<'_>) -> bool {
    const PROFILE: [&str; 2] = ["securityContext", "seccompProfile"];
    pod.spec.at(&PROFILE).is_none() && pod.any_container(|c| c.at(&PROFILE).is_none())
}

fn may_be_root(pod: &Pod<'_>) -> bool {
    const FIELD: [&str; 2] = ["securityContext", "runAsNonRoot"];
    let of_pod = truth(&pod.spec, &FIELD);
    of_pod == Some(false)
        || pod.any_container(|container| truth(container, &FIELD).or(of_pod) != Some(true))
}

fn has_portable_source(volume: &Node<'_>) -> bool {
    const PORTABLE: [&str; 9] = [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];
    // A volume that names no source becomes an emptyDir.
    let mut sources = volume.entries().iter().filter(|entry| entry.key != "name");
    sources.all(|entry| PORTABLE.contains(&entry.key))
}

fn is_safe(sysctl: &str, minor: u32) -> bool {
    let since = match sysctl {
        "kernel.shm_rmid_forced"
        | "net.ipv4.ip_local_port_range"
        | "net.ipv4.ip_unprivileged_port_start"
        | "net.ipv4.ping_group_range"
        | "net.ipv4.tcp_syncookies" => 0,
        "net.ipv4.ip_local_reserved_ports" => 27,
        "net.ipv4.tcp_fin_timeout"
        | "net.ipv4.tcp_keepalive_intvl"
        | "net.ipv4.tcp_keepalive_probes"
        | "net.ipv4.tcp_keepalive_time" => 29,
        "net.ipv4.tcp_rmem" | "net.ipv4.tcp_wmem" => 32,
        "net.ipv4.tcp_notsent_lowat" | "net.ipv4.tcp_slow_start_after_idle" => 37,
        _ => return false,
    };
    minor >= since
}
