//! Rights that are full control of the cluster in one step.

use super::KUBE_SYSTEM;
use super::asks::Power;
use super::grants::OF_EVERYBODY;
use super::holders::Holder;
use super::powers::Powers;
use super::steps::{Step, To};
use super::world::World;

/// The group that no authorizer refuses anything.
const MASTERS: &str = "system:masters";
/// The signer whose certificates are users of the API server, by itself and with all signers of its domain.
const CLIENT_SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];

/// The step to full control that somebody can take.
pub(super) fn to_control(holder: &Holder<'_>, world: &World<'_>) -> Option<Step> {
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
pub(super) fn impersonates_somebody(holder: &Holder<'_>) -> bool {
    let some = |powers: &Powers, power| powers.has(power) || powers.over(power).next().is_some();
    some(&holder.everywhere, Power::ImpersonateUsers)
        || holder
            .all()
            .any(|powers| some(powers, Power::ImpersonateAccounts))
}
