"""Where the development server keeps the embedded stores, for the commands that run beside it.

`manage.py develop` holds the four stores in a process that no reload touches. It writes their URLs to a file, which it
keeps locked. A file without a lock is left over from a process that died.
"""

import fcntl
import json
from pathlib import Path

FILE_NAME = "var/embedded-stores.json"


def embedded_urls(base_directory: Path) -> dict[str, str]:
    """Return variable -> URL of each embedded store that a development server holds; {} when none runs."""
    try:
        with (base_directory / FILE_NAME).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                urls: dict[str, str] = json.load(file)
                return urls
    except (FileNotFoundError, ValueError):
        pass
    return {}
