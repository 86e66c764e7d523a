"""The documentation says what is so: its tables, its links, and the commands that it shows."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling import documentation
from tests.tooling.machines import PORTAL, REPOSITORY

WORDS_TO_DO_WITHOUT = re.compile(r"\b(simply|just|obviously|easily)\b", re.IGNORECASE)


def name_of(document: Path) -> str:
    return str(document.relative_to(REPOSITORY)).replace(PORTAL.name, "portal")


@pytest.fixture(params=documentation.PAGES, ids=name_of)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.mark.parametrize(
    ("key", "table"),
    documentation.tables().items(),
    ids=["prompts", "template", "portal"],
)
def test_a_table_says_what_the_code_says(key: tuple[Path, int], table: str) -> None:
    page, number = key
    assert documentation.tables_in(page)[number] == table, "run: python -m tests.tooling.documentation"


def test_each_prompt_has_a_question() -> None:
    context = json.loads((REPOSITORY / "cookiecutter.json").read_text())
    assert list(context["__prompts__"]) == [name for name in context if not name.startswith("_")]


def test_every_make_command_that_a_page_names_exists(document: Path) -> None:
    known = {
        *documentation.commands_of(REPOSITORY / "Makefile"),
        *documentation.commands_of(PORTAL / "Makefile"),
    }
    named = set(re.findall(r"(?m)(?:`|^\$ |^)make ([a-z-]+)", document.read_text()))
    assert named <= known, f"no such command: {', '.join(sorted(named - known))}"


def test_every_command_that_a_page_shows_is_one_that_the_tests_know(document: Path) -> None:
    """A command is either a make target, which tests of its own run, or begins like one of these."""
    known = ["make ", "cookiecutter ", "cd ", ".venv/bin/python -m pytest ", ".venv/bin/uv pip compile "]
    known += ["python manage.py ", "SESSION_STORE_URL="]
    for command in documentation.shown_commands(document):
        shlex.split(command)
        assert any(command.startswith(beginning) for beginning in known), command


def test_every_file_that_a_page_links_to_is_there(document: Path) -> None:
    """Sphinx checks the pages of docs/; GitHub shows the others, and checks nothing."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_no_page_talks_down(document: Path) -> None:
    prose = re.sub(r"(?s)```.*?```|`[^`]*`", "", document.read_text())
    assert not WORDS_TO_DO_WITHOUT.findall(prose)


def test_a_portal_documents_every_key_of_its_configuration() -> None:
    """A key that `.env.example` or `portal.yaml` holds is in a table, and no table holds any other."""
    sections = re.split(r"(?m)^## ", (PORTAL / "docs/configuration.md").read_text())[1:]
    documented = {
        section.split("\n", 1)[0]: {
            name for row in re.findall(r"(?m)^\| (`.*?) \|", section) for name in re.findall(r"`(\w+)`", row)
        }
        for section in sections
    }
    of_yaml = re.findall(r"(?m)^([a-z_]+):", (PORTAL / "portal.yaml").read_text())
    example, _, of_processes = (PORTAL / ".env.example").read_text().partition("## Not for this file")
    assert documented["portal.yaml"] == set(of_yaml)
    assert documented[".env"] == set(re.findall(r"(?m)^(?:# )?([A-Z_]+)=", example))
    assert documented["The environment"] == set(re.findall(r"(?m)^# ([A-Z_]+)=", of_processes))


def test_the_commands_that_start_a_portal_start_one(
    template: Path, cookiecutter_configuration: Path, tmp_path: Path
) -> None:
    """As shown in docs/starting.md, with this template in place of the one on GitHub."""
    commands = [shlex.split(line) for line in documentation.shown_commands(REPOSITORY / "docs/starting.md")]
    with_answers = next(words for words in commands if words[:2] == ["cookiecutter", "--no-input"])
    without = next(words for words in commands if words[0] == "cookiecutter" and "--no-input" not in words)
    (entered,) = [words[1] for words in commands if words[0] == "cd"]
    for words in [with_answers, [*without, "--no-input"]]:
        arguments = [str(template) if word == "gh:org/omniport-template" else word for word in words[1:]]
        options = ["--config-file", str(cookiecutter_configuration)]
        subprocess.run([sys.executable, "-m", "cookiecutter", *options, *arguments], cwd=tmp_path, check=True)
    assert (tmp_path / entered / "Makefile").exists()
    assert (tmp_path / "omniport" / "Makefile").exists()
