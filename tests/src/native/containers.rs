//! Policies with one verdict for each container, port or mount.

use plimsoll_cel::Node;

use super::{Counts, Pod, flag, items, text};

const PROFILES: [&str; 2] = ["RuntimeDefault", "Localhost"];
const BASELINE: [&str; 13] = [
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

fn capabilities<'a>(container: &Node<'a>, list: &str) -> &'a [Node<'a>] {
    items(container, &["securityContext", "capabilities", list])
}

fn drops_all(container: &Node<'_>) -> bool {
    capabilities(container, "drop")
        .iter()
        .any(|name| name.as_str() == Some("ALL"))
}

fn security_text<'a>(container: &Node<'a>, keys: [&str; 2]) -> Option<&'a str> {
    text(container, &["securityContext", keys[0], keys[1]])
}

fn not_windows(pod: &Pod<'_>, counts: &mut Counts, judge: impl Fn(&Node<'_>) -> bool) {
    if pod.windows {
        counts.not_applicable += 1;
    } else {
        counts.each(&pod.containers, |container| judge(container));
    }
}

fn host_users(pod: &Pod<'_>, counts: &mut Counts, judge: impl Fn(&Node<'_>) -> bool) {
    if pod.host_users {
        counts.each(&pod.containers, |container| judge(container));
    } else {
        counts.not_applicable += 1;
    }
}

pub(super) fn allow_privilege_escalation(pod: &Pod<'_>, counts: &mut Counts) {
    not_windows(pod, counts, |c| {
        flag(c, &["securityContext", "allowPrivilegeEscalation"]) == Some(false)
    });
}

pub(super) fn apparmor_profile_disallowed(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        security_text(c, ["appArmorProfile", "type"]).is_none_or(|p| PROFILES.contains(&p))
    });
}

pub(super) fn caps_beyond_baseline(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        capabilities(c, "add")
            .iter()
            .all(|name| name.as_str().is_some_and(|name| BASELINE.contains(&name)))
    });
}

pub(super) fn caps_beyond_restricted(pod: &Pod<'_>, counts: &mut Counts) {
    not_windows(pod, counts, |c| {
        drops_all(c)
            && capabilities(c, "add")
                .iter()
                .all(|name| name.as_str() == Some("NET_BIND_SERVICE"))
    });
}

pub(super) fn caps_not_dropped_all(pod: &Pod<'_>, counts: &mut Counts) {
    not_windows(pod, counts, drops_all);
}

fn limit_missing(pod: &Pod<'_>, counts: &mut Counts, resource: &str) {
    let of_pod = pod.spec.at(&["resources", "limits", resource]).is_some();
    let ephemeral = items(&pod.spec, &["ephemeralContainers"]);
    counts.each(&pod.containers, |c| {
        c.at(&["resources", "limits", resource]).is_some()
            || of_pod
            || ephemeral
                .iter()
                .any(|other| other.get("name") == c.get("name"))
    });
}

pub(super) fn cpu_limit_missing(pod: &Pod<'_>, counts: &mut Counts) {
    limit_missing(pod, counts, "cpu");
}

pub(super) fn memory_limit_missing(pod: &Pod<'_>, counts: &mut Counts) {
    limit_missing(pod, counts, "memory");
}

pub(super) fn host_ports(pod: &Pod<'_>, counts: &mut Counts) {
    let ports = pod.containers.iter().flat_map(|c| items(c, &["ports"]));
    counts.each(ports, |port| {
        port.get("hostPort")
            .and_then(|p| p.as_int())
            .is_none_or(|p| p == 0)
    });
}

pub(super) fn ssh_port_exposed(pod: &Pod<'_>, counts: &mut Counts) {
    let ports = pod.containers.iter().flat_map(|c| items(c, &["ports"]));
    counts.each(ports, |port| {
        !matches!(
            port.get("containerPort").and_then(|p| p.as_int()),
            Some(22 | 2222)
        )
    });
}

pub(super) fn hostpath_writable(pod: &Pod<'_>, counts: &mut Counts) {
    let volumes = items(&pod.spec, &["volumes"]);
    let mounts = pod
        .containers
        .iter()
        .flat_map(|c| items(c, &["volumeMounts"]));
    counts.each(mounts, |mount| {
        flag(mount, &["readOnly"]) == Some(true)
            || !volumes
                .iter()
                .any(|v| v.get("name") == mount.get("name") && v.get("hostPath").is_some())
    });
}

pub(super) fn non_root_not_required(pod: &Pod<'_>, counts: &mut Counts) {
    let of_pod = flag(&pod.spec, &["securityContext", "runAsNonRoot"]).unwrap_or(false);
    host_users(pod, counts, |c| {
        flag(c, &["securityContext", "runAsNonRoot"]).unwrap_or(of_pod)
    });
}

pub(super) fn privileged_container(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        flag(c, &["securityContext", "privileged"]) != Some(true)
    });
}

pub(super) fn proc_mount_unmasked(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        text(c, &["securityContext", "procMount"]).is_none_or(|mount| mount == "Default")
    });
}

pub(super) fn root_filesystem_writable(pod: &Pod<'_>, counts: &mut Counts) {
    not_windows(pod, counts, |c| {
        flag(c, &["securityContext", "readOnlyRootFilesystem"]) == Some(true)
    });
}

pub(super) fn run_as_root_possible(pod: &Pod<'_>, counts: &mut Counts) {
    if pod.windows || !pod.host_users {
        counts.not_applicable += 1;
        return;
    }
    let user = |node: &Node<'_>| {
        node.at(&["securityContext", "runAsUser"])
            .and_then(|user| user.as_int())
    };
    let pod_user = user(&pod.spec).unwrap_or(0);
    let pod_non_root = flag(&pod.spec, &["securityContext", "runAsNonRoot"]).unwrap_or(false);
    counts.each(&pod.containers, |c| {
        flag(c, &["securityContext", "runAsNonRoot"]).unwrap_or(pod_non_root)
            || user(c).unwrap_or(pod_user) != 0
    });
}

pub(super) fn run_as_uid_zero(pod: &Pod<'_>, counts: &mut Counts) {
    host_users(pod, counts, |c| {
        c.at(&["securityContext", "runAsUser"])
            .and_then(|user| user.as_int())
            != Some(0)
    });
}

pub(super) fn seccomp_not_set(pod: &Pod<'_>, counts: &mut Counts) {
    let of_pod = text(&pod.spec, &["securityContext", "seccompProfile", "type"]);
    not_windows(pod, counts, |c| {
        security_text(c, ["seccompProfile", "type"])
            .or(of_pod)
            .is_some_and(|profile| PROFILES.contains(&profile))
    });
}

pub(super) fn seccomp_unconfined(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        security_text(c, ["seccompProfile", "type"]).is_none_or(|p| PROFILES.contains(&p))
    });
}

pub(super) fn sys_admin_added(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        !capabilities(c, "add")
            .iter()
            .filter_map(|name| name.as_str())
            .any(|name| name.eq_ignore_ascii_case("SYS_ADMIN") || name.eq_ignore_ascii_case("ALL"))
    });
}

pub(super) fn windows_host_process(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        flag(c, &["securityContext", "windowsOptions", "hostProcess"]) != Some(true)
    });
}

fn request_missing(pod: &Pod<'_>, counts: &mut Counts, resource: &str) {
    let of_pod = pod.spec.at(&["resources", "requests", resource]).is_some();
    let ephemeral = items(&pod.spec, &["ephemeralContainers"]);
    counts.each(&pod.containers, |c| {
        c.at(&["resources", "requests", resource]).is_some()
            || c.at(&["resources", "limits", resource]).is_some()
            || of_pod
            || ephemeral
                .iter()
                .any(|other| other.get("name") == c.get("name"))
    });
}

pub(super) fn cpu_request_missing(pod: &Pod<'_>, counts: &mut Counts) {
    request_missing(pod, counts, "cpu");
}

pub(super) fn memory_request_missing(pod: &Pod<'_>, counts: &mut Counts) {
    request_missing(pod, counts, "memory");
}

pub(super) fn image_latest_tag(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        let image = text(c, &["image"]).unwrap_or("");
        let tag = image.rsplit_once(':').map(|(_, tag)| tag);
        tag.is_some_and(|tag| !tag.is_empty() && !tag.contains('/') && tag != "latest")
    });
}

pub(super) fn image_not_digest(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, |c| {
        text(c, &["image"]).is_some_and(|image| image.contains("@sha256:"))
    });
}

pub(super) fn probe_host_set(pod: &Pod<'_>, counts: &mut Counts) {
    const HANDLERS: [&[&str]; 5] = [
        &["livenessProbe"],
        &["readinessProbe"],
        &["startupProbe"],
        &["lifecycle", "postStart"],
        &["lifecycle", "preStop"],
    ];
    let no_host = |handler: &Node<'_>, action: &str| {
        text(handler, &[action, "host"]).is_none_or(str::is_empty)
    };
    counts.each(&pod.containers, |c| {
        let handlers = HANDLERS.iter().filter_map(|keys| c.at(keys));
        let mut hosts = handlers.map(|h| no_host(&h, "httpGet") && no_host(&h, "tcpSocket"));
        hosts.all(|none| none)
    });
}

/// Whether SELinux options stay within the standard.
pub(super) fn selinux_standard(node: &Node<'_>) -> bool {
    const TYPES: [&str; 5] = [
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
    ];
    let Some(options) = node.at(&["securityContext", "seLinuxOptions"]) else {
        return true;
    };
    let empty = |key| text(&options, &[key]).is_none_or(str::is_empty);
    TYPES.contains(&text(&options, &["type"]).unwrap_or("")) && empty("user") && empty("role")
}

pub(super) fn selinux_custom(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(&pod.containers, selinux_standard);
}
