"""Each release of the portal has images of its own, and the last ones are kept."""

import json

import pytest

from tests.support.compose import Stack, run


def make_up(stack: Stack) -> None:
    run("make", "--no-print-directory", "up", cwd=stack.portal, env=stack.environment(), seconds=300)


@pytest.mark.usefixtures("drilled_stack")  # which has a release
def test_each_release_has_images_of_its_own_and_two_old_ones_are_kept(stack: Stack) -> None:
    """A failed start leaves .env, and the images of the release that serves."""
    file = stack.portal / "core" / "release_test.py"
    releases = [stack.release]
    try:
        for number in range(3):
            file.write_text(f"NUMBER = {number}\n")
            make_up(stack)
            releases.append(stack.release)
            assert stack.container("intranet-server")["Config"]["Image"] == stack.image("backend")
        assert releases == sorted(set(releases)), "each is new, and they sort by time"
        assert stack.releases() == releases[:0:-1], "the first has no images any more"
        records = [json.loads(line) for line in (stack.portal / "var" / "releases.jsonl").read_text().splitlines()]
        assert [one["release"] for one in records][-4:] == releases

        file.write_text("this is no Python")
        failed = run("make", "up", cwd=stack.portal, env=stack.environment(), seconds=300, check=False)
        assert failed.returncode != 0
        assert stack.release == releases[-1]
        assert stack.releases() == releases[:0:-1]
    finally:
        file.unlink(missing_ok=True)
        make_up(stack)
