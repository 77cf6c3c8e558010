//! Rights that lead to others. What of them a rule text gives is worked out once for each text.
//!
//! Sources: the RBAC reference, "Privilege escalation prevention and bootstrapping"; "RBAC good practices", "Privilege
//! escalation risks"; the pages on user impersonation and certificate signing requests (all kubernetes.io/docs).

use std::collections::BTreeSet;

use plimsoll_cel::Bump;

use super::rule::{self, Rule};

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
enum Named {
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
type Ask = (
    Power,
    &'static [&'static str],
    &'static str,
    &'static str,
    Named,
);

const ASKS: &[Ask] = &[
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

/// Powers over all objects, and over named ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Powers {
    whole: u64,
    named: BTreeSet<(Power, String)>,
}

impl Powers {
    /// What the rules in a JSON text give together.
    pub(super) fn of(json: &str) -> Self {
        let arena = Bump::new();
        let mut powers = Self::default();
        for rule in rule::parse(json, &arena) {
            powers.take(&rule);
        }
        powers
    }

    fn take(&mut self, rule: &Rule<'_>) {
        let any = |list: &[&str]| list.contains(&"*");
        if any(&rule.verbs) && any(&rule.groups) && any(&rule.resources) && rule.names.is_empty() {
            self.whole |= bit(Power::Everything);
        }
        for (power, verbs, group, resource, named) in ASKS {
            if !verbs.iter().any(|verb| rule.allows(verb, group, resource)) {
                continue;
            }
            if rule.names.is_empty() || *named == Whole {
                self.whole |= bit(*power);
            } else if *named == Kept {
                let names = rule.names.iter().map(|name| (*power, (*name).to_owned()));
                self.named.extend(names);
            }
        }
    }

    /// Adds what other rules give.
    pub(super) fn add(&mut self, other: &Powers) {
        self.whole |= other.whole;
        if !other.named.is_empty() {
            self.named.extend(other.named.iter().cloned());
        }
    }

    /// Whether nothing here leads anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.whole == 0 && self.named.is_empty()
    }

    /// Whether it is held over all objects.
    pub(super) fn has(&self, power: Power) -> bool {
        self.whole & bit(power) != 0
    }

    /// Whether it is held over the object of this name.
    pub(super) fn has_over(&self, power: Power, name: &str) -> bool {
        self.has(power) || self.over(power).any(|known| known == name)
    }

    /// The names of objects that it is held over, if not over all.
    pub(super) fn over(&self, power: Power) -> impl Iterator<Item = &str> {
        let named = self.named.iter().filter(move |(known, _)| *known == power);
        named.map(|(_, name)| name.as_str())
    }
}

fn bit(power: Power) -> u64 {
    1 << power as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(verbs: &str, group: &str, resources: &str, names: &str) -> Powers {
        let list = |text: &str| {
            serde_json::to_string(&text.split_whitespace().collect::<Vec<_>>()).unwrap()
        };
        let names = list(names);
        Powers::of(&format!(
            r#"[{{"verbs":{},"apiGroups":["{group}"],"resources":{},"resourceNames":{names}}}]"#,
            list(verbs),
            list(resources)
        ))
    }

    #[test]
    fn every_ask_gives_its_power_and_neither_its_neighbours() {
        for (power, verbs, group, resource, named) in ASKS {
            for verb in *verbs {
                assert!(
                    powers(verb, group, resource, "").has(*power),
                    "{power:?} by {verb}"
                );
                let over = powers(verb, group, resource, "x");
                assert_eq!(
                    over.has(*power),
                    *named == Whole,
                    "{power:?} by {verb} of one name"
                );
                assert_eq!(
                    over.over(*power).eq(["x"]),
                    *named == Kept,
                    "{power:?} by {verb} of one name"
                );
            }
            assert!(!powers("fly", group, resource, "").has(*power));
            assert!(!powers(verbs[0], "example.org", resource, "").has(*power));
            assert!(!powers(verbs[0], group, "kites", "").has(*power));
        }
        assert!(powers("get list watch", "", "pods configmaps services", "").is_empty());
    }

    #[test]
    fn everything_is_all_powers_and_not_made_of_parts() {
        let all = powers("*", "*", "*", "");
        assert!(ASKS.iter().all(|(power, ..)| all.has(*power)) && all.has(Power::Everything));
        for (verbs, group, resources, names) in [
            ("get create", "*", "*", ""),
            ("*", "", "*", ""),
            ("*", "*", "pods", ""),
            ("*", "*", "*", "x"),
        ] {
            assert!(!powers(verbs, group, resources, names).has(Power::Everything));
        }
    }

    #[test]
    fn powers_of_several_rules_add_up() {
        let mut both = powers("create", "", "pods", "");
        both.add(&powers("impersonate", "", "users", "ana ben"));
        assert!(both.has(Power::CreatePods) && !both.has(Power::ImpersonateUsers));
        assert!(
            both.has_over(Power::ImpersonateUsers, "ben")
                && !both.has_over(Power::ImpersonateUsers, "eve")
        );
        assert!(both.has_over(Power::CreatePods, "any"));
    }
}
