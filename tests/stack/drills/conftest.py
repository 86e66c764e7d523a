"""Long tests of what operators do, on the stack of the other tests.

`make drills` runs them, and each can be run alone. They use `make`, as operators do.
"""

import ssl
from collections.abc import Callable, Iterator

import pytest
from dotenv import set_key

from tests.support.activity import Poll, open_polls, read_votes
from tests.support.compose import Stack, run
from tests.support.members import Member, announcers, create_members, delete_members

PEOPLE = 50
POLL_SECONDS = 3600
MAKE_SECONDS = 400


# One machine stands for all people, so that the limits of one IP address count all of them together.
LIMITS = {"LIMIT_REQUESTS": 10_000, "LIMIT_BURST": 10_000, "LIMIT_CONNECTIONS": 10_000, "LIMIT_WRITES": 100_000}


def make(stack: Stack, *arguments: str, fails: bool = False) -> str:
    """Run a target of the portal's Makefile, and return all that it printed."""
    command = ("make", "--no-print-directory", *arguments)
    done = run(*command, cwd=stack.portal, env=stack.environment(), seconds=MAKE_SECONDS, check=not fails)
    assert bool(done.returncode) is fails
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def drilled_stack(stack: Stack) -> Stack:
    """The stack as `make up` has it, with limits that one machine does not reach."""
    for name, value in LIMITS.items():
        set_key(stack.portal / ".env", name, str(value), quote_mode="never")
    make(stack, "up")
    return stack


@pytest.fixture(scope="module")
def members(drilled_stack: Stack, tls: ssl.SSLContext) -> Iterator[list[Member]]:
    """Fifty people who have signed in, half of them on each site."""
    found = create_members(drilled_stack, tls, number=PEOPLE, role="student")
    yield found
    delete_members(drilled_stack, found)


@pytest.fixture
def polls(members: list[Member]) -> list[Poll]:
    """Polls in which the members have not voted yet."""
    return open_polls(announcers(members)[0], number=6, seconds=POLL_SECONDS)


@pytest.fixture
def stored_votes(stack: Stack, polls: list[Poll]) -> Callable[[], dict[tuple[int, int], int]]:
    """Return a function that reads (person, poll) → choice from the database."""
    return lambda: read_votes(stack.python, polls)
