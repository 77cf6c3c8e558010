//! Ways from a role to more than it was given: combinations of actions that each let it take another identity's rights.

use super::effect::Effect;

/// What is passed to a service that then acts as it.
const PASS: &str = "iam:PassRole";

/// Each is enough: it changes what an identity may do, or gives a key to one.
const ALONE: [&str; 15] = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "lambda:UpdateFunctionCode",
    "ssm:SendCommand",
];

/// What the role may do to itself.
const ITSELF: [&str; 2] = ["iam:AttachRolePolicy", "iam:PutRolePolicy"];

/// With the right to pass any role: something that runs as it and does what it is told.
const WITH_A_ROLE: [&[&str]; 9] = [
    &["cloudformation:CreateStack"],
    &["codebuild:CreateProject", "codebuild:StartBuild"],
    &[
        "datapipeline:CreatePipeline",
        "datapipeline:PutPipelineDefinition",
    ],
    &["ec2:RunInstances"],
    &["ecs:RegisterTaskDefinition", "ecs:RunTask"],
    &["eks:CreatePodIdentityAssociation"],
    &["glue:CreateDevEndpoint"],
    &["lambda:CreateFunction", "lambda:InvokeFunction"],
    &[
        "sagemaker:CreateNotebookInstance",
        "sagemaker:CreatePresignedNotebookInstanceUrl",
    ],
];

/// More that needs several actions: an administrator of any cluster.
const TOGETHER: [&[&str]; 1] = [&["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"]];

/// The combinations that a role has, each as its actions.
pub(super) fn of(effect: &Effect) -> Vec<String> {
    let mut found = Vec::new();
    for action in ALONE {
        let on_itself = ITSELF.contains(&action) && effect.allows_on_itself(action);
        if on_itself || effect.allows_any(action) {
            found.push(action.to_owned());
        }
    }
    let has_all = |actions: &&[&str]| actions.iter().all(|action| effect.allows_any(action));
    found.extend(
        TOGETHER
            .into_iter()
            .filter(has_all)
            .map(|all| all.join(" + ")),
    );
    if effect.allows_any(PASS) {
        let with_role = WITH_A_ROLE.into_iter().filter(has_all);
        found.extend(with_role.map(|actions| format!("{PASS} + {}", actions.join(" + "))));
    }
    found.sort_unstable();
    found
}
