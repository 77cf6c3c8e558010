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

/// Every step that somebody can take; only the one to full control, if there is one. Steps that everybody of the same groups
/// can take are theirs.
pub(super) fn steps(holder: &Holder<'_>, world: &World<'_>) -> Vec<Step> {
    if let Some(step) = to_control(holder, world) {
        return vec![step];
    }
    let mut all = Vec::new();
    across_cluster(holder, &mut all);
    let (everywhere, shared) = (&holder.everywhere, &holder.shared.everywhere);
    Here::new(everywhere, &[shared], None, world).add_to(&mut all);
    for space in holder.spaces() {
        let (powers, shared) = (holder.in_space(space), holder.shared.in_space(space));
        Here::new(&powers, &[everywhere, &shared], Some(space), world).add_to(&mut all);
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
    if maps(&holder.in_space(KUBE_SYSTEM)) {
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
    let roles = holder.own.roles.iter().chain(&holder.shared.roles);
    let mut roles = roles.copied().chain(OF_EVERYBODY);
    roles.any(|role| updates(role) && escalates(role))
}

/// A group is impersonated only together with a user or an account.
fn impersonates_somebody(holder: &Holder<'_>) -> bool {
    let some = |powers: &Powers, power| powers.has(power) || powers.over(power).next().is_some();
    some(&holder.everywhere, Power::ImpersonateUsers)
        || holder
            .all()
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

/// Powers in one namespace or all.
struct Here<'h, 'j> {
    powers: &'h Powers,
    /// What they are beside others that are said already: in all namespaces, or of everybody of the same groups.
    said: &'h [&'h Powers],
    space: Option<&'h str>,
    world: &'h World<'j>,
}

impl<'h, 'j> Here<'h, 'j> {
    fn new(
        powers: &'h Powers,
        said: &'h [&'h Powers],
        space: Option<&'h str>,
        world: &'h World<'j>,
    ) -> Self {
        Self {
            powers,
            said,
            space,
            world,
        }
    }

    /// Whether all of them are held, and that is not said already.
    fn news(&self, needed: &[Power]) -> bool {
        let has = |powers: &Powers| needed.iter().all(|power| powers.has(*power));
        has(self.powers) && !self.said.iter().any(|said| has(said))
    }

    /// The names that a power is limited to and for which it is not said already.
    fn names(&self, power: Power) -> impl Iterator<Item = &'h str> {
        let said = self.said;
        let names = self.powers.over(power);
        names.filter(move |name| !said.iter().any(|said| said.has_over(power, name)))
    }

    fn space(&self) -> Space {
        self.space.map(str::to_owned)
    }

    fn step(&self, deed: &'static str, to: To) -> Step {
        Step::new(deed, in_place(self.space), to)
    }

    fn add_to(&self, all: &mut Vec<Step>) {
        self.accounts(all);
        self.pods(all);
        self.roles(all);
        let said = |said: &&Powers| to_nodes(said, self.space, self.world).is_some();
        if !self.said.iter().any(said) {
            all.extend(to_nodes(self.powers, self.space, self.world));
        }
    }

    /// What gives whole accounts.
    fn accounts(&self, all: &mut Vec<Step>) {
        for (power, deed) in [
            (Power::CreatePods, "may create pods"),
            (Power::CreateWorkloads, "may create workloads"),
            (Power::ChangeWorkloads, "may change workloads"),
            (Power::IssueTokens, "may issue tokens of service accounts"),
        ] {
            if self.news(&[power]) {
                all.push(self.step(deed, To::Accounts(self.space())));
            }
        }
        if self.news(&[Power::ImpersonateAccounts]) {
            all.push(self.step("may impersonate service accounts", To::Names(self.space())));
        }
        if self.news(&[Power::CreateSecrets, Power::ReadSecrets]) {
            let deed = "may have token secrets made and read them";
            all.push(self.step(deed, To::Accounts(self.space())));
        }
        let named = |name: &str| match self.space {
            Some(space) => vec![Who::Account(space.to_owned(), name.to_owned())],
            None => self.world.namesakes(name).collect(),
        };
        for who in self.names(Power::IssueTokens).flat_map(named) {
            if self.world.has(&who) {
                all.push(self.step(
                    "may issue tokens of named service accounts",
                    To::Holder(who),
                ));
            }
        }
        for who in self.names(Power::ImpersonateAccounts).flat_map(named) {
            all.push(self.step("may impersonate named service accounts", To::Holder(who)));
        }
        if self.news(&[Power::ReadSecrets]) {
            all.push(self.step(
                "may read secrets with tokens",
                To::Secrets(self.space(), None),
            ));
        }
        for name in self.names(Power::ReadSecrets) {
            let secrets = To::Secrets(self.space(), Some(name.to_owned()));
            all.push(self.step("may read a secret with a token", secrets));
        }
    }

    /// What gets into pods that run.
    fn pods(&self, all: &mut Vec<Step>) {
        for (power, deed) in [
            (Power::RunCommands, "may run commands in pods"),
            (Power::AddContainers, "may add containers to running pods"),
            (Power::ChangePods, "may change the images of running pods"),
            (Power::Attach, "may attach to the containers of pods"),
        ] {
            if self.news(&[power]) {
                all.push(self.step(deed, To::Running(self.space())));
            }
        }
    }

    /// What gives roles in the namespace; of all of them kube-system is the one to choose.
    fn roles(&self, all: &mut Vec<Step>) {
        let home = self.space.unwrap_or(KUBE_SYSTEM);
        let hold = |role: &str| To::Holder(Who::RoleIn(home.to_owned(), role.to_owned()));
        if self.news(&[Power::EscalateRoles, Power::UpdateRoles]) {
            let deed = "may write rights it has not (escalate) into roles";
            all.push(self.step(deed, hold(CLUSTER_ADMIN)));
        }
        if self.news(&[Power::BindClusterRoles, Power::WriteBindings]) {
            all.push(self.step("may bind any role to itself (bind)", hold(CLUSTER_ADMIN)));
        }
        if self.powers.has(Power::WriteBindings) {
            for role in self.powers.over(Power::BindClusterRoles) {
                let binds = |said: &&Powers| {
                    said.has(Power::WriteBindings) && said.has_over(Power::BindClusterRoles, role)
                };
                if !self.said.iter().any(binds) {
                    all.push(self.step("may bind a ClusterRole to itself (bind)", hold(role)));
                }
            }
        }
    }
}

/// Where, as text that follows a deed.
fn in_place(space: Option<&str>) -> String {
    space.map_or_else(
        || " in every namespace".to_owned(),
        |space| format!(" in {space}"),
    )
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
    let place = in_place(space);
    let lifts = match space {
        Some(space) => powers.has_over(Power::ChangeNamespaces, space),
        None => {
            powers.has(Power::ChangeNamespaces)
                || powers.over(Power::ChangeNamespaces).next().is_some()
        }
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
