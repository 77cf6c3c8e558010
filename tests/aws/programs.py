"""Programs that end when these tests do, however they end."""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# Reads process groups, one a line, until the pipe closes, for whatever reason; then ends them, kindly at first, because
# MiniStack ends its functions itself when it is told to.
KEEPER = """
groups=
while read -r group; do groups="$groups -$group"; done
[ -z "$groups" ] || { kill -TERM $groups; sleep 1; kill -KILL $groups; } 2>/dev/null
rm -rf "$1"
"""


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are held until all are known, so that they differ."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Programs:
    """Programs with one folder for their files and logs."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="plimsoll-aws-"))
        self.logs: dict[str, Path] = {}
        self.running: dict[str, subprocess.Popen] = {}
        self.keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", str(self.folder)], stdin=subprocess.PIPE, start_new_session=True, text=True
        )

    def start(self, name: str, command: list[str], environment: dict[str, str], **pipes) -> subprocess.Popen:
        """Starts a program; what it writes goes to a log in the folder, unless `pipes` says otherwise.

        One with a pipe for its input has to end by itself when that closes.
        """
        self.logs[name] = self.folder / f"{name}.log"
        log = self.logs[name].open("w")
        program = subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            start_new_session=True,
            **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **pipes},
        )
        self.running[name] = program
        if program.stdin is None:
            self.keeper.stdin.write(f"{program.pid}\n")
            self.keeper.stdin.flush()
        return program

    def check(self) -> None:
        """Fails, with the end of its log, when a program has ended by itself."""
        for name, program in self.running.items():
            if program.poll() is not None:
                raise RuntimeError(f"{name} ended with {program.returncode}\n{self.log(name)}")

    def log(self, name: str, lines: int = 30) -> str:
        """The end of a program's log."""
        return "\n".join(self.logs[name].read_text(errors="replace").splitlines()[-lines:])

    def end(self) -> None:
        """Ends all of them."""
        for program in self.running.values():
            if program.stdin is not None:
                program.stdin.close()
        self.keeper.stdin.close()
        self.keeper.wait()
        for program in self.running.values():
            program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]
