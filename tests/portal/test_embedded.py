"""A portal on embedded backends: Python alone, one command."""

import json
import re
import subprocess
from typing import Any

import pytest

from tests.support.installation import NEW_APPS, Installation
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

BAD_NAMES = ["polls", "portal", "Library", "9lives", "admin", "sign_in", "a/b", "class"]


def test_a_new_app_passes_its_own_tests(copy: Installation) -> None:
    copy.make("app", "name=library")
    done = copy.run("python", "-m", "pytest", "-q", "apps/library")
    assert re.search(r"\d+ passed", done.stdout)
    done = copy.npm("test", "--", "apps/library")
    assert re.search(r"Tests: +\d+ passed", done.stderr)


@pytest.mark.long
def test_new_apps_pass_lint_and_are_served(copy: Installation) -> None:
    """tests/portal/test_own_tests.py runs the portal's own tests beside new apps."""
    for app in NEW_APPS:
        copy.make("app", f"name={app}")
    copy.add_rooms()
    copy.make("lint")
    with copy.development_server("serve") as server:
        visitor = Visitor.local(server.port).sign_in_as("maintainer")
        assert set(NEW_APPS) <= set(visitor.apps)
        for app in NEW_APPS:
            assert visitor.get(f"/api/{app}/").status == 200
            assert visitor.get(f"/{app}/").status == 200
        assert Visitor.local(server.port).sign_in_as("staff").get("/api/rooms/").status == 200


@pytest.mark.parametrize(
    "name", [BAD_NAMES[0], *(pytest.param(name, marks=pytest.mark.long) for name in BAD_NAMES[1:])]
)
def test_createapp_refuses_a_name_that_cannot_work(copy_of_sources: Installation, name: str) -> None:
    def apps() -> set[str]:
        """Return what is in the folder, but for the bytecode that Python keeps."""
        return {path.name for path in (copy_of_sources.folder / "apps").iterdir()} - {"__pycache__"}

    before = apps()
    done = copy_of_sources.manage("createapp", name, check=False)
    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert apps() == before


def test_a_portal_runs_without_a_home_or_a_terminal(copy_of_sources: Installation) -> None:
    """As in a container, which has no HOME, no TERM and no input."""
    bare = {"PATH": "/usr/bin:/bin", "PORTAL_ENVIRONMENT": "development"}
    done = subprocess.run(
        [copy_of_sources.python, "manage.py", "check"],
        cwd=copy_of_sources.folder,
        env=bare,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_doctor_reports_no_failure_without_servers(copy_of_sources: Installation) -> None:
    copy_of_sources.make("var")
    copy_of_sources.manage("migrate", "--no-input")

    def healthy_parts() -> list[dict[str, Any]] | None:
        parts = json.loads(copy_of_sources.manage("doctor", "--json", check=False).stdout)
        print(parts)
        return parts if all(part["status"] == "ok" for part in parts) else None

    parts = wait_until(healthy_parts, seconds=60)  # on a busy machine, a part may answer too late
    assert sum(bool(part["embedded_backend"]) for part in parts) >= 9
