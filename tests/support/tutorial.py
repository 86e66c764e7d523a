"""Pages of a portal that change an app, such as the tutorial: follows what they say, with the code of the page."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from tests.support.installation import NOT_COPIED, Installation

NAME = "lost_found"
PAGE = "docs/tutorials/first-app.md"
FOLDER = f"apps/{NAME}"

# A block of code after the line with the path of its file, or a block of commands. In a list, both are indented.
BLOCK = re.compile(r"(?ms)^( *)(?:`(apps/[\w./]+)`:\n\n *)?```(\w+)\n(.*?)^ *```$")

# What the test does by itself: it serves the portal, signs in, and runs the tests when the app is complete.
LEFT_OUT = ("make dev", "make demo-as", "make test", "make lint")


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the reader types."""

    words: list[str]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: the whole new file, or the hunks of a diff."""

    file: str
    language: str
    code: str

    def apply(self, portal: Path) -> None:
        path = portal / self.file
        if self.language != "diff":
            assert not path.exists(), f"{self.file} exists: the page changes it with a diff"
            path.write_text(self.code)
            return
        lines = path.read_text().splitlines()
        for hunk in re.split(r"(?m)^@@\n", self.code):
            lines = replaced(lines, hunk.splitlines(), self.file)
        path.write_text("\n".join(lines) + "\n")


def replaced(lines: list[str], hunk: list[str], file: str) -> list[str]:
    """Return the lines with the change of a hunk, whose old lines must be in one place of the file."""
    old = [line[1:] for line in hunk if not line.startswith("+")]
    new = [line[1:] for line in hunk if not line.startswith("-")]
    places = [place for place in range(len(lines) - len(old) + 1) if lines[place : place + len(old)] == old]
    assert len(places) == 1, f"{file}: these lines are in {len(places)} places, not in one:\n" + "\n".join(old)
    return [*lines[: places[0]], *new, *lines[places[0] + len(old) :]]


def steps(page: str) -> dict[str, list[Command | Edit]]:
    """Return the heading of each step → what the reader does."""
    return {section.partition("\n")[0]: list(actions(section)) for section in re.split(r"(?m)^## ", page)[1:]}


def actions(section: str) -> Iterator[Command | Edit]:
    for indent, file, language, block in BLOCK.findall(section):
        code = re.sub(rf"(?m)^{indent}", "", block)
        if file:
            yield Edit(file, language, code)
        elif language == "console":
            for line in code.splitlines():
                if not line.removeprefix("$ ").startswith(LEFT_OUT):
                    yield Command(shlex.split(line.removeprefix("$ ")))


def follow(actions: list[Command | Edit], portal: Installation) -> None:
    """Do what a step of the page says."""
    for action in actions:
        match action:
            case Edit():
                action.apply(portal.folder)
            case Command(["make", *arguments]):
                portal.make(*arguments)
            case Command([".venv/bin/python", *arguments]):
                portal.run("python", *arguments)
            case Command(["rm", file]):
                (portal.folder / file).unlink()
            case _:
                raise AssertionError(f"the test cannot do this: {action}")


def assemble(portal: Installation) -> dict[str, str]:
    """Make the app without its database, and return its files as `make app` has created them.

    All edits come before the one migration, so this takes a fraction of the time of the commands.
    """
    portal.manage("createapp", NAME)
    made = files_of(portal.folder / FOLDER)
    for actions in steps((portal.folder / PAGE).read_text()).values():
        follow([one for one in actions if isinstance(one, Edit) or one.words[0] == "rm"], portal)
    portal.manage("makemigrations", NAME, "--no-input")
    return made


def added_lines(before: str, after: str) -> int:
    """Count the lines of `after` that are new, without blank ones."""
    old, new = before.splitlines(), after.splitlines()
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(bool(line.strip()) for kind, _, _, start, end in opcodes if kind != "equal" for line in new[start:end])


def files_of(folder: Path) -> dict[str, str]:
    """Return path → text of the files of an app, without migrations, catalogues and what Python compiled."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"migrations", "locale", "__pycache__"} & set(path.relative_to(folder).parts)
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Return path → content of the files of a portal, without those of the app."""
    files = {}
    for parent, folders, names in folder.walk():
        ignored = NOT_COPIED(str(parent), [*folders, *names])
        folders[:] = [name for name in folders if name not in ignored and parent / name != folder / FOLDER]
        files |= {str((parent / name).relative_to(folder)): (parent / name).read_bytes() for name in names}
    return files
