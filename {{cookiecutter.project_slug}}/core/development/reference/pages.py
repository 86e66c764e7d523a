"""The files of docs/reference that are generated or have generated parts, and how a part gets into its page."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from .commands import commands
from .fixtures import fixtures
from .manifest import manifest_keys
from .python import public_names
from .schemas import schema_files

PARTS: Mapping[str, Mapping[str, Callable[[Path], str]]] = {
    "python.md": {"names": public_names},
    "testing.md": {"fixtures": fixtures},
    "app-folder.md": {"manifest": manifest_keys},
    "commands.md": {"management commands": commands},
}


class MissingPart(Exception):
    """A page has no place for a generated part."""


def current_pages(base_directory: Path) -> dict[Path, str]:
    """Return each page → its text with the parts as they should be, and the files of the JSON Schemas."""
    folder = base_directory / "docs" / "reference"
    found = {}
    for name, parts in PARTS.items():
        text = (folder / name).read_text()
        for part, write in parts.items():
            text = replace_part(text, part, write(base_directory))
        found[folder / name] = text
    return found | schema_files(folder)


def replace_part(page: str, part: str, text: str) -> str:
    """Return the page with another text between the comments of a part.

    Raises MissingPart when the page does not have the two comments.
    """
    begin, end = f"<!-- generated: {part} -->", f"<!-- end: {part} -->"
    pattern = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise MissingPart(f"the page needs the lines {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n\n{text.strip()}\n\n{end}", page)
