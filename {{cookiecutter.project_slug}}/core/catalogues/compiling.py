"""Compile catalogues, from .po to .mo, which Django reads."""

from pathlib import Path

from core.configuration.installed_apps import installed_apps

from .places import NAME, owners


def compile_catalogues(base_directory: Path) -> list[Path]:
    """Compile the catalogues that changed since they were compiled, and return their paths.

    Those of apps that are installed as packages are among them. Several processes can do this at the same time: each
    file is complete when it appears.
    """
    folders = [owner.directory for owner in owners(base_directory)]
    outdated = [
        path
        for folder in [*folders, *(app.directory for app in installed_apps())]
        for path in sorted(folder.glob(f"locale/*/{NAME}"))
        if is_outdated(path)
    ]
    for path in outdated:
        compile_catalogue(path)
    return outdated


def is_outdated(path: Path) -> bool:
    """Return whether the .mo file is missing, or of another time than its .po file, older or newer."""
    try:
        return path.with_suffix(".mo").stat().st_mtime_ns != path.stat().st_mtime_ns
    except FileNotFoundError:
        return True


def compile_catalogue(path: Path) -> None:
    """Write the .mo file beside a .po file, with the same date. It holds no fuzzy and no missing translation."""
    import os

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    date = path.stat().st_mtime_ns
    with path.open("rb") as file:
        catalogue = read_po(file)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        write_mo(file, catalogue)
    os.utime(temporary, ns=(date, date))
    temporary.replace(path.with_suffix(".mo"))
