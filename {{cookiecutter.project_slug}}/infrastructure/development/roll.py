"""Move every lock to the newest of everything, and keep that only if the portal's tests pass on it.

`make roll` runs it: python roll.py --environment .venv --make make
"""

import argparse
import re
import signal
import sys
from pathlib import Path

from make_locks import (
    LOCKS,
    ROOT,
    StepError,
    make_locks,
    move_node_lock,
    restored_on_failure,
    step,
)
from move_icons import FILES as ICON_FILES


def versions(lock: Path, text: str) -> dict[str, str]:
    """Return package → version for each package of a lock; of package-lock.json, for the top of node_modules."""
    if lock.suffix == ".json":
        return dict(re.findall(r'"node_modules/((?:@[^/"]+/)?[^/"]+)": \{\s*"version": "([^"]+)"', text))
    return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", text))


def changes(lock: Path, before: str, after: str) -> list[str]:
    """Return one line for each package that was added, removed or moved."""
    old, new = versions(lock, before), versions(lock, after)
    return [
        f"  {name} {old.get(name, '(new)')} -> {new.get(name, '(gone)')}"
        for name in sorted(old | new)
        if old.get(name) != new.get(name)
    ]


def roll(environment: Path, make: list[str]) -> None:
    move_node_lock(environment)
    make_locks(environment, make, upgrade=True)
    step("Icons of Lucide", [sys.executable, Path(__file__).with_name("move_icons.py")])
    step("Installing, and running the tests", [*make, "test"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    parser.add_argument("--make", nargs="+", default=["make"], help="the command that makes a target of the portal")
    options = parser.parse_args()
    environment = (ROOT / options.environment).absolute()

    # An interruption restores the old locks as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    before = {lock: (ROOT / lock).read_text() for lock in LOCKS if (ROOT / lock).exists()}
    try:
        with restored_on_failure([*LOCKS, *ICON_FILES]):
            roll(environment, options.make)
    except (StepError, OSError, KeyboardInterrupt) as problem:
        reason = "interrupted" if isinstance(problem, KeyboardInterrupt) else f"this failed: {problem}"
        print(f"\nNothing was moved: {reason}")
        print("The old locks are restored. The next make command installs from them again.")
        return 1

    moved = {lock: changes(lock, before.get(lock, ""), (ROOT / lock).read_text()) for lock in LOCKS}
    print()
    for lock, lines in moved.items():
        print(f"{lock}: {len(lines) or 'nothing'} moved", *lines, sep="\n")
    print("\nThe tests pass. Keep it with: git commit --all --message 'Move to the newest of everything'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
