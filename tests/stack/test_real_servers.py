"""With SERVERS=real, the commands of development use tier I in containers, published on this machine alone."""

import shutil
from collections.abc import Iterator

import pytest

from tests.support.compose import TIER_I, Stack, run
from tests.support.network import HOST, free_ports
from tests.support.processes import clean_environment

PARTS = ("BROKER", "CHANNEL_LAYER", "SESSION_STORE", "NOTIFICATION_STORE", "APPLICATION_STORE", "DATABASE", "CACHE")


@pytest.fixture
def development(stack: Stack) -> Iterator[Stack]:
    """The development servers of a copy of the portal that has its folders called frontend, but not their packages."""
    with stack.another_project("real-servers") as copy:
        for folder in (*stack.portal.glob("*/frontend"), *stack.portal.glob("*/*/frontend")):
            shutil.copytree(folder, copy.portal / folder.relative_to(stack.portal))
        (copy.portal / "node_modules").mkdir()
        (copy.portal / "node_modules" / ".installed").touch()
        servers = Stack(
            copy.portal, project=f"{copy.project}-development", overrides=(copy.portal / "compose.dev.yaml",)
        )
        try:
            yield servers
        finally:
            servers.down()


def test_the_tests_of_an_app_pass_and_tier_i_is_published_on_this_machine_alone(
    stack: Stack, development: Stack
) -> None:
    variables = [f"DEVELOPMENT_{part}_PORT" for part in PARTS]
    ports = dict(zip(variables, map(str, free_ports(len(PARTS))), strict=True))
    environment = stack.portal / ".venv"
    if not environment.exists():
        run("make", "--no-print-directory", ".venv", cwd=stack.portal, env=clean_environment(), seconds=300)
    command = ("make", "test", "SERVERS=real", "app=polls", f"VENV={environment}", "NPM=:")
    done = run(*command, cwd=development.portal, env=clean_environment() | ports, seconds=300)
    assert " passed in " in done.stdout
    assert "skipped" not in done.stdout
    published = [
        binding["HostIp"]
        for service in TIER_I
        for bindings in development.container(service)["NetworkSettings"]["Ports"].values()
        for binding in bindings or []
    ]
    assert published == [HOST] * len(TIER_I)
