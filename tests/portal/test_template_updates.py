"""make template-update brings the template's changes into a portal, and make template-link prepares one for it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.checkout import REPOSITORY, copy_checkout
from tests.support.installation import Installation, copy_packages
from tests.support.processes import clean_environment

# The commit of the template before it had make template-update.
OLDEST = "78039884d36ba5d9e69499dae0f3fd653dba1ac7"
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


# A template with as little as a portal needs for an update.
CHANGELOG = """# Changelog

## Unreleased

### Operating

- The portal has a name, and every page of it shows this name in its header. **Do:** nothing.
"""
PORTAL_YAML = """name: "{{ cookiecutter.project_name }}"
description: "{{ cookiecutter.description }}"

institute: {name: "{{ cookiecutter.institute_name }}", url: "{{ cookiecutter.institute_url }}"}
maintainers: {name: "{{ cookiecutter.maintainers_name }}", email: "{{ cookiecutter.maintainers_email }}"}
language: "{{ cookiecutter.language_code }}"
time_zone: "{{ cookiecutter.time_zone }}"

sites:
  internet: {domain: "{{ cookiecutter.internet_domain }}"}
  intranet: {domain: "{{ cookiecutter.intranet_domain }}"}
tls: {{ cookiecutter.tls }}
rings: {campus: ["{{ cookiecutter.intranet_networks }}"]}
"""
SMALL_TEMPLATE = {
    "CHANGELOG.md": CHANGELOG,
    f"{SOURCES}/.env.example": "SECRET_KEY=\n",
    f"{SOURCES}/.gitignore": "/.env\n",
    f"{SOURCES}/README.md": "One\n",
    f"{SOURCES}/core/first.py": "first = 1\n",
    f"{SOURCES}/core/second.py": "second = 2\n",
    f"{SOURCES}/core/third.py": "third = 3\n",
    f"{SOURCES}/portal.yaml": PORTAL_YAML,
    f"{SOURCES}/requirements.lock": "django==1\n",
}


@pytest.fixture
def repositories(portal: Path, cookiecutter_configuration: Path, tmp_path: Path) -> Repositories:
    return Repositories(tmp_path, portal, cookiecutter_configuration)


@pytest.fixture
def small(repositories: Repositories) -> Repositories:
    """A small template with the prompts of this one."""
    prompts = json.loads((REPOSITORY / "cookiecutter.json").read_text())
    answers = {name: answer for name, answer in prompts.items() if not name.startswith("_")}
    answers |= {"project_name": "Campus", "project_slug": "campus", "tls": "none", "example_app": False}
    repositories.template.mkdir()
    repositories.write(repositories.template, SMALL_TEMPLATE | {"cookiecutter.json": json.dumps(answers)})
    return repositories


def test_an_update_shows_what_to_do_and_keeps_own_changes(small: Repositories) -> None:
    portal = small.make_portal("campus")
    small.write(portal, {"core/first.py": "first = 'ours'\n", "apps/ours.py": "ours = True\n"})
    small.write(
        small.template,
        {
            "CHANGELOG.md": CHANGELOG.replace("a name", "a title") + "\n- It has mail. **Do:** set `MAIL_URL`.\n",
            f"{SOURCES}/core/second.py": "second = 'theirs'\n",
            f"{SOURCES}/.env.example": "SECRET_KEY=\nMAIL_URL=\n# OTHER=\n",
        },
    )
    printed = small.template_command(portal, "update")
    assert "2 files changed" in printed
    assert "Unreleased, Operating:\n\n- It has mail. **Do:** set `MAIL_URL`." in printed
    assert "The portal has" not in printed  # an old entry, of which a word has changed
    assert "set the new keys of .env, as .env.example explains them: MAIL_URL\n" in printed
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("  ")][-3:] == ["make", "make", "git"]
    assert (portal / "core/first.py").read_text() == "first = 'ours'\n"
    assert (portal / "core/second.py").read_text() == "second = 'theirs'\n"
    assert (portal / "apps/ours.py").exists()

    small.commit(portal)
    assert "has every change of the template" in small.template_command(portal, "update")


def test_an_update_names_each_conflict_and_takes_the_locks_of_the_template(small: Repositories) -> None:
    portal = small.make_portal("campus")
    lock = "requirements.lock"
    small.write(portal, {"core/first.py": "first = 'ours'\n", lock: "django==2\n"})
    small.write(small.template, {f"{SOURCES}/core/first.py": "first = 'theirs'\n", f"{SOURCES}/{lock}": "django==3\n"})
    printed = small.template_command(portal, "update", status=1)
    assert "1. resolve the conflicts in these files, and git add them:\n     core/first.py\n" in printed
    assert "<<<<<<<" in (portal / "core/first.py").read_text()
    assert f"{lock}: the template's version" in printed
    assert (portal / lock).read_text() == "django==3\n"
    small.run("git", "reset", "--quiet", "--hard", cwd=portal)
    assert (portal / "core/first.py").read_text() == "first = 'ours'\n"
    assert not small.run("git", "status", "--porcelain", cwd=portal)


def test_an_update_refuses_changes_that_are_not_committed(small: Repositories) -> None:
    portal = small.make_portal("campus")
    small.write(small.template, {f"{SOURCES}/core/first.py": "first = 'theirs'\n"})
    (portal / "README.md").write_text("Ours\n")
    printed = small.template_command(portal, "update", status=2)
    assert "make template-update: nothing was changed.\nThese changes are not committed:\n M README.md\n" in printed
    assert (portal / "core/first.py").read_text() == "first = 1\n"

    shutil.rmtree(portal / ".git")
    assert "This portal is in no git repository" in small.template_command(portal, "update", status=2)


def test_a_portal_of_plain_cookiecutter_is_linked_to_its_commit_and_answers(small: Repositories) -> None:
    small.write(small.template, {f"{SOURCES}/core/second.py": "second = 'later'\n"})
    made_from = small.write(small.template, {f"{SOURCES}/core/third.py": "third = 'later'\n"})
    portal = small.make_portal("campus")
    (portal / ".cruft.json").unlink()
    (portal / ".env").write_text("COMPOSE_PROJECT_NAME=campus-test\n")
    small.write(portal, {"core/first.py": "first = 'ours'\n", "portal.yaml": read_name(portal, "Our own")})
    small.write(small.template, {f"{SOURCES}/core/third.py": "third = 'latest'\n"})
    assert "do  make template-link TEMPLATE=URL" in small.template_command(portal, "update", status=2)

    small.template_command(portal, "link", small.template)
    record = json.loads((portal / ".cruft.json").read_text())
    assert record["commit"] == made_from
    assert record["context"]["cookiecutter"]["project_name"] == "Our own"
    assert record["context"]["cookiecutter"]["project_slug"] == "campus-test"
    small.commit(portal)
    small.template_command(portal, "update")
    assert (portal / "core/third.py").read_text() == "third = 'latest'\n"
    assert (portal / "core/first.py").read_text() == "first = 'ours'\n"
    assert "this portal is linked" in small.template_command(portal, "link", small.template, status=2)


def read_name(portal: Path, name: str) -> str:
    return (portal / "portal.yaml").read_text().replace('"Campus"', f'"{name}"', 1)


def test_another_template_is_refused(small: Repositories, tmp_path: Path) -> None:
    portal = small.make_portal("campus")
    (portal / ".cruft.json").unlink()
    small.commit(portal)
    other = tmp_path / "other"
    small.write(other, {f"{SOURCES}/setup.py": "nothing = 1\n"})
    assert f"This portal was not made from {other}" in small.template_command(portal, "link", other, status=2)
    assert not (portal / ".cruft.json").exists()


# From OLDEST


OWN_README = "\n## Ours\n\nAsk the library.\n"


@pytest.fixture(scope="module")
def updated(
    built_portal: Path, cookiecutter_configuration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """A portal of OLDEST with own changes in the usual places and data, after an update."""
    folder = tmp_path_factory.mktemp("updated")
    repositories = Repositories(folder, built_portal, cookiecutter_configuration)
    repositories.run("git", "clone", "--quiet", "--shared", REPOSITORY, repositories.template, cwd=folder)
    if "CI" not in os.environ and not has_commit(repositories, OLDEST):
        pytest.skip(f"this clone of the template does not have the commit {OLDEST}")
    repositories.run("git", "rm", "--quiet", "-r", ".", cwd=repositories.template)
    copy_checkout(repositories.template)
    repositories.commit(repositories.template)
    portal = Installation(
        repositories.make_portal("omniport", "--checkout", OLDEST),
        environment_folder=built_portal / ".venv",
        logs=folder / "logs",
        variables=repositories.environment,
    )
    change_the_usual_places(portal)
    repositories.commit(portal.folder, "Our own changes")
    portal.manage("seed", "--migrate")
    portal.printed = repositories.template_command(portal.folder, "update")
    return portal


def has_commit(repositories: Repositories, commit: str) -> bool:
    found = repositories.run("git", "rev-list", "--all", cwd=repositories.template)
    return commit in found.split()


def change_the_usual_places(portal: Installation) -> None:
    """Add an app, and change portal.yaml, .env, README.md and the text of a page as an institute does."""
    portal.manage("createapp", "library")
    configuration = portal.folder / "portal.yaml"
    text = configuration.read_text()
    for before, after in (
        ('name: "Omniport"', 'name: "Meadow College"'),
        ('colour: "#1f5fbf"', 'colour: "#7a1f3d"'),
        ("sign_up: false", "sign_up: {domains: [example.edu]}"),
        ("  guest:\n    title: Guest", "  alumni:\n    title: Alumni\n  guest:\n    title: Guest"),
    ):
        assert before in text
        text = text.replace(before, after)
    configuration.write_text(text)
    with (portal.folder / ".env").open("a") as environment:
        environment.write("LIMIT_WRITES=240\n")
    readme = portal.folder / "README.md"
    readme.write_text(readme.read_text().replace("A web portal,", "The web portal of Meadow College,") + OWN_README)


@pytest.mark.long
def test_an_update_from_the_oldest_commit_has_no_conflict_and_keeps_own_changes(updated: Installation) -> None:
    assert "**Do:**" in updated.printed
    assert "resolve the conflicts" not in updated.printed
    assert not list(updated.folder.glob("**/*.rej"))
    assert (updated.folder / "apps/library/manifest.yaml").exists()
    assert 'name: "Meadow College"' in (updated.folder / "portal.yaml").read_text()
    assert "LIMIT_WRITES=240" in (updated.folder / ".env").read_text()
    assert (updated.folder / "README.md").read_text().endswith(OWN_README)
    assert json.loads((updated.folder / ".cruft.json").read_text())["commit"] != OLDEST


@pytest.mark.long
def test_the_migrations_of_an_update_run_on_the_data_of_the_oldest_commit(updated: Installation) -> None:
    updated.manage("migrate", "--no-input")
    updated.manage("makemigrations", "--check", "--dry-run")
    updated.manage("check", "--fail-level", "WARNING")
    people = "from core.people.models import Person; print(Person.objects.filter(username='student').exists())"
    assert updated.manage("shell", "--command", people).stdout.splitlines()[-1] == "True"


@pytest.mark.long
def test_the_own_tests_of_an_updated_portal_pass(updated: Installation, built_portal: Path) -> None:
    copy_packages(built_portal, updated.folder)
    updated.make("test", seconds=1800)
