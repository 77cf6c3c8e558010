#!/usr/bin/env python3
"""Runs a program and says what it cost: measure.py OUTPUT PROGRAM [ARGUMENT...]

Prints CPU seconds (user and system, the program and the children it waited for), the peak of resident
memory in MiB, wall seconds, and the exit status. What the program writes to its standard output goes to the file OUTPUT.
"""
import os
import sys
import time


def main():
    output, *command = sys.argv[1:]
    # Not left to the child: giving back what another program wrote is no cost of this one.
    if os.path.isfile(output):
        os.unlink(output)
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        file = os.open(output, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error}", file=sys.stderr)
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    wall = time.monotonic() - start
    peak = used.ru_maxrss / 1024 if sys.platform == "linux" else used.ru_maxrss / 1024 / 1024
    print(f"{used.ru_utime + used.ru_stime:.3f} {peak:.1f} {wall:.3f} {os.waitstatus_to_exitcode(status)}")


main()
