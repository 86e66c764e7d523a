"""The lists in cookiecutter.json match Python, Django and the portal's requirements."""

import sys
from pathlib import Path

import pytest

from tests.template import lists

HOW = "update the lists: python -m tests.template.lists --python <portal>/.venv/bin/python"


@pytest.fixture(scope="module")
def expected(portal: Path) -> lists.Lists:
    return lists.expected(portal / ".venv" / "bin" / "python")


def test_every_locked_package_is_reserved() -> None:
    assert lists.locked_packages() <= lists.stored().reserved[lists.PACKAGES], HOW


def test_every_module_of_this_python_is_reserved() -> None:
    names = lists.slugs(set(sys.stdlib_module_names))
    assert names <= lists.stored().reserved[lists.STANDARD_LIBRARY], HOW


def test_every_folder_of_the_portal_is_reserved() -> None:
    assert lists.folders() == lists.stored().reserved[lists.FOLDERS], HOW


def test_reserved_names_are_those_of_python_and_the_portals_environment(expected: lists.Lists) -> None:
    assert lists.stored().reserved == expected.reserved, HOW


def test_languages_are_djangos(expected: lists.Lists) -> None:
    assert lists.stored().languages == expected.languages, HOW
