//! Rights that lead to others, and the requests that each is made of.
//!
//! Sources: the RBAC reference, "Privilege escalation prevention and bootstrapping"; "RBAC good practices", "Privilege
//! escalation risks"; the pages on user impersonation and certificate signing requests (all kubernetes.io/docs).

/// A right that is a step to others, alone or with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    /// Any verb on any resource of any group.
    Everything,
    UpdateClusterRoles,
    EscalateClusterRoles,
    BindClusterRoles,
    WriteClusterBindings,
    UpdateRoles,
    EscalateRoles,
    WriteBindings,
    ImpersonateUsers,
    ImpersonateGroups,
    ImpersonateAccounts,
    IssueTokens,
    CreatePods,
    CreateWorkloads,
    ChangeWorkloads,
    ChangePods,
    RunCommands,
    Attach,
    AddContainers,
    ReadSecrets,
    CreateSecrets,
    RequestCertificates,
    ApproveCertificates,
    ApproveForSigners,
    WriteMutatingWebhooks,
    WriteMutatingPolicies,
    WriteMutatingPolicyBindings,
    ProxyNodes,
    ChangeApiServices,
    ChangeConfigMaps,
    ChangeNamespaces,
    CreateVolumes,
    CreateClaims,
}

/// What a rule that names objects (`resourceNames`) is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// As much as one that names none: any object will do.
    Whole,
    /// The names are kept.
    Kept,
    /// Nothing: a request to create has no name, and so is never allowed by such a rule; or one object is not enough.
    Nothing,
}

use Named::{Kept, Nothing, Whole};

const CORE: &str = "";
const APPS: &str = "apps";
const BATCH: &str = "batch";
const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const REGISTRATION: &str = "apiregistration.k8s.io";

const CHANGE: &[&str] = &["update", "patch"];
const CREATE: &[&str] = &["create"];
const WRITE: &[&str] = &["create", "update", "patch"];
/// Streams are opened with create; with get too, over a WebSocket, before Kubernetes 1.35.
const STREAM: &[&str] = &["create", "get"];

/// A power, and the requests any of which gives it: verbs, group, resource.
pub(super) type Ask = (
    Power,
    &'static [&'static str],
    &'static str,
    &'static str,
    Named,
);

pub(super) const ASKS: &[Ask] = &[
    (
        Power::UpdateClusterRoles,
        CHANGE,
        RBAC,
        "clusterroles",
        Kept,
    ),
    (
        Power::EscalateClusterRoles,
        &["escalate"],
        RBAC,
        "clusterroles",
        Kept,
    ),
    (
        Power::BindClusterRoles,
        &["bind"],
        RBAC,
        "clusterroles",
        Kept,
    ),
    (
        Power::WriteClusterBindings,
        WRITE,
        RBAC,
        "clusterrolebindings",
        Nothing,
    ),
    (Power::UpdateRoles, CHANGE, RBAC, "roles", Whole),
    (Power::EscalateRoles, &["escalate"], RBAC, "roles", Whole),
    (Power::WriteBindings, WRITE, RBAC, "rolebindings", Nothing),
    (
        Power::ImpersonateUsers,
        &["impersonate"],
        CORE,
        "users",
        Kept,
    ),
    (
        Power::ImpersonateGroups,
        &["impersonate"],
        CORE,
        "groups",
        Kept,
    ),
    (
        Power::ImpersonateAccounts,
        &["impersonate"],
        CORE,
        "serviceaccounts",
        Kept,
    ),
    (
        Power::IssueTokens,
        CREATE,
        CORE,
        "serviceaccounts/token",
        Kept,
    ),
    (Power::CreatePods, CREATE, CORE, "pods", Nothing),
    (Power::CreateWorkloads, CREATE, APPS, "deployments", Nothing),
    (Power::CreateWorkloads, CREATE, APPS, "daemonsets", Nothing),
    (
        Power::CreateWorkloads,
        CREATE,
        APPS,
        "statefulsets",
        Nothing,
    ),
    (Power::CreateWorkloads, CREATE, APPS, "replicasets", Nothing),
    (
        Power::CreateWorkloads,
        CREATE,
        CORE,
        "replicationcontrollers",
        Nothing,
    ),
    (Power::CreateWorkloads, CREATE, BATCH, "jobs", Nothing),
    (Power::CreateWorkloads, CREATE, BATCH, "cronjobs", Nothing),
    (Power::ChangeWorkloads, CHANGE, APPS, "deployments", Whole),
    (Power::ChangeWorkloads, CHANGE, APPS, "daemonsets", Whole),
    (Power::ChangeWorkloads, CHANGE, APPS, "statefulsets", Whole),
    (Power::ChangeWorkloads, CHANGE, APPS, "replicasets", Whole),
    (
        Power::ChangeWorkloads,
        CHANGE,
        CORE,
        "replicationcontrollers",
        Whole,
    ),
    (Power::ChangeWorkloads, CHANGE, BATCH, "cronjobs", Whole),
    (Power::ChangePods, CHANGE, CORE, "pods", Whole),
    (Power::RunCommands, STREAM, CORE, "pods/exec", Whole),
    (Power::Attach, STREAM, CORE, "pods/attach", Whole),
    (
        Power::AddContainers,
        CHANGE,
        CORE,
        "pods/ephemeralcontainers",
        Whole,
    ),
    (
        Power::ReadSecrets,
        &["get", "list", "watch"],
        CORE,
        "secrets",
        Kept,
    ),
    (Power::CreateSecrets, CREATE, CORE, "secrets", Nothing),
    (
        Power::RequestCertificates,
        CREATE,
        CERTIFICATES,
        "certificatesigningrequests",
        Nothing,
    ),
    (
        Power::ApproveCertificates,
        CHANGE,
        CERTIFICATES,
        "certificatesigningrequests/approval",
        Whole,
    ),
    (
        Power::ApproveForSigners,
        &["approve"],
        CERTIFICATES,
        "signers",
        Kept,
    ),
    (
        Power::WriteMutatingWebhooks,
        CREATE,
        ADMISSION,
        "mutatingwebhookconfigurations",
        Nothing,
    ),
    (
        Power::WriteMutatingWebhooks,
        CHANGE,
        ADMISSION,
        "mutatingwebhookconfigurations",
        Whole,
    ),
    (
        Power::WriteMutatingPolicies,
        WRITE,
        ADMISSION,
        "mutatingadmissionpolicies",
        Nothing,
    ),
    (
        Power::WriteMutatingPolicyBindings,
        WRITE,
        ADMISSION,
        "mutatingadmissionpolicybindings",
        Nothing,
    ),
    (Power::ProxyNodes, STREAM, CORE, "nodes/proxy", Nothing),
    (
        Power::ChangeApiServices,
        CHANGE,
        REGISTRATION,
        "apiservices",
        Nothing,
    ),
    (Power::ChangeConfigMaps, CHANGE, CORE, "configmaps", Kept),
    (Power::ChangeNamespaces, CHANGE, CORE, "namespaces", Kept),
    (
        Power::CreateVolumes,
        CREATE,
        CORE,
        "persistentvolumes",
        Nothing,
    ),
    (
        Power::CreateClaims,
        CREATE,
        CORE,
        "persistentvolumeclaims",
        Nothing,
    ),
];
