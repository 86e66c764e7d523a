"""The portal's own tests are the same on the stand-ins and on real servers."""

import re

import pytest

from tests.portal.installation import Installation
from tests.portal.servers import RealServers


def test_the_portals_own_tests_pass_on_real_servers(
    copy: Installation, real_servers: RealServers, capsys: pytest.CaptureFixture[str]
) -> None:
    done = copy.told(**real_servers.environment).run("python", "-m", "pytest", "-q", seconds=600, check=False)
    closing_line = done.stdout.strip().splitlines()[-1]
    with capsys.disabled():
        print(f"\nThe portal's own tests on real servers: {closing_line}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", closing_line)
