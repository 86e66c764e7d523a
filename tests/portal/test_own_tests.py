"""The portal's own tests are the same on the stand-ins and on real servers."""

import re
from collections.abc import Callable

import pytest

from tests.support.installation import Installation
from tests.support.servers import RealServers


@pytest.mark.long
def test_the_portals_own_tests_pass_on_real_servers(
    copy_of_sources: Installation, real_servers: RealServers, report: Callable[[str], None]
) -> None:
    on_real_servers = copy_of_sources.with_variables(**real_servers.environment)
    done = on_real_servers.run("python", "-m", "pytest", "-q", seconds=600, check=False)
    closing_line = done.stdout.strip().splitlines()[-1]
    report(f"The portal's own tests on real servers: {closing_line}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", closing_line)
