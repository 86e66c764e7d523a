"""Packages that only one app needs: they come with it and leave with it, in the locks, the environment and the page."""

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from tests.support.installation import Installation, copy_portal
from tests.support.visitor import Visitor, subscribe

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
    assert "Nothing was changed" in refused.stderr
    assert locks(copy_of_sources) == before
    assert not (copy_of_sources.folder / "apps/polls/requirements.txt").exists()


def example_package(portal: Installation) -> Path:
    """Build the wheel of the app `library` as the how-to says, and remove the app's folder. Return the wheel's path."""
    source = portal.folder.parent / "omniport-library"
    (source / "apps").mkdir(parents=True)
    shutil.move(portal.folder / "apps/library", source / "apps")
    page = (portal.folder / "docs/how-to/publish-an-app-as-a-package.md").read_text()
    (block,) = re.findall(r"(?s) {3}```toml\n(.*?) {3}```\n", page)
    (source / "pyproject.toml").write_text(textwrap.dedent(block))
    (command,) = re.findall(r"\$ \.venv/bin/(uv build .*)", page)
    portal.run(*command.replace(".venv", str(portal.environment_folder)).split())
    (wheel,) = (source / "dist").glob("*.whl")
    return wheel


def extend(library: Path) -> None:
    """Give the app a package for Python and for its page, and catalogues in Hindi."""
    urls = library / "urls.py"
    urls.write_text(
        f"{urls.read_text()}\n\nfrom django.http import HttpResponse\nfrom django.utils.translation import gettext\n"
        "from slugify import slugify\n\n\ndef answer(request):\n"
        "    return HttpResponse(f\"{slugify('A b')} {gettext('Good morning')}\")\n\n\n"
        'urlpatterns += [path("answer/", answer)]\n'
    )
    (library / "package.json").write_text(
        '{"name": "@apps/library", "private": true, "type": "module", "dependencies": {"date-fns": "*"}}'
    )
    (library / "frontend/index.jsx").write_text(
        "import { formatISO } from 'date-fns'\nimport { Trans } from '@portal/i18n'\n"
        "import { Page } from '@portal/ui'\n\n"
        "export default function Library() {\n  return (\n    <Page title={formatISO(0)}>\n"
        "      <Trans>Good evening</Trans>\n    </Page>\n  )\n}\n"
    )
    catalogue = library / "locale/hi/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(f'{PO_HEADER}\nmsgid "Good morning"\nmsgstr "सुप्रभात"\n')
    (library / "locale/hi.po").write_text(f'{PO_HEADER}\nmsgid "Good evening"\nmsgstr "शुभ संध्या"\n')


PO_HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: hi\\n"\n'


@pytest.mark.long
def test_an_app_that_is_installed_as_a_wheel_works_as_one_in_a_folder(own_portal: Installation) -> None:
    before = locks(own_portal)
    extend(own_portal.folder / "apps/library")
    wheel = example_package(own_portal)
    own_portal.make("install", f"app={wheel}")
    assert not (own_portal.folder / "apps/library").exists()
    for lock in LOCKS[:2]:
        new = {line.partition(" ")[0] for line in pinned(locks(own_portal)[lock]) - pinned(before[lock])}
        assert "omniport-library==1.0" in new
        assert {line.partition("==")[0] for line in new} == {"omniport-library", "python-slugify", "text-unidecode"}
    assert '    "node_modules/date-fns": {' in locks(own_portal)["package-lock.json"]

    with own_portal.development_server("serve") as server:
        visitor = Visitor.local(server.port)
        assert visitor.get("/api/library/answer/").status == 401  # of its audience
        visitor = visitor.sign_in_as("student")
        assert visitor.get("/api/library/answer/").text == "a-b Good morning"
        hindi = visitor.get("/api/library/answer/", headers={"Accept-Language": "hi"})
        assert hindi.text == "a-b सुप्रभात"
        with visitor.socket("/ws/portal/") as connection:
            assert subscribe(connection, "library:entries") == {"subscribed": ["library:entries"]}
        assert "library" in [app["name"] for app in visitor.get("/api/portal/").json()["apps"]]
    build = own_portal.folder / "frontend/build"
    (script,) = build.glob("app-library.*.js")
    assert "Invalid time value" in script.read_text()  # of date-fns
    (catalogue,) = build.glob("catalogue-library.hi.*.json")
    assert "शुभ संध्या" in catalogue.read_text()
    page_test = own_portal.folder / "apps/polls/tests/installed.test.jsx"
    page_test.write_text(
        "import Library from '../../../packages/pages/library/frontend/index.jsx'\n\n"
        "test('Jest finds the page', () => expect(Library).toBeInstanceOf(Function))\n"
    )
    own_portal.npm("test", "--", "installed")
    tables = own_portal.manage("showmigrations", "library").stdout
    assert "[X] 0001_initial" in tables
    assert "library.remind" in own_portal.make("task").stdout

    own_portal.make("uninstall", "app=library")
    assert locks(own_portal) == before
    assert sorted(path.name for path in (own_portal.folder / "packages").iterdir()) == ["README.md"]
    names = "import django; from django.conf import settings; print([one.name for one in settings.PLUGINS])"
    assert (
        "library"
        not in own_portal.with_variables(DJANGO_SETTINGS_MODULE="config.settings").run("python", "-c", names).stdout
    )
