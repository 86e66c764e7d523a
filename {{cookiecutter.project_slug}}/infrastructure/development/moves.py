"""What a roll moves, as a table: what, from, to, whether that is a major version, and the vulnerabilities it closes."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from audit import NotCheckedError, Report, audit_javascript, audit_python
from image_lock import LockedImage, read, version
from lock_sources import JAVASCRIPT_LOCK, ROOT, package_files
from make_locks import DEVELOPMENT, LOCKS, NODE_LOCK, PAGES

KINDS = {JAVASCRIPT_LOCK: "npm", NODE_LOCK: "Node"}  # all others are locks of Python
NEW, GONE = "(new)", "(gone)"


@dataclass(frozen=True)
class Move:
    kind: str
    name: str
    old: str
    new: str

    @property
    def is_major(self) -> bool:
        """Whether the first number of the version changes, or for 0.x the second one."""
        old, new = leading_numbers(self.old), leading_numbers(self.new)
        return bool(old and new and old != new)


def leading_numbers(text: str) -> str:
    found = re.match(r"v?(0\.\d+|[1-9]\d{0,3})(?=[.\-\s]|$)", text)
    return found[1] if found else ""


def versions(lock: Path, text: str) -> dict[str, str]:
    """Return package → version for each package of a lock; of package-lock.json, for the top of node_modules."""
    if lock.suffix == ".json":
        return dict(re.findall(r'"node_modules/((?:@[^/"]+/)?[^/"]+)": \{\s*"version": "([^"]+)"', text))
    return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", text))


def package_moves(before: Mapping[Path, str], after: Mapping[Path, str]) -> list[Move]:
    """Return what moved between two states of the locks of packages, each package once."""
    found = {}
    for lock in LOCKS:
        old, new = versions(lock, before.get(lock, "")), versions(lock, after.get(lock, ""))
        for name in sorted(old | new):
            if old.get(name) != new.get(name):
                kind = KINDS.get(lock, "Python")
                found[kind, name] = Move(kind, name, old.get(name, NEW), new.get(name, GONE))
    return list(found.values())


def image_moves(before: str, after: str) -> list[Move]:
    old = read(before)
    return [
        Move("image", image.tag, described(old.get(variable), image), described(image, old.get(variable)))
        for variable, image in read(after).items()
        if image != old.get(variable)
    ]


def described(image: LockedImage | None, other: LockedImage | None) -> str:
    """Return an image's version, with its digest when the other image has the same version."""
    if image is None:
        return NEW
    if not image.value:
        return "not locked"
    found = version(image)
    is_same = other is not None and bool(other.value) and version(other) == found
    short = image.value.removeprefix("sha256:")[:12]
    return f"{found} ({short})" if is_same and found != short else found


Reports = dict[Path, Report | str]  # a lock → what the audit says of it, or why it was not checked


def audit(environment: Path, folder: Path) -> Reports:
    """Look up the packages of the locks in a folder."""
    found: Reports = {}
    for lock in (DEVELOPMENT, JAVASCRIPT_LOCK):  # the first has the packages of requirements.lock too
        if not (folder / lock).exists():
            continue
        try:
            is_python = lock == DEVELOPMENT
            found[lock] = (
                audit_python(environment, folder / lock) if is_python else audit_javascript(environment, folder)
            )
        except NotCheckedError as error:
            found[lock] = str(error)
    return found


def copy_locks(folder: Path) -> None:
    """Copy the locks of the portal, and what `npm audit` reads beside its lock."""
    pages = [file.relative_to(ROOT) for file in (ROOT / PAGES).glob("*/package.json")]
    for file in [*LOCKS, *package_files(ROOT), *pages, Path(".npmrc")]:
        if (ROOT / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)


def closed(before: Reports, after: Reports) -> tuple[dict[str, list[str]], list[str]]:
    """Return package → the advisories that the move closes, and a line for each lock that was not checked."""
    found: dict[str, list[str]] = {}
    not_checked = []
    for lock, old in before.items():
        new = after.get(lock, "it is gone")
        if isinstance(old, str) or isinstance(new, str):
            not_checked.append(f"{lock}: vulnerabilities not checked ({old if isinstance(old, str) else new})")
            continue
        left = {(name_of(one.package), one.advisory) for one in new.vulnerabilities}
        for one in old.vulnerabilities:
            if (name_of(one.package), one.advisory) not in left:
                found.setdefault(name_of(one.package), []).append(one.advisory.split()[0])
    return found, not_checked


def name_of(package: str) -> str:
    return package.split()[0]


def table(moves: Iterable[Move], closes: Mapping[str, list[str]]) -> str:
    """Return the table, majors first. Each row is a line."""
    rows = [("what", "", "from", "to", "", "closes")]
    rows += [
        (one.kind, one.name, one.old, one.new, "major" if one.is_major else "", ", ".join(closes.get(one.name, [])))
        for one in sorted(moves, key=lambda one: not one.is_major)
    ]
    if len(rows) == 1:
        return "Everything is the newest already."
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
