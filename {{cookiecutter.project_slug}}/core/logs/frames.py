"""Finds the line of an app, or of the portal, at which an error happened."""

import re
import traceback
from collections.abc import Iterable
from pathlib import Path

# From the author of an app to the framework: the first folder with a frame is named.
FOLDERS = ("apps", "services", "core", "config")
FRAME = re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+)')


def line_of(error: BaseException, base_directory: Path) -> str:
    """Return where the error happened, such as `apps/polls/views.py, line 12`; empty if it was not in the portal."""
    places = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno or 0))
    return nearest(places, base_directory)


def line_in(output: Iterable[str], base_directory: Path) -> str:
    """Return the same for the last traceback in the lines of a process's output."""
    places: list[tuple[str, int]] = []
    for line in output:
        if line.startswith("Traceback "):
            places.clear()
        elif match := FRAME.match(line):
            places.append((match["file"], int(match["line"])))
    return nearest(places, base_directory)


def nearest(places: list[tuple[str, int]], base_directory: Path) -> str:
    """Return the last place in the first of FOLDERS that has one."""
    found: dict[str, str] = {}
    for file, line in places:
        path = Path(file)
        if path.is_relative_to(base_directory):
            relative = path.relative_to(base_directory)
            found[relative.parts[0]] = f"{relative}, line {line}"
    return next((found[folder] for folder in FOLDERS if folder in found), "")


def syntax_error_in(files: Iterable[str], base_directory: Path) -> str:
    """Return the first syntax error of the Python files, such as `apps/polls/urls.py, line 3: SyntaxError: …`."""
    for name in files:
        path = base_directory / name
        if path.suffix == ".py" and path.is_file():
            try:
                compile(path.read_bytes(), path, "exec")
            except (SyntaxError, ValueError) as error:
                return describe(error, base_directory)
    return ""


def describe(error: BaseException, base_directory: Path) -> str:
    """Return the error in one line, after its place."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    parts = [line_of(error, base_directory), f"{type(error).__name__}: {text}".strip(": ")]
    return ": ".join(filter(None, parts))
