"""Our own account: the service deployed as its README says, from the real template with the real functions."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from cloud import REGION, Account, until

ROOT = Path(__file__).resolve().parents[2]
STACK = "plimsoll-dev"
# What differs from the template that operators deploy: where the code lies. `sam build` would write the same.
CODE = re.compile(r"CodeUri: \.\./functions/(\S+)")


class Service:
    """The deployed service."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.resources: dict[str, str] = {}

    def deploy(self, folder: Path, functions: Path, sam: list[str], parameters: dict[str, str]) -> None:
        """`sam deploy` of infra/template.yaml with the programs in `functions`, stripped."""
        template = (ROOT / "infra/template.yaml").read_text()
        for name in CODE.findall(template):
            code = folder / name
            code.mkdir(parents=True)
            shutil.copy(functions / name, code / "bootstrap")
            subprocess.run(["strip", code / "bootstrap"], check=True)
        (folder / "template.yaml").write_text(CODE.sub(r"CodeUri: \1", template))

        bucket = f"artifacts-{self.account.number}"
        self.account.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        overrides = [f"{key}={value}" for key, value in parameters.items()]
        environment = {**os.environ, **self.account.environment(), "SAM_CLI_TELEMETRY": "0"}
        command = [*sam, "deploy", "--template", "template.yaml", "--stack-name", STACK, "--s3-bucket", bucket]
        command += ["--capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset"]
        command += ["--no-progressbar", "--region", REGION, "--parameter-overrides", *overrides]
        deployed = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if deployed.returncode != 0:
            raise AssertionError(f"sam deploy: {deployed.returncode}\n{deployed.stdout[-3000:]}\n{deployed.stderr[-3000:]}")
        listed = self.account.client("cloudformation").describe_stack_resources(StackName=STACK)
        self.resources = {
            found["LogicalResourceId"]: found["PhysicalResourceId"] for found in listed["StackResources"]
        }

    def invoke(self, function: str) -> None:
        """Has a function take its turn, as its schedule would."""
        event = {
            "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
            "source": "aws.scheduler", "account": self.account.number, "region": REGION, "resources": [], "detail": {},
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }  # fmt: skip
        answer = self.account.client("lambda").invoke(
            FunctionName=self.resources[function], Payload=json.dumps(event).encode()
        )
        if answer.get("FunctionError"):
            raise AssertionError(f"{function}: {answer['Payload'].read().decode()}")

    def items(self, holds) -> list[dict]:
        """Every item of the tenants' table that `holds` says yes to, as plain values."""
        pages = self.account.client("dynamodb").get_paginator("scan").paginate(
            TableName=self.resources["TenantData"], ConsistentRead=True
        )
        items = (plain({"M": item}) for page in pages for item in page["Items"])
        return [item for item in items if holds(item)]

    def depth(self, queue: str) -> int:
        """How many messages a queue holds, hidden ones too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.account.client("sqs").get_queue_attributes(QueueUrl=self.resources[queue], AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def logs(self, function: str) -> list[str]:
        """What a function wrote, oldest first."""
        client, group = self.account.client("logs"), self.resources[f"{function}Logs"]
        streams = client.describe_log_streams(logGroupName=group)["logStreams"]
        lines = []
        for stream in streams:
            events = client.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
            lines += [(event["timestamp"], event["message"]) for event in events]
        return [line for _, line in sorted(lines, key=lambda line: line[0])]

    def complaints(self) -> list[str]:
        """What functions wrote that is more than a note, and messages that nobody got."""
        functions = [name.removesuffix("Logs") for name in self.resources if name.endswith("Logs")]
        lines = [(name, line) for name in functions for line in self.logs(name)]
        waiting = self.items(lambda item: "destination" in item and item["state"].get("state") != "sent")
        return [f"{name}: {line}" for name, line in lines if '"ERROR"' in line or '"WARN"' in line] + [
            f"delivery to {item['destination']}: {item['state']}" for item in waiting
        ]

    def quiet(self, *queues: str, seconds: int = 120) -> None:
        """Waits until these queues, or all, hold no work."""
        queues = queues or ("AccountJobs", "ClusterJobs", "FinishedScans", "Deliveries")
        until("all queues are empty", lambda: not any(self.depth(queue) for queue in queues), seconds)


def plain(value: dict):
    """A value of DynamoDB's as a plain one."""
    ((kind, inner),) = value.items()
    match kind:
        case "M":
            return {key: plain(member) for key, member in inner.items()}
        case "L":
            return [plain(member) for member in inner]
        case "N":
            return float(inner) if "." in inner else int(inner)
        case "NULL":
            return None
        case _:
            return inner
