"""Copies what the frontend's build reads of installed apps: python -m core.plugins.page_files packages/pages

The build finds the copy of a page as it finds the page of an app in apps/, and its npm packages in the portal's
node_modules. Installed packages are in a folder of another place and name on each machine.
"""

import filecmp
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from core.configuration.installed_apps import InstalledApp, installed_apps

PATTERNS = ("frontend/**/*", "locale/*.po", "package.json")


def copy_page_files(apps: Collection[InstalledApp], folder: Path) -> None:
    """Make `folder` contain a folder for each app, and nothing else. Without apps, it is removed.

    A file that did not change keeps its date.
    """
    if not apps:
        shutil.rmtree(folder, ignore_errors=True)
        return
    wanted = {
        folder / app.name / path.relative_to(app.directory): path
        for app in apps
        for pattern in PATTERNS
        for path in app.directory.glob(pattern)
        if path.is_file()
    }
    for copy, path in wanted.items():
        if not copy.is_file() or not filecmp.cmp(path, copy, shallow=False):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    for pattern in PATTERNS:
        for copy in folder.glob(f"*/{pattern}"):
            if copy.is_file() and copy not in wanted:
                copy.unlink()
    for other in {path.name for path in folder.glob("*")} - {app.name for app in apps}:
        shutil.rmtree(folder / other)


if __name__ == "__main__":
    copy_page_files(installed_apps(), Path(sys.argv[1]))
