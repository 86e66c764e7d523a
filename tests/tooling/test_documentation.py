"""The documentation says what is so: its tables, its links, and the commands that it shows."""

import ast
import contextlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tooling import documentation
from tests.tooling.machines import PORTAL, REPOSITORY

DAY_TO_DAY = REPOSITORY / "docs/operate/day-to-day.md"
DOCTOR = REPOSITORY / "docs/operate/doctor.md"
PEOPLE = REPOSITORY / "docs/operate/people.md"
HEALTH = sorted((PORTAL / "core/health").glob("*.py"))
WORDS_TO_DO_WITHOUT = re.compile(r"\b(simply|just|obviously|easily)\b", re.IGNORECASE)


def name_of(document: Path) -> str:
    return str(document.relative_to(REPOSITORY)).replace(PORTAL.name, "portal")


def first_cells(table: str) -> list[str]:
    """The names in the first column of a table, a cell with several told apart."""
    return [name for row in re.findall(r"(?m)^\| (.*?) \|", table) for name in re.findall(r"`([\w-]+)`", row)]


@pytest.fixture(params=documentation.PAGES, ids=name_of)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.mark.parametrize(
    ("key", "table"),
    documentation.tables().items(),
    ids=["prompts", "template", "portal", "containers"],
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
    named = set(re.findall(r"(?m)(?:`|^\$ |^)make ([a-z-]+)(?!/)\b", document.read_text()))
    assert named <= known, f"no such command: {', '.join(sorted(named - known))}"


def test_every_command_that_a_page_shows_is_one_that_the_tests_know(document: Path) -> None:
    """A command is either a make target, which tests of its own run, or begins like one of these."""
    known = ["make ", "cookiecutter ", "cd ", ".venv/bin/python -m pytest ", ".venv/bin/uv pip compile "]
    known += ["python manage.py ", "SESSION_STORE_URL=", "docker compose ", "docker volume rm NAME_", "sudo install "]
    for command in documentation.shown_commands(document):
        shlex.split(command)
        assert any(command.startswith(beginning) for beginning in known), command


def test_every_container_and_volume_that_a_command_names_exists(document: Path) -> None:
    names = documentation.services()
    volumes = yaml.safe_load(documentation.COMPOSE.read_text())["volumes"]
    text = document.read_text()
    named = re.findall(r"docker compose (?:exec|run|restart|cp)(?: -T| --[a-z-]+)* ([a-z-]+)", text)
    named += re.findall(r"docker compose (?:build|up --detach --wait) ([a-z][a-z-]*)", text)
    assert set(named) <= {*names, "name"}
    assert set(re.findall(r"docker volume rm NAME_([a-z-]+)", text)) <= set(volumes)


def test_every_file_that_a_page_links_to_is_there(document: Path) -> None:
    """Sphinx checks the pages of docs/; GitHub shows the others, and checks nothing."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_the_examples_of_finer_rights_are_those_of_the_polls() -> None:
    lines = {line for file in (PORTAL / "apps/polls").glob("*.py") for line in file.read_text().splitlines()}
    for page in (PORTAL / "docs/extending.md", REPOSITORY / "docs/extending.md"):
        section = page.read_text().split("## Finer rights\n")[1].split("\n## ")[0]
        examples = re.findall(r"(?s)```python\n(.*?)```", section)
        assert examples
        for line in "\n".join(examples).splitlines():
            assert line in lines or line.strip() == "...", f"{page.name}: {line}"


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


def test_each_container_is_told_of_by_what_it_may_do() -> None:
    _, rights, networks, *_ = documentation.tables_in(documentation.CONTAINERS)
    assert first_cells(rights) == list(documentation.services())
    assert set(first_cells(networks)) == set(yaml.safe_load(documentation.COMPOSE.read_text())["networks"])


def test_the_limits_are_those_of_the_settings() -> None:
    """Each stands with the default that .env.example shows, where it is a number."""
    (table,) = [one for one in documentation.tables_in(DAY_TO_DAY) if "LIMIT_BURST" in one]
    told = dict(re.findall(r"(?m)^\| `([A-Z_]+)` \|.*\| (.+) \|$", table))
    example = dict(re.findall(r"(?m)^# (LIMIT_\w+)=(\d+)$", (PORTAL / ".env.example").read_text()))
    assert {name: told[name] for name in example} == example
    compose = documentation.COMPOSE.read_text()
    assert all(f"{name}:-{default}}}" in compose for name, default in example.items())
    assert set(told) - set(example) == {"SERVER_PROCESSES", "WORKER_PROCESSES"}


def test_the_columns_of_a_list_are_those_that_are_read() -> None:
    """Both tables have all of them, in the order of the code, and both pages say the same limits."""
    records = PORTAL / "services/people/records"
    columns = {name: names for name, names in assignments(records / "columns.py").items() if name in {"PERSON", "ROLE"}}
    known = ["username", *columns["PERSON"][1:], *columns["ROLE"]]
    limits = assignments(records / "reading.py")
    for page in (PEOPLE, PORTAL / "docs/operating.md"):
        (table,) = [one for one in documentation.tables_in(page) if "`display_name`" in one]
        assert [name for name in first_cells(table) if not name.startswith("details")] == known
        for said in (f"{limits['MOST_ROWS']:,} rows", f"{limits['LARGEST_FILE'] // 1024**2} MiB"):
            assert said in page.read_text()
        assert f"{limits['LONGEST_CELL']} characters" in page.read_text()


def assignments(module: Path) -> dict[str, Any]:
    """Constant → value, of those at the top of a module that need nothing else; names in them stand as they are."""
    found = {}
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = constant(node.value)
    return found


def constant(node: ast.expr) -> Any:
    match node:
        case ast.Tuple():
            return [constant(element) for element in node.elts]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return constant(left) * constant(right)
        case ast.Name():
            return node.id
        case _:
            return ast.literal_eval(node)


def test_doctor_s_page_has_every_row() -> None:
    rows = {name for table in documentation.tables_in(DOCTOR) for name in first_cells(table)}
    health = "\n".join(path.read_text() for path in HEALTH)
    told_once = set(re.findall(r'service = "([a-z-]+)"', health))
    told_twice = {site + kind for kind in re.findall(r'{site}(-[a-z]+)"', health) for site in ("intranet", "internet")}
    assert told_once | told_twice | {"reverse-proxy"} <= rows


@pytest.mark.parametrize("module", HEALTH, ids=[path.stem for path in HEALTH])
def test_doctor_s_page_has_every_message(module: Path) -> None:
    """Each that a check raises, with … in place of what varies."""
    page = DOCTOR.read_text()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            message = node.exc.args[0]
            for part in message.values if isinstance(message, ast.JoinedStr) else [message]:
                if isinstance(part, ast.Constant):
                    assert part.value.strip() in page, part.value


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
