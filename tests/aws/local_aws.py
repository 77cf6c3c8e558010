"""Starts MiniStack, the local AWS of these tests, with the seven things changed in which it differs from AWS.

They are private parts of a pinned version: when one of them is gone, this fails at once and says so.

1. `aws:PrincipalArn` of an assumed role is the role's ARN, not the session's. Customers' roles pin that ARN
   (infra/onboarding/role.yaml), so without it they would refuse us.
2. `aws:SecureTransport` is true: calls come in the clear here, which the bucket's policy would refuse.
3. Batches of SQS are allowed by the action of one message, as Amazon SQS' list of permissions says.
4. Sending mail is allowed on the identity that it comes from, not on everything.
5. `dynamodb:LeadingKeys` are the keys that a call names (`leading_keys.py`).
6. Versions of launch templates can be asked for without naming one: those of all are listed then.
7. An EKS cluster is where the test says: its endpoint, its certificate authority and the secret in the address of its
   token review webhook are given in the variable CLUSTERS, by name, as JSON; its tokens' issuer looks like EKS'.
"""

import json
import os

from ministack.core import iam_actions, iam_evaluator
from ministack.services import ec2, eks

import leading_keys

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/5D1CA1E5C0FFEE0123456789ABCDEF01"


def conditions_are_those_of_aws() -> None:
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key, context):
        if key.lower() == "aws:principalarn":
            return eks._role_arn_from_assumed_role(context.principal_arn) or context.principal_arn
        if key.lower() == "aws:securetransport":
            return "true"
        return resolve(key, context)

    iam_evaluator._resolve_condition_key = resolved


def batches_are_allowed_as_one() -> None:
    extract = iam_actions.extract_iam_action

    def extracted(*arguments):
        action = extract(*arguments)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    iam_actions.extract_iam_action = extracted


def mail_is_allowed_by_its_sender() -> None:
    resource = iam_actions._ses_v2_resource_arn

    def named(method, path, body, region, account):
        if path.rstrip("/") == "/v2/email/outbound-emails":
            return f"arn:aws:ses:{region}:{account}:identity/{json.loads(body)['FromEmailAddress']}"
        return resource(method, path, body, region, account)

    iam_actions._ses_v2_resource_arn = named


def launch_templates_are_listed() -> None:
    action = "DescribeLaunchTemplateVersions"
    describe = ec2._ACTION_MAP[action]

    def described(parameters):
        if "LaunchTemplateId" in parameters or "LaunchTemplateName" in parameters:
            return describe(parameters)
        versions = ""
        for template in list(ec2._launch_templates.keys()):
            _, _, body = describe({**parameters, "LaunchTemplateId": [template]})
            text = body.decode() if isinstance(body, bytes) else body
            versions += text.split("<launchTemplateVersionSet>")[1].split("</launchTemplateVersionSet>")[0]
        return ec2._xml(200, f"{action}Response", f"<launchTemplateVersionSet>{versions}</launchTemplateVersionSet>")

    ec2._ACTION_MAP[action] = described


def clusters_are_where_the_test_says(clusters: dict) -> None:
    create = eks._create_cluster

    def created(body, *arguments, **options):
        answer = create(body, *arguments, **options)
        record, place = eks._clusters.get(body.get("name")), clusters.get(body.get("name"))
        if record is not None and place is not None:
            record["endpoint"] = place["endpoint"]
            record["certificateAuthority"] = {"data": place["ca"]}
            record["_auth_token"] = place["secret"]
            record["identity"] = {"oidc": {"issuer": ISSUER}}
        return answer

    eks._create_cluster = created


if __name__ == "__main__":
    conditions_are_those_of_aws()
    batches_are_allowed_as_one()
    mail_is_allowed_by_its_sender()
    leading_keys.told()
    launch_templates_are_listed()
    clusters_are_where_the_test_says(json.loads(os.environ.pop("CLUSTERS")))
    from ministack.app import main

    main()
