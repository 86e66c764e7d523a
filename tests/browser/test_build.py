"""The build finds the pages of all apps, and refuses a page that would make the portal slow."""

import shutil
from pathlib import Path

import pytest

from tests.support.installation import Installation, copy_portal


@pytest.fixture
def not_built(built_portal, tmp_path) -> Installation:
    installation = copy_portal(built_portal, tmp_path, packages=True)
    shutil.rmtree(installation.folder / "frontend" / "build")
    return installation


def test_a_portal_without_an_app_builds(not_built):
    for page in not_built.folder.glob("apps/*/frontend"):
        shutil.rmtree(page)
    not_built.make("frontend/build")
    build = not_built.folder / "frontend" / "build"
    assert not list(build.glob("app-*"))
    for pattern in ("index.html", "shell.*.js", "vendor.*.js", "runtime.*.js", "shell.*.css"):
        (file,) = build.glob(pattern)
        assert file.with_name(f"{file.name}.gz").is_file()
        assert file.with_name(f"{file.name}.br").is_file()
    page = (build / "index.html").read_text()
    assert '<html lang="en" dir="ltr" data-scheme="" data-accent="">' in page
    assert "<style" not in page  # the content security policy forbids styles and scripts in the page
    assert page.count("<script") == page.count("<script defer src=")


def test_a_page_over_its_budget_is_refused(not_built):
    page = not_built.folder / "apps" / "heavy" / "frontend" / "index.jsx"
    page.parent.mkdir(parents=True)
    digits = " ".join(str(7919 * number * number) for number in range(20_000))  # gzip cannot make them much smaller
    page.write_text(f"export default () => '{digits}'\n")
    with pytest.raises(AssertionError, match=r"the page app-heavy-(.|\n)*found(.|\n)*allowed  40\.0 kB"):
        not_built.make("frontend/build")


def test_fifty_apps_add_little_to_the_first_load(not_built, built_portal):
    for app in range(50):
        page = not_built.folder / "apps" / f"institute_app_{app}" / "frontend" / "index.jsx"
        page.parent.mkdir(parents=True)
        page.write_text(f"import './app.css'\nexport default () => 'app {app}'\n")
        (page.parent / "app.css").write_text(f".app-{app} {{ color: var(--good); }}\n")
        catalogue = page.parent.parent / "locale" / "hi.po"
        catalogue.parent.mkdir()
        catalogue.write_text(f'msgid "App {app}"\nmsgstr "ऐप {app}"\n\n')
    not_built.make("frontend/build")
    before, after = (first_load(portal / "frontend" / "build") for portal in (built_portal, not_built.folder))
    assert after - before <= 4_000, (before, after)


def first_load(build: Path) -> int:
    """Return the bytes of the scripts that every page loads, compressed by gzip."""
    return sum(next(build.glob(f"{name}.*.js.gz")).stat().st_size for name in ("runtime", "vendor", "shell"))
