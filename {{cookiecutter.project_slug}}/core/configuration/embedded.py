"""Where the development server keeps the embedded stores, for the commands that run beside it.

`manage.py develop` holds the four stores in its own process, so that a reload of the code loses nothing, and
writes their addresses to a file that it keeps locked. A file that nobody locks is left from a process that died.
"""

import fcntl
import json
from pathlib import Path

FILE_NAME = "var/embedded-stores.json"


def embedded_urls(base_directory: Path) -> dict[str, str]:
    """Variable → address of each embedded store that a running development server holds; else nothing."""
    try:
        with (base_directory / FILE_NAME).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                addresses: dict[str, str] = json.load(file)
                return addresses
    except (FileNotFoundError, ValueError):
        pass
    return {}
