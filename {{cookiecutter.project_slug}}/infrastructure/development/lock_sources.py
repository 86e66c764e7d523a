"""What the locks are made from, and whether they still match it.

    python lock_sources.py

Each file's content counts, not its date. A Python lock begins with a digest of each file that it was made from.
package-lock.json has a copy of the dependencies of each package.json. It ends with 1 when a lock does not match.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = Path("pyproject.toml")
INSTALLED = Path("packages", "requirements.txt")  # the packages of `make install`
# Lock -> the group of pyproject.toml that it has besides the dependencies of the portal and of its apps.
PYTHON_LOCKS = {Path("requirements.lock"): None, Path("requirements-development.lock"): "development"}
JAVASCRIPT_LOCK = Path("package-lock.json")
KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")

HEADER = "# Made by `make lock` from these files, each with a digest of the packages that it names.\n"
SOURCE = re.compile(r"#   (?P<file>\S+) (?P<digest>[0-9a-f]{16})")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Mismatch:
    """A file whose packages are not those of a lock."""

    file: Path
    lock: Path
    found: str


def requirement_files(root: Path) -> list[Path]:
    """Return each requirements.txt that names a package, relative to the portal: of apps, services, installed apps."""
    files = [*below(root, "requirements.txt"), *([INSTALLED] if (root / INSTALLED).exists() else [])]
    return [file for file in files if requirements(root / file)]


def package_files(root: Path) -> list[Path]:
    """Return the package.json of the portal, and of each app and service that has one, relative to the portal."""
    return [Path("package.json"), *below(root, "package.json")]


def below(root: Path, name: str) -> list[Path]:
    return sorted(path.relative_to(root) for layer in ("apps", "services") for path in root.glob(f"{layer}/*/{name}"))


def requirements(file: Path) -> list[str]:
    """Return the lines of a requirements.txt, without comments, sorted."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in file.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def python_sources(root: Path, lock: Path) -> dict[Path, list[str]]:
    """Return file -> its requirements, for each file that a Python lock is made from."""
    project = tomllib.loads((root / PYPROJECT).read_text(encoding="utf-8"))
    own = list(project.get("project", {}).get("dependencies", []))
    if group := PYTHON_LOCKS[lock]:
        own += project.get("dependency-groups", {}).get(group, [])
    return {PYPROJECT: sorted(own)} | {file: requirements(root / file) for file in requirement_files(root)}


def digest(names: list[str]) -> str:
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def record_sources(root: Path, lock: Path) -> None:
    """Write the files that a Python lock was made from, and their digests, into its first lines."""
    lines = [f"#   {file} {digest(names)}\n" for file, names in python_sources(root, lock).items()]
    content = (root / lock).read_text(encoding="utf-8")
    (root / lock).write_text(HEADER + "".join(lines) + without_header(content), encoding="utf-8")


def without_header(content: str) -> str:
    lines = content.splitlines(keepends=True)
    return "".join(line for line in lines if line != HEADER and not SOURCE.fullmatch(line.rstrip()))


def python_mismatches(root: Path, lock: Path) -> list[Mismatch]:
    content = (root / lock).read_text(encoding="utf-8")
    recorded = {Path(one["file"]): one["digest"] for line in content.splitlines() if (one := SOURCE.fullmatch(line))}
    locked = {canonical(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", content)}
    sources = python_sources(root, lock)
    return [
        Mismatch(file, lock, python_difference(sources.get(file), locked))
        for file in sorted(recorded | sources)
        if file not in sources or recorded.get(file) != digest(sources[file])
    ]


def python_difference(names: list[str] | None, locked: set[str]) -> str:
    if names is None:
        return "the lock has its packages, but the file is gone or names none"
    new = [name for name in names if (match := NAME.match(name)) and canonical(match[0]) not in locked]
    return f"{', '.join(new)}, not in the lock" if new else "a change of its packages since the lock was made"


def canonical(name: str) -> str:
    """Return the name of a Python package as indexes compare it: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def javascript_mismatches(root: Path) -> list[Mismatch]:
    locked = json.loads((root / JAVASCRIPT_LOCK).read_text(encoding="utf-8"))["packages"]
    folders = {folder for folder in locked if re.fullmatch(r"(apps|services)/[^/]+", folder)}
    files = {folder_of(file): file for file in package_files(root)}
    gone = "the lock has its packages, but the file is gone"
    mismatches = [Mismatch(Path(folder, "package.json"), JAVASCRIPT_LOCK, gone) for folder in folders - set(files)]
    for folder, file in files.items():
        if found := javascript_difference(root / file, locked.get(folder)):
            mismatches.append(Mismatch(file, JAVASCRIPT_LOCK, found))
    return sorted(mismatches, key=lambda one: one.file)


def folder_of(file: Path) -> str:
    """Return the folder of a package.json as package-lock.json names it: an empty string for the portal's."""
    return "" if file.parent == Path() else file.parent.as_posix()


def javascript_difference(file: Path, locked: dict[str, object] | None) -> str:
    """Return how the dependencies of a package.json differ from their copy in the lock; empty if they do not."""
    try:
        package = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        return f"a file that is not JSON: {error}"
    if locked is None:
        return f"{', '.join(sorted(dependencies(package))) or 'a package.json'}, not in the lock"
    now, then = dependencies(package), dependencies(locked)
    new, changed = sorted(set(now) - set(then)), sorted(name for name in now | then if now.get(name) != then.get(name))
    if new:
        return f"{', '.join(new)}, not in the lock"
    return f"a change of {', '.join(changed)} since the lock was made" if changed else ""


def dependencies(package: dict) -> dict[str, tuple[str, str]]:
    return {name: (kind, version) for kind in KINDS for name, version in package.get(kind, {}).items()}


def mismatches(root: Path) -> list[Mismatch]:
    python = [one for lock in PYTHON_LOCKS if (root / lock).exists() for one in python_mismatches(root, lock)]
    return python + (javascript_mismatches(root) if (root / JAVASCRIPT_LOCK).exists() else [])


def message(found: Iterable[Mismatch]) -> str:
    """Return a text of three lines for each file."""
    by_file: dict[tuple[Path, str], list[str]] = {}
    for one in found:
        by_file.setdefault((one.file, one.found), []).append(str(one.lock))
    return "\n".join(
        f"{file}: it does not match {' and '.join(locks)}\n  found    {difference}\n  do       run make lock"
        for (file, difference), locks in by_file.items()
    )


if __name__ == "__main__":
    sys.exit(message(mismatches(ROOT)) or 0)
