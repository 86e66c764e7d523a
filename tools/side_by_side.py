"""Run commands side by side, and print the output of each when it ends.

    python tools/side_by_side.py COMMAND... [--then COMMAND...]

As many commands run at the same time as the machine has processors. Those after --then start when those before it have
ended. All of them run, even after one has failed. At the end, a list says how each one went and how long it took. Fails
when one of them failed.
"""

import itertools
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

THEN = "--then"

printing = threading.Lock()


def run(command: str) -> tuple[bool, str]:
    """Run a command in a shell. Returns whether it succeeded, and its line of the list."""
    began = time.monotonic()
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    result = "FAILED" if done.returncode else "passed"
    line = f"  {result}  {time.monotonic() - began:5.0f} s  {command}"
    with printing:
        sys.stdout.write(f"\n{command}\n{done.stdout.decode(errors='replace')}{line}\n")
        sys.stdout.flush()
    return done.returncode == 0, line


def main(arguments: list[str]) -> int:
    groups = [list(group) for is_then, group in itertools.groupby(arguments, THEN.__eq__) if not is_then]
    print(f"Running {', '.join(itertools.chain(*groups))} ...", flush=True)
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for group in groups:
            results += pool.map(run, group)
    print("\n" + "\n".join(line for _, line in results))
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
