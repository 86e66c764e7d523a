"""Simulated machines: folders of real and fake programs that take the place of PATH."""

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PORTAL = REPOSITORY / "{{cookiecutter.project_slug}}"
SCRIPTS = PORTAL / "infrastructure" / "development"
# The programs that every system has. Python, Node and uv are not among them.
EVERYWHERE = (
    *(
        "awk",
        "basename",
        "bash",
        "cat",
        "chmod",
        "cmp",
        "cp",
        "date",
        "dirname",
        "echo",
        "env",
        "find",
        "grep",
        "ln",
        "ls",
        "make",
    ),
    *("mkdir", "mv", "rm", "sed", "sh", "sleep", "touch", "true", "uname"),
)


class Machine:
    """A home folder, and a PATH that holds the basic programs and those that a test adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.programs = folder / "programs"
        self.home.mkdir()
        self.programs.mkdir()
        for name in EVERYWHERE:
            if program := shutil.which(name):
                (self.programs / name).symlink_to(program)

    def program(self, name: str, text: str, *, into: Path | None = None) -> Path:
        """Add a fake program, which runs `text` in a shell, and return its path."""
        path = (into or self.programs) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def run(self, *command: str | Path, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(word) for word in command],
            cwd=folder or self.folder,
            env={"PATH": str(self.programs), "HOME": str(self.home), "LC_ALL": "C.UTF-8", **variables},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )


def settle(*paths: Path, seconds: int = 0) -> None:
    """Give files a date in the past, `seconds` after a fixed one.

    Files that a test writes within a few milliseconds may get the same date, and then none of them is newer.
    """
    for path in paths:
        os.utime(path, (1_600_000_000 + seconds,) * 2)
