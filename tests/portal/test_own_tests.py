"""The portal's own tests pass whatever the answers are, and those of stores on real servers as well."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.installation import NEW_APPS, Installation, copy_packages
from tests.support.servers import RealServers

TESTS_OF_STORES = (
    *(
        f"tests/test_{name}.py"
        for name in ("audit", "drafts", "lock_waits", "sessions", "stores", "temporary_data", "transactions")
    ),
    "apps/polls/tests/test_at_the_same_time.py",
    "apps/rooms/tests",
    "services/announcements/tests/test_at_the_same_time.py",
    "services/portal/tests/test_at_the_same_time.py",
    "services/portal/tests/test_attention.py",
)

TEXT = "O'Hara's \"best\" {100%} %s %(name)s $HOME \\ # दून पोर्टल"

# `make test` runs the tests of a portal with the default answers.
ANSWERS = {
    "project_name": TEXT,
    "project_slug": "unusual",
    "description": TEXT,
    "institute_name": TEXT,
    "institute_url": "https://www.bücher.example/über?a=b%20c&d",
    "maintainers_name": TEXT,
    "maintainers_email": "o'neill+portal@bücher.example",
    "internet_domain": "portal.bücher.example",
    "intranet_domain": "दून.bücher.example",
    "intranet_networks": "192.0.2.0/24, 2001:db8::/32",
    "language_code": "ar",
    "time_zone": "Pacific/Chatham",
    "tls": "none",
}


@pytest.fixture
def generate_portal(generate: Callable[..., Path], built_portal: Path, tmp_path: Path) -> Callable[..., Installation]:
    """`generate_portal(example_app=False)` generates a portal with these and the other answers, and installs it."""

    def generate_portal(**answers: object) -> Installation:
        folder = generate(into=tmp_path, **(ANSWERS | answers))
        copy_packages(built_portal, folder)
        return Installation(folder, environment_folder=built_portal / ".venv", logs=tmp_path / "logs", variables={})

    return generate_portal


@pytest.mark.long
def test_the_own_tests_pass_with_other_answers_and_new_apps(
    generate_portal: Callable[..., Installation],
) -> None:
    portal = generate_portal(example_app=False)
    for app in NEW_APPS:
        portal.make("app", f"name={app}")
    portal.make("messages", f"app={NEW_APPS[0]}")
    portal.make("app", "name=laboratory", "kind=api")
    portal.make("app", "name=poster", "kind=page")
    portal.add_rooms()
    collected = portal.run("python", "-m", "pytest", "--collect-only", "-q").stdout
    assert all(f"apps/{app}/tests/" in collected for app in (*NEW_APPS, "laboratory", "rooms"))
    done = portal.make("test", "PROCESSES=1", seconds=1800)
    assert re.search(r"\d+ passed", done.stdout)


@pytest.mark.long
def test_the_own_tests_of_the_example_app_pass_with_other_answers(
    generate_portal: Callable[..., Installation],
) -> None:
    portal = generate_portal(example_app=True)
    run_own_tests(portal, "apps")
    portal.npm("test", "--", "apps")


def run_own_tests(installation: Installation, *files: str) -> None:
    """Run the portal's own tests of the backend in these files."""
    done = installation.run("python", "-m", "pytest", "-q", *files, seconds=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout.strip().splitlines()[-1])


def test_the_portals_own_tests_of_stores_pass_on_real_servers(
    copy_of_sources: Installation, real_servers: RealServers
) -> None:
    copy_of_sources.add_rooms()
    run_own_tests(copy_of_sources.with_variables(**real_servers.environment), *TESTS_OF_STORES)
