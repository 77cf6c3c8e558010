"""Everything that takes part: a local AWS with the accounts in it, a Kubernetes API server, and where messages arrive."""

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import generated
from cloud import REGION, Account, until
from customer import Customer, Kubernetes
from gaps import Refusals
from inboxes import Mails, Slack
from programs import Programs, free_ports
from vendor import STACK, Service

HERE = Path(__file__).resolve().parent
VENDOR, ACME, GLOBEX = "111111111111", "222222222222", "333333333333"
CLUSTER, OTHER_CLUSTER = "prod-eu-1", "edge"
OTHER_PODS = 20


@dataclass
class Place:
    """What the steps work with."""

    programs: Programs
    service: Service
    customers: dict[str, Customer]
    kubernetes: Kubernetes | None
    mails: Mails
    slack: Slack
    gaps: Refusals
    binaries: Path

    def plimsoll(self, *arguments: str) -> str:
        """Runs the command line as the operator and gives what it printed."""
        run = subprocess.run(
            [self.binaries / "plimsoll", *arguments],
            env={"HOME": str(self.programs.folder), "PLIMSOLL_STACK": STACK, **self.service.account.environment()},
            cwd=self.programs.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise AssertionError(f"plimsoll {' '.join(arguments)}: {run.returncode}\n{run.stdout}{run.stderr}")
        return run.stdout

    def end(self) -> None:
        self.programs.end()
        self.mails.end()
        self.slack.end()
        self.gaps.end()


def build(binaries: Path) -> Place:
    """Starts all of it, with a real API server behind one customer's cluster and a generated cluster behind the other's."""
    programs = Programs()
    (port,) = free_ports(1)
    url, secret = f"http://127.0.0.1:{port}", secrets.token_urlsafe(24)
    kubernetes = start_kubernetes(programs, binaries, f"{url}/_ministack/eks-auth/{ACME}/{REGION}/{CLUSTER}/{secret}")
    other = generated.Server(OTHER_PODS).place()
    clusters = {CLUSTER: {"endpoint": kubernetes.url, "ca": kubernetes.ca, "secret": secret}, OTHER_CLUSTER: other}
    return start(programs, binaries, port, clusters, kubernetes)


def start(programs: Programs, binaries: Path, port: int, clusters: dict, kubernetes: Kubernetes | None) -> Place:
    """Starts the local AWS, in which clusters of these names lie at these addresses, and what receives messages."""
    url = f"http://127.0.0.1:{port}"
    mails, slack, gaps = Mails(), Slack(), Refusals()
    programs.start(
        "ministack",
        [sys.executable, str(HERE / "local_aws.py")],
        {
            "PATH": os.environ["PATH"],
            "HOME": str(programs.folder),
            "TMPDIR": str(programs.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_ACCOUNT_ID": VENDOR,
            "AUTH": "true",
            "AWS_ENDPOINT_URL": url,  # for the functions, which find AWS there
            "SMTP_HOST": f"127.0.0.1:{mails.port}",
            "CLUSTERS": json.dumps(clusters),
            **gaps.environment(),
        },
    )
    until("the local AWS answers", lambda: programs.check() or healthy(url), 30)
    customers = {"acme": Customer(Account(url, ACME)), "globex": Customer(Account(url, GLOBEX))}
    service = Service(Account(url, VENDOR))
    return Place(programs, service, customers, kubernetes, mails, slack, gaps, binaries)


def start_kubernetes(programs: Programs, binaries: Path, webhook: str) -> Kubernetes:
    """A kube-apiserver that knows its readers by EKS' webhook."""
    environment = {key: os.environ[key] for key in ("PATH", "PLIMSOLL_KUBE_BIN")}
    server = programs.start(
        "kube-server",
        [str(binaries / "kube-server"), webhook],
        environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    line = server.stdout.readline()
    if not line:
        raise RuntimeError(f"no API server\n{programs.log('kube-server')}")
    place = json.loads(line)
    return Kubernetes(place["url"], place["ca"], place["admin"])


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
