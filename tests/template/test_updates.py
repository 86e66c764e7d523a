"""cruft makes and updates a portal with unusual answers, and prints no secret."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template.answers import UNUSUAL_TEXTS
from tests.template.reading import read_portal

UNUSUAL = UNUSUAL_TEXTS["everything"]
PORTAL = "{{cookiecutter.project_slug}}"
SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS", "_PASSWORD")


class Workspace:
    """A folder with the template as a git repository. Its programs use no settings of this machine."""

    def __init__(self, directory: Path, template: Path, configuration: Path) -> None:
        self.directory = directory
        self.template = directory / "template"
        self.environment = os.environ | {
            "COOKIECUTTER_CONFIG": str(configuration),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{f"GIT_{who}_NAME": "Tester" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "tester@example.org" for who in ("AUTHOR", "COMMITTER")},
        }
        shutil.copytree(template, self.template)
        self.commit(self.template)

    def run(self, *command: str, cwd: Path) -> str:
        """Run a program and return its output and errors. Fail when it fails."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def cruft(self, *arguments: str, cwd: Path) -> str:
        return self.run(sys.executable, "-m", "cruft", *arguments, cwd=cwd)

    def commit(self, directory: Path) -> None:
        """Commit everything that is not ignored, in a new repository if there is none."""
        self.run("git", "init", "--quiet", "--initial-branch=main", cwd=directory)
        self.run("git", "add", "--all", cwd=directory)
        self.run("git", "commit", "--quiet", "--message=As it is now", cwd=directory)

    def make_portal(self, **answers: object) -> Path:
        answers_file = self.directory / "answers.json"
        answers_file.write_text(json.dumps(answers))
        self.cruft(
            "create", "--no-input", "--extra-context-file", str(answers_file), str(self.template), cwd=self.directory
        )
        return self.directory / str(answers["project_slug"])

    def change_the_template(self) -> None:
        """Change the rendered files, and add a file that is copied."""
        portal = self.template / PORTAL
        for name, before, after in (
            ("portal.yaml", "# What this portal is.", "# What this portal really is."),
            (".env.example", "## Mail\n", "## Mail\n\n# A new one.\nNEW_PASSWORD=\n"),
            ("README.md", "## Licence", "## Its licence"),
        ):
            text = (portal / name).read_text()
            assert before in text
            (portal / name).write_text(text.replace(before, after))
        (portal / "apps" / "NEW.md").write_text("{{ not.rendered }}\n")
        self.commit(self.template)


@pytest.fixture
def workspace(template: Path, cookiecutter_configuration: Path, tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, template, cookiecutter_configuration)


@pytest.mark.parametrize("example_app", [True, False])
@pytest.mark.parametrize("in_git", [True, False], ids=["in git", "without git"])
def test_an_unusual_portal_is_made_and_updated_by_cruft(workspace: Workspace, in_git: bool, example_app: bool) -> None:
    answers = {
        "project_name": UNUSUAL,
        "project_slug": "unusual",
        "description": "- " + UNUSUAL,
        "institute_name": UNUSUAL,
        "maintainers_name": UNUSUAL,
        "tls": "none",
        "example_app": example_app,
    }
    portal = workspace.make_portal(**answers)
    assert read_portal(portal)["name"] == UNUSUAL
    if in_git:
        workspace.commit(portal)
        assert not workspace.run("git", "ls-files", ".env", cwd=portal)
    environment = (portal / ".env").read_text()

    assert workspace.cruft("diff", cwd=portal) == ""
    workspace.cruft("check", cwd=portal)

    workspace.change_the_template()
    printed = workspace.cruft("update", "--skip-apply-ask", cwd=portal)

    assert "conflict" not in printed
    assert not list(portal.rglob("*.rej"))
    assert "What this portal really is." in (portal / "portal.yaml").read_text()
    assert "NEW_PASSWORD=\n" in (portal / ".env.example").read_text()
    assert (portal / "apps" / "NEW.md").read_text() == "{{ not.rendered }}\n"
    assert (portal / ".env").read_text() == environment
    assert (portal / "apps" / "polls").exists() == (
        example_app and (workspace.template / PORTAL / "apps/polls").exists()
    )
    assert read_portal(portal)["description"] == "- " + UNUSUAL
    assert json.loads((portal / ".cruft.json").read_text())["context"]["cookiecutter"]["project_name"] == UNUSUAL
    workspace.cruft("check", cwd=portal)


def test_cruft_prints_a_difference_and_no_secret(workspace: Workspace) -> None:
    portal = workspace.make_portal(project_slug="campus")
    (portal / "README.md").write_text("Ours.\n")
    printed = workspace.cruft("diff", cwd=portal)
    assert "Ours." in printed
    assert ".env\n" not in printed
    for line in (portal / ".env").read_text().splitlines():
        name, _, value = line.partition("=")
        if value and name.endswith(SECRETS):
            assert value not in printed
