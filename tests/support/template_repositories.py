"""A template's git repository, and the portals that cruft makes from it and updates."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.checkout import REPOSITORY
from tests.support.processes import clean_environment

SOURCES = "{{cookiecutter.project_slug}}"
SCRIPT = Path(SOURCES, "infrastructure", "development", "template.py")


class Repositories:
    """A template's git repository and the portals made from it. git and cruft use no settings of this machine."""

    def __init__(self, folder: Path, portal: Path, configuration: Path) -> None:
        self.folder = folder
        self.template = folder / "template"
        self.venv = portal / ".venv"
        self.environment = clean_environment() | {
            "COOKIECUTTER_CONFIG": str(configuration),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{f"GIT_{who}_NAME": "Tester" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "tester@example.org" for who in ("AUTHOR", "COMMITTER")},
        }

    def run(self, *command: str | Path, cwd: Path, status: int = 0) -> str:
        """Run a program that ends with this status, and return its output and errors."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
            text=True,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def commit(self, folder: Path, message: str = "As it is now") -> str:
        """Commit every file of a folder, in a new repository if there is none, and return the commit's id."""
        self.run("git", "init", "--quiet", "--initial-branch=main", cwd=folder)
        self.run("git", "add", "--all", cwd=folder)
        self.run("git", "commit", "--quiet", f"--message={message}", cwd=folder)
        return self.run("git", "rev-parse", "HEAD", cwd=folder).strip()

    def write(self, folder: Path, files: Mapping[str, str]) -> str:
        """Write files and commit them."""
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return self.commit(folder)

    def make_portal(self, name: str, *options: str) -> Path:
        """Make a portal with cruft, in a repository of its own."""
        cruft = [
            self.venv / "bin" / "python",
            REPOSITORY / SCRIPT.with_name("run_uv.py"),
            "tool",
            "run",
            "--quiet",
            "cruft",
        ]
        self.run(*cruft, "create", "--no-input", *options, self.template, cwd=self.folder)
        portal = self.folder / name
        self.commit(portal, "The portal")
        return portal

    def template_command(self, portal: Path, *arguments: str | Path, status: int = 0) -> str:
        """Run what `make template-update` and `make template-link` run."""
        command = [self.venv / "bin" / "python", REPOSITORY / SCRIPT, "--environment", self.venv]
        return self.run(*command, *arguments, cwd=portal, status=status)
