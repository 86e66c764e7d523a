"""The how-tos that change the app of `make app name=library`: their code works, and its tests pass."""

import shutil
from pathlib import Path

import pytest

from tests.portal.test_own_tests import run_own_tests
from tests.support.installation import Installation, copy_portal
from tests.support.tutorial import Edit, actions

pytestmark = pytest.mark.long

HOW_TO = Path("docs", "how-to")
APP = Path("apps", "library")
PAGES = ["draw-a-chart", "import-and-export", "keep-a-draft", "run-every-night", "search-a-list"]


def edits_of(page: Path) -> list[Edit]:
    return [action for action in actions(page.read_text()) if isinstance(action, Edit)]


def test_each_how_to_with_code_for_files_is_tested(portal: Path) -> None:
    assert [page.stem for page in sorted((portal / HOW_TO).glob("*.md")) if edits_of(page)] == PAGES


@pytest.fixture(scope="module")
def library(built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A portal with a new app, and a copy of the app beside the portal."""
    installation = copy_portal(built_portal, tmp_path_factory.mktemp("how-to"), packages=True)
    installation.manage("createapp", "library")
    shutil.copytree(installation.folder / APP, installation.folder.parent / "library")
    return installation


@pytest.mark.parametrize("name", PAGES)
def test_the_code_of_a_how_to_works(library: Installation, name: str) -> None:
    shutil.rmtree(library.folder / APP)
    shutil.copytree(library.folder.parent / "library", library.folder / APP)
    for edit in edits_of(library.folder / HOW_TO / f"{name}.md"):
        edit.apply(library.folder)
    run_own_tests(library, str(APP))
    library.run("ruff", "check", str(APP))
    library.run("ruff", "format", "--check", str(APP))
    library.manage("check", "--fail-level", "WARNING")
    library.run("node", "node_modules/.bin/eslint", "--config", "frontend/eslint.config.mjs", str(APP))
    library.run("node", "node_modules/.bin/prettier", "--check", str(APP))
    library.run("node", "node_modules/.bin/tsc", "--project", "frontend/jsconfig.json")
