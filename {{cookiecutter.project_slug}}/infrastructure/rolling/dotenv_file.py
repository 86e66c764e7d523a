"""Reads and changes single variables of a `.env`."""

import re
from pathlib import Path


def value(file: Path, name: str) -> str:
    """Return a variable's value without quotes, empty when it is not set. The last line that sets it counts."""
    found = re.findall(
        rf"(?m)^[ \t]*(?:export[ \t]+)?{name}[ \t]*=[ \t]*(.*?)[ \t\r]*$", file.read_text(encoding="utf-8")
    )
    return found[-1].strip("\"'") if found else ""


def write(file: Path, values: dict[str, str]) -> None:
    """Set variables, in place of the lines that set them. Other lines stay as they are."""
    pattern = re.compile(rf"[ \t]*(?:export[ \t]+)?(?:{'|'.join(map(re.escape, values))})[ \t]*=")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not pattern.match(line)]
    lines += [f"{name}={text}" for name, text in values.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
