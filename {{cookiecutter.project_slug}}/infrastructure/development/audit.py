"""Look up the packages of the locks in the databases of known vulnerabilities, with pip-audit and npm audit.

`make audit` runs it: python audit.py --environment .venv. It installs none of the packages. It ends with 1 when a
version that fixes a vulnerability exists, and otherwise with 2 when a lock was not checked, because no database was
reached.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path("infrastructure") / "development"
PYTHON_LOCKS = [Path("requirements.lock"), Path("requirements-development.lock")]
JAVASCRIPT_LOCK = Path("package-lock.json")
SOURCES = ("pypi", "osv")  # pip-audit's, in turn until one answers
CONNECTION_SECONDS = "15"
LONGEST_REASON = 300  # characters

FIXABLE, NOT_CHECKED = 1, 2


class NotCheckedError(Exception):
    """A lock was not checked. The message says why."""


@dataclass(frozen=True)
class Vulnerability:
    package: str
    advisory: str
    fix: str  # empty while there is none

    def __str__(self) -> str:
        return f"{self.package}: {self.advisory}, {self.fix or 'no fix yet'}"


@dataclass
class Report:
    packages: int
    vulnerabilities: list[Vulnerability] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # packages that the database does not have

    def lines(self) -> Iterator[str]:
        yield f"{self.packages} packages, {len(self.vulnerabilities)} known vulnerabilities"
        yield from map(str, self.vulnerabilities)
        if self.unknown:
            yield f"not checked, because the database does not have them: {', '.join(self.unknown)}"


def audit_python(environment: Path, lock: Path) -> Report:
    """Return what pip-audit says of a lock. Raises NotCheckedError when no source knows its packages."""
    python, reasons = environment / "bin" / "python", []
    for source in SOURCES:
        done = run(
            [python, TOOLS / "run_uv.py", "tool", "run", "--quiet", "--no-python-downloads", f"--python={python}"],
            ["pip-audit", f"--requirement={lock}", "--disable-pip", "--require-hashes"],
            ["--format=json", "--progress-spinner=off", f"--timeout={CONNECTION_SECONDS}"],
            [f"--vulnerability-service={source}"],
        )
        try:
            return read_pip_audit(done.stdout, done.stderr)
        except NotCheckedError as error:
            reasons.append(f"{source}: {error}")
    raise NotCheckedError("; ".join(reasons))


def read_pip_audit(output: str, errors: str) -> Report:
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise NotCheckedError(last_line(errors)) from None
    skipped = {one["name"]: one["skip_reason"] for one in packages if "skip_reason" in one}
    if len(skipped) == len(packages):  # pip-audit counts that as a success
        raise NotCheckedError(next(iter(skipped.values()), "the lock has no packages"))
    found = [
        Vulnerability(
            f"{one['name']} {one['version']}",
            " ".join([problem["id"], *problem.get("aliases", [])]),
            f"fixed in {', '.join(problem['fix_versions'])}" if problem["fix_versions"] else "",
        )
        for one in packages
        for problem in one.get("vulns", [])
    ]
    return Report(len(packages) - len(skipped), found, sorted(skipped))


def audit_javascript(environment: Path, folder: Path = ROOT) -> Report:
    """Return what npm audit says of package-lock.json. Raises NotCheckedError when the registry does not answer it."""
    command = [ROOT / TOOLS / "npm", "audit", "--package-lock-only", "--json"]
    done = run(command, folder=folder, VENV=str(environment))
    return read_npm_audit(done.stdout, done.stderr)


def read_npm_audit(output: str, errors: str) -> Report:
    try:
        answer = json.loads(output)
        packages, total = answer["vulnerabilities"], answer["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError, TypeError):
        raise NotCheckedError(npm_reason(output) or last_line(errors)) from None
    found = [
        Vulnerability(name, f"{advisory['url']} ({advisory['title']})", npm_fix(package["fixAvailable"]))
        for name, package in packages.items()
        for advisory in package["via"]
        if isinstance(advisory, dict)  # else the name of the package that has the vulnerability
    ]
    return Report(total, found)


def npm_fix(available: object) -> str:
    if isinstance(available, dict):
        return f"fixed by {available['name']} {available['version']}"
    return "fixed in a newer version" if available else ""


def npm_reason(output: str) -> str:
    try:
        answer = json.loads(output)
        return str(answer.get("message") or answer.get("error", {}).get("summary") or "")[:LONGEST_REASON]
    except (ValueError, AttributeError):
        return ""


def run(*command: list[str | Path], folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    words = [str(word) for part in command for word in part]
    environment = {**os.environ, **variables}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def last_line(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip() and not line.startswith("hint")]
    return lines[-1][-LONGEST_REASON:] if lines else "it printed nothing"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    parser.add_argument("locks", nargs="*", type=Path, default=PYTHON_LOCKS, help="other locks of Python")
    options = parser.parse_args()
    environment = (ROOT / options.environment).absolute()

    is_fixable, is_unchecked = False, False
    for lock in [*options.locks, JAVASCRIPT_LOCK]:
        try:
            report = audit_javascript(environment) if lock == JAVASCRIPT_LOCK else audit_python(environment, lock)
        except NotCheckedError as error:
            is_unchecked = True
            print(f"{lock}: not checked ({error})", flush=True)
        else:
            is_fixable |= any(one.fix for one in report.vulnerabilities)
            print(f"{lock}: " + "\n  ".join(report.lines()), flush=True)
    if is_fixable:
        print("\nSome have a fix. Move to the newest versions: make roll")
    if is_unchecked:
        print("\nNot checked is not safe. Run make audit where PyPI or OSV, and the npm registry answer.")
    return FIXABLE if is_fixable else NOT_CHECKED if is_unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
