"""The tables of the documentation, made from the code, and the commands that its pages show.

    python -m tests.tooling.documentation

updates the tables in the pages.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config

from tests.tooling.machines import PORTAL, REPOSITORY

PAGES = sorted(
    [
        *(REPOSITORY / name for name in ["README.md", "CHANGELOG.md"]),
        PORTAL / "README.md",
        *(REPOSITORY / "docs").rglob("*.md"),
        *(PORTAL / "docs").rglob("*.md"),
    ]
)
PROMPTS = REPOSITORY / "docs/reference/prompts.md"
TEMPLATE_COMMANDS = REPOSITORY / "docs/reference/template-commands.md"
HOW_TO = PORTAL / "docs/how-to"
OPERATE = PORTAL / "docs/operate"
REFERENCE = PORTAL / "docs/reference"
COMMANDS = REFERENCE / "commands.md"
CONTAINERS = REFERENCE / "containers.md"
COMPOSE = PORTAL / "compose.yaml"


def commands_of(makefile: Path) -> dict[str, str]:
    """Return target → its line of help."""
    return dict(re.findall(r"(?m)^([a-z-]+):.*?## (.*)$", makefile.read_text()))


def prompts_table() -> str:
    context = generate_context(str(REPOSITORY / "cookiecutter.json"))
    defaults = prompt_for_config(context, no_input=True)
    rows = ["| prompt | question | default |", "|---|---|---|"]
    questions = json.loads((REPOSITORY / "cookiecutter.json").read_text())["__prompts__"]
    for name, question in questions.items():
        answer = defaults[name]
        if isinstance(question, dict):
            choices = [text for key, text in question.items() if key != "__prompt__"]
            question = f"{question['__prompt__']} ({'; '.join(choices)})"
        default = {True: "yes", False: "no"}.get(answer, f"`{answer}`")
        rows.append(f"| `{name}` | {question} | {default} |")
    return "\n".join(rows)


def commands_table(makefile: Path) -> str:
    rows = ["| command | what it does |", "|---|---|"]
    rows += [f"| `make {target}` | {text} |" for target, text in commands_of(makefile).items()]
    return "\n".join(rows)


def services() -> dict[str, dict[str, Any]]:
    """Return name → service in the order of compose.yaml. Anchors and `extends` are resolved, and variables are not."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    return {name: extended(service) | service for name, service in services.items()}


def extended(service: dict[str, Any]) -> dict[str, Any]:
    if "extends" not in service:
        return {}
    file = COMPOSE.with_name(service["extends"]["file"])
    return yaml.safe_load(file.read_text())["services"][service["extends"]["service"]]


def tiers() -> dict[str, str]:
    """Return service → its tier, from the headings of compose.yaml; `between` for the one-shots."""
    found, tier = {}, ""
    for heading, service in re.findall(r"(?m)^  # -{20,} (?:tier )?([\w-]+)|^  ([a-z-]+):$", COMPOSE.read_text()):
        tier = heading or tier
        found[service] = tier if tier.startswith("I") else "between"
    return {name: found[name] for name in services()}


def containers_table() -> str:
    rows = [
        "| container | tier | image | user | networks | volumes | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    tier = tiers()
    for name, service in services().items():
        if build := service.get("build"):
            image = f"built: `{build['target']}`"
        else:
            image = f"`{re.sub(r'[$]{[^:}]*:-(.*)}', r'\1', service['image'])}`"
        user = service.get("user", "`portal`" if build else "the image's")
        volumes = []
        mounts = (re.sub(r"^\$\{\w+:-([a-z-]+)\}", r"\1", one) for one in service.get("volumes", []))
        for source, _, *options in (one.split(":") for one in mounts if re.match(r"[a-z]", one)):
            volumes.append(f"`{source}`{' (reads)' if 'ro' in options else ''}")
        cells = [
            f"`{name}`",
            tier[name],
            image,
            user if "`" in user or " " in user else f"`{user}`",
            ", ".join(f"`{one}`" for one in service.get("networks", [])) or "none",
            ", ".join(volumes) or "none",
            re.sub(r"^(?:\$\{\w+:-)?(\d+)\}?m$", r"\1 MiB", service["mem_limit"]),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def secrets_table() -> str:
    rows = ["| container | secrets |", "|---|---|"]
    for name, service in services().items():
        sources = [one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])]
        rows.append(f"| `{name}` | {', '.join(f'`{one}`' for one in sources) or 'none'} |")
    return "\n".join(rows)


def tables() -> dict[tuple[Path, int], str]:
    """Return (page, number of the table in it) → the correct table."""
    return {
        (PROMPTS, 0): prompts_table(),
        (TEMPLATE_COMMANDS, 0): commands_table(REPOSITORY / "Makefile"),
        (COMMANDS, 0): commands_table(PORTAL / "Makefile"),
        (CONTAINERS, 0): containers_table(),
        (CONTAINERS, 3): secrets_table(),
    }


def tables_in(page: Path) -> list[str]:
    return [table.rstrip() for table in re.findall(r"(?m)(?:^\|.*\n)+", page.read_text())]


def commands_in(page: Path) -> list[str]:
    """Return every command of the page's `console` blocks: what follows a `$`, or each line of a block without one."""
    commands = []
    for block in re.findall(r"(?ms)^ *```console\n(.*?)^ *```", page.read_text()):
        lines = [line.strip() for line in block.splitlines()]
        prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        commands += prompted or lines
    return commands


def write_tables() -> None:
    for (page, number), table in tables().items():
        text = page.read_text()
        present = tables_in(page)
        page.write_text(text.replace(present[number], table))


if __name__ == "__main__":
    write_tables()
