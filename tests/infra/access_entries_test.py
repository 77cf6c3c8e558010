"""The function in infra/onboarding/access-entries.yaml, against clients that check calls by the service models."""

import io
import json
import pathlib
import sys
import types
import unittest
from unittest import mock

import boto3
import yaml
from botocore.stub import Stubber

TEMPLATE = pathlib.Path(__file__).parents[2] / "infra/onboarding/access-entries.yaml"
ROLE = "arn:aws:iam::471100000815:role/PlimsollScanner"
OLDER = "arn:aws:iam::471100000815:role/Older"


class Tags(yaml.SafeLoader):
    """Reads CloudFormation's tags as nothing."""


Tags.add_multi_constructor("!", lambda loader, suffix, node: None)


def function():
    resources = yaml.load(TEMPLATE.read_text(), Tags)["Resources"]
    module = types.ModuleType("index")
    exec(compile(resources["Function"]["Properties"]["Code"]["ZipFile"], "index.py", "exec"), module.__dict__)
    return module


class Account:
    """EKS in two regions, as a script of what is called and answered, and CloudFormation's inbox."""

    def __init__(self):
        self.clients = {
            region: boto3.client("eks", region_name=region, aws_access_key_id="a", aws_secret_access_key="b")
            for region in ("eu-central-1", "eu-west-1")
        }
        self.stubs = {region: Stubber(client) for region, client in self.clients.items()}
        self.answers = []

    def lists(self, region, *pages):
        for number, names in enumerate(pages):
            more = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
            wanted = {"nextToken": str(number)} if number else {}
            self.stubs[region].add_response("list_clusters", {"clusters": names, **more}, wanted)

    def takes(self, region, call, cluster, role=ROLE, error=None):
        groups = {} if call == "delete_access_entry" else {"kubernetesGroups": ["plimsoll:readers"]}
        wanted = {"clusterName": cluster, "principalArn": role, **groups}
        if error:
            self.stubs[region].add_client_error(call, error, "no", expected_params=wanted)
        else:
            self.stubs[region].add_response(call, {}, wanted)

    def put(self, request, timeout):
        assert request.get_method() == "PUT" and timeout
        self.answers.append(json.loads(request.data))
        return io.BytesIO()

    def change(self, kind, role=ROLE, url="https://cloudformation-custom-resource.s3.eu-central-1.amazonaws.com/x?y", **more):
        event = {
            "RequestType": kind,
            "ResponseURL": url,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Entries",
            "ResourceProperties": {"RoleArn": role, "Regions": list(self.clients)},
            **more,
        }
        for stub in self.stubs.values():
            stub.activate()
        with (
            mock.patch("boto3.client", lambda _, region_name: self.clients[region_name]),
            mock.patch("urllib.request.urlopen", self.put),
            mock.patch("sys.stdout", io.StringIO()),
        ):
            function().handler(event, None)
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
        return self.answers[-1]


class AccessEntries(unittest.TestCase):
    def setUp(self):
        self.account = Account()

    def test_every_cluster_of_every_region_gets_an_entry_and_those_that_refuse_are_named(self):
        account = self.account
        account.lists("eu-central-1", ["prod"], ["dev"])
        account.lists("eu-west-1", ["lab"])
        account.takes("eu-central-1", "create_access_entry", "prod")
        account.takes("eu-central-1", "create_access_entry", "dev", error="InvalidRequestException")
        account.takes("eu-west-1", "create_access_entry", "lab", error="ResourceInUseException")
        account.takes("eu-west-1", "update_access_entry", "lab")
        answer = account.change("Create")
        self.assertEqual(answer["Status"], "SUCCESS")
        self.assertEqual(answer["Data"], {"Entries": "2", "Refused": "eu-central-1/dev"})
        self.assertEqual(answer["PhysicalResourceId"], "plimsoll-access-entries")
        self.assertEqual((answer["StackId"], answer["RequestId"], answer["LogicalResourceId"]), ("stack", "request", "Entries"))

    def test_another_role_takes_the_place_of_the_one_before(self):
        account = self.account
        for region in account.clients:
            account.lists(region, ["one"])
            account.takes(region, "delete_access_entry", "one", role=OLDER)
        for region in account.clients:
            account.lists(region, ["one"])
            account.takes(region, "create_access_entry", "one")
        before = {"RoleArn": OLDER, "Regions": list(account.clients)}
        answer = account.change("Update", OldResourceProperties=before)
        self.assertEqual(answer["Data"]["Entries"], "2")

    def test_what_goes_wrong_fails_the_change_but_never_the_deletion(self):
        for kind, status in (("Create", "FAILED"), ("Delete", "SUCCESS")):
            account = Account()
            account.stubs["eu-central-1"].add_client_error("list_clusters", "AccessDeniedException", "no")
            answer = account.change(kind)
            self.assertEqual(answer["Status"], status)
            self.assertEqual("Reason" in answer, kind == "Create")
        account = Account()
        account.lists("eu-central-1", ["prod", "dev"])
        account.lists("eu-west-1", [])
        account.takes("eu-central-1", "delete_access_entry", "prod", error="ResourceNotFoundException")
        account.takes("eu-central-1", "delete_access_entry", "dev")
        self.assertEqual(account.change("Delete")["Status"], "SUCCESS")

    def test_nothing_is_told_to_a_host_that_is_not_cloudformations(self):
        for url in ("https://example.org/x", "http://bucket.s3.amazonaws.com/x", "https://amazonaws.com.example.org/x"):
            account = Account()
            for region in account.clients:
                account.lists(region, [])
            with self.assertRaises(ValueError):
                account.change("Create", url=url)
            self.assertEqual(account.answers, [])


if __name__ == "__main__":
    result = unittest.main(exit=False, argv=sys.argv[:1], verbosity=0).result
    print(f"exercised: {result.testsRun} stories of the function that makes access entries")
    sys.exit(not result.wasSuccessful())
