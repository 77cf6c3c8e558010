"""Measures the scanner as Lambda runs it: python bench.py BINARIES SAM...

BINARIES holds the programs, scan-cluster as it is deployed. Prints figures, one a line: `name value unit`.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, Popen

import generated
import loopback
import place
from cloud import until
from faults import environment
from programs import Programs, children_of, free_ports
from steps import add_tenant, connect, deploy

STARTS = 21
# The local AWS takes its time with half a million findings.
PATIENCE_S = 3_000
# The first is a common size, and warms up what the others are measured in.
PODS = {"1k": 1_000, "10k": 10_000, "50k": 50_000}


def main() -> None:
    binaries, sam = Path(sys.argv[1]), sys.argv[2:]
    print(f"lambda-init-ms {initialisation_ms(binaries / 'scan-cluster'):.1f} ms", flush=True)
    programs, (port,) = Programs(), free_ports(1)
    servers = {f"pods-{name}": generated.Server(count) for name, count in PODS.items()}
    here = place.start(programs, binaries, port, {name: server.place() for name, server in servers.items()}, None)
    try:
        deploy(here, sam)
        add_tenant(here)
        connect(here)
        for name in PODS:
            peak_mb, cpu_ms = scan(here, f"pods-{name}", PODS[name])
            print(f"scan-peak-mb-{name} {peak_mb:.1f} MiB\nscan-cpu-ms-{name} {cpu_ms:.0f} ms", flush=True)
    finally:
        here.end()


def initialisation_ms(program: Path) -> float:
    """From the start of a process to its first poll of the Runtime API: the median of many, on a warm disk."""
    polled: list[float] = []

    class Polled(loopback.Handler):
        def do_GET(self) -> None:  # noqa: N802, the library's name
            polled.append(time.monotonic())
            self.send_error(500)

    server = loopback.Server(Polled)
    variables = ["TABLE", "CONTROL_TABLE", "BUCKET"]
    variables += ["ACCOUNT_JOBS_URL", "CLUSTER_JOBS_URL", "FINISHED_SCANS_URL", "DELIVERIES_URL"]
    told = {name: "https://example.invalid/x" for name in variables} | {"SECRETS_PREFIX": "plimsoll"}
    told |= {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.port}", "AWS_REGION": "eu-central-1"}
    told |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "a", "AWS_LAMBDA_FUNCTION_NAME": "scan-cluster"}
    told |= {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769", "AWS_LAMBDA_FUNCTION_VERSION": "1"}
    took = []
    for _ in range(STARTS):
        polled.clear()
        started = time.monotonic()
        process = Popen([program], env=told, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
        until("the function polls", lambda: polled, 30, every=0.001)
        process.kill()
        process.wait()
        took.append((polled[0] - started) * 1000)
    server.end()
    return sorted(took)[STARTS // 2]


def scan(here: place.Place, cluster: str, pods: int) -> tuple[float, float]:
    """The most memory that the function had during the first scan of a generated cluster, in MiB, and the CPU time that it
    took, in ms, with its start: of the largest, that of the longest attempt."""
    eks = here.customers["acme"].account.client("eks")
    role = f"arn:aws:iam::{place.ACME}:role/PlimsollScanner"
    eks.create_cluster(name=cluster, version="1.34", roleArn=role, resourcesVpcConfig={"endpointPublicAccess": True})
    here.plimsoll("service", "scan", place.ACME)
    here.service.quiet(seconds=PATIENCE_S)
    found = json.loads(here.plimsoll("service", "cluster", "show", cluster, "--tenant", "acme", "-o", "json"))
    judged = found["counts"]["resources"]
    assert judged >= pods * 3, f"{cluster}: {judged} resources of {pods} pods: {json.dumps(found)}"
    peaks, cpu = [], []
    for pid in children_of(here.programs.running["ministack"].pid):
        if "ScanCluster" in environment(pid):
            status = Path(f"/proc/{pid}/status").read_text()
            peaks.append(int(status.split("VmHWM:")[1].split()[0]) / 1024)
            times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            cpu.append((int(times[11]) + int(times[12])) * 1000 / os.sysconf("SC_CLK_TCK"))
            os.kill(pid, signal.SIGKILL)
    return max(peaks), max(cpu)


if __name__ == "__main__":
    main()
