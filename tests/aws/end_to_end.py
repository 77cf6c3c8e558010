"""The whole service on a local AWS: python end_to_end.py BINARIES SAM...

BINARIES is the folder of the built programs; SAM is the command that is `sam`. PLIMSOLL_KUBE_BIN names the folder of
kube-apiserver and etcd. Each step prints a line with its outcome.
"""

import sys
import time
import traceback
from pathlib import Path

import place
from faults import FAULTS
from steps import STEPS


def main() -> int:
    binaries, sam = Path(sys.argv[1]), sys.argv[2:]
    here = place.build(binaries)
    try:
        for step in STEPS + FAULTS:
            started = time.monotonic()
            try:
                step(here, sam) if step.__code__.co_argcount == 2 else step(here)
            except Exception:
                traceback.print_exc()
                print(f"FAILED after {time.monotonic() - started:.1f} s: {step.__doc__}")
                print(here.programs.log("ministack"))
                print("\n".join(here.service.complaints()))
                return 1
            print(f"exercised: aws: {step.__doc__} ({time.monotonic() - started:.1f} s)", flush=True)
    finally:
        here.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
