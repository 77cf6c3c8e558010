"""What is done and seen, in order, with everything right; a step's first line says what it proves."""

import json

from canaries import ANNOTATION, ENVIRONMENT, SLACK_TOKEN, USER_DATA
from cloud import REGION, until
from place import ACME, CLUSTER, Place

ABOUT = "#ABOUT"
SENDER, LEAD = "plimsoll@vendor.example", "lead@acme.example"
TENANT = f"""\
id: acme
name: Acme
escalation: escalation.yaml
mail: {{ ses: {{ from: {SENDER} }} }}
"""
ESCALATION = f"""\
version: 1
timezone: Europe/Berlin
stages: [ {{ stage: prod }} ]
people: {{ lead: {{ email: {LEAD} }} }}
route:
  use: watch
  children:
    - {{ match: {{ severity: [critical, high] }}, use: call }}
policies:
  call: {{ steps: [ {{ notify: {{ slack: '#security', email: [{LEAD}] }} }} ] }}
  watch: {{ steps: [] }}
summary: {{ to: [lead], at: 'Mon 08:00' }}
"""
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "till",
        "namespace": "default",
        "labels": {"app": "till"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": ANNOTATION},
    },
    "spec": {
        "containers": [
            {
                "name": "till",
                "image": "registry.example/till:1.4.2",
                "securityContext": {"privileged": True},
                "env": [{"name": "DATABASE_PASSWORD", "value": ENVIRONMENT}],
            }
        ]
    },
}


def deploy(place: Place, sam: list[str]) -> None:
    """sam deploy of infra/template.yaml with the real functions"""
    place.service.deploy(
        place.programs.folder / "build",
        place.binaries,
        sam,
        {
            "ScannerRolePrefix": "plimsoll-dev",
            "Architecture": "x86_64",
            "AllowNetworks": "127.0.0.1/32",
            "SlackApi": place.slack.url,
        },
    )


def make_cluster(place: Place) -> None:
    """a customer's EKS cluster, whose API server asks the token webhook"""
    place.customers["acme"].make_cluster(CLUSTER, USER_DATA)
    place.customers["acme"].let_in(CLUSTER)
    place.kubernetes.grant_reading()
    place.kubernetes.create("/api/v1/namespaces/default/pods", POD)


def add_tenant(place: Place) -> None:
    """a tenant added on the command line, with a Slack token among the secrets and a verified sender"""
    account, folder = place.service.account, place.programs.folder
    account.client("secretsmanager").create_secret(Name="plimsoll/acme/slack", SecretString=SLACK_TOKEN)
    account.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    (folder / "acme.yaml").write_text(TENANT)
    (folder / "escalation.yaml").write_text(ESCALATION)
    place.plimsoll("service", "tenant", "add", "acme.yaml")


def connect(place: Place) -> None:
    """a customer's stack of infra/onboarding/role.yaml with the parameters of the link"""
    printed = place.plimsoll(
        "onboarding", "link", "--tenant", "acme", "--aws-account", ACME, "--regions", REGION, "-o", "json"
    )
    place.customers["acme"].admit(json.loads(printed)["parameters"])


def first_night(place: Place) -> None:
    """the account's and the cluster's first scan, from the schedule to findings in DynamoDB"""
    place.service.invoke("PlanScans")
    connection = until("the connection is connected", lambda: connections(place, "connected"))
    assert len(connection) == 1, connection
    until("the cluster is scanned", lambda: scanned(place, CLUSTER), 240)
    found = {(finding["policy"], finding["resource"]["name"]) for finding in findings(place)}
    print(f"  {len(found)} findings")
    assert ("privileged-container", "till") in found, sorted(found)
    assert ("eks-endpoint-public-open", CLUSTER) in found, sorted(found)
    assert any(policy == "nodegroup-sg-ssh" for policy, _ in found), sorted(found)


def messages(place: Place) -> None:
    """an incident's message in Slack, with the tenant's token, and the same by mail"""
    until("Slack has a message", lambda: place.slack.received)
    until("there is a mail", lambda: place.mails.to(LEAD))
    assert all(sent["token"] == f"Bearer {SLACK_TOKEN}" for sent in place.slack.received), place.slack.received


def connections(place: Place, state: str) -> list[dict]:
    """Connections in this state."""
    return place.service.items(lambda item: item["SK"].startswith("CON#") and item["state"]["state"] == state)


def scanned(place: Place, name: str) -> dict | None:
    """The cluster of this name, once a scan of it has finished."""
    items = {item["SK"]: item for item in place.service.items(lambda item: item["SK"].startswith("CL#"))}
    # What is known of a cluster lies beside what its scans write.
    abouts = [about for key, about in items.items() if key.endswith(ABOUT) and about["name"] == name]
    found = [about | items[about["SK"].removesuffix(ABOUT)] for about in abouts]
    return next((cluster for cluster in found if cluster.get("last_scan_at")), None)


def findings(place: Place) -> list[dict]:
    """All open findings."""
    return place.service.items(lambda item: item["SK"].startswith("F#") and item["state"] == "open")


STEPS = [deploy, make_cluster, add_tenant, connect, first_night, messages]
