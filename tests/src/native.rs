//! Built-in policies written again as plain functions over the same tree: what the engine's speed is measured against.
//!
//! They do what the policies do and nothing else: one verdict for each element, no messages, no paths. A test holds both
//! to the same counts.

mod containers;
mod pods;

use plimsoll_cel::Node;
use plimsoll_model::{Judgement, Verdict};
use plimsoll_policy::Sink;

/// A pod spec with its containers, found once for all functions, as the engine does.
#[derive(Debug, Clone)]
pub struct Pod<'a> {
    /// The pod spec.
    pub spec: Node<'a>,
    /// The pods' annotations.
    pub annotations: Node<'a>,
    /// Containers, init containers, ephemeral containers.
    pub containers: Vec<Node<'a>>,
    /// Whether it runs on Windows.
    pub windows: bool,
    /// Whether it shares the node's user namespace.
    pub host_users: bool,
}

/// Verdicts of one policy, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passing elements.
    pub pass: u64,
    /// Failing elements.
    pub fail: u64,
    /// Objects the policy does not speak about.
    pub not_applicable: u64,
}

/// A policy as a function.
pub type Native = fn(&Pod<'_>, &mut Counts);

/// All of them by policy id.
pub const NATIVES: &[(&str, Native)] = &[
    (
        "allow-privilege-escalation",
        containers::allow_privilege_escalation,
    ),
    (
        "apparmor-profile-disallowed",
        containers::apparmor_profile_disallowed,
    ),
    (
        "apparmor-profile-disallowed-pod",
        pods::apparmor_profile_disallowed_pod,
    ),
    ("caps-beyond-baseline", containers::caps_beyond_baseline),
    ("caps-beyond-restricted", containers::caps_beyond_restricted),
    ("caps-not-dropped-all", containers::caps_not_dropped_all),
    ("cpu-limit-missing", containers::cpu_limit_missing),
    ("cpu-request-missing", containers::cpu_request_missing),
    ("host-aliases", pods::host_aliases),
    ("host-ipc", pods::host_ipc),
    ("host-network", pods::host_network),
    ("host-pid", pods::host_pid),
    ("host-ports", containers::host_ports),
    ("hostpath-any", pods::hostpath_any),
    ("hostpath-sensitive", pods::hostpath_sensitive),
    ("hostpath-writable", containers::hostpath_writable),
    ("image-latest-tag", containers::image_latest_tag),
    ("image-not-digest", containers::image_not_digest),
    ("memory-limit-missing", containers::memory_limit_missing),
    ("memory-request-missing", containers::memory_request_missing),
    ("non-root-not-required", containers::non_root_not_required),
    ("non-root-refused-pod", pods::non_root_refused_pod),
    ("probe-host-set", containers::probe_host_set),
    ("privileged-container", containers::privileged_container),
    ("proc-mount-unmasked", containers::proc_mount_unmasked),
    (
        "root-filesystem-writable",
        containers::root_filesystem_writable,
    ),
    ("run-as-root-possible", containers::run_as_root_possible),
    ("run-as-uid-zero", containers::run_as_uid_zero),
    ("run-as-uid-zero-pod", pods::run_as_uid_zero_pod),
    ("runtime-socket-mount", pods::runtime_socket_mount),
    ("seccomp-not-set", containers::seccomp_not_set),
    ("seccomp-unconfined", containers::seccomp_unconfined),
    ("seccomp-unconfined-pod", pods::seccomp_unconfined_pod),
    ("selinux-custom", containers::selinux_custom),
    ("selinux-custom-pod", pods::selinux_custom_pod),
    ("share-process-namespace", pods::share_process_namespace),
    ("ssh-port-exposed", containers::ssh_port_exposed),
    ("sys-admin-added", containers::sys_admin_added),
    ("unsafe-sysctls", pods::unsafe_sysctls),
    ("volume-types-nonstandard", pods::volume_types_nonstandard),
    ("windows-host-process", containers::windows_host_process),
    ("windows-host-process-pod", pods::windows_host_process_pod),
];

impl<'a> Pod<'a> {
    /// The pod that `object` describes, if it is a workload.
    #[must_use]
    pub fn of(object: &Node<'a>) -> Option<Self> {
        let kind = object.get("kind")?.as_str()?;
        let spec = object.at(plimsoll_policy::kinds::pod_spec_keys(kind)?)?;
        let metadata = object.at(plimsoll_policy::kinds::pod_metadata_keys(kind)?);
        let lists = ["containers", "initContainers", "ephemeralContainers"];
        let containers = lists
            .iter()
            .filter_map(|key| spec.get(key))
            .flat_map(|list| list.items().iter().copied());
        Some(Self {
            containers: containers.collect(),
            annotations: metadata
                .and_then(|m| m.get("annotations"))
                .unwrap_or(Node::Map(&[])),
            windows: spec.at(&["os", "name"]).and_then(|n| n.as_str()) == Some("windows"),
            host_users: spec
                .get("hostUsers")
                .and_then(|v| v.as_bool())
                .unwrap_or(true),
            spec,
        })
    }
}

impl Counts {
    fn add(&mut self, pass: bool) {
        if pass {
            self.pass += 1;
        } else {
            self.fail += 1;
        }
    }

    /// Counts one verdict for each element, or one *not applicable* when there is none.
    fn each<'n, 'a: 'n>(
        &mut self,
        elements: impl IntoIterator<Item = &'n Node<'a>>,
        judge: impl Fn(&Node<'a>) -> bool,
    ) {
        let mut any = false;
        for element in elements {
            any = true;
            self.add(judge(element));
        }
        if !any {
            self.not_applicable += 1;
        }
    }
}

fn text<'a>(node: &Node<'a>, keys: &[&str]) -> Option<&'a str> {
    node.at(keys).and_then(|value| value.as_str())
}

fn flag(node: &Node<'_>, keys: &[&str]) -> Option<bool> {
    node.at(keys).and_then(|value| value.as_bool())
}

fn items<'a>(node: &Node<'a>, keys: &[&str]) -> &'a [Node<'a>] {
    node.at(keys).map_or(&[], |list| list.items())
}

/// A sink that wants nothing but counts.
#[derive(Debug)]
pub struct Ignore;

impl Sink for Ignore {
    fn wants(&self, _: Verdict) -> bool {
        false
    }
    fn judgement(&mut self, _: Judgement) {}
}
