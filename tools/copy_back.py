"""Copy what a command has changed in a generated portal back to the template: its locks, for example.

    python tools/copy_back.py var/test/omniport

It changes no file that holds answers, and adds and removes none. images.lock stays as it is when it names an image by
its id: without a registry, `make roll` locks the images of this machine, and no other one has them.
"""

import json
import sys
from fnmatch import fnmatch
from pathlib import Path

import yaml
from generate import TEMPLATE, files, same

PORTAL = TEMPLATE / "{{cookiecutter.project_slug}}"
IMAGES = Path("images.lock")


def copy_back(portal: Path) -> list[Path]:
    """Copy the files that differ, and return their names."""
    verbatim = json.loads((TEMPLATE / "cookiecutter.json").read_text())["_copy_without_render"]
    changed = [
        name
        for name in files(PORTAL)
        if any(fnmatch(str(name), pattern) for pattern in verbatim)
        and (portal / name).exists()
        and not same(portal / name, PORTAL / name)
        and not (name == IMAGES and has_ids(portal / name))
    ]
    for name in changed:
        (PORTAL / name).write_bytes((portal / name).read_bytes())
    return changed


def has_ids(lock: Path) -> bool:
    """Return whether a lock names an image by the id that it has on this machine."""
    return any("id" in image for image in yaml.safe_load(lock.read_text())["x-locked"].values())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for changed in copy_back(Path(sys.argv[1])):
        print(changed)
