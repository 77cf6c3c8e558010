"""A customer's account: the role from our template, an EKS cluster with its network, and what Kubernetes holds."""

import base64
import json
import ssl
import urllib.request
from pathlib import Path

import yaml

from cloud import Account, until

ROOT = Path(__file__).resolve().parents[2]
ROLE = "PlimsollScanner"


class Customer:
    """One account of a tenant's."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.parameters: dict[str, str] = {}

    def admit(self, parameters: dict[str, str]) -> None:
        """Deploys infra/onboarding/role.yaml, as the link does that a tenant gets."""
        self.parameters = parameters
        self.update((ROOT / "infra/onboarding/role.yaml").read_text())

    def update(self, template: str) -> None:
        """Deploys another version of the role's template with the parameters it has."""
        self.account.deploy("plimsoll", template, self.parameters)

    def leave(self) -> dict[str, str]:
        """Deletes the stack; gives the parameters it had."""
        stacks = self.account.client("cloudformation")
        stacks.delete_stack(StackName="plimsoll")
        until("the stack is gone", lambda: not any(
            stack["StackStatus"] != "DELETE_COMPLETE" for stack in stacks.describe_stacks()["Stacks"]
        ))
        return self.parameters

    def trust(self) -> dict:
        """The role's trust policy."""
        return self.account.client("iam").get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]

    def set_trust(self, policy: str) -> None:
        """Replaces it, as an administrator would by hand."""
        self.account.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=policy)

    def make_cluster(self, name: str, user_data: str) -> None:
        """An EKS cluster whose API anybody may reach, with a node group whose security group lets SSH in."""
        ec2, eks, iam = (self.account.client(service) for service in ("ec2", "eks", "iam"))
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-central-1{zone}")
            for number, zone in enumerate("ab")
        ]
        subnets = [made["Subnet"]["SubnetId"] for made in subnets]
        for role, service in (("cluster", "eks"), ("nodes", "ec2")):
            trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(document([trust])))
        group = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
        )
        arn = f"arn:aws:iam::{self.account.number}:role"
        eks.create_cluster(
            name=name,
            version="1.34",
            roleArn=f"{arn}/cluster",
            resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": [group], "endpointPublicAccess": True},
            accessConfig={"authenticationMode": "API"},
        )
        template = ec2.create_launch_template(
            LaunchTemplateName="nodes",
            LaunchTemplateData={
                "SecurityGroupIds": [group],
                "UserData": base64.b64encode(f"export DATABASE_PASSWORD={user_data}".encode()).decode(),
            },
        )["LaunchTemplate"]["LaunchTemplateId"]
        eks.create_nodegroup(
            clusterName=name, nodegroupName="general", subnets=subnets, nodeRole=f"{arn}/nodes",
            launchTemplate={"id": template, "version": "1"},
            scalingConfig={"minSize": 1, "maxSize": 2, "desiredSize": 1},
        )  # fmt: skip

    def make_role_for(self, account: str, cluster: str) -> str:
        """A role that may do everything, for pods of a ServiceAccount of `default`; gives its ARN."""
        eks, iam = self.account.client("eks"), self.account.client("iam")
        issuer = eks.describe_cluster(name=cluster)["cluster"]["identity"]["oidc"]["issuer"]
        audience, host = "sts.amazonaws.com", issuer.removeprefix("https://")
        provider = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[audience])
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": provider["OpenIDConnectProviderArn"]},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{host}:sub": f"system:serviceaccount:default:{account}", f"{host}:aud": audience}
            },
        }
        role = iam.create_role(RoleName=account, AssumeRolePolicyDocument=json.dumps(document([trust])))["Role"]
        everything = document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
        iam.put_role_policy(RoleName=account, PolicyName="all", PolicyDocument=json.dumps(everything))
        return role["Arn"]

    def let_in(self, cluster: str) -> None:
        """The access entry of infra/onboarding/access-entry.yaml, which the local AWS knows by its API only."""
        self.account.client("eks").create_access_entry(
            clusterName=cluster,
            principalArn=f"arn:aws:iam::{self.account.number}:role/{ROLE}",
            kubernetesGroups=["plimsoll:readers"],
        )

    def lock_out(self, cluster: str) -> None:
        """Takes that entry away again."""
        self.account.client("eks").delete_access_entry(
            clusterName=cluster, principalArn=f"arn:aws:iam::{self.account.number}:role/{ROLE}"
        )


def document(statements: list[dict]) -> dict:
    """An IAM policy document."""
    return {"Version": "2012-10-17", "Statement": statements}


class Kubernetes:
    """A cluster's API, as its administrator."""

    def __init__(self, url: str, ca: str, token: str) -> None:
        self.url, self.token = url, token
        self.ca = base64.b64encode(ca.encode()).decode()
        self.context = ssl.create_default_context(cadata=ca)

    def create(self, path: str, thing: dict) -> None:
        """Creates an object in the collection at `path`."""
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(thing).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, context=self.context) as answer:
            answer.read()

    def grant_reading(self) -> None:
        """Applies infra/onboarding/plimsoll-readers.yaml."""
        for thing in yaml.safe_load_all((ROOT / "infra/onboarding/plimsoll-readers.yaml").read_text()):
            plural = thing["kind"].lower() + "s"
            self.create(f"/apis/rbac.authorization.k8s.io/v1/{plural}", thing)
