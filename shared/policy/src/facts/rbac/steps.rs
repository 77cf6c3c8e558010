//! Where powers lead in one step: the edges of the graph of escalations, and the sentence for each.

use super::KUBE_SYSTEM;
use super::grants::{OF_EVERYBODY, Subject};
use super::holders::{Holder, Who, World};
use super::powers::{Power, Powers};

/// The role that the API server makes for full control.
const CLUSTER_ADMIN: &str = "cluster-admin";
/// The group that no authorizer refuses anything.
const MASTERS: &str = "system:masters";
/// The signer whose certificates are users of the API server, by itself and with all signers of its domain.
const CLIENT_SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];

/// All namespaces, or one.
pub(super) type Space = Option<String>;

/// Where a step leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    /// Full control; what it is then.
    Control(&'static str),
    /// Somebody.
    Holder(Who),
    /// Whichever account a binding names, also one that is not there.
    Names(Space),
    /// Whichever account there is.
    Accounts(Space),
    /// Whichever account a pod may run as.
    Running(Space),
    /// The nodes, and so the tokens that lie there.
    Nodes,
    /// Whichever account has a token in a secret: of one name, or any.
    Secrets(Space, Option<String>),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    deed: &'static str,
    /// Where, as text that follows the deed.
    place: String,
    pub(super) to: To,
}

impl Step {
    fn new(deed: &'static str, place: impl Into<String>, to: To) -> Self {
        let place = place.into();
        Self { deed, place, to }
    }

    /// The step in words, beginning with the verb; `reached` is whom it leads to, if to somebody.
    pub(super) fn sentence(&self, reached: Option<&Who>) -> String {
        let Self { deed, place, to } = self;
        let gain = match (to, reached) {
            (To::Control(""), _) => return format!("{deed}{place}"),
            (To::Control(gain), _) => (*gain).to_owned(),
            (_, None) => return format!("{deed}{place}"),
            (To::Nodes, Some(who)) => format!("take the token of {} from its node", named(who)),
            (_, Some(Who::Role(role))) => format!("hold the ClusterRole {role} everywhere"),
            (_, Some(Who::RoleIn(space, role))) => {
                format!("hold the ClusterRole {role} in {space}")
            }
            (_, Some(who)) => format!("act as {}", named(who)),
        };
        format!("{deed}{place}, and so {gain}")
    }
}

fn named(who: &Who) -> String {
    match who {
        Who::Account(namespace, name) => format!("service account {namespace}/{name}"),
        Who::AnyOf(namespace) => format!("any service account of {namespace}"),
        Who::Any => "any service account".to_owned(),
        Who::User(name) => format!("user {name}"),
        Who::Group(name) => format!("group {name}"),
        Who::Role(role) | Who::RoleIn(_, role) => format!("ClusterRole {role}"),
    }
}

/// Every step that somebody can take; only the one to full control, if there is one.
pub(super) fn steps(holder: &Holder<'_>, world: &World<'_>) -> Vec<Step> {
    if let Some(step) = to_control(holder, world) {
        return vec![step];
    }
    let mut all = Vec::new();
    across_cluster(holder, &mut all);
    in_space(
        &holder.everywhere,
        &holder.everywhere,
        None,
        world,
        &mut all,
    );
    for (space, powers) in &holder.spaces {
        let mut both = powers.clone();
        both.add(&holder.everywhere);
        in_space(&both, &holder.everywhere, Some(space), world, &mut all);
    }
    if world.has_control_plane()
        && let Some(step) = all.iter().find(|step| step.to == To::Nodes)
    {
        let to = To::Control("take over the control plane, which runs on the same nodes");
        return vec![Step { to, ..step.clone() }];
    }
    all
}

fn to_control(holder: &Holder<'_>, world: &World<'_>) -> Option<Step> {
    let has = |power| holder.everywhere.has(power);
    let every_right = To::Control("hold every right in the cluster");
    let step = |deed| Some(Step::new(deed, "", every_right.clone()));
    if has(Power::Everything) {
        return Some(Step::new(
            "holds every right in the cluster",
            "",
            To::Control(""),
        ));
    }
    if raises_a_role(holder) {
        return step("may write rights it has not (escalate) into a ClusterRole it has");
    }
    if has(Power::BindClusterRoles) && has(Power::WriteClusterBindings) {
        return step("may bind any ClusterRole to itself (bind)");
    }
    let masters = holder
        .everywhere
        .has_over(Power::ImpersonateGroups, MASTERS);
    if masters && impersonates_somebody(holder) {
        return step("may impersonate the group system:masters");
    }
    if has(Power::ImpersonateUsers) {
        let gain = To::Control(
            "act as the controller manager, which issues tokens of every service account",
        );
        return Some(Step::new("may impersonate every user", "", gain));
    }
    let signs = CLIENT_SIGNERS
        .iter()
        .any(|signer| holder.everywhere.has_over(Power::ApproveForSigners, signer));
    if signs && has(Power::RequestCertificates) && has(Power::ApproveCertificates) {
        let gain = To::Control("sign in as any user");
        return Some(Step::new(
            "may request client certificates and approve them itself",
            "",
            gain,
        ));
    }
    let gain = To::Control("change whatever others create");
    if has(Power::WriteMutatingWebhooks) {
        return Some(Step::new(
            "may set up mutating admission webhooks",
            "",
            gain,
        ));
    }
    if has(Power::WriteMutatingPolicies) && has(Power::WriteMutatingPolicyBindings) {
        return Some(Step::new(
            "may set up mutating admission policies",
            "",
            gain,
        ));
    }
    if has(Power::ChangeApiServices) {
        let gain = To::Control("answer in place of the API server");
        return Some(Step::new(
            "may change which server answers for an API group",
            "",
            gain,
        ));
    }
    let maps = |powers: &Powers| {
        powers
            .over(Power::ChangeConfigMaps)
            .any(|name| name == "aws-auth")
            || powers.has(Power::ChangeConfigMaps) && world.has_aws_auth()
    };
    if maps(&holder.everywhere) || holder.spaces.get(KUBE_SYSTEM).is_some_and(maps) {
        let gain = To::Control("map an IAM identity to system:masters");
        return Some(Step::new(
            "may change the ConfigMap kube-system/aws-auth",
            "",
            gain,
        ));
    }
    None
}

/// Whether it may add rights to a ClusterRole that it has everywhere, as every account has those of everybody.
fn raises_a_role(holder: &Holder<'_>) -> bool {
    let may = |power| move |role: &str| holder.everywhere.has_over(power, role);
    let (updates, escalates) = (
        may(Power::UpdateClusterRoles),
        may(Power::EscalateClusterRoles),
    );
    let mut own = holder.roles.iter().copied().chain(OF_EVERYBODY);
    own.any(|role| updates(role) && escalates(role))
}

/// A group is impersonated only together with a user or an account.
fn impersonates_somebody(holder: &Holder<'_>) -> bool {
    let some = |powers: &Powers, power| powers.has(power) || powers.over(power).next().is_some();
    some(&holder.everywhere, Power::ImpersonateUsers)
        || some(&holder.everywhere, Power::ImpersonateAccounts)
        || holder
            .spaces
            .values()
            .any(|powers| some(powers, Power::ImpersonateAccounts))
}

/// What has no namespace and is limited to names.
fn across_cluster(holder: &Holder<'_>, all: &mut Vec<Step>) {
    let powers = &holder.everywhere;
    if powers.has(Power::ProxyNodes) {
        all.push(Step::new(
            "may run commands in any pod through the kubelets (nodes/proxy)",
            "",
            To::Nodes,
        ));
    }
    for name in powers.over(Power::ImpersonateUsers) {
        let who = match Subject::user(name) {
            Subject::User(name) => Who::User(name.to_owned()),
            // An account is impersonated as an account, which is another right.
            _ => continue,
        };
        all.push(Step::new("may impersonate", "", To::Holder(who)));
    }
    if impersonates_somebody(holder) {
        for name in powers.over(Power::ImpersonateGroups) {
            all.push(Step::new(
                "may impersonate",
                "",
                To::Holder(Who::Group(name.to_owned())),
            ));
        }
    }
    if powers.has(Power::WriteClusterBindings) {
        for role in powers.over(Power::BindClusterRoles) {
            all.push(Step::new(
                "may bind a ClusterRole to itself (bind)",
                "",
                To::Holder(Who::Role(role.to_owned())),
            ));
        }
    }
}

/// What powers do in one namespace or all. `everywhere` is what of them holds in all; for one namespace, what holds in all
/// is not said again.
fn in_space(
    powers: &Powers,
    everywhere: &Powers,
    space: Option<&str>,
    world: &World<'_>,
    all: &mut Vec<Step>,
) {
    let place = space.map_or_else(
        || " in every namespace".to_owned(),
        |space| format!(" in {space}"),
    );
    let here = || space.map(str::to_owned);
    let news = |needed: &[Power]| {
        needed.iter().all(|power| powers.has(*power))
            && (space.is_none() || !needed.iter().all(|power| everywhere.has(*power)))
    };
    let mut add = |deed, to| all.push(Step::new(deed, place.clone(), to));

    for (power, deed) in [
        (Power::CreatePods, "may create pods"),
        (Power::CreateWorkloads, "may create workloads"),
        (Power::ChangeWorkloads, "may change workloads"),
        (Power::IssueTokens, "may issue tokens of service accounts"),
    ] {
        if news(&[power]) {
            add(deed, To::Accounts(here()));
        }
    }
    if news(&[Power::ImpersonateAccounts]) {
        add("may impersonate service accounts", To::Names(here()));
    }
    if news(&[Power::CreateSecrets, Power::ReadSecrets]) {
        add(
            "may have token secrets made and read them",
            To::Accounts(here()),
        );
    }
    for (power, deed) in [
        (Power::RunCommands, "may run commands in pods"),
        (Power::AddContainers, "may add containers to running pods"),
        (Power::ChangePods, "may change the images of running pods"),
        (Power::Attach, "may attach to the containers of pods"),
    ] {
        if news(&[power]) {
            add(deed, To::Running(here()));
        }
    }
    if news(&[Power::ReadSecrets]) {
        add("may read secrets with tokens", To::Secrets(here(), None));
    }
    let home = space.unwrap_or(KUBE_SYSTEM);
    let hold = |role: &str| To::Holder(Who::RoleIn(home.to_owned(), role.to_owned()));
    if news(&[Power::EscalateRoles, Power::UpdateRoles]) {
        add(
            "may write rights it has not (escalate) into roles",
            hold(CLUSTER_ADMIN),
        );
    }
    if news(&[Power::BindClusterRoles, Power::WriteBindings]) {
        add("may bind any role to itself (bind)", hold(CLUSTER_ADMIN));
    }
    if powers.has(Power::WriteBindings) {
        for role in powers.over(Power::BindClusterRoles) {
            add("may bind a ClusterRole to itself (bind)", hold(role));
        }
    }
    limited_to_names(powers, space, world, &mut add);
    if !all.iter().any(|step| step.to == To::Nodes) {
        all.extend(to_nodes(powers, space, world));
    }
}

/// What is limited to the names of accounts and secrets.
fn limited_to_names(
    powers: &Powers,
    space: Option<&str>,
    world: &World<'_>,
    add: &mut impl FnMut(&'static str, To),
) {
    let accounts = |name: &str| match space {
        Some(space) => vec![Who::Account(space.to_owned(), name.to_owned())],
        None => world.namesakes(name).collect(),
    };
    for who in powers.over(Power::IssueTokens).flat_map(accounts) {
        if world.has(&who) {
            add(
                "may issue tokens of named service accounts",
                To::Holder(who),
            );
        }
    }
    for who in powers.over(Power::ImpersonateAccounts).flat_map(accounts) {
        add("may impersonate named service accounts", To::Holder(who));
    }
    for name in powers.over(Power::ReadSecrets) {
        let secrets = To::Secrets(space.map(str::to_owned), Some(name.to_owned()));
        add("may read a secret with a token", secrets);
    }
}

/// Pods of any kind are root on any node: privileged ones, or with a volume of the node's files (RBAC good practices,
/// "Workload creation", "Persistent volume creation", "Namespace modification").
fn to_nodes(powers: &Powers, space: Option<&str>, world: &World<'_>) -> Option<Step> {
    let writes = [
        Power::CreatePods,
        Power::CreateWorkloads,
        Power::ChangeWorkloads,
    ];
    let writes = writes.into_iter().any(|power| powers.has(power));
    let open = match space {
        Some(space) => world.is_open(space).then_some(space),
        None => world.an_open_one(),
    };
    if let Some(open) = open.filter(|_| writes || powers.has(Power::AddContainers)) {
        let place = format!(" in {open}, which enforces no Pod Security level");
        return Some(Step::new("may run privileged containers", place, To::Nodes));
    }
    if !writes {
        return None;
    }
    let place = space.map_or_else(
        || " in every namespace".to_owned(),
        |space| format!(" in {space}"),
    );
    let lifts = match space {
        Some(space) => powers.has_over(Power::ChangeNamespaces, space),
        None => powers.has(Power::ChangeNamespaces),
    };
    if lifts {
        return Some(Step::new(
            "may lift the Pod Security level and run privileged containers",
            place,
            To::Nodes,
        ));
    }
    let mounts = powers.has(Power::CreateVolumes) && powers.has(Power::CreateClaims);
    mounts.then(|| {
        Step::new(
            "may create volumes of the nodes' files and pods that use them",
            place,
            To::Nodes,
        )
    })
}
