"""make template-update brings the template's changes into a portal, and make template-link prepares one for it.

tests/drills has the update of a whole portal.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.checkout import REPOSITORY
from tests.support.template_repositories import SOURCES, Repositories

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
