"""The app of the tutorial: its code comes from the page, and its own tests pass."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.portal.test_own_tests import run_own_tests
from tests.support.installation import Installation, copy_portal
from tests.support.servers import RealServers
from tests.support.tutorial import FOLDER, added_lines, assemble, contents, files_of

MOST_LINES = 250


class Tutorial(NamedTuple):
    """A portal in which somebody has followed the tutorial, and the files of the app before their first change."""

    portal: Installation
    made: dict[str, str]


@pytest.fixture(scope="module")
def tutorial(portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Tutorial:
    copy = copy_portal(portal, tmp_path_factory.mktemp("tutorial"))
    return Tutorial(copy, assemble(copy))


def test_the_app_of_the_tutorial_is_at_most_250_lines_in_one_folder(tutorial: Tutorial, portal: Path) -> None:
    files = files_of(tutorial.portal.folder / FOLDER)
    assert sum(added_lines(tutorial.made.get(name, ""), text) for name, text in files.items()) <= MOST_LINES
    before, after = contents(portal), contents(tutorial.portal.folder)
    assert {name for name in before | after if before.get(name) != after.get(name)} == set()


@pytest.mark.long
def test_the_own_tests_of_the_app_of_the_tutorial_pass(tutorial: Tutorial) -> None:
    run_own_tests(tutorial.portal, FOLDER)


@pytest.mark.long
def test_the_own_tests_of_the_app_of_the_tutorial_pass_on_real_servers(
    tutorial: Tutorial, real_servers: RealServers
) -> None:
    run_own_tests(tutorial.portal.with_variables(**real_servers.environment), FOLDER)


@pytest.mark.long
def test_the_app_of_the_tutorial_passes_the_lint(copy: Installation) -> None:
    assemble(copy)
    copy.make("lint", seconds=900)
    assert re.search(r"\d+ passed", copy.npm("test", "--", FOLDER, seconds=600).stderr)
