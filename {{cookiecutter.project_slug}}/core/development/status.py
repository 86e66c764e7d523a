"""What the development server knows of Django, for webpack's server, which answers in Django's place.

The file holds JSON: `reason`, why Django does not answer when it does not; `stopping`, whether Django still accepts
requests but answers none; and `page`, the texts of index.html to replace, each with its replacement.
"""

import json
from pathlib import Path

FILE_NAME = "var/development-server.json"


class StatusFile:
    """Replaced as a whole, so that a reader never finds half of it."""

    def __init__(self, base_directory: Path):
        self.path = base_directory / FILE_NAME

    def write(self, *, reason: str, stopping: bool, page: dict[str, str]) -> None:
        unfinished = self.path.with_suffix(".new")
        unfinished.write_text(json.dumps({"reason": reason, "stopping": stopping, "page": page}))
        unfinished.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
