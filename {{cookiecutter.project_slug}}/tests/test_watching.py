"""Every change of a file that Django reads is found, whenever and however it is made."""

import os
import shutil
from pathlib import Path
from threading import Thread

import pytest

from core.development.watching import MAXIMUM_UNSETTLED_CALLS, Watcher

TRIES = 50


def write(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """A folder like a portal's, with one app."""
    folder = tmp_path / "portal"
    for name in ("portal.yaml", ".env", "config/urls.py", "core/__init__.py", "services/people/manifest.yaml"):
        write(folder / name)
    make_app(folder / "apps" / "polls")
    return folder


def make_app(folder: Path) -> list[str]:
    """Make an app. Returns the paths of the files that matter, relative to the portal."""
    write(folder / "frontend" / "index.jsx")
    write(folder / "tests" / "test_app.py")
    files = [folder / "demo" / "content.py", folder / "manifest.yaml", folder / "urls.py"]
    return [str(write(path).relative_to(folder.parent.parent)) for path in files]


def found_by(watcher: Watcher) -> list[str]:
    assert watcher.changes() == []  # they may not be complete yet
    return watcher.changes()


def test_a_new_app_is_found_as_a_whole(portal: Path) -> None:
    watcher = Watcher(portal)
    for number in range(TRIES):
        files = make_app(portal / "apps" / f"made{number}")
        assert found_by(watcher) == files


@pytest.mark.parametrize("bring", [shutil.move, shutil.copytree, os.symlink], ids=["moved", "copied", "linked"])
def test_an_app_from_elsewhere_is_found_as_a_whole(portal: Path, tmp_path: Path, bring) -> None:
    watcher = Watcher(portal)
    for number in range(TRIES):
        files = make_app(tmp_path / "elsewhere" / f"app{number}")
        bring(tmp_path / "elsewhere" / f"app{number}", portal / "apps" / f"app{number}")
        assert found_by(watcher) == [file.replace("elsewhere/", "apps/") for file in files]


def test_nothing_is_lost_of_what_another_program_writes_meanwhile(portal: Path) -> None:
    watcher = Watcher(portal)
    written: list[str] = []

    def write_apps() -> None:
        for number in range(3 * TRIES):
            written.extend(make_app(portal / "apps" / f"app{number}"))

    writer = Thread(target=write_apps)
    writer.start()
    found: set[str] = set()
    while writer.is_alive():
        found.update(watcher.changes())
    writer.join()
    found.update(watcher.changes())
    found.update(watcher.changes())
    assert found == set(written)


@pytest.mark.parametrize("name", ["portal.yaml", ".env", "apps/polls/manifest.yaml", "core/frontend/views.py"])
def test_a_file_that_is_added_changed_replaced_or_removed_is_found(portal: Path, name: str) -> None:
    (portal / name).unlink(missing_ok=True)
    watcher = Watcher(portal)
    write(portal / name, "added")
    assert found_by(watcher) == [name]
    write(portal / name, "changed in place")
    assert found_by(watcher) == [name]
    before = (portal / name).stat()
    replacement = write(portal / "replacement", "same size again!")
    os.utime(replacement, ns=(before.st_atime_ns, before.st_mtime_ns))
    replacement.replace(portal / name)
    assert found_by(watcher) == [name]
    (portal / name).unlink()
    assert found_by(watcher) == [name]


def test_an_app_that_is_moved_away_is_found(portal: Path, tmp_path: Path) -> None:
    files = make_app(portal / "apps" / "garden")
    watcher = Watcher(portal)
    shutil.move(portal / "apps" / "garden", tmp_path)
    assert found_by(watcher) == files


def test_what_django_does_not_read_is_left_out(portal: Path) -> None:
    watcher = Watcher(portal)
    for name in ("tests/test_app.py", "frontend/index.jsx", "__pycache__/urls.pyc", "frontend/node_modules/x/x.yaml"):
        write(portal / "apps" / "polls" / name, "changed")
    write(portal / "docs" / "index.html")
    assert found_by(watcher) == []


def test_a_link_to_a_folder_above_is_not_followed_for_ever(portal: Path) -> None:
    (portal / "apps" / "polls" / "everything").symlink_to(portal)
    watcher = Watcher(portal)
    write(portal / "apps" / "polls" / "urls.py", "changed")
    assert "apps/polls/urls.py" in found_by(watcher)


def test_files_that_never_settle_are_found_all_the_same(portal: Path) -> None:
    watcher = Watcher(portal)
    for call in range(MAXIMUM_UNSETTLED_CALLS):
        write(portal / "portal.yaml", "x" * call)
        assert watcher.changes() == []
    write(portal / "portal.yaml", "the last")
    assert watcher.changes() == ["portal.yaml"]
