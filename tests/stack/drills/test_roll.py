"""`make roll` moves a running portal to newer images, or leaves it as it is, and `make roll-back` returns."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stack.drills.test_deploy import people
from tests.support.activity import Poll
from tests.support.compose import Stack, docker, inspect, run
from tests.support.members import Member
from tests.support.visitor import Visitor

LOCK = "images.lock"
FAILED = 2  # of make, whatever the failed command returned


def newest_image(stack: Stack, *lines: str) -> str:
    """Build another image under the tag that the portal follows, and return its id."""
    tag = f"{stack.project}-memcached:newest"
    docker("build", "--quiet", "--tag", tag, "-", input="\n".join(["FROM memcached:latest", *lines]))
    return str(inspect("image", tag)[0]["Id"])


def make(stack: Stack, *words: str, watch_seconds: int = 5) -> subprocess.CompletedProcess[str]:
    environment = stack.environment({"WATCH_SECONDS": str(watch_seconds)})
    return run("make", "--no-print-directory", *words, cwd=stack.portal, env=environment, seconds=1500, check=False)


def roll(stack: Stack) -> subprocess.CompletedProcess[str]:
    return make(stack, "roll", "ONLY=memcached", "SKIP=tests", "BACKUP=no", "DATA=none")


def projects() -> set[str]:
    return set(docker("ps", "--all", "--format", '{{.Label "com.docker.compose.project"}}').split())


@pytest.fixture(scope="module")
def portal(stack: Stack) -> Iterator[Path]:
    """The stack's portal follows an image of its own, is a git repository, and serves a release."""
    lock = stack.portal / LOCK
    before = lock.read_text()
    lock.write_text(before.replace("memcached:latest", f"{stack.project}-memcached:newest"))
    newest_image(stack, "LABEL number=1")
    # A roll-back returns to an image that was locked.
    locked = make(stack, "roll", "DEPLOY=no", "ONLY=memcached", "SKIP=tests")
    assert locked.returncode == 0, locked.stdout + locked.stderr
    git = ("git", "-c", "user.name=Operator", "-c", "user.email=operator@example.edu")
    run("git", "init", "--quiet", cwd=stack.portal)
    run("git", "add", "--all", cwd=stack.portal)
    run(*git, "commit", "--quiet", "--allow-empty", "--message", "The portal", cwd=stack.portal)
    done = make(stack, "up")
    assert done.returncode == 0, done.stdout + done.stderr
    yield stack.portal
    lock.write_text(before)


def test_a_roll_ends_with_the_new_release_and_a_roll_back_with_the_one_before(
    stack: Stack, portal: Path, visit: Callable[..., Visitor]
) -> None:
    first, image_before, lock_before = stack.release, stack.container("cache")["Image"], (portal / LOCK).read_text()
    image = newest_image(stack, "LABEL number=2")
    done = roll(stack)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    print(done.stdout[-6000:])
    second = stack.release
    assert second > first
    assert stack.container("cache")["Image"] == image
    assert stack.container("intranet-server")["Config"]["Image"] == stack.image("backend")
    assert image in (portal / LOCK).read_text()
    assert visit("intranet").get("/api/portal/").status == 200
    assert f"{stack.project}-roll" not in projects()
    assert not (portal / "var" / "roll").exists()

    returned = make(stack, "roll-back", "YES=yes")
    assert returned.returncode == 0, returned.stdout[-4000:] + returned.stderr[-4000:]
    assert stack.release == first
    assert stack.container("cache")["Image"] == image_before
    assert (portal / LOCK).read_text() == lock_before
    assert visit("internet").get("/api/portal/").status == 200


def test_nobody_notices_a_whole_roll(
    stack: Stack,
    portal: Path,
    members: list[Member],
    polls: list[Poll],
    stored_votes: Callable[[], dict[tuple[int, int], int]],
) -> None:
    """It runs the portal's tests, makes a backup, tests the new release with its data, and watches it for a minute."""
    newest_image(stack, "LABEL number=3")
    release = stack.release
    with people(members, polls, stored_votes):
        done = make(stack, "roll", "ONLY=memcached", watch_seconds=60)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    print(done.stdout.strip().splitlines()[-2:])
    assert stack.release != release
    for step in ("Running the tests", "Backing up", "Restoring the newest backup beside the portal"):
        assert f"== {step}" in done.stdout


def test_a_roll_that_does_not_start_leaves_the_portal_as_it_is(stack: Stack, portal: Path) -> None:
    newest_image(stack, "USER root", "RUN rm -f /usr/local/bin/memcached /usr/bin/memcached")
    release, lock = stack.release, (portal / LOCK).read_text()
    before = {name: one["Id"] for name, one in stack.containers().items()}
    images = docker("image", "ls", "--quiet", f"{stack.project}-backend")
    done = roll(stack)
    assert done.returncode == FAILED
    assert "Starting the new release in a scratch stack failed" in done.stderr
    assert "the running portal was not touched" in done.stderr
    assert stack.release == release
    assert (portal / LOCK).read_text() == lock
    after = {name: one["Id"] for name, one in stack.containers().items()}
    assert {name for name in before if before[name] != after[name]} <= {"configuration", "migrations"}
    assert docker("image", "ls", "--quiet", f"{stack.project}-backend") == images
    assert f"{stack.project}-roll" not in projects()


def test_nothing_newer_deploys_nothing(stack: Stack, portal: Path) -> None:
    newest_image(stack, "LABEL number=1")
    make(stack, "roll", "ONLY=memcached", "SKIP=tests", "BACKUP=no", "DATA=none")
    release = stack.release
    done = roll(stack)
    assert done.returncode == 0
    assert "Nothing to deploy." in done.stdout
    assert stack.release == release


def test_two_rolls_at_once_are_refused(stack: Stack, portal: Path) -> None:
    (portal / "var").mkdir(exist_ok=True)
    with subprocess.Popen(["flock", str(portal / "var/roll.lock"), "cat"], stdin=subprocess.PIPE) as holder:
        try:
            done = roll(stack)
        finally:
            holder.stdin.close()
    assert done.returncode == FAILED
    assert "another roll of this portal runs" in done.stderr
