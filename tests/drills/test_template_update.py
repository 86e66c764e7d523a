"""The drill of an update: a portal of the oldest commit that can be updated gets all that came since."""

import json
import os
from pathlib import Path

import pytest

from tests.support.checkout import REPOSITORY, copy_checkout
from tests.support.installation import Installation, copy_packages
from tests.support.template_repositories import Repositories

# The subject of the last commit of the template without make template-update.
OLDEST = "tests: Break and restore a file in one place"
OWN_README = "\n## Ours\n\nAsk the library.\n"


@pytest.fixture(scope="module")
def updated(
    built_portal: Path, cookiecutter_configuration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """A portal of OLDEST with own changes in the usual places and data, after an update."""
    folder = tmp_path_factory.mktemp("updated")
    repositories = Repositories(folder, built_portal, cookiecutter_configuration)
    repositories.run("git", "clone", "--quiet", "--shared", REPOSITORY, repositories.template, cwd=folder)
    oldest = find_commit(repositories)
    repositories.run("git", "rm", "--quiet", "-r", ".", cwd=repositories.template)
    copy_checkout(repositories.template)
    repositories.commit(repositories.template)
    portal = Installation(
        repositories.make_portal("omniport", "--checkout", oldest),
        environment_folder=built_portal / ".venv",
        logs=folder / "logs",
        variables=repositories.environment,
    )
    portal.commit = oldest
    change_the_usual_places(portal)
    repositories.commit(portal.folder, "Our own changes")
    portal.manage("seed", "--migrate")
    portal.printed = repositories.template_command(portal.folder, "update")
    return portal


def find_commit(repositories: Repositories) -> str:
    """Return the id of the commit OLDEST. In a clone without it, the tests are skipped; with CI=true they fail."""
    command = ("git", "log", "--all", "--format=%H", "--fixed-strings", f"--grep={OLDEST}")
    if found := repositories.run(*command, cwd=repositories.template).split():
        return found[-1]
    missing = f"this clone of the template does not have the commit {OLDEST!r}"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


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


def test_an_update_from_the_oldest_commit_has_no_conflict_and_keeps_own_changes(updated: Installation) -> None:
    assert "**Do:**" in updated.printed
    assert "resolve the conflicts" not in updated.printed
    assert not list(updated.folder.glob("**/*.rej"))
    assert (updated.folder / "apps/library/manifest.yaml").exists()
    assert 'name: "Meadow College"' in (updated.folder / "portal.yaml").read_text()
    assert "LIMIT_WRITES=240" in (updated.folder / ".env").read_text()
    assert (updated.folder / "README.md").read_text().endswith(OWN_README)
    assert json.loads((updated.folder / ".cruft.json").read_text())["commit"] != updated.commit


def test_the_migrations_of_an_update_run_on_the_data_of_the_oldest_commit(updated: Installation) -> None:
    updated.manage("migrate", "--no-input")
    updated.manage("makemigrations", "--check", "--dry-run")
    updated.manage("check", "--fail-level", "WARNING")
    people = "from core.people.models import Person; print(Person.objects.filter(username='student').exists())"
    assert updated.manage("shell", "--command", people).stdout.splitlines()[-1] == "True"


def test_the_own_tests_of_an_updated_portal_pass(updated: Installation, built_portal: Path) -> None:
    copy_packages(built_portal, updated.folder)
    updated.make("test", seconds=1800)
