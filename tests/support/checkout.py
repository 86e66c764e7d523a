"""The files of the template as a clone of the working tree would have them."""

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def checkout_files(folder: Path = REPOSITORY) -> list[Path]:
    """Return the files below `folder` that git tracks or would add, relative to it.

    The list leaves out caches, builds, and tracked files that were deleted in the working tree.
    """
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return [Path(name) for name in listing.stdout.split("\0") if name and (folder / name).is_file()]


def copy_checkout(destination: Path) -> Path:
    """Copy these files of the template to `destination`, and return it."""
    for name in checkout_files():
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target)
    return destination
