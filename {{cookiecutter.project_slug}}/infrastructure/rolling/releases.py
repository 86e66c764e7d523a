"""The releases that served here: infrastructure/keep-release writes them."""

import json
from dataclasses import dataclass
from pathlib import Path

from .commands import ROOT

FILE = ROOT / "var" / "releases.jsonl"
FOLDER = ROOT / "var" / "releases"  # the locks of each release whose images are kept


@dataclass(frozen=True)
class Release:
    name: str
    deployed_at: str  # UTC, ISO 8601
    commit: str  # empty without git; it ends with -dirty when files were changed since the commit
    unsafe_migrations: tuple[str, ...]

    @property
    def locks(self) -> Path:
        return FOLDER / self.name


def releases() -> list[Release]:
    """Return each deployment, the newest last."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    return [
        Release(one["release"], one["deployed_at"], one["commit"], tuple(one["unsafe_migrations"]))
        for one in map(json.loads, lines)
    ]


def release_before(current: str) -> Release | None:
    """Return the release that served before the current one.

    After a roll-back, that is the one before the release to which it returned: a second roll-back goes further back.
    """
    names, found = set(), []
    for one in reversed(releases()):
        if one.name not in names:
            names.add(one.name)
            found.append(one)
    older = [one for one in found if one.name < current]
    return older[0] if older else None


def unsafe_since(release: Release) -> list[Release]:
    """Return the deployments after a release that ran migrations which are unsafe beside its code."""
    return [one for one in releases() if one.name > release.name and one.unsafe_migrations]
