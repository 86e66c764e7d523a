"""A copy of the portal, in which everything moves first. The portal's own files change when all of it was tested."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .commands import ROOT

FOLDER = ROOT / "var" / "roll" / ROOT.name
NOT_COPIED = {Path(name) for name in (".git", ".venv", "var", "secrets", "node_modules", "frontend/build")}
# What a roll changes.
FILES = (
    Path("images.lock"),
    Path("requirements.lock"),
    Path("requirements-development.lock"),
    Path("package-lock.json"),
    Path("infrastructure/development/node.lock"),
    Path("core/plugins/lucide.json"),
    Path("core/plugins/lucide-license.txt"),
)


@contextmanager
def candidate() -> Iterator[Path]:
    """Copy the portal, and remove the copy after the block."""
    remove()
    shutil.copytree(ROOT, FOLDER, symlinks=True, ignore=not_copied)
    (FOLDER / "var").mkdir()
    # The scratch stack changes it: of a link, the file to which it leads must not change.
    (FOLDER / ".env").unlink()
    shutil.copy(ROOT / ".env", FOLDER / ".env")
    try:
        yield FOLDER
    finally:
        remove()


def not_copied(folder: str, names: list[str]) -> list[str]:
    inside = Path(folder).relative_to(ROOT)
    return [name for name in names if inside / name in NOT_COPIED or name == "__pycache__"]


def remove() -> None:
    shutil.rmtree(FOLDER.parent, ignore_errors=True)


def changed(folder: Path) -> list[Path]:
    """Return the files of FILES that differ between a folder and the portal."""
    return [file for file in FILES if content(folder / file) != content(ROOT / file)]


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def adopt(folder: Path) -> None:
    """Copy what FILES names from a folder to the portal. A file that the folder does not have stays."""
    for file in FILES:
        if (folder / file).exists() and content(folder / file) != content(ROOT / file):
            temporary = (ROOT / file).with_name(f"{file.name}.new")
            shutil.copyfile(folder / file, temporary)
            temporary.replace(ROOT / file)


def keep(folder: Path) -> None:
    """Copy what FILES names from the portal to a folder."""
    for file in FILES:
        if (ROOT / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)
