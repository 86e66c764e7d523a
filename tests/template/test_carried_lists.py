"""The lists that the template carries are those of Python, Django, the time zones, and the portal's requirements."""

import sys
import zoneinfo
from pathlib import Path

import pytest

from tests.template import carried_lists

HOW = "bring the lists up to date: python tests/template/carried_lists.py --python <portal>/.venv/bin/python"


@pytest.fixture(scope="module")
def expected(portal: Path) -> tuple[dict[str, set[str]], set[str], set[str]]:
    return carried_lists.expected(portal / ".venv" / "bin" / "python")


def test_every_locked_package_is_reserved() -> None:
    assert carried_lists.distributions() <= carried_lists.carried_reserved()[carried_lists.PACKAGES], HOW


def test_every_module_of_this_python_is_reserved() -> None:
    names = carried_lists.slugs(set(sys.stdlib_module_names))
    assert names <= carried_lists.carried_reserved()[carried_lists.STANDARD_LIBRARY], HOW


def test_every_folder_of_the_portal_is_reserved() -> None:
    assert carried_lists.folders() == carried_lists.carried_reserved()[carried_lists.FOLDERS], HOW


def test_every_carried_time_zone_exists() -> None:
    missing = set()
    for name in carried_lists.carried("TIME_ZONES"):
        try:
            zoneinfo.ZoneInfo(name)
        except zoneinfo.ZoneInfoNotFoundError:
            missing.add(name)
    assert not missing, HOW


def test_reserved_names_are_those_of_python_and_the_portals_environment(
    expected: tuple[dict[str, set[str]], set[str], set[str]],
) -> None:
    assert carried_lists.carried_reserved() == expected[0], HOW


def test_languages_are_djangos(expected: tuple[dict[str, set[str]], set[str], set[str]]) -> None:
    assert carried_lists.carried("LANGUAGES") == expected[1], HOW


def test_time_zones_are_those_of_the_portals_database(expected: tuple[dict[str, set[str]], set[str], set[str]]) -> None:
    assert carried_lists.carried("TIME_ZONES") == expected[2], HOW
