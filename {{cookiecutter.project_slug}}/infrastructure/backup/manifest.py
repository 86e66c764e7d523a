"""What a backup says about itself, as JSON: checksums and the number of rows, to compare a restore with."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .problems import BackupError

FORMAT = 1
FOLDERS = ("media", "protected", "authority", "configuration")


def describe_folder(folder: Path) -> dict[str, int]:
    """Return the number of files in a folder and their bytes. restic has a checksum of each piece of them."""
    sizes = [path.lstat().st_size for path in files_of(folder)]
    return {"files": len(sizes), "bytes": sum(sizes)}


def checksums(folder: Path) -> dict[str, str]:
    """Return path → SHA-256 of each file in a folder."""
    return {str(path.relative_to(folder)): sha256(path) for path in files_of(folder)}


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(text: str) -> dict[str, Any]:
    """Return a manifest. Raises BackupError for what is no manifest, or one of a newer portal."""
    try:
        manifest = json.loads(text)
        version = manifest["format"]
    except (ValueError, KeyError, TypeError):
        raise BackupError("this is not a backup of a portal: its manifest.json cannot be read") from None
    if version != FORMAT:
        raise BackupError(
            f"the backup has format {version}, and this portal reads format {FORMAT}. Restore it with the release that "
            f"made it: {manifest.get('release') or 'not named'}"
        )
    return dict(manifest)


def compare_rows(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    """Return what differs between the rows of the manifest and those of a database, in words."""
    return [
        f"{table}: {found.get(table, 'no table')} instead of {wanted.get(table, 'no table')}"
        for table in sorted(wanted.keys() | found.keys())
        if wanted.get(table) != found.get(table)
    ]


def compare_checksums(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return the files that are missing, added or changed."""
    return [
        f"{name}: {'missing' if name not in found else 'not in the manifest' if name not in wanted else 'changed'}"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]
