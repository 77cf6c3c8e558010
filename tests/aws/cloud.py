"""Calls AWS, as one account or one role."""

import time

import botocore.config
import botocore.session

REGION = "eu-central-1"


class Account:
    """Everything an account's owner may do: MiniStack knows an account by the access key that is its number."""

    def __init__(self, url: str, number: str) -> None:
        self.url, self.number = url, number

    def client(self, service: str):
        """A client of botocore's, which checks what it sends against AWS's own service models."""
        session = botocore.session.Session()
        session.set_credentials(self.number, "test")
        config = botocore.config.Config(retries={"total_max_attempts": 1})
        return session.create_client(service, region_name=REGION, endpoint_url=self.url, config=config)

    def environment(self) -> dict[str, str]:
        """The variables by which AWS' programs and libraries find this account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.number,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def deploy(self, stack: str, template: str, parameters: dict[str, str]) -> dict[str, str]:
        """Creates or updates a stack and gives its outputs."""
        stacks = self.client("cloudformation")
        arguments = {
            "StackName": stack,
            "TemplateBody": template,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }
        known = any(found["StackName"] == stack for found in stacks.describe_stacks()["Stacks"])
        stacks.update_stack(**arguments) if known else stacks.create_stack(**arguments)

        def finished():
            found = stacks.describe_stacks(StackName=stack)["Stacks"][0]
            return None if found["StackStatus"].endswith("IN_PROGRESS") else found

        found = until(f"stack {stack} is there", finished)
        if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise AssertionError(f"stack {stack}: {found['StackStatus']} {found.get('StackStatusReason', '')}")
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def until(what: str, look, seconds: int = 120, every: float = 0.2):
    """What `look` gives as soon as it gives something; fails, with the last it said, when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not so after {seconds} s")
        time.sleep(every)
