"""A portal on embedded backends: Python alone, one command."""

import json
import re
import subprocess
import sys

import pytest

from tests.support.installation import Installation
from tests.support.network import is_listening
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until


@pytest.mark.long
def test_new_apps_pass_the_portals_tests_and_lint_and_are_served(copy: Installation) -> None:
    """Two apps, because what a new app contains must not clash with another new app."""
    apps = ("library", "museum")
    for app in apps:
        copy.make("app", f"name={app}")
    tests = copy.make("test")
    collected = copy.run("python", "-m", "pytest", "--collect-only", "-q").stdout
    assert all(re.search(rf"apps/{app}/tests/\S+", collected) for app in apps)
    assert re.search(r"\d+ passed", tests.stdout)
    copy.make("lint")
    with copy.development_server("serve") as server:
        visitor = Visitor.local(server.port).sign_in_as("maintainer")
        assert set(apps) <= set(visitor.apps)
        for app in apps:
            assert visitor.get(f"/api/{app}/").status == 200
            assert visitor.get(f"/{app}/").status == 200


@pytest.mark.parametrize("name", ["polls", "portal", "Library", "9lives", "admin", "sign_in", "a/b", "class"])
def test_createapp_refuses_a_name_that_cannot_work(copy_of_sources: Installation, name: str) -> None:
    before = {path.name for path in (copy_of_sources.folder / "apps").iterdir()}
    done = copy_of_sources.manage("createapp", name, check=False)
    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in (copy_of_sources.folder / "apps").iterdir()} == before


@pytest.mark.skipif(sys.platform != "linux", reason="the environment of another process can be read on Linux only")
@pytest.mark.parametrize("target", ["dev", "serve"])
def test_ctrl_c_leaves_no_process(copy: Installation, target: str) -> None:
    with copy.development_server(target) as server:
        assert Visitor.local(server.port).get("/").status == 200
        assert len(server.process.alive()) > 1
        server.process.interrupt()
        server.process.popen.wait(timeout=20)
        wait_until(lambda: not server.process.alive(), seconds=5)
        assert not is_listening(server.port)
        assert "Traceback" not in server.process.output()


def test_make_serve_serves_the_build_and_the_demo_accounts(copy: Installation) -> None:
    with copy.development_server("serve") as server:
        visitor = Visitor.local(server.port)
        page = visitor.get("/")
        assert page.status == 200
        for name in re.findall(r'(?:src|href)="?(/static/frontend/[^"\s>]+)', page.text):
            assert visitor.get(name).status == 200
        assert Visitor.local(server.port).sign_in_as("maintainer").username == "maintainer"
        assert visitor.get("/api/polls/").json()["results"]


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
    done = copy_of_sources.manage("doctor", "--json")
    parts = json.loads(done.stdout)
    assert {part["service"]: part["status"] for part in parts} == {part["service"]: "ok" for part in parts}
    assert sum(bool(part["embedded_backend"]) for part in parts) >= 9
