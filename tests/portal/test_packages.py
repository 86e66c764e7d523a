"""Packages that only one app needs: they come with it and leave with it, in the locks, the environment and the page."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.installation import Installation, copy_portal

LOCKS = ("requirements.lock", "requirements-development.lock", "package-lock.json")


@pytest.fixture
def own_portal(built_portal: Path, tmp_path: Path) -> Installation:
    """A copy of the portal with a Python environment of its own, which may change, and the app `library`."""
    uv = str(built_portal / ".venv/bin/uv")
    copy = copy_portal(
        built_portal, tmp_path, packages=True, environment_folder=tmp_path / "environment", variables={"UV": uv}
    )
    copy.make("app", "name=library")
    return copy


def locks(portal: Installation) -> dict[str, list[str]]:
    return {name: (portal.folder / name).read_text().splitlines() for name in LOCKS}


def pinned(lines: list[str]) -> set[str]:
    """Return the lines of a Python lock that name a package and its version."""
    return {line for line in lines if re.match(r"[a-z0-9]", line)}


@pytest.mark.long
def test_the_packages_of_an_app_come_with_it_and_leave_with_it(own_portal: Installation) -> None:
    before = locks(own_portal)
    own_portal.make("add", "app=library", "python=python-slugify", "npm=date-fns")
    after = locks(own_portal)
    for lock in LOCKS[:2]:
        new = pinned(after[lock]) - pinned(before[lock])
        assert {line.partition("==")[0] for line in new} == {"python-slugify", "text-unidecode"}
        assert pinned(before[lock]) <= pinned(after[lock])
    assert set(before["package-lock.json"]) <= set(after["package-lock.json"])
    assert '    "node_modules/date-fns": {' in after["package-lock.json"]

    library = own_portal.folder / "apps/library"
    test = library / "tests/test_slugs.py"
    test.write_text("from slugify import slugify\n\n\ndef test_slugs():\n    assert slugify('A b') == 'a-b'\n")
    page_test = library / "tests/dates.test.jsx"
    page_test.write_text(
        "import { formatISO } from 'date-fns'\n\ntest('dates', () => expect(formatISO(0)).toMatch('19'))\n"
    )
    done = own_portal.make("test", "app=library")
    assert "test_slugs.py" in done.stdout
    page = library / "frontend/index.jsx"
    page.write_text(f"import {{ formatISO }} from 'date-fns'\n\nconsole.log(formatISO(0))\n{page.read_text()}")
    own_portal.make("frontend/build")
    (script,) = (own_portal.folder / "frontend/build").glob("app-library.*.js")
    assert "Invalid time value" in script.read_text()  # of date-fns

    shutil.rmtree(library)
    refused = own_portal.run(*own_portal.make_command("task"), check=False)
    assert refused.returncode == 2
    assert refused.stderr.count("the file is gone") == 2
    own_portal.make("lock")
    assert locks(own_portal) == before
    own_portal.make("task")
    assert own_portal.run("python", "-c", "import slugify", check=False).returncode == 1


def test_a_package_without_wheels_is_refused_with_its_reason(copy_of_sources: Installation) -> None:
    before = locks(copy_of_sources)
    refused = copy_of_sources.run(*copy_of_sources.make_command("add", "app=polls", "python=docopt"), check=False)
    assert refused.returncode == 2
    assert "docopt have no usable wheels" in refused.stderr
    assert "make add: nothing was changed" in refused.stderr
    assert locks(copy_of_sources) == before
    assert not (copy_of_sources.folder / "apps/polls/requirements.txt").exists()
