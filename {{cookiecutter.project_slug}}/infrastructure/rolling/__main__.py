"""`make roll` and `make roll-back`."""

import argparse
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import portal
from .commands import ROOT, RollError, call
from .roll import roll
from .roll_back import roll_back

LOCK = ROOT / "var" / "roll.lock"
INTERRUPTED = 130


@contextmanager
def alone() -> Iterator[None]:
    """Raise RollError when another roll of this portal runs. The kernel ends the lock with the process."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RollError("another roll of this portal runs", do="wait until it has ended") from None
        yield


def move_locks(make: str, environment: str, only: str, *, skip_tests: bool) -> int:
    """Move the locks of this folder and test them, without Docker's part."""
    program = ROOT / "infrastructure" / "development" / "roll.py"
    options = ["--environment", environment, "--make", make, "--only", only]
    return call(sys.executable, program, *options, *(["--skip-tests"] if skip_tests else []))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infrastructure.rolling", description=__doc__)
    parser.add_argument("command", choices=["roll", "roll-back"])
    parser.add_argument("--make", default="make", help="the command that makes a target of the portal")
    parser.add_argument("--environment", default=".venv", help="the virtual environment's folder")
    options = parser.parse_args()
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.default_int_handler)  # a lost connection cleans up as Ctrl-C does
    only, skip_tests = os.environ.get("ONLY", ""), os.environ.get("SKIP") == "tests"
    is_deployed = os.environ.get("DEPLOY") != "no"
    try:
        with alone():
            if options.command == "roll-back":
                roll_back(confirmed=os.environ.get("YES") == "yes")
            elif not is_deployed or not portal.is_serving():
                return move_locks(options.make, options.environment, only, skip_tests=skip_tests)
            else:
                backup, data = os.environ.get("BACKUP") != "no", os.environ.get("DATA") != "none"
                roll(make=options.make, only=only, skip_tests=skip_tests, backup=backup, data=data)
    except RollError as error:
        print(f"\nmake {options.command}: {error}\n  do       {error.do}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nmake {options.command}: interrupted. The release before serves.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
