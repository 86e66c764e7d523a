"""What the development server knows of Django, for webpack's server, which answers in Django's place.

The file holds JSON: `reason`, why Django does not answer when it does not; `stopping`, whether Django still accepts
requests but answers none; `broken`, URL prefixes that webpack's server answers itself, each with the reason; and
`page`, the texts of index.html to replace, each with its replacement.
"""

import json
from pathlib import Path

FILE_NAME = "var/development-server.json"


class StatusFile:
    """Replaced as a whole, so that a reader never finds half of it."""

    def __init__(self, base_directory: Path):
        self.path = base_directory / FILE_NAME

    def write(self, *, reason: str, stopping: bool, broken: dict[str, str], page: dict[str, str]) -> None:
        unfinished = self.path.with_suffix(".new")
        status = {"reason": reason, "stopping": stopping, "broken": broken, "page": page}
        unfinished.write_text(json.dumps(status))
        unfinished.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
