"""What goes wrong, one thing at a time, each mended before the next; a step's first line says what it proves."""

import json
import os
import signal
from pathlib import Path

from canaries import found_in, unpacked
from cloud import until
from customer import ROLE, ROOT
from place import ACME, CLUSTER, Place
from programs import children_of
from steps import connections, findings, keys, scanned


def wrong_external_id(place: Place) -> None:
    """a role with another ExternalId: degraded, nothing closed; connected again when it is right"""
    acme, before = place.customers["acme"], keys(findings(place))
    right = trust(place)
    acme.set_trust(right.replace(external_id(right), "plm-00000000000000000000"))
    look(place, "degraded")
    assert before == keys(findings(place))
    acme.set_trust(right)
    look(place, "connected")


def loose_trust(place: Place) -> None:
    """a role that lets others in: suspended, and the tenant is told"""
    acme, right = place.customers["acme"], trust(place)
    loose = json.loads(right)
    for statement in loose["Statement"]:
        statement.pop("Condition")
    told = len(place.slack.received)
    acme.set_trust(json.dumps(loose))
    look(place, "suspended")
    until("the tenant is told", lambda: "suspended" in json.dumps(place.slack.received[told:]).lower())
    acme.set_trust(right)
    look(place, "connected")


def role_deleted(place: Place) -> None:
    """the role deleted: degraded; connected again when the stack is there again"""
    acme = place.customers["acme"]
    parameters = acme.leave()
    look(place, "degraded")
    acme.admit(parameters)
    look(place, "connected")


def locked_out(place: Place) -> None:
    """the cluster's access entry deleted: unreadable, with the reason; nothing closed"""
    acme, before = place.customers["acme"], keys(findings(place))
    acme.lock_out(CLUSTER)
    cluster = scan(place)
    assert cluster["readable"]["readable"] == "no", cluster
    assert "access-entry" in json.dumps(cluster["readable"]), cluster["readable"]
    assert before == keys(findings(place))
    acme.let_in(CLUSTER)
    assert scan(place)["readable"]["readable"] == "yes"


def permission_removed(place: Place) -> None:
    """one permission taken away: its policies are not evaluated, their findings stay"""
    acme, before = place.customers["acme"], keys(findings(place))
    template = (ROOT / "infra/onboarding/role.yaml").read_text()
    assert "ec2:DescribeSecurityGroups, " in template
    acme.update(template.replace("ec2:DescribeSecurityGroups, ", ""))
    look(place, "connected")
    assert {"code": "permissionMissing", "need": "ec2:DescribeSecurityGroups"} in missing(place, scan(place))
    assert before == keys(findings(place))
    acme.update(template)
    look(place, "connected")
    scan(place)


def poison(place: Place) -> None:
    """a message that is none: in the dead-letter queue after five receives, and the alarm's condition holds"""
    account = place.service.account
    account.client("sqs").send_message(
        QueueUrl=place.service.resources["AccountJobs"], MessageBody='{"type":', MessageGroupId="poison"
    )
    until("it is in the dead-letter queue", lambda: place.service.depth("ScanAccountDeadLetters"), 120)
    names = [place.service.resources["ScanAccountDeadLettersAlarm"]]
    (alarm,) = account.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    queue = place.service.resources["ScanAccountDeadLetters"].rsplit("/", 1)[-1]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue}], alarm
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "ApproximateNumberOfMessagesVisible",
        "GreaterThanThreshold",
        0,
    ), alarm


def killed(place: Place) -> None:
    """scan-cluster killed in the middle of its lists: the scan is done again, once, and nobody is told twice"""
    told = len(place.slack.received), len(place.mails.received)
    before, open_before = scanned(place, CLUSTER), keys(findings(place))
    server = place.programs.running["kube-server"].pid
    api_server = next(pid for pid in children_of(server) if "kube-apiserver" in command(pid))
    os.kill(api_server, signal.SIGSTOP)
    try:
        place.plimsoll("service", "scan", CLUSTER)
        leased = until("scan-cluster has its lease", lambda: lease(place), 60)
        functions = children_of(place.programs.running["ministack"].pid)
        # Several may be warm; one of them is in the middle of it.
        for victim in (pid for pid in functions if "ScanCluster" in environment(pid)):
            os.kill(victim, signal.SIGKILL)
    finally:
        os.kill(api_server, signal.SIGCONT)

    def done():
        place.service.invoke("PlanScans")
        now = scanned(place, CLUSTER)
        return now if now["last_scan"] != before["last_scan"] else None

    after = until("the sweep had it scanned again", done, 300)
    assert after["last_scan"] == leased["lease_scan"], (after, leased)
    assert open_before == keys(findings(place))
    # The killed one's message stays hidden for half an hour.
    place.service.quiet("FinishedScans", "Deliveries")
    assert told == (len(place.slack.received), len(place.mails.received))


def silence(place: Place) -> None:
    """no planted secret in any table, object, queue, log or message"""
    assert place.mails.received and place.slack.received
    assert found_in(place) == []


FAULTS = [wrong_external_id, loose_trust, role_deleted, locked_out, permission_removed, poison, killed, silence]


def look(place: Place, state: str) -> None:
    """Has the account looked at, until its connection is in this state."""
    place.plimsoll("service", "scan", ACME, "--tenant", "acme")
    until(f"the connection is {state}", lambda: connections(place, "acme", state))
    place.service.quiet()


def scan(place: Place) -> dict:
    """Has the cluster scanned and gives what is known of it then."""
    before = scanned(place, CLUSTER)
    place.plimsoll("service", "scan", CLUSTER)

    def finished():
        now = scanned(place, CLUSTER)
        return now if now != before and not now.get("lease_scan") else None

    return until("the scan has finished", finished)


def missing(place: Place, cluster: dict) -> list[dict]:
    """Why the cluster's last scan did not evaluate some policies."""
    (scan,) = place.service.items(lambda item: item["SK"] == f"SCAN#{cluster['last_scan']}")
    return json.loads(unpacked(bytes(scan["outcome"])))["missing"]


def lease(place: Place) -> dict | None:
    cluster = scanned(place, CLUSTER)
    return cluster if cluster and cluster.get("lease_scan") else None


def trust(place: Place) -> str:
    """The role's trust policy as it is."""
    return json.dumps(place.customers["acme"].trust())


def external_id(policy: str) -> str:
    """The ExternalId in a trust policy."""
    return next(part for part in policy.replace('"', " ").split() if part.startswith("plm-"))


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]


def environment(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
