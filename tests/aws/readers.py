"""Reads an account of a stand-in for AWS with the product's own readers, and says which operations it answered.

    python tests/aws/readers.py moto        # or ministack: of the environment that runs this; a line an operation
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from account import fill
from cloud import Account, until
from programs import Programs, free_ports
from stand_in import Names, Recorder

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "471100000815"
# What is asked for with the operator's own credentials, or of no account.
OURS = {"cloudformation", "sts"}


def operations() -> list[tuple[str, str]]:
    """The table of operations."""
    found, service = [], ""
    for line in (ROOT / "shared/inventory/src/aws/wire/replies.txt").read_text().splitlines():
        words = line.split()
        if line.startswith("service "):
            service = words[1]
        elif re.match(r"[A-Z]\w+ (GET|POST) ", line):
            found.append((service, words[0]))
    return found


def start(programs: Programs, name: str, port: int) -> None:
    binaries = Path(sys.executable).parent
    environment = {"PATH": os.environ["PATH"], "HOME": str(programs.folder)}
    if name == "moto":
        command = [str(binaries / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    else:
        command = [sys.executable, str(Path(__file__).with_name("local_aws.py"))]
        environment |= {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "CLUSTERS": "{}"}
    programs.start(name, command, environment)


def listening(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def read(url: str) -> list[dict]:
    """What the readers make of the account."""
    run = subprocess.run(
        ["cargo", "test", "--locked", "-p", "plimsoll-inventory", "--test", "stand_in", "--", "--ignored", "--nocapture"],
        cwd=ROOT,
        env=os.environ | {"STAND_IN": url, "STAND_IN_ACCOUNT": NUMBER},
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        sys.exit(run.stdout[-2000:] + run.stderr[-2000:])
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    name, programs = sys.argv[1], Programs()
    try:
        [port] = free_ports(1)
        start(programs, name, port)
        until(f"{name} listens", lambda: listening(port))
        account = Account(f"http://127.0.0.1:{port}", NUMBER)
        for refused in fill(account):
            print(f"not made: {refused}")
        recorder = Recorder(account.url, Names(operations()))
        for line in read(recorder.url):
            print(json.dumps(line))
        recorder.end()
    finally:
        programs.end()
    for service, operation in operations():
        if service in OURS:
            continue
        said = recorder.answered.get((service, operation), [])
        print(service, operation, "answered" if 200 in said else f"not answered: {sorted(set(said)) or 'never asked'}")


if __name__ == "__main__":
    main()
