"""The names that portals, their operators and their apps depend on, as snapshots/contracts.txt lists them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.tooling.documentation import COMMANDS, COMPOSE, REFERENCE, commands_of
from tests.tooling.machines import PORTAL, REPOSITORY


def contracts() -> list[str]:
    """Return a line for each name: its kind, and the name as an entry of the changelog writes it."""
    found = [
        *named("prompt", json.loads((REPOSITORY / "cookiecutter.json").read_text())["__prompts__"]),
        *named("command of the template", (f"make {name}" for name in commands_of(REPOSITORY / "Makefile"))),
        *named("command of the portal", (f"make {name}" for name in commands_of(PORTAL / "Makefile"))),
        *named("command of Django", re.findall(r"(?m)^- `python manage\.py (\w+)", COMMANDS.read_text())),
        *named("key of .env", re.findall(r"(?m)^(?:# )?([A-Z_]+)=", (PORTAL / ".env.example").read_text())),
        *named("key of portal.yaml", keys_of(read_schema("portal"))),
        *named("key of a manifest", keys_of(read_schema("manifest"))),
        *named("URL", urls()),
        *named("import in Python", python_names()),
        *named("import in pages", page_names()),
    ]
    compose = yaml.safe_load(COMPOSE.read_text())
    for kind, section in (("container", "services"), ("network", "networks"), ("volume", "volumes")):
        found += named(kind, compose[section])
    return sorted(set(found))


def undocumented(before: list[str], after: list[str], changelog: str) -> list[str]:
    """Return the lines that were added or removed, and whose names no entry for the next update has.

    The name of a key or an import is its last part: `rings` of `sites.intranet.rings`.
    """
    unreleased = re.split(r"(?m)^## ", changelog)[1]
    return [line for line in sorted({*before} ^ {*after}) if not is_named(line.partition(": ")[2], unreleased)]


def is_named(name: str, text: str) -> bool:
    short = name if name.startswith("/") else name.rpartition(".")[2]
    return re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text) is not None


def named(kind: str, names: Any) -> list[str]:
    return [f"{kind}: {name}" for name in names]


def read_schema(name: str) -> dict[str, Any]:
    return json.loads((REFERENCE / f"{name}.schema.json").read_text())


def keys_of(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield each key of a JSON Schema, with a dot between a key and one inside it."""
    definitions = schema.get("$defs", {})

    def below(part: Mapping[str, Any], prefix: str) -> Iterator[str]:
        part = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for name, value in part.get("properties", {}).items():
            yield prefix + name
            yield from below(value, f"{prefix}{name}.")
        for choice in part.get("anyOf", []):
            yield from below(choice, prefix)
        if isinstance(inside := part.get("additionalProperties"), dict):
            yield from below(inside, f"{prefix}<name>.")

    yield from below(schema, "")


def urls() -> Iterator[str]:
    rows = re.findall(r"(?m)^\| (`/.*?) \|", (REFERENCE / "urls.md").read_text())
    return (path for row in rows for path in re.findall(r"`([^`]+)`", row))


def python_names() -> Iterator[str]:
    sections = yaml.safe_load((REFERENCE / "python.yaml").read_text())
    return (f"{module}.{name}" for modules in sections.values() for module, names in modules.items() for name in names)


def page_names() -> Iterator[str]:
    """Yield each name below the module from which a page imports it."""
    module = ""
    for level, name in re.findall(r"(?m)^(##|###) `?([^`\n]+)`?$", (REFERENCE / "frontend.md").read_text()):
        module = name if level == "##" else module
        if level == "###" and module.startswith("@portal/"):
            yield f"{module}.{name}"
