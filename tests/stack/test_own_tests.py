"""The portal's own tests pass on the stack's servers, as they do on the embedded backends.

They take minutes, so they run in two processes, each with servers of its own: the tests expect nobody else there.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.compose import TIER_I, Stack, run
from tests.support.processes import clean_environment

STORES = {
    "SESSION_STORE": "session-store",
    "NOTIFICATION_STORE": "notification-store",
    "CHANNEL_LAYER": "channel-layer",
    "APPLICATION_STORE": "application-store",
}


# The folders whose tests each process runs. Both take about the same time.
PARTS = {"core": ["tests", "core"], "apps": ["services", "apps"]}


@contextmanager
def another_tier_i(stack: Stack, name: str) -> Iterator[Stack]:
    """Start another tier I from compose.yaml. It has no data, and no worker that takes the tests' tasks.

    The portal's role may create databases here, because the tests create one. PostgreSQL does not wait for the disk,
    because nobody needs the tests' data after a loss of power.
    """
    with stack.another_project(f"own-tests-{name}") as other:
        other.compose("up", "--detach", "--wait", *TIER_I)
        for statement in ("ALTER ROLE portal CREATEDB", "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            other.execute("database", "psql", "--username=postgres", "--dbname=postgres", "--command", statement)
        yield other


def servers(stack: Stack) -> dict[str, str]:
    """Return the variables with the URLs of tier I. This machine reaches it because it is on every bridge."""
    settings = stack.settings
    variables = {
        f"{variable}_URL": f"redis://portal:{settings[f'{variable}_PASSWORD']}@{stack.ip_address(service)}:6379/0"
        for variable, service in STORES.items()
    }
    return variables | {
        "DATABASE_URL": f"postgresql://portal:{settings['DATABASE_PASSWORD']}@{stack.ip_address('database')}:5432/portal",
        "CACHE_URL": f"memcached://{stack.ip_address('cache')}:11211",
        "MESSAGE_BROKER_URL": f"amqp://portal:{settings['MESSAGE_BROKER_PASSWORD']}"
        f"@{stack.ip_address('message-broker')}:5672/portal",
    }


def run_own_tests(portal: Path, folders: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [".venv/bin/python", "-m", "pytest", "-q", *folders],
        cwd=portal,
        env=clean_environment() | variables,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


def test_the_portal_s_own_tests_pass_on_the_stack_s_servers(stack: Stack) -> None:
    portal: Path = stack.portal
    if not (portal / ".venv").exists():
        run("make", "--no-print-directory", ".venv", cwd=portal, env=clean_environment(), seconds=300)
    with ExitStack() as projects, ThreadPoolExecutor() as pool:
        variables = {name: servers(projects.enter_context(another_tier_i(stack, name))) for name in PARTS}
        runs = {name: pool.submit(run_own_tests, portal, PARTS[name], variables[name]) for name in PARTS}
        results = {name: run.result() for name, run in runs.items()}
    for name, done in results.items():
        closing_line = done.stdout.strip().splitlines()[-1]
        print(f"the portal's own tests of {name} on the stack's servers: {closing_line}", file=sys.stderr)
    for done in results.values():
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        closing_line = done.stdout.strip().splitlines()[-1]
        assert re.search(r"\d+ passed", closing_line)
        assert "skipped" not in closing_line
