"""Tokens end with what they depend on, and a refresh token works once."""

import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import jwt
import pytest

from tests.stack.conftest import visitor_of
from tests.stack.single_sign_on.conftest import PASSWORD
from tests.stack.single_sign_on.relying_party import RelyingParty, check_refused
from tests.support.compose import Stack
from tests.support.visitor import Visitor

Person = Callable[[str], Visitor]

# Changes people without a signal of Django's, and prints after how many seconds the last of their tokens was deleted.
CHANGE_IN_SQL = """
import json, time
from allauth.idp.oidc.models import Token
from core.people.models import Person
people = Person.objects.filter(username__in=["deactivated-in-sql", "renewed-in-sql"])
assert Token.objects.filter(user__in=people).values("user").distinct().count() == 2
started = time.monotonic()
Person.objects.filter(username="deactivated-in-sql").update(is_active=False)
Person.objects.filter(username="renewed-in-sql").update(password="another hash")
while Token.objects.filter(user__in=people).exists() and time.monotonic() - started < 60:
    time.sleep(0.2)
print(json.dumps(list(Token.objects.filter(user__in=people).values_list("user__username", flat=True))))
"""


@pytest.fixture
def deactivate(visit: Callable[..., Visitor], sessions: dict, ids: dict[str, int]) -> Callable[[], None]:
    def change() -> None:
        chief = visit("intranet", "chief")
        response = chief.send("POST", "/api/people/manage/deactivate/", {"people": [ids["deactivated"]]})
        assert response.status == 200, response.text

    return change


@pytest.fixture
def change_password(stack: Stack, tls: ssl.SSLContext) -> Callable[[], None]:
    def change() -> None:
        visitor, before = visitor_of(stack, "internet", tls), PASSWORD.format("renewed")
        assert visitor.sign_in("renewed", before).status == 200
        form = {"current_password": before, "new_password": f"{before}, and another one"}
        response = visitor.send("POST", "/_allauth/browser/v1/account/password/change", form)
        assert response.status == 200, response.text

    return change


@pytest.mark.parametrize(("name", "change"), [("deactivated", "deactivate"), ("renewed", "change_password")])
def test_nothing_works_after_a_person_is_deactivated_or_has_a_new_password(
    wiki: RelyingParty, person: Person, request: pytest.FixtureRequest, name: str, change: str
) -> None:
    visitor = person(name)
    tokens, code = wiki.tokens(visitor), wiki.code(visitor)
    assert wiki.userinfo(tokens["access_token"]).json()["preferred_username"] == name
    request.getfixturevalue(change)()
    assert wiki.userinfo(tokens["access_token"]).status == 401
    assert not wiki.is_active(tokens["access_token"])
    check_refused(wiki.refresh(tokens["refresh_token"]), "invalid_grant")
    check_refused(wiki.exchange(code), "invalid_grant")
    assert wiki.authorize(visitor).headers["Location"].startswith("/sign-in/"), "the session has ended"


def test_the_worker_deletes_within_a_minute_what_no_request_meets(
    stack: Stack, wiki: RelyingParty, person: Person
) -> None:
    tokens = {name: wiki.tokens(person(name)) for name in ("deactivated-in-sql", "renewed-in-sql")}
    assert stack.python(CHANGE_IN_SQL, service="internet-server", seconds=90) == []
    for one in tokens.values():
        assert wiki.userinfo(one["access_token"]).status == 401
        check_refused(wiki.refresh(one["refresh_token"]), "invalid_grant")


def test_of_refreshes_at_once_one_succeeds_and_the_others_end_nothing(wiki: RelyingParty, reader: Visitor) -> None:
    tokens, others, number = wiki.tokens(reader), wiki.tokens(reader), 4
    barrier = Barrier(number)

    def refresh(_number: int) -> object:
        barrier.wait(timeout=10)
        return wiki.refresh(tokens["refresh_token"])

    with ThreadPoolExecutor(number) as pool:
        good, *bad = sorted(pool.map(refresh, range(number)), key=lambda one: one.status)
    assert good.status == 200, good.text
    for one in bad:
        check_refused(one, "invalid_grant")
    check_refused(wiki.refresh(tokens["refresh_token"]), "invalid_grant")
    for one in (good.json(), others):
        assert wiki.userinfo(one["access_token"]).status == 200
        assert wiki.refresh(one["refresh_token"]).status == 200


def test_what_is_given_says_for_how_long(wiki: RelyingParty, reader: Visitor) -> None:
    """In seconds from now for a token, so that the client's clock does not matter. An ID token names moments."""
    tokens = wiki.tokens(reader)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (tokens["expires_in"], claims["exp"] - claims["iat"]) == (3600, 300)
    assert abs(claims["iat"] - time.time()) < 30
