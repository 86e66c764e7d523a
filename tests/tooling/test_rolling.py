"""The parts of a roll and of a roll-back that need no Docker."""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.tooling.machines import PORTAL

GIT = ("git", "-c", "user.name=Operator", "-c", "user.email=operator@example.edu")


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    folder = tmp_path / "portal"
    shutil.copytree(PORTAL / "infrastructure" / "rolling", folder / "infrastructure" / "rolling")
    (folder / "var").mkdir()
    (folder / "images.lock").write_text("one\n")
    (folder / ".env").write_text("COMPOSE_PROJECT_NAME=library\nRELEASE=20260102-000000\nSECRET_KEY='a b'\n")
    return folder


@pytest.fixture
def module(portal: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """`module("releases")` is the module of this portal's own copy."""
    monkeypatch.syspath_prepend(str(portal / "infrastructure"))
    yield lambda name: importlib.import_module(f"rolling.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "rolling"]:
        del sys.modules[name]


def record(portal: Path, *releases: str, commit: str = "", unsafe: tuple[str, ...] = ()) -> None:
    with (portal / "var" / "releases.jsonl").open("a") as file:
        for name in releases:
            line = {"release": name, "deployed_at": "2026-01-02T00:00:00Z", "commit": commit}
            file.write(json.dumps(line | {"unsafe_migrations": list(unsafe)}) + "\n")


def git(portal: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=portal, check=True, capture_output=True, text=True).stdout.strip()


def test_a_variable_of_env_is_replaced_and_other_lines_stay(portal: Path, module: Callable) -> None:
    dotenv_file = module("dotenv_file")
    dotenv_file.write(portal / ".env", {"RELEASE": "20260103-000000", "EDGE_SUBNET": "172.16.1.0/24"})
    assert (portal / ".env").read_text() == (
        "COMPOSE_PROJECT_NAME=library\nSECRET_KEY='a b'\nRELEASE=20260103-000000\nEDGE_SUBNET=172.16.1.0/24\n"
    )
    assert dotenv_file.value(portal / ".env", "SECRET_KEY") == "a b"
    assert dotenv_file.value(portal / ".env", "MAIL_URL") == ""


def test_the_release_before_is_the_newest_older_one_also_after_a_roll_back(portal: Path, module: Callable) -> None:
    releases = module("releases")
    assert releases.release_before("20260102-000000") is None
    record(portal, "20260101-000000", "20260102-000000", "20260103-000000", "20260102-000000")
    assert releases.release_before("20260103-000000").name == "20260102-000000"
    assert releases.release_before("20260102-000000").name == "20260101-000000"
    assert releases.release_before("20260101-000000") is None


def test_unsafe_migrations_are_named_with_what_a_restore_loses(portal: Path, module: Callable) -> None:
    record(portal, "20260101-000000")
    record(portal, "20260102-000000", unsafe=("polls.0009_drop",))
    target = module("releases").release_before("20260102-000000")
    text = module("roll_back").explanation("20260102-000000", target, "")
    assert "Unsafe migrations were allowed since: polls.0009_drop" in text
    assert "restore the backup from before 2026-01-02T00:00:00Z" in text
    assert "would be lost" in text


def test_a_safe_roll_back_says_that_the_data_stay(portal: Path, module: Callable) -> None:
    record(portal, "20260101-000000", "20260102-000000")
    target = module("releases").release_before("20260102-000000")
    text = module("roll_back").explanation("20260102-000000", target, "abc")
    assert "Data: they stay" in text
    assert "restore" not in text


def test_a_roll_back_returns_to_the_commit_and_refuses_to_lose_changes(portal: Path, module: Callable) -> None:
    (portal / ".gitignore").write_text("/var/\n/.env\n__pycache__/\n")
    (portal / "code.py").write_text("old\n")
    git(portal, "init", "--quiet")
    git(portal, "add", "--all")
    git(portal, "commit", "--quiet", "--message", "old")
    commit = git(portal, "rev-parse", "HEAD")
    record(portal, "20260101-000000", commit=commit)
    target = module("releases").release_before("20260102-000000")
    roll_back, commands = module("roll_back"), module("commands")
    assert roll_back.commit_to_return_to(target) == "", "the code is that of the release"
    (portal / "code.py").write_text("new\n")
    git(portal, "commit", "--quiet", "--all", "--message", "new")
    (portal / "images.lock").write_text("two\n")
    assert roll_back.commit_to_return_to(target) == commit, "locks may be changed"
    (portal / "code.py").write_text("not committed\n")
    with pytest.raises(commands.RollError, match=r"code\.py"):
        roll_back.commit_to_return_to(target)


def test_the_candidate_is_a_copy_without_packages_data_and_secrets(portal: Path, module: Callable) -> None:
    for name in (".venv/x", "node_modules/x", "secrets/x", "frontend/build/x", "apps/secrets/x", ".git/x"):
        (portal / name).parent.mkdir(parents=True, exist_ok=True)
        (portal / name).touch()
    candidate = module("candidate")
    with candidate.candidate() as folder:
        copied = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.name == "x"}
        assert copied == {"apps/secrets/x"}
        assert candidate.changed(folder) == []
        (folder / "images.lock").write_text("two\n")
        assert candidate.changed(folder) == [Path("images.lock")]
        candidate.keep(portal / "kept")
        candidate.adopt(folder)
        assert (portal / "images.lock").read_text() == "two\n"
    candidate.adopt(portal / "kept")
    assert (portal / "images.lock").read_text() == "one\n"
    assert not (portal / "var" / "roll").exists()


def test_a_linked_env_is_copied_so_that_the_scratch_stack_cannot_change_it(
    portal: Path, module: Callable, tmp_path: Path
) -> None:
    elsewhere = (portal / ".env").rename(tmp_path / "elsewhere")
    (portal / ".env").symlink_to(elsewhere)
    before = elsewhere.read_text()
    with module("candidate").candidate() as folder:
        module("dotenv_file").write(folder / ".env", {"COMPOSE_PROJECT_NAME": "library-roll"})
        assert "library-roll" in (folder / ".env").read_text()
    assert elsewhere.read_text() == before


def test_a_full_disk_and_too_little_memory_are_refused_first(
    portal: Path, module: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room, commands = module("room"), module("commands")
    monkeypatch.setattr(room, "engine_folder", lambda: tmp_path)
    monkeypatch.setattr(room, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(room, "DISK_GIGABYTES", 0)
    (tmp_path / "meminfo").write_text("MemTotal: 8000000 kB\nMemAvailable: 1000000 kB\n")
    with pytest.raises(commands.RollError, match=r"1\.0 GB of memory are free"):
        room.check_room()
    (tmp_path / "meminfo").write_text("MemAvailable: 8000000 kB\n")
    room.check_room()
    monkeypatch.setattr(room, "DISK_GIGABYTES", 1_000_000)
    with pytest.raises(commands.RollError, match="GB free, and a roll needs 1000000"):
        room.check_room()


@pytest.mark.parametrize(
    ("line", "status"),
    [('{"status": 502, "path": "/"}', 502), ('\x1b[2K{"status": "200"}', 200), ("nginx: notice", 0), ('{"x": 1}', 0)],
)
def test_the_status_of_a_request_is_read_from_the_log(module: Callable, line: str, status: int) -> None:
    assert module("watch").status_of(line) == status


def test_a_release_whose_requests_fail_or_whose_containers_are_ill_is_refused(
    module: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, portal_module, commands = module("watch"), module("portal"), module("commands")
    monkeypatch.setattr(watch, "containers", list)
    monkeypatch.setattr(watch, "count_failures", lambda since: (4, 10))
    assert "10 requests" in watch.watch(0)
    monkeypatch.setattr(watch, "count_failures", lambda since: (5, 100))
    with pytest.raises(commands.RollError, match="5 of 100 requests"):
        watch.watch(0)
    ill = portal_module.Container("worker", "running", "unhealthy")
    monkeypatch.setattr(watch, "containers", lambda: [ill])
    with pytest.raises(commands.RollError, match="worker is unhealthy"):
        watch.watch(0)
