"""The docs agree with the code: tables, links, commands, limits, names and messages."""

import ast
import contextlib
import itertools
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
from tests.tooling.documentation import HOW_TO, OPERATE, REFERENCE
from tests.tooling.machines import PORTAL, REPOSITORY

DOCTOR = REFERENCE / "doctor.md"
HEALTH = sorted((PORTAL / "core/health").glob("*.py"))
SECTIONS = ["tutorials", "operate", "how-to", "reference", "explanation"]
# The pages of the book that are in no section: its front page, those about the template itself, and one that leads to
# the portal's page of the same name.
OTHER_PAGES = {"index.md", "contributing.md", "changelog.md", "operate/security.md"}
CONDESCENDING = re.compile(r"\b(simply|just|obviously|easily)\b", re.IGNORECASE)
SHORTEST_REPEATED_SENTENCE = 8  # words


def name_of(document: Path) -> str:
    return str(document.relative_to(REPOSITORY)).replace(PORTAL.name, "portal")


def first_cells(table: str) -> list[str]:
    """Return the names in the first column of a table. A cell can hold several."""
    return [name for row in re.findall(r"(?m)^\| (.*?) \|", table) for name in re.findall(r"`([\w-]+)`", row)]


def names_in(page: Path) -> set[str]:
    """Return every name that the page shows as code."""
    return set(re.findall(r"`(\w+)`", page.read_text()))


def prose_of(page: Path) -> str:
    """Return the text of a page without code, tables and links' targets."""
    text = re.sub(r"(?s)```.*?```", "\n\n", page.read_text())
    text = re.sub(r"(?m)^\s*(\||#|[-*] |\d+\. |:).*$", "\n", text)
    return re.sub(r"!\[[^\]]*\]|\]\([^)]*\)", "", text)


def sentences_of(page: Path) -> set[str]:
    text = re.sub(r"[ \n]*\n(?=\S)", " ", re.sub(r"\n{2,}", ". ", prose_of(page)))
    found = (re.sub(r"\s+", " ", part).strip(" .") for part in re.split(r"(?<=[.!?:])\s+", text))
    return {sentence for sentence in found if len(sentence.split()) >= SHORTEST_REPEATED_SENTENCE}


@pytest.fixture(params=documentation.PAGES, ids=name_of)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.mark.parametrize(
    ("key", "table"),
    documentation.tables().items(),
    ids=["prompts", "template", "portal", "containers", "secrets"],
)
def test_a_generated_table_is_up_to_date(key: tuple[Path, int], table: str) -> None:
    page, number = key
    assert documentation.tables_in(page)[number] == table, "run: python -m tests.tooling.documentation"


def test_each_prompt_has_a_question() -> None:
    context = json.loads((REPOSITORY / "cookiecutter.json").read_text())
    assert list(context["__prompts__"]) == [name for name in context if not name.startswith("_")]


def test_every_page_is_in_one_section_and_in_the_book() -> None:
    contents = re.findall(r"(?m)^([a-z/-]+)$", (REPOSITORY / "docs/index.md").read_text())
    pages = {
        **{f"portal/{page.relative_to(PORTAL / 'docs')}": page for page in (PORTAL / "docs").rglob("*.md")},
        **{str(page.relative_to(REPOSITORY / "docs")): page for page in (REPOSITORY / "docs").rglob("*.md")},
    }
    others = OTHER_PAGES | {"portal/index.md"}
    in_sections = [name for name in pages if name not in others and set(Path(name).parts[:-1]) & set(SECTIONS)]
    assert set(pages) - set(in_sections) == others
    assert sorted(contents) == sorted(
        name.removesuffix(".md") for name in [*in_sections, "contributing.md", "changelog.md"]
    )


@pytest.mark.parametrize("index", [PORTAL / "docs/index.md", OPERATE / "index.md"], ids=name_of)
def test_an_index_links_every_page_of_its_folder(index: Path) -> None:
    linked = {(index.parent / target).resolve() for target in re.findall(r"\]\(([a-z/.-]+\.md)\)", index.read_text())}
    assert {page.resolve() for page in index.parent.rglob("*.md")} - {index.resolve()} <= linked


def test_no_sentence_is_in_two_pages() -> None:
    pages = [page for page in documentation.PAGES if page.name != "CHANGELOG.md"]
    sentences = {page: sentences_of(page) for page in pages}
    repeated = [
        f"{name_of(one)} and {name_of(other)}: {sentence}"
        for one, other in itertools.combinations(pages, 2)
        for sentence in sentences[one] & sentences[other]
    ]
    assert not repeated, "\n".join(repeated)


def test_every_make_command_that_a_page_names_exists(document: Path) -> None:
    known = {
        *documentation.commands_of(REPOSITORY / "Makefile"),
        *documentation.commands_of(PORTAL / "Makefile"),
    }
    named = set(re.findall(r"(?m)(?:`|^\s*\$ |^)make ([a-z-]+)(?!/)\b", document.read_text()))
    assert named <= known, f"no such command: {', '.join(sorted(named - known))}"


def test_every_command_that_a_page_shows_is_known(document: Path) -> None:
    """A command is a make target, which has tests of its own, or starts like one of these."""
    known = ["make ", "cookiecutter ", "cd ", ".venv/bin/python ", ".venv/bin/uv pip compile "]
    known += [".venv/bin/uv build "]
    known += ["python manage.py ", "SESSION_STORE_URL=", "docker compose ", "docker volume rm NAME_", "sudo install "]
    known += ["infrastructure/write-secrets", "infrastructure/database-roles", "rm apps/", "git clone ", ".ci/run"]
    known += ["git commit ", "awk ", "chmod 600 .env"]
    known += ['psql "postgresql://ADMIN@']  # tests/portal/test_servers_elsewhere.py runs its file
    known += ["docker swarm ", "docker node update ", "docker service update ", "docker exec ", "docker stats "]
    for command in documentation.commands_in(document):
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


def test_every_file_that_a_page_links_to_exists(document: Path) -> None:
    """Sphinx checks the pages of the book. GitHub shows the others, and checks nothing."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_the_examples_of_finer_rights_are_those_of_the_polls() -> None:
    lines = {line for file in (PORTAL / "apps/polls").glob("*.py") for line in file.read_text().splitlines()}
    examples = re.findall(r"(?s)```python\n(.*?)```", (HOW_TO / "decide-finer-rights.md").read_text())
    assert examples
    for line in "\n".join(examples).splitlines():
        assert line in lines or line.strip() == "...", line
    for line in re.findall(r"(?m)^    queryset = .*$", "\n".join(examples)):
        assert any(known.startswith(line) for known in lines), line


def test_no_page_is_condescending(document: Path) -> None:
    prose = re.sub(r"(?s)```.*?```|`[^`]*`", "", document.read_text())
    assert not CONDESCENDING.findall(prose)


def test_the_reference_has_every_key_of_the_configuration() -> None:
    """Each key of `.env.example` and `portal.yaml` is in a table, and no table has another."""
    sections = re.split(r"(?m)^## ", (REFERENCE / "configuration.md").read_text())[1:]
    documented = {
        section.split("\n", 1)[0]: {
            name for row in re.findall(r"(?m)^\| (`.*?) \|", section) for name in re.findall(r"`(\w+)`", row)
        }
        for section in sections
    }
    of_yaml = re.findall(r"(?m)^(?:# )?([a-z_]+):", (PORTAL / "portal.yaml").read_text())
    example, _, of_processes = (PORTAL / ".env.example").read_text().partition("## Not for this file")
    assert documented["portal.yaml"] == set(of_yaml)
    assert documented[".env"] == set(re.findall(r"(?m)^(?:# )?([A-Z_]+)=", example))
    assert documented["The environment"] == set(re.findall(r"(?m)^# ([A-Z_]+)=", of_processes))


def test_the_reference_describes_every_container_and_network() -> None:
    _, purposes, networks, *_ = documentation.tables_in(documentation.CONTAINERS)
    assert first_cells(purposes) == list(documentation.services())
    assert set(first_cells(networks)) == set(yaml.safe_load(documentation.COMPOSE.read_text())["networks"])


def test_the_limits_are_those_of_the_settings() -> None:
    """Each has the default of .env.example, where that is a number."""
    text = (OPERATE / "set-limits.md").read_text()
    documented = dict(re.findall(r"(?m)^ *\| `([A-Z_]+)` \|.*\| (.+) \|$", text))
    example = dict(re.findall(r"(?m)^# (LIMIT_\w+)=(\d+)$", (PORTAL / ".env.example").read_text()))
    assert {name: documented[name] for name in example} == example
    compose = documentation.COMPOSE.read_text()
    assert all(f"{name}:-{default}}}" in compose for name, default in example.items())
    assert set(documented) - set(example) == {"SERVER_PROCESSES", "SERVER_MEMORY_MEGABYTES", "WORKER_PROCESSES"}


def test_the_columns_of_the_csv_file_are_those_that_the_import_reads() -> None:
    records = PORTAL / "services/people/records"
    columns = {name: names for name, names in assignments(records / "columns.py").items() if name in {"PERSON", "ROLE"}}
    limits = assignments(records / "reading.py")
    page = REFERENCE / "people-csv.md"
    (table,) = [one for one in documentation.tables_in(page) if "`display_name`" in one]
    documented = [name for name in first_cells(table) if not name.startswith("details")]
    assert documented == ["username", *columns["PERSON"][1:], *columns["ROLE"]]
    text = page.read_text()
    assert f"{limits['MAX_ROWS']:,} rows" in text
    assert f"{limits['MAX_FILE'] // 1024**2} MiB" in text
    assert f"{limits['MAX_CELL']} characters" in text


def assignments(module: Path) -> dict[str, Any]:
    """Return the constants at the top of a module whose values are literals; names in them stay names."""
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


def test_the_reference_has_every_socket_code() -> None:
    """In Python each is a constant. The frontend lists those after which it waits."""
    pattern = r"(?m)^[A-Z_]+ = (40[01]\d)\b"
    used = {code for path in (PORTAL / "core").rglob("*.py") for code in re.findall(pattern, path.read_text())}
    documented = re.findall(r"(?m)^\| (\d{4}) \|", (REFERENCE / "socket-codes.md").read_text())
    assert set(documented) == used
    in_frontend = re.findall(r"\b40[01]\d\b", (PORTAL / "frontend/sdk/socket.js").read_text())
    assert set(in_frontend) <= used


def test_the_reference_has_every_status() -> None:
    """Python names a status where it answers with one; NGINX has a page for each of its own."""
    layers = [path for layer in ("core", "services", "apps") for path in (PORTAL / layer).rglob("*.py")]
    pattern = r"(?:_response\(request, |status_code = |\(|status=)([45]\d\d)\b"
    used = {status for path in layers if "tests" not in path.parts for status in re.findall(pattern, path.read_text())}
    nginx = (PORTAL / "infrastructure/nginx/snippets/errors.conf").read_text()
    used |= set(re.findall(r"\b[45]\d\d\b", nginx.partition("error_page ")[2]))
    row = re.findall(r"(?m)^\| ([\d, ]+) \|", (REFERENCE / "http-problems.md").read_text())
    documented = {status for cell in row for status in cell.split(", ")}
    assert used - {"414"} <= documented, sorted(used - documented)  # 414: NGINX's own, before any app


def test_doctor_s_page_has_every_part() -> None:
    documented = {name for table in documentation.tables_in(DOCTOR) for name in first_cells(table)}
    health = "\n".join(path.read_text() for path in HEALTH)
    once = set(re.findall(r'service = "([a-z-]+)"', health))
    per_site = {site + kind for kind in re.findall(r'{site}(-[a-z]+)"', health) for site in ("intranet", "internet")}
    assert once | per_site | {"reverse-proxy"} <= documented


@pytest.mark.parametrize("module", HEALTH, ids=[path.stem for path in HEALTH])
def test_doctor_s_page_has_every_message(module: Path) -> None:
    """Each that a check raises, with an ellipsis in place of what varies."""
    page = DOCTOR.read_text()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            message = node.exc.args[0]
            for part in message.values if isinstance(message, ast.JoinedStr) else [message]:
                if isinstance(part, ast.Constant):
                    assert part.value.strip() in page, part.value


def test_the_commands_of_the_tutorial_start_a_portal(
    template: Path, cookiecutter_configuration: Path, tmp_path: Path
) -> None:
    """As shown, with this template in place of the one on GitHub."""
    page = REPOSITORY / "docs/tutorials/start-a-portal.md"
    commands = [shlex.split(line) for line in documentation.commands_in(page)]
    with_answers = next(words for words in commands if words[:2] == ["cookiecutter", "--no-input"])
    without = next(words for words in commands if words[0] == "cookiecutter" and "--no-input" not in words)
    (entered,) = [words[1] for words in commands if words[0] == "cd"]
    for words in [with_answers, [*without, "--no-input"]]:
        arguments = [str(template) if word == "gh:org/omniport-template" else word for word in words[1:]]
        options = ["--config-file", str(cookiecutter_configuration)]
        subprocess.run([sys.executable, "-m", "cookiecutter", *options, *arguments], cwd=tmp_path, check=True)
    assert (tmp_path / entered / "Makefile").exists()
    assert (tmp_path / "omniport" / "Makefile").exists()
