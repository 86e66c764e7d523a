"""Finds the apps that are installed as Python packages, by their entry points in the group `omniport.apps`.

    [project.entry-points."omniport.apps"]
    library = "apps.library"

Such a package contains the folder apps/library, but no apps/__init__.py: that of the portal finds the folders `apps` of
all packages.
"""

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "omniport.apps"


@dataclass(frozen=True, slots=True)
class InstalledApp:
    """An app of a package, as its entry point describes it. Discovery checks that it is as described above."""

    name: str
    module: str
    package: str
    directory: Path


def installed_apps() -> tuple[InstalledApp, ...]:
    """Return the apps of all installed packages, sorted by name, without importing them."""
    return tuple(
        InstalledApp(one.name, one.value, one.dist.name, Path(str(one.dist.locate_file(one.value.replace(".", "/")))))
        for one in sorted(entry_points(group=GROUP), key=lambda one: one.name)
        if one.dist is not None
    )
