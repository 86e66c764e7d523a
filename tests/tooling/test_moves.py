"""The table of a roll: what moves, from what to what, whether it is a major version, and what it closes."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.tooling.machines import SCRIPTS

PYTHON, JAVASCRIPT = Path("requirements-development.lock"), Path("package-lock.json")
BEFORE = """{"dependencies": [{"name": "django", "version": "6.1", "vulns": [
    {"id": "PYSEC-2026-1", "fix_versions": ["6.2"], "aliases": ["CVE-2026-1"]},
    {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": []}]}]}"""
AFTER = """{"dependencies": [{"name": "django", "version": "6.2", "vulns": [
    {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": []}]}]}"""


@pytest.fixture(scope="module")
def moves() -> Iterator[ModuleType]:
    """The module, whose own imports are those of a program in its folder."""
    known = set(sys.modules)
    sys.path.insert(0, str(SCRIPTS))
    try:
        import moves

        yield moves
    finally:
        sys.path.remove(str(SCRIPTS))
        for name in set(sys.modules) - known:
            if str(SCRIPTS) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


@pytest.mark.parametrize(
    ("old", "new", "is_major"),
    [
        ("6.1", "7.0", True),
        ("6.1", "6.2", False),
        ("0.4.1", "0.5.0", True),
        ("0.4.1", "0.4.2", False),
        ("17.6-1.pgdg13+1", "18.0-1.pgdg13+1", True),
        ("(new)", "1.0", False),
        ("1.0", "(gone)", False),
        ("4f1c9d2ab3e0", "5a1c9d2ab3e0", False),
    ],
)
def test_a_major_version_is_marked(moves: ModuleType, old: str, new: str, is_major: bool) -> None:
    assert moves.Move("Python", "x", old, new).is_major is is_major


def test_packages_that_moved_are_listed_once(moves: ModuleType) -> None:
    before = {Path("requirements.lock"): "django==6.1\n", PYTHON: "django==6.1\nruff==1.0\nold==1\n"}
    after = {Path("requirements.lock"): "django==6.2\n", PYTHON: "django==6.2\nruff==1.0\n"}
    found = {(one.name, one.old, one.new) for one in moves.package_moves(before, after)}
    assert found == {("django", "6.1", "6.2"), ("old", "1", "(gone)")}


def test_the_vulnerabilities_that_a_move_closes_are_those_of_the_recorded_answers(moves: ModuleType) -> None:
    import audit

    before, after = (audit.read_pip_audit(answer, "") for answer in (BEFORE, AFTER))
    closes, not_checked = moves.closed({PYTHON: before}, {PYTHON: after})
    assert closes == {"django": ["PYSEC-2026-1"]}
    assert not_checked == []
    table = moves.table([moves.Move("Python", "django", "6.1", "6.2"), moves.Move("npm", "react", "19", "20")], closes)
    assert [line.split() for line in table.splitlines()] == [
        ["what", "from", "to", "closes"],
        ["npm", "react", "19", "20", "major"],
        ["Python", "django", "6.1", "6.2", "PYSEC-2026-1"],
    ]


def test_a_lock_that_no_database_checked_is_named_with_the_reason(moves: ModuleType) -> None:
    closes, not_checked = moves.closed({JAVASCRIPT: "405 Method Not Allowed"}, {JAVASCRIPT: "405 Method Not Allowed"})
    assert closes == {}
    assert not_checked == ["package-lock.json: vulnerabilities not checked (405 Method Not Allowed)"]


def test_nothing_that_moves_is_said_so(moves: ModuleType) -> None:
    assert moves.table([], {}) == "Everything is the newest already."
