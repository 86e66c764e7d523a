"""The portal's own tests are the same on the stand-ins and on the stack's servers."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.compose import TIER_I, Stack, run
from tests.support.processes import clean_environment

STORES = {
    "SESSION_STORE": "session-store",
    "NOTIFICATION_STORE": "notification-store",
    "CHANNEL_LAYER": "channel-layer",
    "APPLICATION_STORE": "application-store",
}


@pytest.fixture
def tier_i(stack: Stack) -> Iterator[Stack]:
    """Tier I once more, as compose.yaml has it, and nothing else: no worker takes the tests' tasks, no data is met.

    The tests make a database of their own, which the portal's role may not; here it may. What they write need not
    outlive a loss of power, for which a thousand tests would wait.
    """
    with stack.another_project("own-tests") as other:
        other.compose("up", "--detach", "--wait", *TIER_I)
        for statement in ("ALTER ROLE portal CREATEDB", "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            other.execute("database", "psql", "--username=postgres", "--dbname=postgres", "--command", statement)
        yield other


def servers(stack: Stack) -> dict[str, str]:
    """Where this machine, which is on every bridge, finds the servers of tier I."""
    password = stack.settings
    variables = {
        f"{variable}_URL": f"redis://portal:{password[f'{variable}_PASSWORD']}@{stack.ip_address(service)}:6379/0"
        for variable, service in STORES.items()
    }
    return variables | {
        "DATABASE_URL": f"postgresql://portal:{password['DATABASE_PASSWORD']}@{stack.ip_address('database')}:5432/portal",
        "CACHE_URL": f"memcached://{stack.ip_address('cache')}:11211",
        "MESSAGE_BROKER_URL": f"amqp://portal:{password['MESSAGE_BROKER_PASSWORD']}"
        f"@{stack.ip_address('message-broker')}:5672/portal",
    }


def test_the_portals_own_tests_pass_on_the_stack_s_servers(stack: Stack, tier_i: Stack) -> None:
    portal: Path = stack.portal
    if not (portal / ".venv").exists():
        run("make", "--no-print-directory", ".venv", cwd=portal, env=clean_environment(), seconds=300)
    done = subprocess.run(
        [".venv/bin/python", "-m", "pytest", "-q"],
        cwd=portal,
        env=clean_environment() | servers(tier_i),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    closing_line = done.stdout.strip().splitlines()[-1]
    print(f"the portal's own tests on the stack's servers: {closing_line}", file=sys.stderr)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", closing_line)
    assert "skipped" not in closing_line
