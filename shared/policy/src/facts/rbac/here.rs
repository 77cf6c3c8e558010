//! Where powers in one namespace lead, or the same in all of them.

use super::KUBE_SYSTEM;
use super::asks::Power;
use super::holders::Who;
use super::powers::Powers;
use super::steps::{Space, Step, To};
use super::world::World;

/// The role that the API server makes for full control.
const CLUSTER_ADMIN: &str = "cluster-admin";

/// Powers in one namespace or all.
pub(super) struct Here<'h, 'j> {
    powers: &'h Powers,
    /// What they are beside others that are said already: in all namespaces, or of everybody of the same groups.
    said: &'h [&'h Powers],
    space: Option<&'h str>,
    world: &'h World<'j>,
}

impl<'h, 'j> Here<'h, 'j> {
    pub(super) fn new(
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

    pub(super) fn add_to(&self, all: &mut Vec<Step>) {
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
