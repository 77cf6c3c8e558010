//! Policies about the pod as a whole and its volumes.

use super::{Counts, Pod, flag, items, text};

const PROFILES: [&str; 2] = ["RuntimeDefault", "Localhost"];
const SOCKETS: [&str; 12] = [
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/var/run/dockershim.sock",
    "/run/dockershim.sock",
    "/var/run/cri-dockerd.sock",
    "/run/cri-dockerd.sock",
    "/var/run/containerd/containerd.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/run/crio/crio.sock",
    "/run/podman/podman.sock",
];
const DIRECTORIES: [&str; 14] = [
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var/lib/kubelet",
    "/var/log",
    "/var/run",
];
const SYSCTLS: [&str; 14] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_notsent_lowat",
];
const VOLUME_TYPES: [&str; 10] = [
    "name",
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

pub(super) fn apparmor_profile_disallowed_pod(pod: &Pod<'_>, counts: &mut Counts) {
    let profile = text(&pod.spec, &["securityContext", "appArmorProfile", "type"]);
    counts.add(profile.is_none_or(|profile| PROFILES.contains(&profile)));
}

pub(super) fn host_aliases(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(items(&pod.spec, &["hostAliases"]).is_empty());
}

pub(super) fn host_ipc(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(flag(&pod.spec, &["hostIPC"]) != Some(true));
}

pub(super) fn host_network(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(flag(&pod.spec, &["hostNetwork"]) != Some(true));
}

pub(super) fn host_pid(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(flag(&pod.spec, &["hostPID"]) != Some(true));
}

pub(super) fn hostpath_any(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(items(&pod.spec, &["volumes"]), |volume| {
        volume.get("hostPath").is_none()
    });
}

pub(super) fn non_root_refused_pod(pod: &Pod<'_>, counts: &mut Counts) {
    if pod.host_users {
        counts.add(flag(&pod.spec, &["securityContext", "runAsNonRoot"]) != Some(false));
    } else {
        counts.not_applicable += 1;
    }
}

pub(super) fn run_as_uid_zero_pod(pod: &Pod<'_>, counts: &mut Counts) {
    if pod.host_users {
        let user = pod.spec.at(&["securityContext", "runAsUser"]);
        counts.add(user.and_then(|user| user.as_int()) != Some(0));
    } else {
        counts.not_applicable += 1;
    }
}

pub(super) fn runtime_socket_mount(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(items(&pod.spec, &["volumes"]), |volume| {
        text(volume, &["hostPath", "path"]).is_none_or(|path| !SOCKETS.contains(&path))
    });
}

pub(super) fn seccomp_unconfined_pod(pod: &Pod<'_>, counts: &mut Counts) {
    let profile = text(&pod.spec, &["securityContext", "seccompProfile", "type"]);
    counts.add(profile.is_none_or(|profile| PROFILES.contains(&profile)));
}

pub(super) fn share_process_namespace(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(flag(&pod.spec, &["shareProcessNamespace"]) != Some(true));
}

pub(super) fn volume_types_nonstandard(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(items(&pod.spec, &["volumes"]), |volume| {
        volume
            .entries()
            .iter()
            .all(|entry| VOLUME_TYPES.contains(&entry.key))
    });
}

pub(super) fn hostpath_sensitive(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(items(&pod.spec, &["volumes"]), |volume| {
        let path = text(volume, &["hostPath", "path"]);
        path.is_none_or(|path| {
            let parent = path.strip_suffix('/').unwrap_or(path);
            !DIRECTORIES.contains(&path) && !DIRECTORIES.contains(&parent)
        })
    });
}

pub(super) fn selinux_custom_pod(pod: &Pod<'_>, counts: &mut Counts) {
    counts.add(super::containers::selinux_standard(&pod.spec));
}

pub(super) fn unsafe_sysctls(pod: &Pod<'_>, counts: &mut Counts) {
    counts.each(
        items(&pod.spec, &["securityContext", "sysctls"]),
        |sysctl| text(sysctl, &["name"]).is_some_and(|name| SYSCTLS.contains(&name)),
    );
}

pub(super) fn windows_host_process_pod(pod: &Pod<'_>, counts: &mut Counts) {
    let keys = ["securityContext", "windowsOptions", "hostProcess"];
    counts.add(flag(&pod.spec, &keys) != Some(true));
}
