"""What is done and seen, in order, with everything right; a step's first line says what it proves."""

import json

from canaries import ANNOTATION, ENVIRONMENT, OTHER_SLACK_TOKEN, SLACK_TOKEN, USER_DATA
from cloud import REGION, until
from place import ACME, CLUSTER, GLOBEX, OTHER_CLUSTER, Place

ABOUT = "#ABOUT"
SENDER = "plimsoll@vendor.example"
# With the tenant's id in place of TENANT.
ACCOUNT = f"""\
id: TENANT
name: The TENANT company
escalation: TENANT.escalation.yaml
mail: {{ ses: {{ from: {SENDER} }} }}
"""
ESCALATION = """\
version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
people: { lead: { email: lead@TENANT.example } }
route:
  use: watch
  children:
    - { match: { severity: [critical, high] }, use: call }
policies:
  call: { steps: [ { notify: { slack: '#security', email: [lead@TENANT.example] } } ] }
  watch: { steps: [] }
summary: { to: [lead], at: 'Mon 08:00' }
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
    role = place.customers["acme"].make_role_for("till", CLUSTER)
    till = {"name": "till", "namespace": "default", "annotations": {"eks.amazonaws.com/role-arn": role}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": till}
    place.kubernetes.create("/api/v1/namespaces/default/serviceaccounts", account)


def add_tenant(place: Place) -> None:
    """a tenant added on the command line, with a Slack token among the secrets and a verified sender"""
    place.service.account.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    sign_up(place, "acme", SLACK_TOKEN)


def connect(place: Place) -> None:
    """a customer's stack of infra/onboarding/role.yaml with the parameters of the link"""
    place.customers["acme"].admit(invite(place, "acme", ACME))


def first_night(place: Place) -> None:
    """the account's and the cluster's first scan, from the schedule to findings in DynamoDB"""
    place.service.invoke("PlanScans")
    connection = until("the connection is connected", lambda: connections(place, "acme", "connected"))
    assert len(connection) == 1, connection
    until("the cluster is scanned", lambda: scanned(place, CLUSTER), 240)
    found = {(finding["policy"], finding["resource"]["name"]) for finding in findings(place)}
    print(f"  {len(found)} findings")
    assert ("privileged-container", "till") in found, sorted(found)
    assert ("eks-endpoint-public-open", CLUSTER) in found, sorted(found)
    assert any(policy == "nodegroup-sg-ssh" for policy, _ in found), sorted(found)
    # What a ServiceAccount may do in AWS, by the role that it names.
    assert ("irsa-role-admin", "till") in found, sorted(found)


def messages(place: Place) -> None:
    """an incident's message in Slack, with the tenant's token, and the same by mail"""
    until("Slack has a message", lambda: place.slack.received)
    until("there is a mail", lambda: place.mails.to("lead@acme.example"))
    assert all(sent["token"] == f"Bearer {SLACK_TOKEN}" for sent in place.slack.received), place.slack.received


def another_customer(place: Place) -> None:
    """another tenant's account: its own findings and messages, and no way into the first one's"""
    place.customers["globex"].make_cluster(OTHER_CLUSTER, "none")
    sign_up(place, "globex", OTHER_SLACK_TOKEN)
    place.customers["globex"].admit(invite(place, "globex", GLOBEX))
    # The number of somebody else's account is easily typed; its role lets only its own tenant's ExternalId in.
    invite(place, "globex", ACME)
    before = len(place.slack.received), keys(findings(place, "acme"))
    place.service.invoke("PlanScans")
    until("globex is connected", lambda: connections(place, "globex", "connected"))
    until("its cluster is scanned", lambda: scanned(place, OTHER_CLUSTER), 240)
    until("its Slack has a message", lambda: place.slack.received[before[0] :])
    place.service.quiet()
    (refused,) = [one for one in connections(place, "globex") if one["state"]["state"] != "connected"]
    assert ACME in json.dumps(refused), refused
    assert {sent["token"] for sent in place.slack.received[before[0] :]} == {f"Bearer {OTHER_SLACK_TOKEN}"}
    assert findings(place, "globex") and keys(findings(place, "acme")) == before[1]
    for tenant, other in (("acme", GLOBEX), ("globex", ACME)):
        assert other not in json.dumps(findings(place, tenant)), f"{tenant} has findings of {other}"


def sign_up(place: Place, tenant: str, token: str) -> None:
    """Adds a tenant with its Slack token and its escalation policy."""
    name = f"plimsoll/{tenant}/slack"
    place.service.account.client("secretsmanager").create_secret(Name=name, SecretString=token)
    for file, text in ((f"{tenant}.yaml", ACCOUNT), (f"{tenant}.escalation.yaml", ESCALATION)):
        (place.programs.folder / file).write_text(text.replace("TENANT", tenant))
    place.plimsoll("service", "tenant", "add", f"{tenant}.yaml")


def invite(place: Place, tenant: str, account: str) -> dict[str, str]:
    """Makes a connection, and gives the parameters of the link that its customer gets."""
    command = ["onboarding", "link", "--tenant", tenant, "--aws-account", account, "--regions", REGION, "-o", "json"]
    return json.loads(place.plimsoll(*command))["parameters"]


def connections(place: Place, tenant: str, state: str | None = None) -> list[dict]:
    """A tenant's connections, all or those in a state."""
    found = of(place, tenant, lambda item: item["SK"].startswith("CON#"))
    return [one for one in found if state in (None, one["state"]["state"])]


def scanned(place: Place, name: str) -> dict | None:
    """The cluster of this name, once a scan of it has finished."""
    items = {item["SK"]: item for item in place.service.items(lambda item: item["SK"].startswith("CL#"))}
    # What is known of a cluster lies beside what its scans write.
    abouts = [about for key, about in items.items() if key.endswith(ABOUT) and about["name"] == name]
    found = [about | items[about["SK"].removesuffix(ABOUT)] for about in abouts]
    return next((cluster for cluster in found if cluster.get("last_scan_at")), None)


def findings(place: Place, tenant: str = "acme") -> list[dict]:
    """A tenant's open findings."""
    return of(place, tenant, lambda item: item["SK"].startswith("F#") and item["state"] == "open")


def of(place: Place, tenant: str, holds) -> list[dict]:
    """A tenant's items of some sort."""
    (own,) = place.service.items(lambda item: item["SK"] == "META" and item.get("slug") == tenant)
    return place.service.items(lambda item: item["PK"].startswith(own["PK"]) and holds(item))


def keys(found: list[dict]) -> set[str]:
    """The keys of items."""
    return {item["PK"] + item["SK"] for item in found}


STEPS = [deploy, make_cluster, add_tenant, connect, first_night, messages, another_customer]
