"""A store is killed between a code and its exchange."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.stack.outage import is_explained
from tests.stack.single_sign_on.relying_party import RelyingParty, check_refused
from tests.support.compose import Stack
from tests.support.visitor import Response, Visitor
from tests.support.waiting import wait_until

RECOVERED_SECONDS = 30


@contextmanager
def killed(stack: Stack, service: str) -> Iterator[None]:
    """Kill a store for the duration of the block. The engine does not restart it by itself after this command."""
    stack.compose("kill", service)
    try:
        yield
    finally:
        stack.compose("start", service)
        wait_until(lambda: stack.is_healthy(service), seconds=RECOVERED_SECONDS, every=0.3)


def test_without_the_application_store_people_sign_in(stack: Stack, wiki: RelyingParty, reader: Visitor) -> None:
    code = wiki.code(reader)
    with killed(stack, "application-store"):
        assert wiki.exchange(code).status == 200
        assert wiki.userinfo(wiki.tokens(reader)["access_token"]).status == 200
    assert wiki.tokens(reader)["access_token"]


@pytest.mark.parametrize("service", ["session-store", "database"])
def test_without_a_server_that_they_need_sites_are_told_to_try_again(
    stack: Stack, wiki: RelyingParty, reader: Visitor, service: str
) -> None:
    """The session store has sessions and the counters of limits, the database has codes and tokens. Nothing is lost."""
    tokens, code = wiki.tokens(reader), wiki.code(reader)
    requests: dict[str, Callable[[], Response]] = {
        "authorize": lambda: wiki.authorize(reader),
        "exchange": lambda: wiki.exchange(code),
        "refresh": lambda: wiki.refresh(tokens["refresh_token"]),
        "introspect": lambda: wiki.post("introspect", token=tokens["access_token"]),
        "revoke": lambda: wiki.post("revoke", token=tokens["access_token"]),
        "device": lambda: wiki.post("device", client_id=wiki.client_id, scope="openid"),
    }
    with killed(stack, service):
        answers = {name: send() for name, send in requests.items()}
    assert {name: one.status for name, one in answers.items() if not is_explained(one)} == {}

    again = wait_until(lambda: answered(wiki.exchange(code)), seconds=RECOVERED_SECONDS, every=0.3)
    if again.status != 200:  # it came back too late
        check_refused(again, "invalid_grant")
    assert wiki.userinfo(tokens["access_token"]).status == 200
    assert wiki.refresh(tokens["refresh_token"]).status == 200, "its use during the outage was none"
    assert wiki.tokens(reader)["access_token"]


def answered(response: Response) -> Response | None:
    assert response.status < 500 or is_explained(response), response.text[:300]
    return response if response.status < 500 else None
