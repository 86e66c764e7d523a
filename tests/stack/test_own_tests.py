"""The portal's own tests pass on the stack's servers, as they do on the embedded backends."""

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
    """Start a second tier I from compose.yaml. It has no data, and no worker that takes the tests' tasks.

    The portal's role may create databases here, because the tests create one. PostgreSQL does not wait for the disk,
    because nobody needs the tests' data after a loss of power.
    """
    with stack.another_project("own-tests") as other:
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


def test_the_portal_s_own_tests_pass_on_the_stack_s_servers(stack: Stack, tier_i: Stack) -> None:
    portal: Path = stack.portal
    if not (portal / ".venv").exists():
        run("make", "--no-print-directory", ".venv", cwd=portal, env=clean_environment(), seconds=300)
    done = subprocess.run(
        [".venv/bin/python", "-m", "pytest", "-q"],
        cwd=portal,
        env=clean_environment() | servers(tier_i),
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    closing_line = done.stdout.strip().splitlines()[-1]
    print(f"the portal's own tests on the stack's servers: {closing_line}", file=sys.stderr)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", closing_line)
    assert "skipped" not in closing_line
