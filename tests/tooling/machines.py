"""Machines that are made up: folders of programs, some real, some played, that stand for what is on PATH."""

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PORTAL = REPOSITORY / "{{cookiecutter.project_slug}}"
SCRIPTS = PORTAL / "infrastructure" / "development"
# What every system has. No Python, no Node, no uv.
EVERYWHERE = (
    *("awk", "basename", "bash", "cat", "chmod", "cmp", "cp", "dirname", "echo", "env", "find", "grep", "ls", "make"),
    *("mkdir", "mv", "rm", "sed", "sh", "sleep", "touch", "true", "uname"),
)


class Machine:
    """A home, and a PATH on which only what a test puts there is found."""

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
        """A program that is played by a few lines of shell."""
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
    """Give files a date in the past, `seconds` later than other files, as if they had been made a while ago.

    What is written within a few milliseconds may have one date, and then nothing is newer than anything.
    """
    for path in paths:
        os.utime(path, (1_600_000_000 + seconds,) * 2)
