"""The parts of infrastructure/backup that need no server: when a backup is due, and what a manifest says."""

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from tests.tooling.machines import PORTAL

FOLDER = PORTAL / "infrastructure" / "backup"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """Return the package `backup`, as the container imports it."""
    specification = importlib.util.spec_from_file_location(
        "backup", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert specification
    assert specification.loader
    package = importlib.util.module_from_spec(specification)
    sys.modules["backup"] = package
    specification.loader.exec_module(package)
    for name in ("manifest", "problems", "schedule", "settings"):
        importlib.import_module(f"backup.{name}")
    return package


def due(program: ModuleType, text: str, zone: str, after: str) -> str | None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = program.schedule.next_run(program.settings.read_times(text), ZoneInfo(zone), moment)
    return found and found.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        ("02:30", "UTC", "2026-11-26 02:29", "2026-11-26 02:30"),
        ("02:30", "UTC", "2026-11-26 02:30", "2026-11-27 02:30"),
        ("02:30", "Asia/Kolkata", "2026-11-26 20:00", "2026-11-26 21:00"),
        ("14:30, 02:30", "UTC", "2026-11-26 02:30", "2026-11-26 14:30"),
        ("02:30", "Europe/Berlin", "2026-03-28 22:00", "2026-03-29 01:30"),  # this day has no 02:30: an hour later
        ("02:30", "Europe/Berlin", "2026-10-25 00:30", "2026-10-26 01:30"),  # this day had it twice
        ("never", "UTC", "2026-11-26 02:30", None),
    ],
)
def test_a_backup_is_due_at_the_times_of_the_portal_s_zone(
    program: ModuleType, text: str, zone: str, after: str, expected: str | None
) -> None:
    assert due(program, text, zone, after) == expected


@pytest.mark.parametrize("text", ["2:30", "24:00", "02:30;14:30", "daily", "02:60"])
def test_another_time_is_refused_with_what_is_allowed(program: ModuleType, text: str) -> None:
    with pytest.raises(program.problems.BackupError, match="Allowed: times of day such as 02:30"):
        program.settings.read_times(text)


def test_the_settings_are_those_of_the_environment_and_of_portal_yaml(program: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "portal.yaml").write_text('name: "The \\"best\\" one\'s"\ntime_zone: Asia/Kolkata\n')
    environment = {"DATABASE_URL": "postgresql://portal_backup@database/portal", "BACKUP_AT": "02:30"}
    environment |= {f"BACKUP_KEEP_{name}": "3" for name in ("DAILY", "WEEKLY", "MONTHLY")}
    found = program.settings.read_settings(environment, tmp_path / "portal.yaml")
    assert found.portal == 'The "best" one\'s'
    assert (str(found.zone), found.repository) == ("Asia/Kolkata", "/backups")
    with pytest.raises(program.problems.BackupError, match=r"BACKUP_KEEP_WEEKLY of \.env is '-1'"):
        program.settings.read_settings(environment | {"BACKUP_KEEP_WEEKLY": "-1"}, tmp_path / "portal.yaml")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a backup of a portal"),
        ("[]", "not a backup of a portal"),
        ('{"format": 2, "release": "20270101-000000"}', "format 2, and this portal reads format 1"),
    ],
)
def test_what_is_no_manifest_of_this_portal_is_refused(program: ModuleType, text: str, reason: str) -> None:
    with pytest.raises(program.problems.BackupError, match=reason):
        program.manifest.read_manifest(text)


def test_a_comparison_names_each_difference(program: ModuleType) -> None:
    rows = program.manifest.compare_rows({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 0})
    assert rows == ["b: 5 instead of 2", "c: no table instead of 3", "d: 0 instead of no table"]
    files = program.manifest.compare_checksums({"a": "1", "b": "2"}, {"a": "3", "c": "4"})
    assert files == ["a: changed", "b: missing", "c: not in the manifest"]
