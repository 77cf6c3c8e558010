//! Where powers lead in one step: the edges of the graph of escalations, and the sentence for each.

use super::asks::Power;
use super::control::{impersonates_somebody, to_control};
use super::grants::Subject;
use super::here::Here;
use super::holders::{Holder, Who};
use super::world::World;

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
    pub(super) fn new(deed: &'static str, place: impl Into<String>, to: To) -> Self {
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
